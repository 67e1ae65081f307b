"""What ``[drill]`` and ``[[drills]]`` declare, as values; and what in them does not go with the rest of the file.

Which faults there are, and what each needs, is not known in this room: ``conformance.drilling.declared`` looks at that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from probes.target import Target
from probes.target_drill_attacks import PATHS as ATTACK_PATHS
from probes.target_drill_attacks import PATTERNS as ATTACK_PATTERNS
from probes.target_drill_attacks import attack_faults
from probes.target_keys import TABLES
from probes.target_values import fault_of
from probes.target_watch import PLACING

Fault: TypeAlias = tuple[tuple[str | int, ...], str]

_PATHS = ("pidfile", "told_by", "path", "certificate", "key", "array", "member")
_LAST_PORT = 65_535
_NO_GREP = re.compile(r"\\[A-Za-z0-9]|\(\?|[*+?}][?+]")
_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillLimits:
    """The ``[drill]`` table; ``stop_file`` is absolute, None where none is declared."""

    token_path: str
    stop_file: Path | None
    max_down_s: float
    journey_s: float
    max_orders: int


def drill_limits(target: Target) -> DrillLimits:
    """Return what a target says of drills in general."""
    keys = TABLES["drill"].keys

    def of(name: str) -> Any:
        value = target.declared("drill", name)
        return keys[name].default if value is None else value

    stop_file = of("stop_file")
    return DrillLimits(
        token_path=str(of("token_path")),
        stop_file=None if stop_file is None else target.path.parent / Path(stop_file).expanduser(),
        max_down_s=float(of("max_down_s")),
        journey_s=float(of("journey_s")),
        max_orders=int(of("max_orders")),
    )


def drill_entries(target: Target) -> tuple[Mapping[str, Any], ...]:
    """Return the ``[[drills]]`` entries, with their defaults."""
    defaults = {name: key.default for name, key in TABLES["drills"].keys.items() if key.default is not None}
    return tuple({**defaults, "fault": entry["name"], **entry} for entry in target.declared("drills") or ())


def target_drill_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between keys of the drills' tables; values wrong in themselves are told elsewhere."""
    entries = _entries(written, "drills")
    hosts = [host.get("name") for _, host in _entries(written, "hosts")]
    table = written.get("drill")
    if isinstance(table, dict):
        yield from ((("drill", "token_path"), what) for what in _absolute(table.get("token_path")))
    known: dict[str, int] = {}
    for index, entry in entries:
        name, host = entry.get("name"), entry.get("host")
        if isinstance(name, str) and known.setdefault(name, index) != index:
            yield ("drills", index, "name"), f"is the name of number {known[name] + 1} too; each drill needs its own"
        if fault_of("name", host) is None and host not in hosts:
            yield ("drills", index, "host"), "is no declared host; declare it in [[hosts]]"
        back = entry.get("recover_on")
        if back is not None and fault_of("name", back) is None and back not in hosts:
            yield ("drills", index, "recover_on"), "is no declared host; declare it in [[hosts]]"
        if back is not None and "recover" not in entry:
            yield ("drills", index, "recover_on"), "needs recover: the command to run there"
        yield from ((("drills", index, key), what) for key, what in _entry(written, entry))


def _entry(written: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    platform = written.get("platform")
    platform = platform if isinstance(platform, dict) else {}
    for key in (*_PATHS, *ATTACK_PATHS):
        yield from ((key, what) for what in _absolute(entry.get(key)))
    local = entry.get("local_backup")
    for key, path in (("data", entry.get("data")), *(("local_backup", each) for each in _list_of(local))):
        yield from ((key, what) for what in (*_absolute(path), *_below_the_root(path)))
    yield from _of_the_network(entry)
    yield from attack_faults(entry)
    for key in ("off_says", *ATTACK_PATTERNS):
        if isinstance(entry.get(key), str) and _NO_GREP.search(entry[key]):
            yield key, r"is read by grep -E on the host: no (?...) and no \d, \w, \s; write [0-9], [a-z], [ ]"
    if not platform.get("adapter"):
        yield "name", "a drill is watched by journeys: it needs [platform] adapter"
    if entry.get("depth") in PLACING and platform.get("authorised") is not True:
        yield "depth", "places orders: [platform] must say authorised = true"
    if any(key in entry for key in ("detected", "decided", "acted")) and "told_by" not in entry:
        yield "told_by", "is missing: the log in which these lines stand"


def _of_the_network(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    peer, port, interface = entry.get("peer"), entry.get("port", 1), entry.get("interface")
    if isinstance(peer, str) and peer.strip() and ("%" in peer or fault_of("addresses", [peer]) is not None):
        yield "peer", "must be one IP address, such as 192.0.2.10"
    if fault_of("whole", port) is None and port > _LAST_PORT:
        yield "port", f"must be from 1 to {_LAST_PORT}"
    if isinstance(interface, str) and interface.strip() and not _INTERFACE.fullmatch(interface):
        yield "interface", "must be the name of one interface, such as eth1"


def _absolute(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip() and not value.startswith("/"):
        yield "must be an absolute path: it lies on the host"


def _below_the_root(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("/") and (not value.strip("/.") or ".." in value.split("/")):
        yield "must lie below the root of the host, without '..': it is moved aside there"


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(written: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = written.get(name)
    return [pair for pair in enumerate(value if isinstance(value, list) else ()) if isinstance(pair[1], dict)]
