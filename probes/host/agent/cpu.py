"""``cpu``: processors, their load, and how busy they have been since the boot and just now."""

import time

from probes.host.agent.machine import Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

NOW_S = 0.1
"""The span over which ``busy_now_percent`` is taken."""

_IDLE = (3, 4)  # idle, iowait
_COUNTED = 8  # user nice system idle iowait irq softirq steal; guest time stands in user already
_STEAL = 7


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"logical", "physical": int|null, "model": str|null, "load_1", "load_5", "load_15",
         "busy_since_boot_percent", "busy_now_percent", "busy_now_s", "steal_percent"}
    """
    before = ticks(machine.text("/proc/stat"))
    time.sleep(NOW_S)
    after = ticks(machine.text("/proc/stat"))
    load = [float(part) for part in machine.text("/proc/loadavg").split()[:3]]
    info = machine.text("/proc/cpuinfo")
    return {
        "logical": info.count("\nprocessor") + info.startswith("processor"),
        "physical": cores(info),
        "model": first(info, "model name"),
        "load_1": load[0],
        "load_5": load[1],
        "load_15": load[2],
        "busy_since_boot_percent": busy(after),
        "busy_now_percent": busy([late - early for early, late in zip(before, after)]),
        "busy_now_s": NOW_S,
        "steal_percent": round(100.0 * after[_STEAL] / (sum(after) or 1), 2),
    }


def ticks(stat: str) -> "List[int]":
    """Return the clock ticks of all processors together, by kind, from a ``/proc/stat``."""
    fields = [int(part) for part in stat.split("\n", 1)[0].split()[1:]][:_COUNTED]
    return fields + [0] * (_COUNTED - len(fields))


def busy(spent: "List[int]") -> float:
    """Return the share of ticks that were not idle, in percent."""
    whole = sum(spent)
    return round(100.0 * (whole - sum(spent[kind] for kind in _IDLE)) / whole, 2) if whole else 0.0


def cores(cpuinfo: str) -> "Any":
    """Return how many different cores there are; None where the kernel tells no topology."""
    seen = set()
    for block in cpuinfo.split("\n\n"):
        package, core = first(block, "physical id"), first(block, "core id")
        if core is not None:
            seen.add((package, core))
    return len(seen) or None


def first(cpuinfo: str, wanted: str) -> "Any":
    """Return the first value under a name; None where there is none."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == wanted:
            return value.strip()
    return None
