"""``memory``: main memory and swap, in bytes, now."""

from probes.host.agent.machine import Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_KIB = 1024


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"total_bytes", "available_bytes", "used_percent", "swap_total_bytes", "swap_used_bytes"}
    """
    return parse(machine.text("/proc/meminfo"))


def parse(meminfo: str) -> "Dict[str, Any]":
    """Return the section of a ``/proc/meminfo``; kernels before 3.14 tell no available memory: free and cached then."""
    kib = {}
    for line in meminfo.splitlines():
        name, _, value = line.partition(":")
        if value.split():
            kib[name] = int(value.split()[0])
    rest = kib["MemFree"] + kib.get("Buffers", 0) + kib.get("Cached", 0)
    total, available = kib["MemTotal"], kib.get("MemAvailable", rest)
    return {
        "total_bytes": total * _KIB,
        "available_bytes": available * _KIB,
        "used_percent": round(100.0 * (total - available) / total, 2),
        "swap_total_bytes": kib.get("SwapTotal", 0) * _KIB,
        "swap_used_bytes": (kib.get("SwapTotal", 0) - kib.get("SwapFree", 0)) * _KIB,
    }
