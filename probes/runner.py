"""Runs one probe on one subject under its deadline. The only place where a failed look becomes an Unobserved."""

from probes.canonical import digest, freeze
from probes.clock import Clock, Deadline, rfc3339
from probes.errors import LookFailed, NotPermitted
from probes.look import Look, Probe
from probes.observation import Header, Observation, Reading, Unobserved


def run_probe(probe: Probe, look: Look, *, run_id: str) -> tuple[Reading, tuple[bytes, ...]]:
    """Return the reading of one look, and its attachments.

    The instant in the header is taken when the look begins. A ``LookFailed`` becomes an ``Unobserved`` with its cause,
    and the scene learns of it, so that what stands on this look tells the same cause. Any other exception is a bug of
    ours and passes through.
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
        detail = look.redactor.text(failed.detail)
        look.scene.spoil(probe.name, look.subject, cause=failed.cause, detail=detail)
        return Unobserved(header=header, cause=failed.cause, detail=detail), ()
    data = freeze(look.redactor.json(seen.data))
    digests = tuple(digest(raw) for raw in seen.attachments)
    return Observation(header=header, data=data, attachments=digests), seen.attachments


def deadline_of(probe: Probe, clock: Clock, whole: Deadline) -> Deadline:
    """Return the sooner of the probe's own deadline and the whole run's."""
    return whole.sooner(probe.deadline_s) if whole.clock is clock else Deadline.after(clock, probe.deadline_s)
