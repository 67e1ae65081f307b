"""What a night would do, and what one came to, as text for people. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.night.planned import Planned
from conformance.night.schedule import Permission
from conformance.turn import said
from conformance.windows import Span
from probes.target import Target


def plan(target: Target, steps: Sequence[Planned], permission: Permission, refused: Sequence[str]) -> Iterator[str]:
    """Yield the plan of a night, step by step, with how long each takes at most."""
    platform = target.platform
    yield f"Night of {platform.name} ({platform.id}, {platform.environment}), {platform.base_url}"
    span = permission.later if permission.reasons else permission.span
    yield _when(span, permission)
    for number, step in enumerate(steps, start=1):
        fits = span is None or step.lasts_s <= (span.ends - span.starts).total_seconds()
        mark = "" if fits else ": longer than the whole night, so it is never begun"
        yield f"{number}. {step.words}, up to {timedelta(seconds=round(step.lasts_s))}{mark}"
    longest = timedelta(seconds=round(sum(step.lasts_s for step in steps)))
    yield f"Together up to {longest}, one after the other; the examination leaves the report."
    yield ""
    yield "It would be refused now:" if refused else "Nothing here refuses it; each step has refusals of its own."
    yield from (f"- {reason}" for reason in refused)


def _when(span: Span | None, permission: Permission) -> str:
    if span is None:
        return "No night within a week is declared." if permission.reasons else "It has to be over by no given time."
    who = f"The next may begin at {said(span.starts)}, and" if permission.reasons else "It"
    return f"{who} has to be over by {said(span.ends)}; what would not end by then is not begun."


def told(data: Mapping[str, Any]) -> str:
    """Return one line that says what a night came to."""
    states = [step["ended"] for step in data["steps"]]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    since = said(datetime.fromtimestamp(data["started_ms"] / 1000, UTC))
    why = f" ({data['why']})" if data["why"] else ""
    return f"night of {since}: {data['ended']}{why}; of {len(states)} steps {counts}; on record as {data['run_id']}"
