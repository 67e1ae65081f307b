"""``sensors``: temperatures and fans, as the kernel's hwmon tells them."""

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_HWMON = "/sys/class/hwmon"
_CPUS = "/sys/devices/system/cpu"
_ENDING = "_input"
_KINDS = {"temp": "temperatures", "fan": "fans"}
_DIGITS = "0123456789"


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"temperatures": [{"chip", "label", "celsius", "high_celsius", "critical_celsius"}], "fans": [{"chip",
         "label", "rpm", "lowest_rpm"}], "throttled": {"cores", "events"} | null}

    What the chip does not tell is null. ``throttled``: how often cores were slowed by heat since the boot.
    """
    found = {"temperatures": [], "fans": []}  # type: Dict[str, Any]
    for chip in machine.names(_HWMON):
        folder = "%s/%s" % (_HWMON, chip)
        for name in machine.names(folder):
            sensor = name[: -len(_ENDING)]
            if name.endswith(_ENDING) and sensor.rstrip(_DIGITS) in _KINDS and sensor[-1] in _DIGITS:
                found[_KINDS[sensor.rstrip(_DIGITS)]].append(_sensor(machine, folder, sensor))
    found["throttled"] = _throttled(machine)
    if not any(found.values()):
        raise Unread("target", "the kernel tells of no sensor here (a virtual machine, or no driver)")
    return found


def _throttled(machine: Machine) -> "Any":
    """Return how many cores were slowed by heat, and how often in all; None where the kernel does not count it."""
    names = [name for name in machine.names(_CPUS) if name.startswith("cpu") and name[3:].isdigit()]
    counts = [machine.number("%s/%s/thermal_throttle/core_throttle_count" % (_CPUS, name)) for name in names]
    known = [count for count in counts if count is not None]
    return {"cores": sum(1 for count in known if count), "events": sum(known)} if known else None


def _sensor(machine: Machine, folder: str, sensor: str) -> "Dict[str, Any]":
    base = "%s/%s" % (folder, sensor)
    told = {"chip": machine.word(folder + "/name"), "label": machine.word(base + "_label") or sensor}
    if sensor.startswith("fan"):
        return dict(told, rpm=machine.number(base + "_input"), lowest_rpm=machine.number(base + "_min"))
    return dict(
        told,
        celsius=_celsius(machine.number(base + "_input")),
        high_celsius=_celsius(machine.number(base + "_max")),
        critical_celsius=_celsius(machine.number(base + "_crit")),
    )


def _celsius(thousandths: "Any") -> "Any":
    return None if thousandths is None else thousandths / 1000.0
