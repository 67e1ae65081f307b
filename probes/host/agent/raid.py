"""``raid``: arrays of Linux (md), pools of ZFS, logical volumes, and controllers that hide an array of their own."""

from probes.host.agent.machine import Machine
from probes.host.agent.part import part, real
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    import re
    from typing import Any, Dict, List
else:
    from probes.host.agent.late import json, re

_MDSTAT = "/proc/mdstat"
_REDUNDANT = ("raid1", "raid4", "raid5", "raid6", "raid10", "mirror")
_CONTROLLERS = ("megaraid_sas", "mpt3sas", "mpt2sas", "hpsa", "smartpqi", "aacraid", "arcmsr", "3w-sas", "3w-9xxx")
_ARRAY = r"(md\S+) : (active|inactive)(?: \((?:auto-)?read-only\))?(?: (\w+))? ?(.*)"
_MEMBER = r"([^\s\[]+)\[\d+\]((?:\(\w\))*)"
_WANTED = r"\[(\d+)/(\d+)\]"
_PROGRESS = r"(recovery|resync|reshape|check)\s*=\s*([\d.]+)%"
_LAYOUT = r"(?m)^\t\s+((?:mirror|raidz\d?|draid\d?)\S*)\s"
_DETAIL = r"(?m)^\s*(Raid Level|State|Creation Time|Update Time|Failed Devices|Active Devices) : (.*?)\s*$"


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"md": Part {"arrays": [{"name", "level", "state": "clean"|"degraded"|"rebuilding"|"inactive", "wanted",
         "active", "failed": [...], "spares": [...], "redundant", "progress_percent": float|null,
         "detail": Part {"raid_level", "state", "creation_time", "update_time", "failed_devices", "active_devices"}}]},
         "zfs": Part {"pools": [{"name", "health", "layouts": [...], "redundant", "errors": str|null}]},
         "lvm": Part {"volumes": [{"group", "name", "layout", "health", "sync_percent", "redundant"}]},
         "controllers": [names of drivers], "redundant": bool|null, "degraded": bool|null, "looked_for": {...}}

    ``redundant`` is null where nothing was found and something could not be read, or a controller hides what it has.
    """
    found = {"md": part(lambda: _md(machine)), "zfs": part(lambda: _zfs(machine)), "lvm": part(lambda: _lvm(machine))}
    controllers = _controllers(machine)
    members = [each for kind in found.values() for rows in kind.values() if isinstance(rows, list) for each in rows]
    sure = not controllers and all(kind["state"] == "read" for kind in found.values())
    redundant = True if any(each["redundant"] for each in members) else (False if sure else None)
    return dict(
        found,
        controllers=controllers,
        redundant=redundant,
        degraded=any(_ill(each) for each in members) if members else None,
        looked_for={
            "md": _MDSTAT,
            "zfs": "/usr/sbin/zpool, /proc/spl/kstat/zfs",
            "lvm": "/usr/sbin/lvs, /etc/lvm",
            "controllers": "/sys/class/scsi_host/*/proc_name: %s" % ", ".join(_CONTROLLERS),
        },
    )


def _ill(each: "Dict[str, Any]") -> bool:
    return each.get("state") in {"degraded", "inactive"} or each.get("health") not in {None, "", "ONLINE"}


def _md(machine: Machine) -> "Dict[str, Any]":
    if not machine.there(_MDSTAT):
        return {"arrays": []}  # the kernel's part of it is not loaded: there is no array
    arrays = mdstat(machine.text(_MDSTAT))
    for array in arrays:
        array["detail"] = part(lambda array=array: _detail(machine, array["name"]))  # type: ignore[misc]
    return {"arrays": arrays}


def _detail(machine: Machine, name: str) -> "Dict[str, Any]":
    output = machine.run("mdadm", "/dev/" + name)
    if output.status:
        raise Unread("target", "mdadm --detail /dev/%s: %s" % (name, output.errors.strip()[:200]))
    return detail(output.text)


def detail(text: str) -> "Dict[str, Any]":
    """Return what ``mdadm --detail`` says of an array."""
    return {name.lower().replace(" ", "_"): value for name, value in re.findall(_DETAIL, text)}


def mdstat(text: str) -> "List[Dict[str, Any]]":
    """Return the arrays of a ``/proc/mdstat``."""
    arrays = []
    for block in re.split(r"\n(?=\S)", text):
        match = re.match(_ARRAY, block)
        if match:
            arrays.append(_array(match, block))
    return arrays


def _array(match: "Any", block: str) -> "Dict[str, Any]":
    name, running, level, rest = match.groups()
    if running == "inactive":  # no level is told: what was taken for it is a member
        level, rest = None, " ".join(filter(None, (level, rest)))
    members = re.findall(_MEMBER, rest.split("\n", 1)[0])
    wanted = re.search(_WANTED, block)
    counts = (int(wanted.group(1)), int(wanted.group(2))) if wanted else (len(members), len(members))
    progress = re.search(_PROGRESS, block)
    failed = [member for member, marks in members if "(F)" in marks]
    state = "clean"
    if running == "inactive":
        state = "inactive"
    elif progress and progress.group(1) == "recovery":
        state = "rebuilding"
    elif counts[1] < counts[0] or failed:
        state = "degraded"
    return {
        "name": name,
        "level": level,
        "state": state,
        "wanted": counts[0],
        "active": counts[1],
        "failed": failed,
        "spares": [member for member, marks in members if "(S)" in marks],
        "redundant": level in _REDUNDANT,
        "progress_percent": float(progress.group(2)) if progress else None,
    }


def _zfs(machine: Machine) -> "Dict[str, Any]":
    if not machine.there("/usr/sbin/zpool"):
        if machine.there("/proc/spl/kstat/zfs"):
            raise Unread("target", "the kernel has ZFS, and /usr/sbin/zpool is not installed")
        return {"pools": []}
    listed = machine.run("zpool-list")
    if listed.status and "no pools" not in listed.errors + listed.text:
        raise Unread("permission", "zpool list: %s" % listed.errors.strip()[:200])
    return {"pools": zpools(listed.text, machine.run("zpool-status").text)}


def zpools(listed: str, status: str) -> "List[Dict[str, Any]]":
    """Return the pools of ``zpool list -Hp -o name,health,...`` and ``zpool status -P``."""
    blocks = {block.split("\n", 1)[0].strip(): block for block in re.split(r"(?m)^\s*pool: ", status)[1:]}
    pools = []
    for line in listed.splitlines():
        fields = line.split("\t")
        block = blocks.get(fields[0], "")
        layouts = [name.rsplit("-", 1)[0] for name in re.findall(_LAYOUT, block)]
        errors = re.search(r"(?m)^errors: (.*)$", block)
        pools.append(
            {
                "name": fields[0],
                "health": fields[1],
                "layouts": layouts,
                "redundant": bool(layouts),
                "errors": None if errors is None or errors.group(1).startswith("No known") else errors.group(1),
            }
        )
    return pools


def _lvm(machine: Machine) -> "Dict[str, Any]":
    if not machine.there("/usr/sbin/lvs"):
        return {"volumes": []}
    output = machine.run("lvs")
    if output.status:
        raise Unread("target", "lvs: %s" % output.errors.strip()[:200])
    return {"volumes": volumes(json.loads(output.text))}


def volumes(told: "Dict[str, Any]") -> "List[Dict[str, Any]]":
    """Return the volumes of ``lvs --reportformat json``; parts of an array, named in brackets, are left out."""
    rows = [row for report in told["report"] for row in report.get("lv", []) if not row["lv_name"].startswith("[")]
    return [
        {
            "group": row["vg_name"],
            "name": row["lv_name"],
            "layout": row["segtype"],
            "health": row["lv_health_status"] or None,
            "sync_percent": real(row["sync_percent"]),
            "redundant": row["segtype"].startswith(_REDUNDANT),
        }
        for row in rows
    ]


def _controllers(machine: Machine) -> "List[str]":
    hosts = machine.names("/sys/class/scsi_host")
    drivers = {machine.word("/sys/class/scsi_host/%s/proc_name" % host) for host in hosts}
    return sorted(driver for driver in drivers if driver in _CONTROLLERS)
