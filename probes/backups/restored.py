"""What came of restoring: content that can be counted, or what the tool said. Values only."""

from dataclasses import dataclass

from probes.backups.contents import Content
from probes.transports.command import Ran


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """``content`` is None where the tool did not restore; ``complaint`` is what it said of that."""

    ok: bool
    content: Content | None = None
    root: str | None = None
    complaint: str = ""


def failed(ran: Ran) -> Restored:
    """Return what a command that did not restore leaves."""
    return Restored(ok=False, complaint=ran.complaint() or f"status {ran.status}")
