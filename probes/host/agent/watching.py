"""Looks at the load for so many seconds, closely, and says all it saw at the end: what a load run asks of a host.

Where a file appears meanwhile (whoever asked makes it), it ends at once, and takes the file away.
"""

import math
import os
import time
from contextlib import suppress

from probes.host.agent.machine import Machine
from probes.host.agent.sampler import Sampler
from probes.host.agent.spool import METERS
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

MOST_S = 900.0
LEAST_EVERY_S = 0.1
_WANTED = ("cpu_percent", "memory_percent", "disk_percent", "network_bytes_s")
_COUNTERS = {
    "rx_packets": "rx_packets",
    "tx_packets": "tx_packets",
    "rx_errors": "rx_errors",
    "tx_errors": "tx_errors",
    "rx_dropped": "rx_dropped",
    "tx_dropped": "tx_dropped",
    "rx_fifo": "rx_fifo_errors",
    "tx_fifo": "tx_fifo_errors",
    "rx_missed": "rx_missed_errors",
    "rx_over": "rx_over_errors",
}
_SOFTNET_DROPPED = 1
_CONNTRACK = ("insert_failed", "drop")


def read(machine: Machine, seconds: float, every_s: float, until: str) -> "Dict[str, Any]":
    """Look every so many seconds, and return what was seen.

    ::

        {"samples": [[at_ms, span_ms, cpu_percent, memory_percent, disk_percent, network_bytes_s], ...],
         "first": COUNTERS, "last": COUNTERS, "ended": "time"|"asked"}

    A sample is the mean over its span, which begins at ``at_ms``; what a host does not tell is null. COUNTERS:
    ``{"interfaces": {NAME: {"rx_packets", "rx_dropped", ...}}, "softnet_dropped": int|null, "conntrack":
    {"insert_failed", "drop"}|null, "hardware": [NAME, ...]}``, as the kernel counts them since the boot. The loopback
    interface is left out; ``hardware`` names those behind which there is a device, real or a virtual machine's, and not
    only the kernel: what a tunnel or a bridge does not send on was not always lost.
    """
    first = counters(machine)
    told = _samples(Sampler(machine), min(seconds, MOST_S), max(every_s, LEAST_EVERY_S), lambda: os.path.exists(until))
    if told["ended"] == "asked":
        with suppress(OSError):  # somebody else's by now
            os.unlink(until)
    return dict(told, first=first, last=counters(machine))


def _samples(sampler: Sampler, seconds: float, every_s: float, asked: "Callable[[], bool]") -> "Dict[str, Any]":
    begun_s, begun_ms = time.monotonic(), int(time.time() * 1000)
    sampler.look(time.time(), begun_s)
    last_s, samples, ended = begun_s, [], "time"  # type: float, List[List[Any]], str
    while last_s - begun_s < seconds:
        time.sleep(max(0.0, every_s - (time.monotonic() - last_s)))
        now_s = time.monotonic()
        sampler.look(time.time(), now_s)
        if sampler.latest is not None:
            samples.append(
                [begun_ms + int(1000 * (last_s - begun_s)), int(1000 * (now_s - last_s))] + _wanted(sampler.latest)
            )
        last_s = now_s
        if asked():
            ended = "asked"
            break
    return {"samples": samples, "ended": ended}


def _wanted(meters: "Any") -> "List[Any]":
    values = [meters[METERS.index(name)] for name in _WANTED]
    return [None if math.isnan(value) else round(value, 2) for value in values]


def counters(machine: Machine) -> "Dict[str, Any]":
    """Return the kernel's counters of packets that were lost; see ``read``."""
    names = [name for name in machine.names("/sys/class/net") if name != "lo"]
    interfaces = {name: _interface(machine, name) for name in names}
    return {
        "interfaces": {name: told for name, told in interfaces.items() if told},
        "softnet_dropped": _softnet(machine),
        "conntrack": _conntrack(machine),
        "hardware": [name for name in names if machine.there("/sys/class/net/%s/device" % name)],
    }


def _interface(machine: Machine, name: str) -> "Dict[str, int]":
    base = "/sys/class/net/%s/statistics/%s"
    found = {own: machine.number(base % (name, kernel)) for own, kernel in _COUNTERS.items()}
    return {own: value for own, value in found.items() if value is not None}


def _softnet(machine: Machine) -> "Any":
    try:
        rows = [line.split() for line in machine.text("/proc/net/softnet_stat").splitlines()]
    except Unread:
        return None
    return sum(int(row[_SOFTNET_DROPPED], 16) for row in rows if len(row) > _SOFTNET_DROPPED)


def _conntrack(machine: Machine) -> "Any":
    try:
        rows = [line.split() for line in machine.text("/proc/net/stat/nf_conntrack").splitlines()]
    except Unread:
        return None
    if not rows or not set(_CONNTRACK) <= set(rows[0]):
        return None
    return {name: sum(int(row[rows[0].index(name)], 16) for row in rows[1:]) for name in _CONNTRACK}
