"""3.1.4.3 strong protection: the harmless EICAR file, dropped on disk and by upload, is caught within a minute.

``virus``: ``{"disk" | "upload": {"dropped_ms", "caught_ms" | null, "how", "served", "watched_s"}}``; ``served``: the
file could be had afterwards, by a visitor or from the disk: after it was caught, or when its minute was over. A way
that is not there was not tried.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from conformance.judges.drill_run import Drill
from conformance.judges.drill_runs import after_it
from conformance.judges.hosts import Tell, number, right, unsure, wrong
from reports.verdict import Measured, Requirement, Text

CAUGHT_WITHIN_S = 60.0
"""The clause's: within 1 min."""

WAYS: Mapping[str, Text] = MappingProxyType(
    {"disk": Text(en="on disk", zh="落盘"), "upload": Text(en="by upload", zh="上传")}
)
_MS = 1000


def drops_the_file(drill: Drill) -> bool:
    """Tell whether a drill drops the test file."""
    return drill.kind == "virus"


def caught(requirement: Requirement, drill: Drill) -> Tell:  # noqa: ARG001 - judges of drills are called alike
    """Judge the ways that one drill tried: one that lets the file stand violates."""
    told = [_way(name, drill.of("virus")[name]) for name in WAYS if name in drill.of("virus")]
    if not told:
        return unsure("the test file was not dropped at all", "未投放测试文件", cause="settings")
    for word in ("violates", "undetermined"):
        own = [tell for tell in told if tell.word == word]
        if own:
            return _together(own)
    return after_it(drill) or _together(told)


def ways_untried(drills: Sequence[Drill]) -> Tell | None:
    """Return that a way was tried by none of the drills; None where both were."""
    lacking = [of for name, of in WAYS.items() if not any(drill.of("virus").get(name) for drill in drills)]
    if not lacking:
        return None
    return unsure(
        f"the test file was not dropped {' or '.join(of.en for of in lacking)}",
        f"未以{'、'.join(of.zh for of in lacking)}方式投放测试文件",
        cause="settings",
    )


def _together(own: Sequence[Tell]) -> Tell:
    return Tell(
        word=own[0].word,
        en="; ".join(each.en for each in own),
        zh="；".join(each.zh for each in own),
        cause=own[0].cause,
        measured=next((each.measured for each in own if each.measured is not None), None),
        shows="; ".join(each.shows for each in own),
    )


def _way(name: str, told: Any) -> Tell:
    of = WAYS[name]
    if not isinstance(told, Mapping):
        return unsure(f"nothing is told of the test file {of.en}", f"未说明{of.zh}测试文件的结果", cause="target")
    dropped, found = number(told.get("dropped_ms")), number(told.get("caught_ms"))
    watched = number(told.get("watched_s")) or 0.0
    if told.get("served") is True and (found is not None or watched >= CAUGHT_WITHIN_S):
        en = f"the test file dropped {of.en} could be had again"
        return wrong(en, f"以{of.zh}方式投放的测试文件仍可取得", shows=en)
    if found is None and dropped is not None and watched >= CAUGHT_WITHIN_S:
        en = f"the test file dropped {of.en} was not caught in {watched:g} s"
        return wrong(en, f"以{of.zh}方式投放的测试文件在 {watched:g} s 内未被查获", shows=en)
    if found is None or dropped is None or found < dropped or told.get("served") is not False:
        return unsure(
            f"nothing tells when the test file dropped {of.en} was caught, and that it could not be had again",
            f"无从得知以{of.zh}方式投放的测试文件何时被查获、之后是否仍可取得",
            cause="target",
        )
    return _in_time(of, (found - dropped) / _MS)


def _in_time(of: Text, took_s: float) -> Tell:
    measured = Measured(metric="test_virus_caught_after", value=round(took_s, 3), unit="s")
    en, zh = f"{of.en}: caught after {took_s:.3g} s", f"{of.zh}：{took_s:.3g} s 后被查获"
    if took_s > CAUGHT_WITHIN_S:
        return wrong(
            f"{en}, not within {CAUGHT_WITHIN_S:g} s", f"{zh}，超过 {CAUGHT_WITHIN_S:g} s", shows=en, measured=measured
        )
    return right(en, zh, measured=measured)
