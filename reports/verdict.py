"""Words of judging: Requirement, the four verdicts, and their merge."""

import dataclasses
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from probes.errors import Cause

Operator = Literal[">=", "<=", "<", ">", "=="]
Node = Literal["check", "group"]
Kind = Literal["requirement", "conditional", "permission", "definition", "applicability", "statement", "summary"]
Aggregate = Literal["all", "any", "info"]
Automation = Literal["full", "partial", "none"]
Word = Literal["conforms", "violates", "undetermined", "not_applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One sentence in both languages of the house."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A bound of the standard, or a stricter one of the target file: ``metric operator value unit``."""

    metric: str
    operator: Operator
    value: float
    unit: str
    as_written: str = ""
    interpreted: bool = False


_DIRECTION: dict[Operator, int] = {">=": 1, ">": 1, "<=": -1, "<": -1, "==": 0}
_STRICT = frozenset({">", "<"})


def looser(own: Threshold, bound: Threshold) -> bool:
    """Tell whether ``own`` lets something pass that ``bound`` does not; what cannot be compared counts as looser."""
    direction = _DIRECTION[bound.operator]
    if own.metric != bound.metric or own.unit != bound.unit or _DIRECTION[own.operator] != direction:
        return True
    if own.value == bound.value:
        return bound.operator in _STRICT and own.operator not in _STRICT
    return direction == 0 or (own.value - bound.value) * direction < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured, in the unit of its threshold where there is one."""

    metric: str
    value: float | str | bool
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One record of the catalogue. ``age_limit_s`` bounds the age of its evidence at the examination (seconds)."""

    id: str
    clause: str
    document: str
    chapter: str
    node: Node
    parent: str | None
    aggregate: Aggregate | None
    obligation: str
    kind: Kind
    subject: str
    title: Text
    statement: Text
    thresholds: tuple[Threshold, ...]
    methods: tuple[str, ...]
    automation: Automation
    reading: Text | None
    observed: Text
    age_limit_s: float
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conforms:
    """Seen, and right."""

    reason: Text
    observations: tuple[str, ...]
    measured: Measured | None = None
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Violates:
    """Seen, and wrong; ``repeat`` tells in short lines (``buyer_b: GET /orders/1 -> 200``) how to see it again."""

    reason: Text
    observations: tuple[str, ...]
    measured: Measured | None = None
    threshold: Threshold | None = None
    repeat: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetermined:
    """Could not be told; ``cause`` says why."""

    reason: Text
    cause: Cause
    observations: tuple[str, ...] = ()
    measured: Measured | None = None
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The target file says so with a reason, or recorded evidence shows the condition absent."""

    reason: Text
    observations: tuple[str, ...] = ()
    measured: Measured | None = None
    threshold: Threshold | None = None


Verdict: TypeAlias = Conforms | Violates | Undetermined | NotApplicable

NOTHING_JUDGED = Undetermined(
    reason=Text(zh="没有任何可供判定的内容。", en="Nothing was judged."),
    cause="settings",
)


def word(verdict: Verdict) -> Word:
    """Return the verdict's name as it stands in ``report.json``."""
    match verdict:
        case Conforms():
            return "conforms"
        case Violates():
            return "violates"
        case Undetermined():
            return "undetermined"
        case NotApplicable():
            return "not_applicable"
        case _:
            assert_never(verdict)


ACCEPTABLE: tuple[Cause, ...] = ("not-built", "document", "attestation", "permission")
"""Causes of an undetermined verdict that whoever runs the examination may accept."""

_RANK: dict[Word, int] = {"violates": 3, "undetermined": 2, "conforms": 1, "not_applicable": 0}


def rank(verdict: Verdict) -> tuple[int, bool]:
    """Return a verdict's place in the order: violates > undetermined > conforms > not applicable.

    Among undetermined ones a cause that nobody may accept outranks one that may be: accepting ``permission`` must not
    let a part pass that the platform never answered.
    """
    return _RANK[word(verdict)], isinstance(verdict, Undetermined) and verdict.cause not in ACCEPTABLE


def worse(left: Verdict, right: Verdict) -> Verdict:
    """Return the verdict that outranks the other (see ``rank``); ties keep the left."""
    return right if rank(right) > rank(left) else left


def merge_all(verdicts: Iterable[Verdict]) -> Verdict:
    """Merge verdicts that must *all* hold; the first of the highest rank speaks, with every part's observations.

    Nothing judged is undetermined.
    """
    parts = tuple(verdicts)
    if not parts:
        return NOTHING_JUDGED
    return _with_observations(functools.reduce(worse, parts), parts)


_ANY_ORDER: tuple[Word, ...] = ("conforms", "undetermined", "violates", "not_applicable")


def merge_any(verdicts: Iterable[Verdict]) -> Verdict:
    """Merge verdicts of which *one* suffices: one that conforms decides; else what could not be told; else violates."""
    parts = tuple(verdicts)
    if not parts:
        return NOTHING_JUDGED
    best = min(parts, key=lambda part: (_ANY_ORDER.index(word(part)), not rank(part)[1]))
    return _with_observations(best, parts)


def _with_observations(chosen: Verdict, parts: tuple[Verdict, ...]) -> Verdict:
    seen = dict.fromkeys(chosen.observations)
    for part in parts:
        seen.update(dict.fromkeys(part.observations))
    return dataclasses.replace(chosen, observations=tuple(seen))
