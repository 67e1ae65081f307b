"""Why a drill must not begin: authority, window, host, what it would leave behind, the kill switch. Pure; all at once.

The permission on the host itself is ``token``; it can only be read once these hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from probes.target import Target
from profiles.drills.fault import Entry, Fault, lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is about to be done: the fault, its entry, for how long at most, and whether the kill switch is there.

    ``open_until`` is until when declared windows are open without a gap, None where none is.
    """

    fault: Fault
    entry: Entry
    now: datetime
    lasts_s: float
    stop_file: str | None
    open_until: datetime | None


def refusals(intent: Intent, target: Target) -> tuple[str, ...]:
    """Return every reason why it must not begin, each a sentence with what to do; none where it may."""
    return (*_authority(intent, target), *_entry(intent, target), *_switch(intent))


def _authority(intent: Intent, target: Target) -> Iterator[str]:
    if not target.platform.authorised:
        yield (
            "[platform] authorised: a drill brings a platform down only where its owner agreed; once they have, write "
            "authorised = true"
        )
    if target.platform.environment != "production":
        return
    ends = intent.now + timedelta(seconds=intent.lasts_s)
    if intent.open_until is None:
        yield (
            "[[windows]]: in production a drill runs in a declared window only, and none is open; declare one that "
            f"lasts until {_said(ends)}, agreed with operations"
        )
    elif intent.open_until < ends:
        yield (
            f"[[windows]]: the open window ends at {_said(intent.open_until)}, and the drill may last until "
            f"{_said(ends)}, dead man, reading back and taking away included; declare a longer window, a shorter "
            "deadman_s, or a lower [drill] max_orders"
        )


def _entry(intent: Intent, target: Target) -> Iterator[str]:
    name = intent.entry["name"]
    yield from (f"[[drills]] {name}: {what}" for what in lacking(intent.fault, intent.entry))
    hosts = [host["name"] for host in target.declared("hosts") or ()]
    if intent.entry["host"] not in hosts:
        yield f"[[drills]] {name}: the host {intent.entry['host']} is not declared in [[hosts]]"


def _switch(intent: Intent) -> Iterator[str]:
    if intent.stop_file is not None:
        yield f"[drill] stop_file: {intent.stop_file} exists and stops every drill; whoever put it there takes it away"


def _said(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
