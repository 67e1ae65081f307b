"""``services``: units of systemd, and what runs at all."""

import pwd

from probes.host.agent.machine import Machine
from probes.host.agent.part import part
from probes.host.agent.processes import processes
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

_SYSTEMD = "/run/systemd/system"
_UNIT_FIELDS = 4
MOST_NAMES = 400


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"manager": "systemd"|null, "units": Part {"running": [{"name", "description"}], "failed": [...same...],
         "others": int}, "processes": [{"name", "count", "user"}]}

    Command lines are not told: they may hold secrets.
    """
    return {
        "manager": "systemd" if machine.there(_SYSTEMD) else None,
        "units": part(lambda: _units(machine)),
        "processes": _processes(machine),
    }


def _units(machine: Machine) -> "Dict[str, Any]":
    if not machine.there(_SYSTEMD):
        raise Unread("settings", "systemd does not run here (no %s)" % _SYSTEMD)
    output = machine.run("units")
    if output.status:
        raise Unread("target", "systemctl: %s" % output.errors.strip()[:200])
    return units(output.text)


def units(listed: str) -> "Dict[str, Any]":
    """Return the units of ``systemctl list-units --plain --no-legend``."""
    rows = [line.split(None, _UNIT_FIELDS) for line in listed.splitlines()]
    rows = [row + [""] for row in rows if len(row) >= _UNIT_FIELDS]
    running = [row for row in rows if row[2] == "active" and row[3] == "running"]
    failed = [row for row in rows if row[2] == "failed"]
    return {
        "running": [_unit(row) for row in running],
        "failed": [_unit(row) for row in failed],
        "others": len(rows) - len(running) - len(failed),
    }


def _unit(row: "List[str]") -> "Dict[str, Any]":
    return {"name": row[0], "description": row[4].strip()}


def _processes(machine: Machine) -> "List[Dict[str, Any]]":
    counted: Dict[Tuple[str, int], int] = {}
    for process in processes(machine):
        key = (process.name, process.uid)
        counted[key] = counted.get(key, 0) + 1
    rows = [{"name": name, "count": count, "user": _user(uid)} for (name, uid), count in sorted(counted.items())]
    return rows[:MOST_NAMES]


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
