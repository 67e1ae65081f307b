"""From what requests, urllib3, http.client and ssl raise to the few errors of ``probes.errors``, in plain words."""

import http.client
import ssl
from collections.abc import Iterator

import requests
import urllib3

from probes.errors import Garbage, LookFailed, NetworkDown, TargetAway, TimedOut
from probes.transports.dial import NO_ROUTE_HERE

_NOT_HTTP = (
    http.client.HTTPException,
    urllib3.exceptions.DecodeError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.InvalidHeader,
    urllib3.exceptions.ResponseError,
)
NO_TLS_REASONS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}
)
"""What OpenSSL says of an answer that is no TLS."""

_LONGEST_DETAIL = 200


class WentAway(TargetAway):
    """The server closed or reset the connection before a whole answer had come."""


def explain(error: BaseException, place: str, *, waited_s: float) -> LookFailed:
    """Return the look's failure that an error of the libraries stands for.

    ``place`` is the ``host:port`` to be named, ``waited_s`` the seconds since the request was begun.
    """
    roots = tuple(_chain(error))
    for root in roots:
        if isinstance(root, LookFailed):
            return root
        if isinstance(root, ssl.SSLCertVerificationError):
            return TargetAway(f"the certificate of {place} is not trusted: {root.verify_message}")
        if isinstance(root, TimeoutError | urllib3.exceptions.TimeoutError | requests.Timeout):
            return TimedOut(f"{place} gave no whole answer; waited {waited_s:.1f} s")
    for root in roots:
        found = _explain_connection(root, place)
        if found is not None:
            return found
    garbage = next((root for root in reversed(roots) if isinstance(root, _NOT_HTTP)), None)
    if garbage is not None:
        return Garbage(f"{place} answered with something that is not HTTP: {_brief(garbage)}")
    return TargetAway(f"{place} could not be asked: {_brief(roots[-1])}")


def _explain_connection(root: BaseException, place: str) -> LookFailed | None:
    if isinstance(root, http.client.RemoteDisconnected):
        return WentAway(f"{place} closed the connection without an answer")
    if isinstance(root, ssl.SSLError):
        return _explain_tls(root, place)
    if isinstance(root, ConnectionError):
        return WentAway(f"{place} broke the connection off: {root.strerror or _brief(root)}")
    if isinstance(root, OSError) and root.errno in NO_ROUTE_HERE:
        return NetworkDown(f"this machine has lost its route to {place}: {root.strerror}")
    return None


def _explain_tls(root: ssl.SSLError, place: str) -> LookFailed:
    if isinstance(root, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return WentAway(f"{place} closed the connection in the middle of TLS")
    if root.reason in NO_TLS_REASONS:
        return Garbage(f"{place} does not speak TLS ({root.reason})")
    return TargetAway(f"TLS with {place} did not come about: {root.reason or _brief(root)}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was raised from; the libraries hide the root in args, reason, cause and context."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (*current.args, getattr(current, "reason", None), current.__cause__, current.__context__)
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def _brief(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
