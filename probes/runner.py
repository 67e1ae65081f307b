"""Runs one probe on one subject under its deadline. The only place where a failed look becomes an Unobserved."""

import math
from typing import Any

from probes.canonical import digest, freeze
from probes.clock import Clock, Deadline, rfc3339
from probes.errors import LookFailed, NotPermitted
from probes.look import Look, Probe
from probes.observation import Header, Observation, Reading, Unobserved


def run_probe(probe: Probe, look: Look, *, run_id: str) -> tuple[Reading, tuple[bytes, ...]]:
    """Return the reading of one look, and its attachments.

    The instant in the header is taken when the look begins: what it tells is no younger than that. A ``LookFailed``
    becomes an ``Unobserved`` with its cause, and the scene learns of it, so that what stands on this look tells the
    same cause. Any other exception is a bug of ours and passes through.
    """
    header = Header(
        platform_id=look.target.platform.id,
        kind=probe.name,
        subject=look.subject,
        observed_at=rfc3339(look.clock.now()),
        clock_offset_s=look.clock.offset_s,
        vantage=look.vantage,
        probe_version=probe.version,
        run_id=run_id,
    )
    try:
        if probe.writes and (reason := look.target.why_not_write(look.clock.now())):
            raise NotPermitted(f"this look changes something on the platform, and {reason}")
        seen = probe.look(look)
    except LookFailed as failed:
        # What a server sent may stand in it: one line, whatever that was.
        detail = _writable(look.redactor.text(" ".join(failed.detail.split())))
        look.scene.spoil(probe.name, look.subject, cause=failed.cause, detail=detail)
        return Unobserved(header=header, cause=failed.cause, detail=detail), ()
    data = freeze(_writable(look.redactor.json(seen.data)))
    digests = tuple(digest(raw) for raw in seen.attachments)
    return Observation(header=header, data=data, attachments=digests), seen.attachments


_LARGEST_EXACT = 2**53


def _writable(value: Any) -> Any:
    """Return a JSON value whose canonical form exists (RFC 8785): what a shop may send and JSON cannot say, as text.

    Order numbers beyond 2**53 come as numbers from some shops; half a surrogate pair stands in some garbage.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return [_writable(item) for item in value] if isinstance(value, list) else value


def deadline_of(probe: Probe, clock: Clock, whole: Deadline) -> Deadline:
    """Return the sooner of the probe's own deadline and the whole run's."""
    return whole.sooner(probe.deadline_s) if whole.clock is clock else Deadline.after(clock, probe.deadline_s)
