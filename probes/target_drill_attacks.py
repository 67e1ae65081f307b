"""What in a ``[[drills]]`` entry of an attack, or of the test virus, does not go together."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from probes.target_values import fault_of

PATHS: Final = (
    "inspect_log",
    "monitor_log",
    "alarm_log",
    "block_log",
    "reached_log",
    "drop_in",
    "caught_log",
    "stored_in",
)
"""Keys that are absolute paths on the host."""

PATTERNS: Final = ("inspect", "monitor", "alarm", "block")
"""Keys that are patterns, read by ``grep -E`` on the host."""

_TRACED: Final = (*PATHS[:4], "jail", "ban_set", "banned")
MOST_PORTS: Final = 100
MOST_ATTEMPTS: Final = 200
LONGEST_WATCH_S: Final = 300.0
"""What the clause takes real time for."""

VIRUS_WATCH_S: Final = 62.0
"""Seconds for which a test file that is not caught is watched."""

_DEADMAN_S: Final = 300.0
_TIMES: Final = 2
_LEAST_S: Final = 60.0
_LAST_PORT: Final = 65_535


def attack_faults(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys that are wrong beside others, and what is wrong; values wrong in themselves are told elsewhere."""
    for key in ("source", "seen_as"):
        if key in entry and fault_of("text", entry[key]) is None and not _is_address(entry[key]):
            yield key, "must be an IP address, such as 192.0.2.10"
    yield from _bounds(entry)
    for name in PATTERNS:
        if name in entry and f"{name}_log" not in entry:
            yield name, f"needs {name}_log: the log in which it stands"
    if ("banned" in entry) != ("unban" in entry):
        yield "unban" if "banned" in entry else "banned", "is missing: banned and unban belong together"
    yield from _upload(entry)
    yield from _lists(entry)


def _upload(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("served_at", "stored_in"):
        if "upload" in entry and key not in entry:
            yield key, "is missing: what is uploaded must be looked for, and taken away"
    if (value := entry.get("served_at")) is not None and fault_of("url", value) is None and not value.endswith("/"):
        yield "served_at", "must end with /"


def _lists(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    fields = entry.get("login_fields")
    if fields is not None and fault_of("words", fields) is None and len(fields) != len(("account", "password")):
        yield "login_fields", 'must be two names, such as ["email", "password"]'
    ban_set = entry.get("ban_set")
    if ban_set is not None and fault_of("words", ban_set) is None and len(ban_set) != len(("inet", "filter", "set")):
        yield "ban_set", 'must be family, table and set, such as ["inet", "filter", "banned"]'


def _bounds(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ports, attempts, ssh_port = entry.get("ports"), entry.get("attempts"), entry.get("ssh_port")
    if fault_of("ports", ports) is None and len(ports or ()) > MOST_PORTS:
        yield "ports", f"are more than {MOST_PORTS}"
    if fault_of("whole", attempts) is None and attempts is not None and attempts > MOST_ATTEMPTS:
        yield "attempts", f"are more than {MOST_ATTEMPTS}"
    if fault_of("whole", ssh_port) is None and ssh_port is not None and ssh_port > _LAST_PORT:
        yield "ssh_port", f"must be from 1 to {_LAST_PORT}"
    yield from _watches(entry)


def _watches(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    watch, deadman = entry.get("watch_s"), entry.get("deadman_s", _DEADMAN_S)
    least_s = _TIMES * VIRUS_WATCH_S
    dropped = any(key in entry for key in ("drop_in", "upload"))
    if dropped and fault_of("interval", deadman) is None and deadman < least_s:
        yield "deadman_s", f"must be at least {least_s:g}: the test file is watched for {VIRUS_WATCH_S:g} s"
    traced = any(key in entry for key in _TRACED)
    if not traced or (watch is not None and fault_of("interval", watch) is not None):
        return
    watch_s = LONGEST_WATCH_S if watch is None else float(watch)
    if watch_s > LONGEST_WATCH_S:
        yield "watch_s", f"{watch_s:g} is looser than the clause's {LONGEST_WATCH_S:g} s; only stricter ones are taken"
    least_s = max(_LEAST_S, _TIMES * watch_s)
    if fault_of("interval", deadman) is None and deadman < least_s:
        yield "deadman_s", f"must be at least {least_s:g}: traces are looked for during {watch_s:g} s"


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
