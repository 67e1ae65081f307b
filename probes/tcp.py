"""``net.tcp``: which published addresses of an endpoint take a TCP connection.

Subjects: the URL of each endpoint. Data::

    {"host", "port", "any_connected",
     "addresses": [{"address", "family": "ipv4"|"ipv6", "source": "dns"|"declared", "connected", "ms": int|null,
                    "error": null|"refused"|"timeout"|"unreachable"|"no-route-here"}]}

``no-route-here`` is said by our own machine (no IPv6, say) and tells nothing about the platform. ``ms`` is the time
that the handshake took. Where no address connects, the look failed: that is for the runner to record.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from probes.clock import Clock, Deadline
from probes.errors import LookFailed, NetworkDown, NotPermitted, TargetAway, TimedOut
from probes.look import Look, Probe, Seen
from probes.target import DEFAULT_PORTS, Target
from probes.transports import dial

_ONE_CONNECTION_S = 10.0


def subjects(target: Target) -> tuple[str, ...]:
    """Return the endpoints' URLs."""
    return tuple(dict.fromkeys(endpoint.url for endpoint in target.endpoints))


def look(given: Look) -> Seen:
    """Connect to every published address of the endpoint, one after the other."""
    if not given.target.permits(given.subject):
        raise NotPermitted(f"{given.redactor.url(given.subject)} is not on the target's list of hosts")
    host, port = place_of(given.subject)
    addresses = [_try(address, source, given) for address, source in _published(given, host, port)]
    if not any(entry["connected"] for entry in addresses):
        raise _nobody_answers(host, port, addresses)
    return Seen(data={"host": host, "port": port, "addresses": addresses, "any_connected": True})


def place_of(url: str) -> tuple[str, int]:
    """Return host and port of a web address."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def _published(given: Look, host: str, port: int) -> list[tuple[dial.Address, str]]:
    published = [(address, "dns") for address in dial.resolve(host, port, given.deadline)]
    known = {address.ip for address, _ in published}
    for endpoint in given.target.endpoints:
        if endpoint.url == given.subject:
            declared = [dial.literal(ip, port) for ip in endpoint.addresses]
            published += [(address, "declared") for address in declared if address.ip not in known]
    return published


def _try(address: dial.Address, source: str, given: Look) -> dict[str, Any]:
    allowed_s = min(_ONE_CONNECTION_S, given.deadline.check(f"a TCP connection to {address.ip}"))
    error, elapsed_s = handshake(address, allowed_s, given.clock)
    return {
        "address": address.ip,
        "family": address.family,
        "source": source,
        "connected": error is None,
        "error": error,
        "ms": None if error else round(elapsed_s * 1000),
    }


def handshake(address: dial.Address, timeout_s: float, clock: Clock) -> tuple[dial.ConnectError | None, float]:
    """Return why a connection to the address did not come about (None: it did), and the seconds that it took."""
    deadline = Deadline.after(clock, timeout_s)
    try:
        dial.connect_address(address, timeout_s).close()
    except OSError as error:
        return dial.connect_error(error), timeout_s - deadline.remaining_s()
    return None, timeout_s - deadline.remaining_s()


def _nobody_answers(host: str, port: int, addresses: Sequence[Mapping[str, Any]]) -> LookFailed:
    told = "; ".join(f"{entry['address']}: {entry['error']}" for entry in addresses)
    errors = {entry["error"] for entry in addresses}
    if errors == {"no-route-here"}:
        return NetworkDown(f"this machine has no route to {host}:{port} ({told})")
    if errors <= {"timeout", "no-route-here"}:
        return TimedOut(f"no address of {host}:{port} took a connection in time ({told})")
    return TargetAway(f"no address of {host}:{port} takes a connection ({told})")


PROBE = Probe(name="net.tcp", version="1", look=look, subjects=subjects, deadline_s=60.0)
