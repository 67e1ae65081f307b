"""What in ``[[hosts]]`` does not go together. Pure; told with the other faults of a target file."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from probes.target_values import fault_of

Fault: TypeAlias = tuple[tuple[str | int, ...], str]

LOCAL = "local"
"""The address of the machine that Duheng runs on."""

_ONLY_OVER_SSH = ("user", "key_file", "known_hosts", "jump")


def host_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between keys of ``[[hosts]]``; values wrong in themselves are told elsewhere."""
    value = written.get("hosts")
    hosts = [pair for pair in enumerate(value if isinstance(value, list) else ()) if isinstance(pair[1], dict)]
    known: dict[str, int] = {}
    for index, host in hosts:
        name = host.get("name")
        if isinstance(name, str) and known.setdefault(name, index) != index:
            yield ("hosts", index, "name"), f"is the name of number {known[name] + 1} too; each host needs its own"
    by_name = {host["name"]: host for _, host in hosts if isinstance(host.get("name"), str)}
    for index, host in hosts:
        yield from ((("hosts", index, key), what) for key, what in _host(host, by_name))


def _host(host: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    if host.get("address") == LOCAL:
        for key in _ONLY_OVER_SSH:
            if key in host:
                yield key, f'is for hosts over SSH; this one is "{LOCAL}": leave it out'
        return
    if "user" not in host:
        yield "user", "is missing: the account that logs in over SSH"
    jump: Any = host.get("jump")
    if "jump" not in host or fault_of("name", jump) is not None:
        return
    if jump not in by_name:
        yield "jump", f"is no declared host; known are: {', '.join(by_name)}"
    elif by_name[jump].get("address") == LOCAL:
        yield "jump", f'names "{LOCAL}": a host that is reached from here needs no jump'
    elif _goes_round(host, by_name):
        yield "jump", "leads back to this host; a chain of jumps needs an end"


def _goes_round(host: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> bool:
    passed: set[str] = set()
    name: Any = host.get("jump")
    while isinstance(name, str) and name in by_name and name not in passed:
        passed.add(name)
        name = by_name[name].get("jump")
    return host.get("name") in passed
