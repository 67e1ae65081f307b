"""What the judges of the standing record share: is there a record, how deep, how whole, and how it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from conformance.judges.words import untold
from probes.errors import Cause
from probes.observation import Observation
from reports.availability import DEPTHS, Availability, Incident, Service, availability, service
from reports.availability_words import DEPTHS as DEPTH_WORDS
from reports.verdict import (
    Conforms,
    Measured,
    Requirement,
    Text,
    Threshold,
    Undetermined,
    Verdict,
    Violates,
    Word,
)

UNKNOWN_ALLOWED = 0.01
"""Of more unknown time than this share of a window no verdict stands that it could overturn."""

DEFAULT_TARGET_PERCENT = 99.86
"""Of the reading of SBT-3.1.1.1-availability: 8500 / (8500 + 12), where the target file declares nothing else."""

_SHOWN = 20
"""So many outages are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Sentences in both languages, put together as they come."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    def then(self, en: str, zh: str) -> "Words":
        """Return the same with one more sentence."""
        return Words(en=(*self.en, en), zh=(*self.zh, zh))

    @property
    def text(self) -> Text:
        """Return all of it."""
        return Text(en=" ".join(self.en), zh="".join(self.zh))


def verdict(
    told: Word,
    seen: Observation,
    words: Words,
    *,
    measured: Measured | None,
    cause: Cause = "stale",
    threshold: Threshold | None = None,
    repeat: Sequence[str] = (),
) -> Verdict:
    """Return the verdict of that word; ``cause`` where it could not be told, ``repeat`` where it violates."""
    own = (seen.id,)
    if told == "conforms":
        return Conforms(reason=words.text, observations=own, measured=measured, threshold=threshold)
    if told == "violates":
        lines = tuple(repeat)
        return Violates(reason=words.text, observations=own, measured=measured, threshold=threshold, repeat=lines)
    return Undetermined(reason=words.text, cause=cause, observations=own, measured=measured, threshold=threshold)


ONLY_A_PAGE = Words(
    en=("Only a page was watched, not the buying journey: name an adapter, so that `duheng watch` walks it.",),
    zh=("只监测了页面，没有监测购买流程：请在目标文件中指定 adapter，由 duheng watch 走购买流程。",),
)


def watched(requirement: Requirement, seen: Observation, name: str) -> Service | Undetermined:
    """Return the record of a check; undetermined, cause ``stale``, where there is none or where it ended too early."""
    found = service(seen.data, name)
    last_ms = None if found is None else found.last_known_ms
    if found is None or last_ms is None:
        return untold(
            seen,
            f"Nothing is known of the check {name}: run `duheng watch`, and judge again when it has watched.",
            f"没有监测项 {name} 的已知记录：请运行 duheng watch，积累记录后再判定。",
            cause="stale",
        )
    age_h, limit_h = (found.ends_ms - last_ms) / 3_600_000, requirement.age_limit_s / 3600
    if age_h > limit_h:
        return untold(
            seen,
            f"The record of the check {name} ends {age_h:,.1f} h before the examination; its limit is {limit_h:.0f} h. "
            "Run `duheng watch` again.",
            f"监测项 {name} 的记录止于检查前 {age_h:,.1f} h，超过时限 {limit_h:.0f} h；请重新运行 duheng watch。",
            cause="stale",
        )
    return found


def is_page(of: Service) -> bool:
    """Tell whether only a page was watched: one that fails shows the journey failing, one that works shows no more."""
    return of.depth == DEPTHS[0]


def how_watched(of: Service, span: Availability | None = None) -> Words:
    """Return how a check was watched: from where, how deep, how often, for how long, and what of it is not known."""
    spent = span or availability(of.known, of.starts_ms, of.ends_ms)
    depth = DEPTH_WORDS[of.depth]
    days = (of.ends_ms - of.starts_ms) / 86_400_000
    places = len(of.vantages)
    unknown, excluded = 100 * spent.unknown_share, 100 * spent.excluded_ms / spent.wall_ms
    slower_en = f" (parts of it every {of.slowest_ms / 1000:g} s)" if of.slowest_ms > of.every_ms else ""
    slower_zh = f"（部分为每 {of.slowest_ms / 1000:g} s 一次）" if of.slowest_ms > of.every_ms else ""
    voting_en = f" (down where {of.at_least} see it down)" if of.at_least > 1 else ""
    voting_zh = f"（至少 {of.at_least} 个看到停机才算停机）" if of.at_least > 1 else ""
    told = Words().then(
        f"Watched: {of.name}, {depth.en}, every {of.every_ms / 1000:g} s{slower_en} from {places} vantage "
        f"point{'' if places == 1 else 's'}{voting_en}, {days:,.1f} days on record; unknown {unknown:.2f} %, announced "
        f"maintenance {excluded:.2f} %.",
        f"监测项 {of.name}，{depth.zh}，每 {of.every_ms / 1000:g} s 一次{slower_zh}，{places} 个监测点{voting_zh}，"
        f"记录 {days:,.1f} 天；"
        f"未知 {unknown:.2f}%，已公告的维护 {excluded:.2f}%。",
    )
    if not of.imported:
        return told
    sources = ", ".join(of.imported)
    return told.then(f"Part of it is imported ({sources}).", f"其中部分为导入的记录（{sources}）。")


def joined(*parts: Words) -> Words:
    """Return several as one."""
    return Words(en=tuple(s for part in parts for s in part.en), zh=tuple(s for part in parts for s in part.zh))


def local(instant_ms: int, data: Mapping[str, Any]) -> str:
    """Return ``2026-03-14 02:10`` in the zone of the record."""
    zone = ZoneInfo(str(data["zone"]))
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def outage_lines(of: Sequence[Incident], data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one line an outage, the latest of them, for whoever looks into a violation."""
    lines = [
        f"{each.check}: down {local(each.starts_ms, data)} to {local(each.ends_ms, data) if each.over else '...'} "
        f"({each.incident_class}): {each.why or '-'}"
        for each in of
    ]
    more = [f"and {len(lines) - _SHOWN} outages before these"] if len(lines) > _SHOWN else []
    return (*more, *lines[-_SHOWN:])


def declared_percent(declarations: Mapping[str, Any], *keys: str) -> tuple[float, bool]:
    """Return the first of these keys of ``[availability]`` that is declared, and True; else the default and False."""
    table = declarations.get("availability", {})
    found = next((float(table[key]) for key in keys if key in table), None)
    return (DEFAULT_TARGET_PERCENT, False) if found is None else (found, True)


def declared_words(percent: float, *, declared: bool) -> tuple[str, str]:
    """Return the target in words, in English and Chinese."""
    if declared:
        return f"the declared {percent:g} %", f"声明的目标 {percent:g}%"
    return f"the default of {percent:g} % (none is declared)", f"默认目标 {percent:g}%（未声明目标）"
