"""3.1.1.3.3 intervals of incremental, full and differential backups: the longest gap over the whole window."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.judges.backup_gaps import Gap, Record, record_of
from conformance.judges.backup_sets import (
    CATALOGUE,
    DATA_WORDS,
    HOUR_MS,
    KIND_WORDS,
    Catalogue,
    absent,
    catalogues,
    moment,
)
from conformance.judges.judgement import Evidence, Missing, WholeJudge, together
from conformance.judges.words import bad, good, untold
from reports.verdict import Conforms, Measured, Requirement, Threshold, Verdict, Violates, merge_all, merge_any

_HOURS = {"h": 1.0, "d": 24.0, "min": 1 / 60}
_SWAPPED = (
    " (The 7 d of the standard is longer than its 12 h for full backups, probably swapped; taken literally.)",
    "（标准规定的差分周期 7 d 长于完全备份周期 12 h，疑为两值互换，此处照字面判定。）",
)


def interval(kind: str) -> WholeJudge:
    """Return the judge of the interval of a kind of backup: of each set of catalogues that hold the same data."""

    def judged(requirement: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
        seen, missing = catalogues(evidence), evidence.missing_of(CATALOGUE)
        using = [each for each in seen if each.of(kind) or each.cadence_h(kind) is not None]
        if not using:
            words = KIND_WORDS[kind]
            if hiding := next((each for each in seen if each.unread), None):
                return _not_absent(hiding, words)
            none = absent(
                seen,
                f"No catalogue holds a {words[0]} backup, and none is declared: the kind is not in use.",
                f"各备份目录中均无{words[1]}，也未声明其周期：未采用该备份方式。",
            )
            return merge_all((none, *(each.verdict for each in missing))) if seen or not missing else _away(missing)
        told = [_one_set(requirement, group, kind) for group in same_data(using)]
        return together((*spared(told, using, missing, declarations), *(each.verdict for each in missing)))

    return judged


def _not_absent(hiding: Catalogue, words: tuple[str, str]) -> Verdict:
    return untold(
        hiding.seen,
        f"{hiding.name}: {hiding.unread} entries could not be read; whether {words[0]} backups are in use is unknown.",
        f"{hiding.name}：有 {hiding.unread} 条记录无法读懂，不能断定未采用{words[1]}。",
    )


def same_data(seen: Sequence[Catalogue]) -> tuple[tuple[Catalogue, ...], ...]:
    """Return the sets of catalogues that hold the same kind of data, each set once; a catalogue without data alone."""
    held = dict.fromkeys(kind for each in seen for kind in each.data["holds"])
    groups = [tuple(each for each in seen if kind in each.data["holds"]) for kind in held]
    groups += [(each,) for each in seen if not each.data["holds"]]
    return tuple({tuple(each.name for each in group): group for group in groups}.values())


def spared(
    told: Sequence[Verdict], seen: Sequence[Catalogue], missing: Sequence[Missing], declarations: Mapping[str, Any]
) -> tuple[Verdict, ...]:
    """Return the verdicts without those violations that a catalogue which could not be read might disprove."""
    absent_data = {
        kind
        for entry in declarations.get("backups") or ()
        if entry.get("name") in {each.subject for each in missing}
        for kind in entry.get("holds") or ()
    }
    names = {each.seen.id: set(each.data["holds"]) for each in seen}
    return tuple(
        verdict
        for verdict in told
        if not isinstance(verdict, Violates)
        or not absent_data.intersection(*(names.get(each, set()) for each in verdict.observations))
    )


def limit_h(bound: Threshold) -> float:
    """Return a bound in hours."""
    return bound.value * _HOURS[bound.unit]


def _away(missing: Sequence[Missing]) -> Verdict:
    return together(tuple(each.verdict for each in missing))


def _one_set(requirement: Requirement, group: Sequence[Catalogue], kind: str) -> Verdict:
    bound, swapped = requirement.thresholds[0], _SWAPPED if kind == "differential" else ("", "")

    def told(some: Sequence[Catalogue]) -> Verdict:
        record = record_of(some, (run for each in some for run in each.of(kind)))
        verdict = judged_record(some, record, limit_h(bound), KIND_WORDS[kind], bound=bound, further=swapped)
        older = _hidden_gap(some, kind, limit_h(bound)) if isinstance(verdict, Conforms) else None
        return older if older is not None else verdict

    return alone_or_together(group, told)


def _hidden_gap(some: Sequence[Catalogue], kind: str, most_h: float) -> Verdict | None:
    """Return what is told of a gap among older entries, which were read but do not stand one by one in the evidence."""
    for each in some:
        gap = (each.data.get("gaps") or {}).get(kind) or {}
        if int(each.data.get("read") or 0) <= len(each.runs) or (gap.get("longest_s") or 0) <= most_h * 3600:
            continue
        if gap["to_ms"] > (each.whole_since_ms or 0):
            hours, since, until = gap["longest_s"] / 3600, moment(gap["from_ms"]), moment(gap["to_ms"])
            words = KIND_WORDS[kind]
            return untold(
                each.seen,
                f"{each.name}: among older entries no good {words[0]} backup began for {hours:.2f} h ({since} to "
                f"{until}), against {most_h:g} h; whether they were bad or only not verified is not recorded.",
                f"{each.name}：在更早的记录中，{words[1]}有 {hours:.2f} h 的间隔（{since} 至 {until}），"
                f"超过 {most_h:g} h；期间的备份是失败还是未经校验，未作记录。",
            )
    return None


def alone_or_together(group: Sequence[Catalogue], told: Callable[[Sequence[Catalogue]], Verdict]) -> Verdict:
    """Judge catalogues that hold the same data: the runs of one may suffice, or those of all together.

    A yearly archive beside the daily backups stretches the record of both; it takes nothing away from the daily ones.
    """
    whole = told(group)
    if len(group) == 1 or isinstance(whole, Conforms):
        return _with_all(whole, group)
    verdicts = (whole, *(told((each,)) for each in group))
    return _with_all(merge_any(verdicts), group)


def _with_all(verdict: Verdict, group: Sequence[Catalogue]) -> Verdict:
    ids = dict.fromkeys((*verdict.observations, *(each.seen.id for each in group)))
    return dataclasses.replace(verdict, observations=tuple(ids))


def judged_record(
    group: Sequence[Catalogue],
    record: Record | None,
    most_h: float,
    words: tuple[str, str],
    *,
    bound: Threshold | None,
    further: tuple[str, str] = ("", ""),
) -> Verdict:
    """Judge the longest gap of a record against a limit in hours."""
    first, names = group[0], ", ".join(each.name for each in group)
    names_zh = "、".join(each.name for each in group)
    if record is None:
        return _nothing(group, names, names_zh, words)
    known_h, most_gap_h = record.least.long_ms / HOUR_MS, record.most.long_ms / HOUR_MS
    measured = Measured(metric=bound.metric if bound else "backup_interval", value=_rounded(most_gap_h, bound),
                        unit=bound.unit if bound else "h")  # fmt: skip
    en = f"{names} ({_data(group, 0)}): the longest gap between good {words[0]} backups is {_told(record.most)}, "
    zh = f"{names_zh}（{_data(group, 1)}）：相邻两次合格{words[1]}之间的最长间隔为 {_told_zh(record.most)}，"
    en += f"against {most_h:g} h; {_counts(record)}.{further[0]}"
    zh += f"限值 {most_h:g} h；{_counts_zh(record)}。{further[1]}"
    if known_h > most_h and not record.undated:
        lines = [
            first.line(
                f"no good {words[0]} backup began between {moment(record.most.from_ms)} and {moment(record.most.to_ms)}"
            )
        ]
        return bad(first.seen, en, zh, repeat=lines, measured=measured, threshold=bound)
    if most_gap_h > most_h:
        return untold(
            first.seen,
            f"{en} It would be {known_h:.2f} h were all those not verified good; what is not verified is not known.",
            f"{zh}若未校验的备份全部合格，则为 {known_h:.2f} h；"
            "未经校验或时间不可信的备份不能算作合格，也不能算作缺失。",
        )
    if record.length_ms < most_h * HOUR_MS:
        return untold(
            first.seen,
            f"{en} The record spans {record.length_ms / HOUR_MS:.1f} h only, shorter than one period.",
            f"{zh}但记录仅有 {record.length_ms / HOUR_MS:.1f} h，不足一个周期。",
            cause="stale",
        )
    return good(first.seen, en, zh, measured=measured, threshold=bound)


def _nothing(group: Sequence[Catalogue], names: str, names_zh: str, words: tuple[str, str]) -> Verdict:
    first = group[0]
    if any(each.unread or each.runs for each in group):
        unknown = sum(each.unread for each in group)
        if unknown or any(run.state == "undated" for each in group for run in each.runs):
            return untold(
                first.seen,
                f"{names}: no {words[0]} backup has a time that can be believed ({unknown} entries unread).",
                f"{names_zh}：没有任何一次{words[1]}的时间可信（另有 {unknown} 条记录无法读懂）。",
            )
    return bad(
        first.seen,
        f"{names}: {words[0]} backups are declared, and the catalogue holds none.",
        f"{names_zh}：已声明{words[1]}的周期，但备份目录中一次也没有。",
        repeat=[first.line(f"0 {words[0]} backups")],
    )


def _rounded(hours: float, bound: Threshold | None) -> float:
    return round(hours / (_HOURS[bound.unit] if bound else 1.0), 3)


def _data(group: Sequence[Catalogue], language: int) -> str:
    shared = [kind for kind in group[0].data["holds"] if all(kind in each.data["holds"] for each in group)]
    return ("、" if language else ", ").join(DATA_WORDS[kind][language] for kind in shared) or "-"


def _told(gap: Gap) -> str:
    return f"{gap.long_ms / HOUR_MS:.2f} h ({moment(gap.from_ms)} to {moment(gap.to_ms)})"


def _told_zh(gap: Gap) -> str:
    return f"{gap.long_ms / HOUR_MS:.2f} h（{moment(gap.from_ms)} 至 {moment(gap.to_ms)}）"


def _counts(record: Record) -> str:
    parts = [f"{record.good} good", f"{record.failed} failed", f"{record.unverified} not verified"]
    return ", ".join(parts) + (f", {record.undated} undated" if record.undated else "")


def _counts_zh(record: Record) -> str:
    undated = f"、时间不可信 {record.undated} 次" if record.undated else ""
    return f"合格 {record.good} 次、失败 {record.failed} 次、未校验 {record.unverified} 次{undated}"
