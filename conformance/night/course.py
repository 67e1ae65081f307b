"""What a night's journal tells: the data of ``night.run``. Pure.

``plan`` (id: the run; facts: platform, steps, window, over_by_ms), ``begin`` and ``end`` of a step (id: its number),
``over`` (facts: ended, why), ``kept`` (id: the reading in the ledger, once it is the last).

The data: ``{run_id, started_ms, ended_ms, ended, why, window: {starts_ms, ends_ms} | null, over_by_ms, steps: [{step,
started_ms, ended_ms, ended, exit, cause, why, record}]}``. A night's ``ended`` is planned, stopped or killed, and
under-way as long as it goes on; a step's is done, failed, missed or cut-short, and meanwhile waiting or running.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from probes.clock import parse_rfc3339
from probes.shop.trail import Entry

UNDER_WAY: Final = "under-way"
INTERRUPTED: Final = 130

_ANSWERED: Final[Mapping[str, frozenset[int]]] = {
    "load": frozenset({0, 1}),
    "drill": frozenset({0}),
    "restore": frozenset({0}),
    "examine": frozenset({0, 1, 2}),
    "recover": frozenset({0}),
}
"""With which statuses a verb says that it did its work: a clause that is violated is an answer, and no failure."""

_HARMLESS: Final = frozenset({0, 2, 64})
"""Statuses of a drill after which nothing of it is left on its host."""

_LEAVES_RECORD: Final = frozenset({"load", "drill", "restore", "examine"})
_SHAKING: Final = frozenset({"load", "drill"})
_TOLD_BY: Final = ("load", "drill", "recover")


def outcome(verb: str, status: int, asked: str) -> tuple[str, str]:
    """Return how a step ended, and its cause.

    Args:
        verb: what it ran.
        status: its exit status, below zero for a signal.
        asked: the cause for which it was told to end; empty where nobody did.
    """
    broken = status < 0 or status == INTERRUPTED or (bool(asked) and verb in _TOLD_BY)
    if status == 0 or (status in _ANSWERED[verb] and not broken):
        return "done", ""
    if asked or broken:
        return "cut-short", asked or "ended"
    return "failed", "exit"


def unproven(verb: str, status: int, record: str | None) -> bool:
    """Tell whether a status is no answer, since none is on record: Python exits 1 as well where a verb cannot start."""
    return verb in _LEAVES_RECORD and status in _ANSWERED[verb] and record is None


def wounds(verb: str, status: int) -> bool:
    """Tell whether a step may have left a host that is not healed; so does a journal that says so."""
    return (verb == "drill" and status not in _HARMLESS) or (verb == "recover" and status != 0)


def bars(verb: str) -> bool:
    """Tell whether a step is left out while a host is not healed."""
    return verb in _SHAKING


def data_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the data of the night that a journal tells of, as far as it goes.

    Raises:
        StopIteration: the journal has no plan (a bug of ours: it is the first that is written).
    """
    plan = next(entry for entry in entries if entry.kind == "plan")
    over = next((entry for entry in entries if entry.kind == "over"), None)
    steps = list(_steps(entries, plan))
    if over is not None:
        steps = _broken_off(steps, cause="stopped", why=over.facts["why"])
    return {
        "run_id": plan.id,
        "started_ms": _ms(plan),
        "ended_ms": None if over is None else _ms(over),
        "ended": UNDER_WAY if over is None else over.facts["ended"],
        "why": "" if over is None else over.facts["why"],
        "window": plan.facts["window"],
        "over_by_ms": plan.facts["over_by_ms"],
        "steps": steps,
    }


def _steps(entries: Sequence[Entry], plan: Entry) -> Iterator[dict[str, Any]]:
    begun = {entry.id: entry for entry in entries if entry.kind == "begin"}
    ended = {entry.id: entry for entry in entries if entry.kind == "end"}
    for number, words in enumerate(plan.facts["steps"]):
        begin, end = begun.get(str(number)), ended.get(str(number))
        told = end.facts if end is not None else {}
        yield {
            "step": words,
            "started_ms": None if begin is None else _ms(begin),
            "ended_ms": None if begin is None or end is None else _ms(end),
            "ended": told.get("ended", "waiting" if begin is None else "running"),
            "exit": told.get("exit"),
            "cause": told.get("cause", ""),
            "why": told.get("why", ""),
            "record": told.get("record"),
        }


def killed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a night that never told its end: what ran was cut short, what waited was missed."""
    steps = _broken_off(data["steps"], cause="killed", why="")
    known = max([data["started_ms"], *_instants(steps)])
    return {**data, "ended": "killed", "ended_ms": known, "why": "it never told its end", "steps": steps}


def _broken_off(steps: Iterable[Mapping[str, Any]], **told: str) -> list[dict[str, Any]]:
    """Return the steps of a night that is over: what ran was cut short, what waited was missed."""
    names = {"running": "cut-short", "waiting": "missed"}
    return [{**step, **told, "ended": names[step["ended"]]} if step["ended"] in names else dict(step) for step in steps]


def settled(data: Mapping[str, Any], now_ms: int) -> Mapping[str, Any]:
    """Return the data of a night as it stands now: one that should be over by now, and is not, was killed."""
    return killed(data) if data["ended"] == UNDER_WAY and now_ms > data["over_by_ms"] else data


def _instants(steps: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    for step in steps:
        yield from (int(step[key]) for key in ("started_ms", "ended_ms") if step[key] is not None)


def _ms(entry: Entry) -> int:
    return round(parse_rfc3339(entry.at).timestamp() * 1000)
