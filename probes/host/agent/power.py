"""``power``: uninterruptible power supplies that NUT watches, and what the kernel knows of supplies."""

from probes.host.agent.loopback import connected
from probes.host.agent.machine import Machine
from probes.host.agent.part import part, real, whole
from probes.host.agent.software import Sought, find
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, Dict, List, Tuple
else:
    from probes.host.agent.late import re

_SUPPLIES = "/sys/class/power_supply"
_SERVER = ("127.0.0.1", 3493)
_WAIT_S = 3.0
_MOST_BYTES = 200000
_LINE = r'(UPS|VAR) (\S+) (?:(\S+) )?"((?:[^"\\]|\\.)*)"'
_NUT = Sought(
    ("nut-server", "nut-client", "nut", "apcupsd"),
    ("upsd", "upsmon", "apcupsd"),
    ("/etc/nut/ups.conf", "/etc/ups/ups.conf", "/etc/apcupsd/apcupsd.conf"),
)


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"ups": [{"name", "server", "model", "type", "status": ["OL", ...], "on_line": bool|null, "on_battery",
         "low_battery", "charge_percent", "runtime_s", "load_percent", "transfer_ms", "transfer_low_v",
         "transfer_high_v", "transfer_reason", "test_result", "test_date", "input_v", "driver"}],
         "supplies": [{"name", "type", "online": bool|null, "charge_percent", "status"}],
         "nut": (Found where processes can be seen) + ({"state": "read"} | {"state": "unread", "cause", "why"})}

    ``type`` is what the UPS tells of itself (``ups.type``: ``online``, ``line-interactive``, ``offline``). The answer
    of NUT's server on this host is read (its own protocol on the loopback address); it wants no password for that.
    """
    found = part(lambda: find(machine, _NUT))
    told = part(lambda: {"ups": _asked()})
    ups = told.pop("ups", [])
    if told["state"] == "unread" and not found.get("installed"):
        told = {"state": found["state"]}  # absent, and so told; or not to be seen
    return {"ups": ups, "supplies": _supplies(machine), "nut": dict(found, **told)}


def _asked() -> "List[Dict[str, Any]]":
    try:
        with connected(_SERVER[1], _WAIT_S) as connection, connection.makefile("rwb") as stream:
            names = [row[1] for row in _listed(stream, "UPS")]
            rows = {name: {row[2]: row[3] for row in _listed(stream, "VAR " + name)} for name in names[:20]}
            stream.write(b"LOGOUT\n")
    except OSError as error:
        raise Unread("target", "no NUT server answers on %s:%d: %s" % (_SERVER + (error,))) from error
    return [ups(name, rows[name]) for name in sorted(rows)]


def _listed(stream: "Any", what: str) -> "List[Tuple[str, ...]]":
    """Return the rows of a list of NUT's protocol; a UPS whose driver is away (``ERR DATA-STALE``) has none."""
    stream.write(b"LIST %s\n" % what.encode())
    stream.flush()
    rows, size = [], 0
    while size < _MOST_BYTES:
        line = stream.readline(_MOST_BYTES).decode("utf-8", "replace")
        size += len(line)
        match = re.match(_LINE, line)
        if match:
            rows.append(match.groups())
        elif not line.startswith("BEGIN"):
            break
    return rows


def ups(name: str, told: "Dict[str, str]") -> "Dict[str, Any]":
    """Return what the variables of a UPS say; of one whose driver is away, nothing: its status is empty."""
    status = told.get("ups.status", "").split()
    return {
        "name": name,
        "server": "%s:%d" % _SERVER,
        "model": " ".join(filter(None, (told.get("ups.mfr") or told.get("device.mfr"), told.get("ups.model")))) or None,
        "type": told.get("ups.type"),
        "status": status,
        "on_line": "OL" in status if status else None,
        "on_battery": "OB" in status if status else None,
        "low_battery": "LB" in status if status else None,
        "charge_percent": real(told.get("battery.charge")),
        "runtime_s": whole(told.get("battery.runtime")),
        "load_percent": real(told.get("ups.load")),
        "transfer_ms": real(told.get("input.transfer.delay")),
        "transfer_low_v": real(told.get("input.transfer.low")),
        "transfer_high_v": real(told.get("input.transfer.high")),
        "transfer_reason": told.get("input.transfer.reason"),
        "test_result": told.get("ups.test.result"),
        "test_date": told.get("ups.test.date"),
        "input_v": real(told.get("input.voltage")),
        "driver": told.get("driver.name"),
    }


def _supplies(machine: Machine) -> "List[Dict[str, Any]]":
    supplies = []
    for name in machine.names(_SUPPLIES):
        base = "%s/%s" % (_SUPPLIES, name)
        online = machine.number(base + "/online")
        supplies.append(
            {
                "name": name,
                "type": machine.word(base + "/type"),
                "online": None if online is None else bool(online),
                "charge_percent": machine.number(base + "/capacity"),
                "status": machine.word(base + "/status"),
            }
        )
    return supplies
