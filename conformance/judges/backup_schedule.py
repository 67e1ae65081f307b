"""3.1.1.3.5 backups on a schedule, with a start and a stop date: the declared entry, the host's own, and the runs."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conformance.judges.backup_sets import CATALOGUE, FACTS, HOUR_MS, Catalogue, Pair, catalogues, moment
from conformance.judges.cron import cron
from conformance.judges.instants import zone_of
from conformance.judges.judgement import Evidence, WholeJudge, together
from conformance.judges.sections import section
from conformance.judges.words import bad, cause_in, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Undetermined, Verdict

WINDOW_D = 30
LATE_MS = 15 * 60_000
"""A job that was started by its entry begins to write within so long: tools wait for locks and at random."""

FOLLOWED, HALF = 0.9, 0.5
"""Of the due runs: at least the first share conforms, at most the second violates (the reading in the catalogue).

Between them stands what retention may have thinned out: undetermined, unless the target file declares since when every
backup is kept. Then that stretch alone counts, and less than the first share of it violates.
"""

_TIMER = ".timer"
START: Pair = ("start", "启动")
STOP: Pair = ("stop", "停止")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The host's own entry for a declared schedule: as it stands there, whether it is on, when it last fired.

    ``monotonic``: a timer that goes by no calendar, but so long after the host's start, or its own last run.
    """

    text: str
    on: bool | None
    last_ms: int | None
    monotonic: bool = False


def scheduled(_: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
    """Judge whether each backup's declared entry is on the host, and its runs follow it."""
    told = [_scheduled(each, evidence, declarations) for each in catalogues(evidence)]
    return together((*told, *(each.verdict for each in evidence.missing_of(CATALOGUE))))


def can_be_dated(which: Pair) -> WholeJudge:
    """Return the judge of whether the automatic start, or stop, of each backup can be given a date."""

    def judged(_: Requirement, evidence: Evidence, __: Mapping[str, Any]) -> Verdict:
        told = [_dated(each, evidence, which) for each in catalogues(evidence)]
        return together((*told, *(each.verdict for each in evidence.missing_of(CATALOGUE))))

    return judged


def _dated(each: Catalogue, evidence: Evidence, which: Pair) -> Verdict:
    found = _found(each, evidence)
    if not isinstance(found, Entry):
        return found
    text = str(each.data["schedule"]["schedule"])
    if found.monotonic:
        return bad(
            each.seen,
            f"{each.name} is started by the systemd timer {text}, which has no OnCalendar: no {which[0]} date is set.",
            f"{each.name} 由 systemd 定时器 {text} 启动，但其中没有 OnCalendar，未能设定{which[1]}日期。",
            repeat=[each.line(f"timer {text} without OnCalendar")],
        )
    if text.endswith(_TIMER):
        return good(
            each.seen,
            f"{each.name} is started by the systemd timer {text}, whose OnCalendar takes years"
            f": a {which[0]} date can be set.",
            f"{each.name} 由 systemd 定时器 {text} 启动，其 OnCalendar 可写年份，能够设定{which[1]}日期。",
        )
    return bad(
        each.seen,
        f"{each.name} is started by cron ({text}), whose fields have no year: no {which[0]} date can be set.",
        f"{each.name} 由 cron（{text}）启动，其字段不含年份，无法设定{which[1]}日期。",
        repeat=[each.line(f"schedule {text}")],
    )


def _scheduled(each: Catalogue, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
    found = _found(each, evidence)
    if not isinstance(found, Entry):
        return found
    text = str(each.data["schedule"]["schedule"])
    if found.on is False:
        return bad(
            each.seen,
            f"{each.name}: the entry {text} stands on {each.data['host']}, but is switched off.",
            f"{each.name}：主机 {each.data['host']} 上有 {text}，但已停用。",
            repeat=[f"{each.data['host']}: {found.text} -> off"],
        )
    told = (
        _by_timer(each, found) if text.endswith(_TIMER) else _by_cron(each, text, _zone(each, evidence, declarations))
    )
    return _with_facts(told, evidence, each)


def _found(each: Catalogue, evidence: Evidence) -> Entry | Verdict:
    """Return the host's entry for the declared schedule, or why there is none to judge by."""
    text, host = (each.data.get("schedule") or {}).get("schedule"), each.data.get("host")
    if not text:
        return untold(
            each.seen,
            f"What starts the backups of {each.name} is not declared; set schedule in [[backups]].",
            f"未声明 {each.name} 由什么定时启动，请在 [[backups]] 中设置 schedule。",
            cause="settings",
        )
    facts = next((seen for seen in evidence.of(FACTS) if seen.header.subject == host), None)
    if facts is None:
        missing = [one for one in evidence.missing_of(FACTS) if one.subject in ("", host)]
        return missing[0].verdict if missing else _no_facts(each)
    read = section(facts, "schedule")
    if isinstance(read, Undetermined):
        return read
    entry = entry_of(read, str(text))
    return entry if entry is not None else _not_there(each, facts, str(text), read.get("unread") or ())


def _no_facts(each: Catalogue) -> Verdict:
    return untold(
        each.seen,
        f"The scheduler of {each.data.get('host')} was not looked at.",
        f"未查看主机 {each.data.get('host')} 的定时任务。",
        cause="settings",
    )


def _not_there(each: Catalogue, facts: Observation, text: str, unread: Sequence[Mapping[str, Any]]) -> Verdict:
    host = facts.header.subject
    if unread:
        return untold(
            each.seen,
            f"{each.name}: the declared schedule ({text}) was not found on {host}, but not all of its schedule could "
            f"be read: {unread[0].get('why')}.",
            f"{each.name}：在主机 {host} 上未找到所声明的 {text}，但其定时任务未能全部读取：{unread[0].get('why')}。",
            cause=cause_in(unread[0], "cause", "target"),
        )
    return bad(
        each.seen,
        f"{each.name}: the declared schedule ({text}) is not among the timers and cron lines of {host}.",
        f"{each.name}：主机 {host} 的定时器与 cron 中均无所声明的 {text}。",
        repeat=[f"{host}: systemctl list-timers --all; crontab -l -> no {text}"],
    )


def entry_of(read: Mapping[str, Any], text: str) -> Entry | None:
    """Return the timer of that name, or the cron line with these times; None where there is none."""
    if text.endswith(_TIMER):
        timer = next((one for one in read["timers"] if one["name"] == text), None)
        if timer is None:
            return None
        by_elapsed_time = bool(timer.get("monotonic")) and not timer.get("calendar")
        return Entry(text=text, on=timer["active"], last_ms=timer["last_ms"], monotonic=by_elapsed_time)
    wanted = text.split()
    line = next((one for one in read["cron"] if str(one["when"]).split() == wanted), None)
    return None if line is None else Entry(text=f"{line['when']} {line['command']}", on=True, last_ms=None)


def _zone(each: Catalogue, evidence: Evidence, declarations: Mapping[str, Any]) -> tzinfo:
    """Return the zone in which cron fires: the declared one, else the host's own, else the platform's."""
    if declared := each.data["schedule"].get("zone"):
        return ZoneInfo(declared)
    facts = next((seen for seen in evidence.of(FACTS) if seen.header.subject == each.data["host"]), None)
    clock = section(facts, "clock") if facts is not None else None
    name = None if clock is None or isinstance(clock, Undetermined) else clock.get("zone")
    try:
        return ZoneInfo(name) if name else zone_of(declarations)
    except (ZoneInfoNotFoundError, ValueError):  # a host may name its zone as this machine does not
        return zone_of(declarations)


def _by_cron(each: Catalogue, text: str, zone: tzinfo) -> Verdict:
    line = cron(text)
    if line is None:
        return untold(
            each.seen,
            f"{each.name}: the schedule {text} is neither a cron line nor a timer.",
            f"{each.name}：{text} 既不是 cron 表达式，也不是定时器。",
            cause="settings",
        )
    begin = _begin_ms(each)
    if begin is None:
        return _no_runs(each, text)
    fires = [
        round(at.timestamp() * 1000) for at in line.fires(_instant(begin), _instant(each.read_at_ms - LATE_MS), zone)
    ]
    starts = [run.started_ms for run in each.runs if run.started_ms is not None]
    followed = [at for at in fires if any(at - LATE_MS / 15 <= start <= at + LATE_MS for start in starts)]
    return _agreement(each, text, len(followed), len(fires), begin)


def _by_timer(each: Catalogue, entry: Entry) -> Verdict:
    cycles = [cycle for kind in ("incremental", "differential", "full") if (cycle := each.cadence_h(kind))]
    begin = _begin_ms(each)
    if begin is None:
        return _no_runs(each, entry.text)
    if not cycles or entry.last_ms is None:
        return untold(
            each.seen,
            f"{each.name}: the timer {entry.text} is on, but without the time at which it last fired and a declared "
            "cycle its runs cannot be held against it.",
            f"{each.name}：定时器 {entry.text} 已启用，但缺少其最近一次触发时刻或声明的周期，无法与运行时间比对。",
            cause="settings" if not cycles else "target",
        )
    starts = [run.started_ms for run in each.runs if run.started_ms is not None]
    if not any(entry.last_ms - LATE_MS / 15 <= start <= entry.last_ms + LATE_MS for start in starts):
        return bad(
            each.seen,
            f"{each.name}: the timer {entry.text} last fired at {moment(entry.last_ms)}, and no backup began then.",
            f"{each.name}：定时器 {entry.text} 最近一次于 {moment(entry.last_ms)} 触发，但其时没有备份开始。",
            repeat=[each.line(f"no run at {moment(entry.last_ms)}")],
        )
    slack = 0 if each.whole_since_ms is None else LATE_MS  # it may begin just after a run, and end just before one
    asked = int((each.read_at_ms - slack - begin) / (min(cycles) * HOUR_MS))
    return _agreement(each, entry.text, min(sum(start >= begin for start in starts), asked), asked, begin)


def _begin_ms(each: Catalogue) -> int | None:
    """Return where the looked-at stretch begins: the first run, or later.

    At most so many days before the reading, and where it is declared since when every backup is kept, not before that.
    """
    starts = [run.started_ms for run in each.runs if run.started_ms is not None]
    latest = max(each.read_at_ms - WINDOW_D * 24 * HOUR_MS, each.whole_since_ms or 0)
    return max(min(starts), latest) if starts else None


def _instant(at_ms: float) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _no_runs(each: Catalogue, text: str) -> Verdict:
    return bad(
        each.seen,
        f"{each.name}: the schedule {text} is there, but the catalogue holds no run.",
        f"{each.name}：定时任务 {text} 存在，但目录中没有任何运行记录。",
        repeat=[each.line("0 runs")],
    )


def _agreement(each: Catalogue, text: str, followed: int, asked: int, begin_ms: int) -> Verdict:
    since = moment(begin_ms)
    if asked == 0:
        return untold(
            each.seen,
            f"{each.name}: {text} has not been due since {since}.",
            f"{each.name}：自 {since} 以来，{text} 未到应触发的时间。",
            cause="stale",
        )
    share = followed / asked
    measured = Measured(metric="scheduled_runs_made", value=round(100 * share, 1), unit="%")
    en = f"{each.name}: a backup began at {followed} of the {asked} times at which {text} was due since {since}."
    zh = f"{each.name}：自 {since} 以来 {text} 应触发 {asked} 次，其中 {followed} 次有备份开始。"
    if share >= FOLLOWED:
        return good(each.seen, en, zh, measured=measured)
    if share <= HALF or each.whole_since_ms is not None:
        return bad(each.seen, en, zh, measured=measured, repeat=[each.line(f"{followed} of {asked} due runs")])
    thinned = untold(
        each.seen,
        f"{en} A catalogue that was thinned out would show the same; declare kept_whole_h in [[backups]].",
        f"{zh}按保留策略清理过的目录也会如此，请在 [[backups]] 中声明 kept_whole_h。",
        cause="settings",
    )
    return dataclasses.replace(thinned, measured=measured)


def _with_facts(told: Verdict, evidence: Evidence, each: Catalogue) -> Verdict:
    ids = tuple(seen.id for seen in evidence.of(FACTS) if seen.header.subject == each.data["host"])
    return dataclasses.replace(told, observations=(*told.observations, *ids))
