"""One recorded drill of the reading ``ledger.drills``, as its pictures need it. Pure.

It says how a run came out against its limit; whether a clause is kept is for the judges, whose verdicts stand beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from probes.observation import Observation
from reports import availability_words, drill_words
from reports.dossier import Dossier
from reports.formats.limits import limit
from reports.formats.reading_data import mapping, number, rows, text
from reports.verdict import Text

KIND: Final = "ledger.drills"
_LONG: Final = 160
_MS: Final = 1000
_UNIT_S: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
METRICS: Final[Mapping[str, str]] = {
    "software": "software_mttr",
    "hardware": "hardware_mttr",
    "general": "recovery_time_general_disaster",
    "severe": "recovery_time_severe_disaster",
}
"""Which bound a recovery is held against, by the kind of drill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One recorded run.

    ``kind`` is the disaster where one is declared. ``took_s`` is its recovery, or where that is ``open`` the time that
    passed without one; None where nothing is known. ``state`` is one of ``drill_words.STATES``.
    """

    name: str
    fault: str
    kind: str
    host: str
    ended_ms: float
    state: str
    why: Text | None
    took_s: float | None
    limit_s: float | None
    data: Mapping[str, Any]

    @property
    def kind_words(self) -> Text:
        """Its kind."""
        return availability_words.named(drill_words.KINDS, self.kind)

    @property
    def state_words(self) -> Text:
        """How it came out."""
        return drill_words.STATES[self.state]

    @property
    def took(self) -> Text | None:
        """How long recovery took."""
        return None if self.took_s is None else availability_words.span(round(self.took_s * _MS))

    @property
    def limit(self) -> Text | None:
        """Its limit."""
        return None if self.limit_s is None else availability_words.span(round(self.limit_s * _MS))

    def at_ms(self, phase: str) -> float | None:
        """Return when a phase was reached."""
        return number(mapping(self.data.get("phases")).get(f"{phase}_ms"))

    @property
    def reverted_ms(self) -> float | None:
        """When the drill first took its fault out."""
        steps = (mapping(each) for each in rows(self.data.get("steps")))
        found = [number(each.get("at_ms")) for each in steps if each.get("step") == "revert"]
        return min((each for each in found if each is not None), default=None)


def runs(seen: Observation, limits: Mapping[str, float]) -> tuple[Run, ...]:
    """Return every run of a reading, the newest first, against the bounds of their kinds in seconds."""
    found = [_run(mapping(each), limits) for each in rows(seen.data.get("runs"))]
    return tuple(sorted(found, key=lambda run: -run.ended_ms))


def limits_of(dossier: Dossier) -> Mapping[str, float]:
    """Return the bound of each kind, in seconds; a kind that nothing bounds is not there."""
    found = {kind: limit(dossier, metric) for kind, metric in METRICS.items()}
    return {
        kind: bound.value * _UNIT_S[bound.unit]
        for kind, bound in found.items()
        if bound is not None and bound.unit in _UNIT_S
    }


def _run(data: Mapping[str, Any], limits: Mapping[str, float]) -> Run:
    kind = text(data.get("disaster") or data.get("kind"), _LONG)
    own = number(data.get("limit_s"))
    bounds = [each for each in (limits.get(kind), own) if each is not None]
    bound = min(bounds, default=None)
    ended = number(data.get("ended_ms")) or number(data.get("started_ms")) or 0.0
    reasons = tuple(_lacks(data))
    took_s, whole = _took(data, ended)
    state = _state(took_s, bound, whole=whole)
    why: Text | None = None
    if reasons:
        state, why, took_s = "untold", drill_words.WHY[reasons[0]], None
    elif state != "over" and not _steady(data, "after"):
        state, why = "untold", drill_words.WHY["after"]
    elif state == "untold":
        why = drill_words.WHY["unfelt"]
    return Run(
        name=text(data.get("drill"), _LONG),
        fault=text(data.get("fault"), _LONG),
        kind=kind,
        host=text(data.get("host"), _LONG),
        ended_ms=ended,
        state=state,
        why=why,
        took_s=took_s,
        limit_s=bound,
        data=data,
    )


def _lacks(data: Mapping[str, Any]) -> Iterator[str]:
    ended = text(data.get("ended"), _LONG)
    if ended in {"killed", "aborted"}:
        yield ended
    if data.get("complete") is not True:
        yield "incomplete"
    if mapping(data.get("proof_of_effect")).get("proved") is not True:
        yield "effect"
    if not _steady(data, "before"):
        yield "before"


def _steady(data: Mapping[str, Any], when: str) -> bool:
    told = mapping(mapping(data.get("journeys")).get(when))
    return bool(number(told.get("tried"))) and number(told.get("failed")) == 0


def _took(data: Mapping[str, Any], ended_ms: float) -> tuple[float | None, bool]:
    """Return how long recovery took and True, or how long there was none and False."""
    phases = mapping(data.get("phases"))
    injected, good = number(phases.get("injected_ms")), number(phases.get("first_good_ms"))
    told = number(data.get("recovery_s"))
    steps = (mapping(each) for each in rows(data.get("steps")))
    out = [number(each.get("at_ms")) for each in steps if each.get("step") == "revert"]
    reverted = min((each for each in out if each is not None), default=None)
    if injected is None:
        return None, False
    if told is not None and good is not None and (reverted is None or good < reverted):
        return max(0.0, told), True
    if data.get("reverted_by") == "deadman":
        return None, False
    return max(0.0, (min(reverted if reverted is not None else ended_ms, ended_ms) - injected) / _MS), False


def _state(took_s: float | None, bound_s: float | None, *, whole: bool) -> str:
    if took_s is None:
        return "untold"
    if bound_s is not None and took_s >= bound_s:
        return "over"
    if not whole:
        return "open"
    return "free" if bound_s is None else "within"
