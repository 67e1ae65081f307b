"""What sysstat kept of the load, a file a day, read through its own ``sadf -j``."""

import time

from probes.host.agent.commands import DAYS
from probes.host.agent.machine import Machine
from probes.host.agent.part import utc_s
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    from typing import Any, Dict, List, Tuple

    Points = Dict[str, List[Tuple[int, int, float, float]]]
else:
    from probes.host.agent.late import json

SAR_FOLDERS = ("/var/log/sysstat", "/var/log/sa")
_KIB = 1024
_MOST_S = 15.0


def read(machine: Machine) -> "Points":
    """Return the points of the last days, by resource: start, span (seconds since 1970; seconds), mean, peak.

    Raises:
        Unread: sysstat is not installed, or kept nothing.
    """
    if not any(machine.names(folder) for folder in SAR_FOLDERS):
        raise Unread("settings", "sysstat keeps nothing here: no files in %s" % " or ".join(SAR_FOLDERS))
    found = {}  # type: Points
    until_s = time.monotonic() + _MOST_S
    for ago in range(DAYS):
        if time.monotonic() > until_s:
            break  # the newest days are in; how far back is told by from_ms
        output = machine.run("sadf-%d" % ago, seconds=5)
        if output.status == 0 and output.text.strip():
            for name, points in parse(json.loads(output.text)).items():
                found.setdefault(name, []).extend(points)
    if not found:
        raise Unread("target", "sadf reads nothing in %s" % " or ".join(SAR_FOLDERS))
    # A file is named by the day of the month: after a short month, that of today is also the one of four weeks ago.
    return {name: sorted(set(points)) for name, points in found.items()}


def parse(told: "Dict[str, Any]") -> "Points":
    """Return the points of a ``sadf -j``; a record's time is its end, and the record after a restart has no span."""
    found = {}  # type: Points
    for host in told["sysstat"]["hosts"]:
        for row in host.get("statistics", []):
            stamp = row.get("timestamp")
            if stamp is None or not stamp.get("interval"):
                continue
            span_s, start_s = stamp["interval"], _instant(stamp) - stamp["interval"]
            for name, value in _meters(row).items():
                found.setdefault(name, []).append((start_s, span_s, value, value))
    return found


def _instant(stamp: "Dict[str, Any]") -> int:
    told = time.strptime("%s %s" % (stamp["date"], stamp["time"]), "%Y-%m-%d %H:%M:%S")
    return utc_s(told) if stamp.get("utc", 1) else int(time.mktime(told))


def _meters(row: "Dict[str, Any]") -> "Dict[str, float]":
    meters = {}
    for cpu in row.get("cpu-load", []):
        if cpu["cpu"] == "all":
            meters["cpu"] = 100.0 - cpu["idle"] - cpu.get("iowait", 0.0)
    if "memused-percent" in row.get("memory", {}):
        meters["memory"] = row["memory"]["memused-percent"]
    busy = [disk["util-percent"] for disk in row.get("disk", []) if "util-percent" in disk]
    if busy:
        meters["disk"] = max(busy)
    wires = [each for each in row.get("network", {}).get("net-dev", []) if each["iface"] != "lo"]
    if wires:
        meters["network_bytes"] = sum(each["rxkB"] + each["txkB"] for each in wires) * _KIB
        full = [each["ifutil-percent"] for each in wires if each.get("ifutil-percent")]
        if full:
            meters["network"] = max(full)
    return meters
