"""From a host name to a connected TCP socket, all of it within a deadline, and each failure in plain words."""

import errno
import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from probes.clock import Deadline
from probes.errors import LookFailed, NetworkDown, TargetAway, TimedOut

Family = Literal["ipv4", "ipv6"]
ConnectError = Literal["refused", "timeout", "unreachable", "no-route-here"]
_SockAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int]

_FAMILIES: dict[int, Family] = {socket.AF_INET: "ipv4", socket.AF_INET6: "ipv6"}
NO_ROUTE_HERE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETDOWN})
"""What our own kernel says before a single packet has left: ignorance, not the platform's failure."""

_RESOLVER_AWAY = frozenset({socket.EAI_AGAIN, socket.EAI_SYSTEM, socket.EAI_FAIL})


class Refused(TargetAway):
    """Every address that we have a route to refuses: nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address of a host, ready for ``connect``."""

    ip: str
    family: Family
    place: _SockAddress


def resolve(host: str, port: int, deadline: Deadline) -> tuple[Address, ...]:
    """Return the addresses that DNS (or the hosts file) gives for ``host``, in the system's order, without repeats.

    Raises:
        TargetAway: the name does not exist.
        NetworkDown: our own name service gave no answer.
        TimedOut: the deadline passed before it did.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _resolve_in_thread(host, port, deadline)
    return _addresses(host, port, socket.AI_NUMERICHOST)


Resolving: TypeAlias = Callable[[str, int, Deadline], tuple[Address, ...]]


def connect(host: str, port: int, deadline: Deadline, *, resolved: Resolving = resolve) -> socket.socket:
    """Return a socket connected to the first address of ``host`` that answers; its timeout is what is left.

    ``resolved`` finds the addresses, for those who connect so often that they remember them.

    Raises:
        TargetAway: refused, or unreachable, at every address that we have a route to; or the name does not exist.
        TimedOut: no address answered within the deadline.
        NetworkDown: our own side has no route to any of the addresses.
    """
    addresses = resolved(host, port, deadline)
    failures: list[tuple[Address, OSError]] = []
    for position, address in enumerate(addresses):
        # A black hole must not eat the share of the addresses behind it.
        share = deadline.check(f"a connection to {host}:{port}") / (len(addresses) - position)
        try:
            return connect_address(address, share)
        except OSError as error:
            failures.append((address, error))
    raise _why_unconnected(host, port, failures)


def connect_address(address: Address, timeout_s: float) -> socket.socket:
    """Return a socket connected to exactly this address.

    Raises:
        OSError: as ``socket.connect`` does; ``connect_error`` names it.
    """
    family = socket.AF_INET6 if address.family == "ipv6" else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.settimeout(max(timeout_s, 0.001))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.connect(address.place)
    except BaseException:
        made.close()
        raise
    return made


def connect_error(error: OSError) -> ConnectError:
    """Return the short name of why a connection did not come about."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "no-route-here" if error.errno in NO_ROUTE_HERE else "unreachable"


def literal(ip: str, port: int) -> Address:
    """Return the address that an IP literal names.

    Raises:
        ValueError: if ``ip`` is no IP literal.
    """
    parsed = ipaddress.ip_address(ip)
    spelled = str(parsed)
    if isinstance(parsed, ipaddress.IPv6Address):
        return Address(ip=spelled, family="ipv6", place=(spelled, port, 0, 0))
    return Address(ip=spelled, family="ipv4", place=(spelled, port))


def _addresses(host: str, port: int, flags: int = 0) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for family, _, _, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags):
        if family in _FAMILIES:
            ip = str(place[0])
            found.setdefault(ip, Address(ip=ip, family=_FAMILIES[family], place=place))  # type: ignore[arg-type]
    return tuple(found.values())


def _resolve_in_thread(host: str, port: int, deadline: Deadline) -> tuple[Address, ...]:
    # getaddrinfo takes no timeout; a thread that it holds up ends by itself when the resolver gives up.
    answers: queue.SimpleQueue[tuple[Address, ...] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_addresses(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    left = deadline.check(f"the address of {host}")
    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=left)
    except queue.Empty:
        raise TimedOut(f"the name service gave no address for {host} within {left:.0f} s") from None
    if isinstance(answer, tuple):
        return answer
    if isinstance(answer, socket.gaierror) and answer.errno in _RESOLVER_AWAY:
        raise NetworkDown(f"our name service gave no answer for {host}: {answer.strerror}") from answer
    raise TargetAway(f"the name {host} does not resolve: {getattr(answer, 'strerror', None) or answer}") from answer


def _why_unconnected(host: str, port: int, failures: list[tuple[Address, OSError]]) -> LookFailed:
    names = [connect_error(error) for _, error in failures]
    told = "; ".join(f"{address.ip}: {name}" for (address, _), name in zip(failures, names, strict=True))
    if all(name == "no-route-here" for name in names):
        return NetworkDown(f"this machine has no route to {host}:{port} ({told})")
    if "timeout" in names and not {"refused", "unreachable"} & set(names):
        return TimedOut(f"{host}:{port} did not take a connection in time ({told})")
    kind = Refused if "refused" in names and set(names) <= {"refused", "no-route-here"} else TargetAway
    return kind(f"{host}:{port} takes no connection ({told})")
