"""``host.ports``: which TCP ports of a host's public addresses take a connection, seen from where Duheng runs.

Subjects: the names of ``[[hosts]]`` with ``outside`` addresses; nothing else is ever connected to. Looked at are the
host's own approved and management ports and a bounded list of well-known ones, each once. Data::

    {"host", "roles": [...], "approved": [int], "management": [int],
     "addresses": [{"address", "ports": [{"port", "state": "open" | "closed" | "filtered" | "unreachable"}]}]}

A time-out is ``filtered``, never ``closed``; ``closed`` was answered with a refusal. No byte is sent over a connection
that came about.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from probes.clock import Deadline
from probes.errors import NetworkDown, NotPermitted, NotSet
from probes.look import Look, Probe, Seen
from probes.target import Target
from probes.transports import dial

NONE = "hosts"
"""The subject where no host declares a public address: there is one look, and it tells that."""

WELL_KNOWN = (
    20, 21, 22, 23, 25, 53, 69, 80, 88, 110, 111, 135, 137, 139, 143, 161, 389, 443, 445, 465, 512, 513, 514, 515, 548,
    587, 623, 631, 636, 873, 993, 995, 1080, 1099, 1433, 1434, 1521, 1723, 1883, 2049, 2181, 2222, 2375, 2376, 2379,
    3000, 3128, 3260, 3306, 3389, 4444, 4848, 5000, 5044, 5236, 5432, 5601, 5672, 5900, 5984, 5985, 6000, 6379, 6443,
    7001, 7077, 8000, 8006, 8008, 8080, 8081, 8086, 8088, 8200, 8443, 8500, 8834, 8888, 9000, 9042, 9090, 9092, 9100,
    9200, 9300, 9418, 9443, 10000, 10050, 10051, 10250, 11211, 15672, 27017, 50000, 54321,
)  # fmt: skip
"""Ports of databases, caches, consoles, shares and remote control; 5236 and 54321 are Dameng and Kingbase."""

_ONE_CONNECTION_S = 3.0
_AT_A_TIME = 24


def subjects(target: Target) -> tuple[str, ...]:
    """Return the names of the hosts that declare a public address."""
    return tuple(host["name"] for host in target.declared("hosts") or () if host.get("outside")) or (NONE,)


def look(given: Look) -> Seen:
    """Try every port of every public address of the host."""
    host = next((each for each in given.target.declared("hosts") or () if each["name"] == given.subject), None)
    if host is None or not host.get("outside"):
        raise NotSet("no [[hosts]] entry declares its public addresses; write outside = [...] where there are any")
    if not given.target.platform.authorised:
        raise NotPermitted("ports are tried only where the target file says authorised = true")
    ports = ports_of(host)
    addresses = [{"address": address, "ports": _tried(address, ports, given.deadline)} for address in host["outside"]]
    if all(entry["state"] == "no-route-here" for address in addresses for entry in address["ports"]):
        raise NetworkDown(f"this machine has no route to {', '.join(host['outside'])}")
    return Seen(
        data={
            "host": host["name"],
            "roles": list(host.get("roles", ())),
            "approved": sorted(host.get("open_ports", ())),
            "management": sorted(host.get("management_ports", ())),
            "addresses": [
                {**address, "ports": [{**entry, "state": _PLAIN[entry["state"]]} for entry in address["ports"]]}
                for address in addresses
            ],
        }
    )


def ports_of(host: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the ports to try: the host's own and the well-known ones, each once, in order."""
    return tuple(sorted({*host.get("open_ports", ()), *host.get("management_ports", ()), *WELL_KNOWN}))


_PLAIN = {
    "open": "open",
    "refused": "closed",
    "timeout": "filtered",
    "unreachable": "unreachable",
    "no-route-here": "unreachable",
}


def _tried(address: str, ports: tuple[int, ...], deadline: Deadline) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(max_workers=_AT_A_TIME, thread_name_prefix="ports") as pool:
        states = list(pool.map(lambda port: _state(address, port, deadline), ports))
    return [{"port": port, "state": state} for port, state in zip(ports, states, strict=True)]


def _state(address: str, port: int, deadline: Deadline) -> str:
    allowed_s = min(_ONE_CONNECTION_S, deadline.check(f"port {port} of {address}"))
    try:
        dial.connect_address(dial.literal(address, port), allowed_s).close()
    except OSError as error:
        return dial.connect_error(error)
    return "open"


PROBE = Probe(name="host.ports", version="1", look=look, subjects=subjects, deadline_s=120)
