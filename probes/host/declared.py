"""The hosts that a target file declares, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.errors import NotSet
from probes.target import Target
from probes.target_hosts import LOCAL
from probes.target_keys import TABLES

SSH_PORT = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One ``[[hosts]]`` entry; ``address`` is an address or name, None for this machine."""

    name: str
    address: str | None
    port: int = SSH_PORT
    user: str = ""
    key_file: Path | None = None
    known_hosts: Path | None = None
    jump: str | None = None
    site: str | None = None
    roles: tuple[str, ...] = ()
    sudo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLimits:
    """Hosts that are read at the same time, and seconds for one."""

    connections: int
    deadline_s: float


def hosts_of(target: Target) -> tuple[Host, ...]:
    """Return the declared hosts, in the order of the file."""
    folder = target.path.parent
    return tuple(_host(entry, folder) for entry in target.declared("hosts") or ())


def host_named(target: Target, name: str) -> Host:
    """Return the declared host of that name.

    Raises:
        NotSet: there is none.
    """
    found = next((entry for entry in target.declared("hosts") or () if entry["name"] == name), None)
    if found is None:
        raise NotSet(f"the target file declares no [[hosts]] entry with name = {name!r}")
    return _host(found, target.path.parent)


def limits_of(target: Target) -> HostLimits:
    """Return the bounds of ``[hosts_limits]``."""
    keys = TABLES["hosts_limits"].keys

    def limit(key: str) -> Any:
        declared = target.declared("hosts_limits", key)
        return keys[key].default if declared is None else declared

    return HostLimits(connections=int(limit("connections")), deadline_s=float(limit("deadline_s")))


def _host(entry: Any, folder: Path) -> Host:
    def file(key: str) -> Path | None:
        return folder / Path(entry[key]).expanduser() if key in entry else None

    address, port = (None, SSH_PORT) if entry["address"] == LOCAL else _place(entry["address"])
    return Host(
        name=entry["name"],
        address=address,
        port=port,
        user=entry.get("user", ""),
        key_file=file("key_file"),
        known_hosts=file("known_hosts"),
        jump=entry.get("jump"),
        site=entry.get("site"),
        roles=tuple(entry.get("roles", ())),
        sudo=entry.get("sudo", False),
    )


def _place(written: str) -> tuple[str, int]:
    """Return host and port of ``host``, ``host:port``, ``[v6]`` or ``[v6]:port``."""
    if written.startswith("["):
        host, _, port = written[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = written.partition(":")
    return host, int(port) if port else SSH_PORT
