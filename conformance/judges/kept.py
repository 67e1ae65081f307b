"""3.2.1 kept up: every function of the information system still works, as daily examinations tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from conformance.judges.records import Words, verdict
from conformance.judges.words import untold
from probes.clock import parse_rfc3339
from probes.errors import Cause
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict, Word

_RANK = ("not_applicable", "conforms", "undetermined", "violates")
"""Of several examinations of a function the worst counts: it has to work at each."""

_NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What examinations told of each function that they judged, the worst of each; the last of their run ids."""

    functions: Mapping[str, str]
    run_id: str

    def of(self, words: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
        """Return the functions, of those wanted, that were told one of these words (empty: not judged)."""
        chosen = set(words)
        return tuple(name for name in wanted if self.functions.get(name, "") in chosen)


def together(rows: Sequence[Mapping[str, Any]]) -> Told:
    """Return the worst that rows of a ``ledger.functions`` reading tell of each function.

    Raises:
        ValueError: there is no row.
    """
    if not rows:
        raise ValueError("no examination tells nothing")
    worst: dict[str, str] = {}
    for name, told in (pair for row in rows for pair in row["functions"].items()):
        worst[name] = max(worst.get(name, told), told, key=_RANK.index)
    return Told(functions=worst, run_id=str(rows[-1]["run_id"]))


def still_works(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
    """Judge the day before the examination: all functions of the clause must have been seen to work in it.

    An examination of a part of them says nothing of the rest; a function that nobody judged was not seen to work.
    """
    now, limit = parse_rfc3339(str(seen.data["until"])), timedelta(seconds=requirement.age_limit_s)
    fresh = [row for row in seen.data["days"] if now - limit <= parse_rfc3339(row["ended"]) <= now]
    hours = requirement.age_limit_s / 3600
    if not fresh:
        return untold(
            seen,
            f"No function was examined in the last {hours:.0f} h. Examine every day: duheng examine --clauses 3.2.1.",
            f"最近 {hours:.0f} h 内没有检查过任何功能；请每日运行 duheng examine --clauses 3.2.1。",
            cause="stale",
        )
    expected, last = tuple(seen.data["expected"]), together(fresh)
    by_day = {
        day: together([row for row in seen.data["days"] if row["day"] == day])
        for day in sorted({row["day"] for row in seen.data["days"]})
    }
    wrong = last.of({"violates"}, expected)
    lacking = last.of({"undetermined", ""}, expected)
    measured = _share(by_day, seen.data)
    words = _stands(last, by_day, seen.data, measured, hours)
    word: Word = "violates" if wrong else "undetermined"
    if wrong:
        words = _wrong_words(wrong, by_day, words)
    elif lacking:
        words = _lacking_words(lacking, last, seen.data, words)
    elif last.of({"conforms"}, expected):
        word = "conforms"
    return verdict(
        word,
        seen,
        words,
        measured=measured,
        cause=_cause(lacking, last, seen.data),
        repeat=[f"{name}: {_red_days(by_day, name)} day(s) in a row, last in run {last.run_id}" for name in wrong],
    )


def _cause(lacking: Sequence[str], last: Told, data: Mapping[str, Any]) -> Cause:
    if any(name in last.functions for name in lacking):
        return "target"
    return "not-built" if lacking and set(lacking) <= set(data["not_built"]) else "stale"


def _good(day: Told, data: Mapping[str, Any]) -> bool:
    """Tell whether all functions that this version can examine worked on a day."""
    asked = [name for name in data["expected"] if name not in data["not_built"] or name in day.functions]
    worked = day.of({"conforms", "not_applicable"}, asked)
    return bool(day.of({"conforms"}, asked)) and len(worked) == len(asked)


def _share(by_day: Mapping[str, Told], data: Mapping[str, Any]) -> Measured:
    good = sum(_good(day, data) for day in by_day.values())
    return Measured(metric="good_days", value=round(100 * good / len(by_day), 2), unit="%")


def _red_days(by_day: Mapping[str, Told], name: str) -> int:
    """Return on how many days in a row a function violated, up to the last on which it did."""
    red = [date.fromisoformat(day) for day, told in by_day.items() if told.functions.get(name) == "violates"]
    count = 0
    while red and red[-1] - timedelta(days=count) in red:
        count += 1
    return count


def _stands(last: Told, by_day: Mapping[str, Told], data: Mapping[str, Any], share: Measured, hours: float) -> Words:
    expected, days, recorded = data["expected"], data["window_days"], len(by_day)
    works, spared = (len(last.of({word}, expected)) for word in ("conforms", "not_applicable"))
    spared_en = f", {spared} do not apply" if spared else ""
    spared_zh = f"，{spared} 项不适用" if spared else ""
    return Words().then(
        f"In the last {hours:.0f} h {works} of {len(expected)} functions were seen to work{spared_en}. Of the last "
        f"{days} days {recorded} have a record; on {share.value} % of these every function that can be examined "
        "worked.",
        f"最近 {hours:.0f} h 内，{len(expected)} 项功能中有 {works} 项正常{spared_zh}。"
        f"最近 {days} 天中 {recorded} 天有记录，其中 {share.value}% 的日子所有可检查的功能都正常。",
    )


def _wrong_words(wrong: Sequence[str], by_day: Mapping[str, Told], words: Words) -> Words:
    named = [(name, _red_days(by_day, name)) for name in wrong[:_NAMED]]
    en = ", ".join(f"{name} ({number} day{'' if number == 1 else 's'} in a row)" for name, number in named)
    zh = "、".join(f"{name}（连续 {number} 天）" for name, number in named)
    return words.then(f"Violated: {en}.", f"不符合：{zh}。")


def _lacking_words(lacking: Sequence[str], last: Told, data: Mapping[str, Any], words: Words) -> Words:
    missing = [name for name in lacking if name not in last.functions]
    unbuilt = [name for name in missing if name in data["not_built"]]
    untried = [name for name in missing if name not in data["not_built"]]
    untellable = [name for name in lacking if name in last.functions]
    if untellable:
        words = words.then(f"Could not be told: {_some(untellable, ', ')}.", f"无法判定：{_some(untellable, '、')}。")
    if untried:
        words = words.then(
            f"Not examined: {_some(untried, ', ')}; examine all of 3.2.1.",
            f"未检查：{_some(untried, '、')}；请检查 3.2.1 的全部功能。",
        )
    if unbuilt:
        words = words.then(
            f"{len(unbuilt)} have no judge in this version, so that nobody saw them work.",
            f"另有 {len(unbuilt)} 项本版本尚不能判定，未能看到其是否正常。",
        )
    return words


def _some(names: Sequence[str], comma: str) -> str:
    return comma.join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
