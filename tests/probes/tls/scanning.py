"""Enumerating a server of a test, and what was found, in few words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from probes.clock import Deadline, SystemClock
from probes.tls.asking import Door
from probes.tls.scan import Scan, scan
from probes.tls.telling import told
from probes.transports import dial


def scanned(port: int, *, host: str = "localhost", seconds: float = 60) -> Scan:
    """Enumerate the server at a port of 127.0.0.1."""
    deadline = Deadline.after(SystemClock(), seconds)
    return scan(Door(host=host, address=dial.literal("127.0.0.1", port), deadline=deadline))


def facts(port: int, *, host: str = "localhost") -> Mapping[str, Any]:
    """Return the data that the observation would hold."""
    return told(scanned(port, host=host), host, datetime.now(UTC))[0]


def protocol(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return what was found of one protocol."""
    return next(each for each in data["protocols"] if each["protocol"] == name)


def suites(data: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the names of the suites by protocol, of those that are offered."""
    return {
        each["protocol"]: {suite["name"] for suite in each["suites"]} for each in data["protocols"] if each["offered"]
    }


def suite(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the first suite of that name."""
    return next(one for each in data["protocols"] for one in each["suites"] if one["name"] == name)


def sure(data: Mapping[str, Any]) -> bool:
    """Tell whether each protocol was searched to its end."""
    return not any(each["trouble"] or each["broke_off"] for each in data["protocols"])
