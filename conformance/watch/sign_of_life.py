"""By what a watcher is known: its heartbeat in the ledger, and whether the one that stands there still lives."""

import contextlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from probes.canonical import canonical_bytes

LOOKS: Final = 12
PAUSE_S: Final = 0.25
"""Another machine's watcher writes each second: one that is silent for twelve looks is gone, or cut off for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """One watcher: its own random name, since when it watches, when it was last seen (ms), and where it runs.

    ``place`` names the boot and the process namespace in which ``pid`` means something, ``began`` the start of that
    process in clock ticks: so a number that another process was given is not taken for the watcher's.
    """

    instance: str
    since_ms: int
    seen_ms: int
    pid: int
    host: str
    place: str
    began: str

    @classmethod
    def own(cls, instance: str, now_ms: int) -> "Heartbeat":
        """Return this process's heartbeat."""
        pid = os.getpid()
        return cls(
            instance=instance,
            since_ms=now_ms,
            seen_ms=now_ms,
            pid=pid,
            host=socket.gethostname(),
            place=_place(),
            began=_began(pid) or "",
        )

    def seen(self, now_ms: int) -> "Heartbeat":
        """Return the heartbeat as it is at an instant."""
        return replace(self, seen_ms=now_ms)

    def content(self) -> bytes:
        """Return what the ledger's note holds."""
        return canonical_bytes(asdict(self))

    def gone(self) -> bool | None:
        """Tell whether that process has ended; None where that cannot be seen from here."""
        if self.place != _place():
            return None
        began = _began(self.pid)
        return None if began is None and _hidden(self.pid) else began != self.began


def heartbeat_in(content: bytes) -> Heartbeat | None:
    """Return the heartbeat of a note; None where it holds none."""
    try:
        found: Mapping[str, Any] = json.loads(content)
        return Heartbeat(**found)
    except (ValueError, TypeError):
        return None


def still_lives(content: bytes, read: Callable[[], bytes | None], pause: Callable[[float], None]) -> bool:
    """Tell whether the watcher that wrote a note still lives; ``read`` returns what the note holds now.

    Where its process cannot be seen, it is waited for: a watcher that lives writes each second.
    """
    heartbeat = heartbeat_in(content)
    gone = heartbeat.gone() if heartbeat is not None else None
    if gone is not None:
        return not gone
    for _ in range(LOOKS):
        pause(PAUSE_S)
        if read() != content:
            return True
    return False


def _place() -> str:
    parts = []
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _hidden(pid: int) -> bool:
    """Tell whether there is such a process, of another user, whom /proc does not show (``hidepid``)."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return False


def _began(pid: int) -> str | None:
    """Return when a process began, in clock ticks since the boot; None where there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[19]
