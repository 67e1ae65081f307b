"""What the host tells: its log when it detected, decided, acted; the fault what it saw, or why it did not tell.

Pure. Instants are put on the runner's clock.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from probes.clock import parse_rfc3339
from probes.transports.command import Ran
from profiles.drills.fault import Entry

PARTS: Final = ("detected", "decided", "acted")
_SECOND_MS: Final = 1000
_SHOWN: Final = 80


def told_in(log: str, entry: Entry, *, since_ms: int, host_offset_s: float) -> Mapping[str, int | None]:
    """Return ``{"detected_ms", "decided_ms", "acted_ms"}``: the first line since the fault that each pattern matches.

    A line begins with an RFC 3339 instant of the host's clock; other lines tell nothing. One of whole seconds may be of
    the second in which the fault came: then it is taken as of that moment.
    """
    found: dict[str, int | None] = {f"{part}_ms": None for part in PARTS}
    for line in log.splitlines():
        first, _, rest = line.partition(" ")
        try:
            at_ms = round((parse_rfc3339(first).timestamp() - host_offset_s) * 1000)
        except ValueError:
            continue
        if "." not in first and since_ms - _SECOND_MS < at_ms < since_ms:
            at_ms = since_ms
        for part in PARTS:
            if at_ms >= since_ms and part in entry and found[f"{part}_ms"] is None and re.search(entry[part], rest):
                found[f"{part}_ms"] = at_ms
    return found


def shapes_in(text: str, *, host_offset_s: float) -> Mapping[str, Any]:
    """Return the members of the JSON objects that a fault printed, a line each; other lines tell nothing."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            found.update(_on_our_clock(told, host_offset_s))
    return found


def not_told(ran: Ran) -> str:
    """Return why a fault told nothing, or not all that it saw; empty where it told.

    A line that begins as an object and is none was broken off, or another one's came between.
    """
    lines = [line.strip() for line in ran.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    torn = next((line for line in lines if line.startswith("{") and not _is_object(line)), None)
    if torn is not None:
        return f"what it told is torn: {torn[:_SHOWN]}" + (f" ({ran.complaint()})" if ran.complaint() else "")
    if ran.status == 0:
        return ""
    plain = [line[:_SHOWN] for line in lines if not _is_object(line)]
    return ran.complaint() or (plain[-1] if plain else f"status {ran.status}")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _on_our_clock(told: Any, host_offset_s: float) -> Any:
    if not isinstance(told, dict):
        return told
    return {
        name: round(value - host_offset_s * 1000)
        if name.endswith("_ms") and isinstance(value, int | float)
        else _on_our_clock(value, host_offset_s)
        for name, value in told.items()
    }
