"""Short ways to tell a verdict on one observation."""

from collections.abc import Iterable, Mapping
from typing import Any

from probes.errors import CAUSES, Cause
from probes.observation import Observation
from reports.verdict import Conforms, Measured, Requirement, Text, Threshold, Undetermined, Violates


def good(
    seen: Observation, en: str, zh: str, *, measured: Measured | None = None, threshold: Threshold | None = None
) -> Conforms:
    """Conforms, on this observation."""
    return Conforms(reason=Text(zh=zh, en=en), observations=(seen.id,), measured=measured, threshold=threshold)


def bad(
    seen: Observation,
    en: str,
    zh: str,
    *,
    repeat: Iterable[str] = (),
    measured: Measured | None = None,
    threshold: Threshold | None = None,
) -> Violates:
    """Violates, on this observation; ``repeat`` holds the requests that show it again."""
    return Violates(
        reason=Text(zh=zh, en=en),
        observations=(seen.id,),
        measured=measured,
        threshold=threshold,
        repeat=tuple(dict.fromkeys(repeat)),
    )


def untold(seen: Observation, en: str, zh: str, *, cause: Cause = "target") -> Undetermined:
    """Undetermined, though something was observed: it does not suffice."""
    return Undetermined(reason=Text(zh=zh, en=en), cause=cause, observations=(seen.id,))


def done(step: Mapping[str, Any] | None) -> bool:
    """Tell whether a told outcome says that the journey came about."""
    return step is not None and step.get("outcome") == "done"


def denied(step: Mapping[str, Any] | None) -> bool:
    """Tell whether a told outcome says that the shop said no."""
    return step is not None and step.get("outcome") == "denied"


def why(step: Mapping[str, Any] | None) -> str:
    """Return why a told outcome did not come about; empty where it did or was not tried."""
    return "" if step is None else str(step.get("why", ""))


def requests(*steps: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the request lines of told outcomes, in order."""
    return tuple(line for step in steps if step for line in step.get("requests", ()))


def bound(requirement: Requirement, metric: str) -> Threshold:
    """Return the threshold of a metric."""
    return next(threshold for threshold in requirement.thresholds if threshold.metric == metric)


def cause_in(data: Mapping[str, Any], key: str, otherwise: Cause) -> Cause:
    """Return the cause that a probe recorded under a key; another where it recorded none."""
    recorded = data.get(key)
    return next((cause for cause in CAUSES if cause == recorded), otherwise)
