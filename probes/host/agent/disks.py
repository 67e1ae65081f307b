"""``disks``: block devices with what SMART says of them, and how full the filesystems are."""

import os

from probes.host.agent.machine import Machine
from probes.host.agent.part import part
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    from typing import Any, Dict, List
else:
    from probes.host.agent.late import json

_BLOCK = "/sys/block"
_NO_DISKS = ("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd")
_SECTOR = 512
_NOT_OPENED = 0b11  # bits of smartctl's status: its command line, the device
_OF_DISKS = (
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "zfs",
    "f2fs",
    "jfs",
    "reiserfs",
    "vfat",
    "ntfs",
    "ntfs3",
    "bcachefs",
)
_WEAR = {173: 100, 177: 100, 231: 100, 233: 100, 202: 100, 169: 100}  # SATA attributes whose value is the life left
_REALLOCATED, _PENDING = 5, 197
MOST_DISKS = 64
MOST_MOUNTS = 200


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"disks": [{"name", "model": str|null, "size_bytes", "rotational": bool|null, "smart": {"state": "read",
         "passed": bool|null, "power_on_h", "wear_percent", "reallocated", "pending", "media_errors",
         "temperature_celsius"} | {"state": "unread", "cause", "why"}}],
         "filesystems": [{"mount", "device", "type", "total_bytes", "used_bytes", "used_percent", "inodes_percent"}]}

    ``wear_percent``: life that is used up, of solid-state disks; what a disk does not tell is null.
    """
    names = [name for name in machine.names(_BLOCK) if not name.startswith(_NO_DISKS)]
    return {"disks": [_disk(machine, name) for name in names[:MOST_DISKS]], "filesystems": _filesystems(machine)}


def _disk(machine: Machine, name: str) -> "Dict[str, Any]":
    base = "%s/%s" % (_BLOCK, name)
    rotational = machine.number(base + "/queue/rotational")
    return {
        "name": name,
        "model": machine.word(base + "/device/model"),
        "size_bytes": (machine.number(base + "/size") or 0) * _SECTOR,
        "rotational": None if rotational is None else bool(rotational),
        "smart": part(lambda: _smart(machine, name)),
    }


def _smart(machine: Machine, name: str) -> "Dict[str, Any]":
    output = machine.run("smartctl", "/dev/" + name, seconds=10)
    told = json.loads(output.text)
    if output.status & _NOT_OPENED or "smart_status" not in told:
        messages = [each.get("string", "") for each in told.get("smartctl", {}).get("messages", [])]
        raise Unread(
            "target", "%s tells no SMART: %s" % (name, "; ".join(messages) or "a virtual disk, or switched off")
        )
    return smart(told)


def smart(told: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return what the JSON of ``smartctl -a`` says, of NVMe, SATA and SAS disks alike."""
    nvme = told.get("nvme_smart_health_information_log", {})
    attributes = {row["id"]: row for row in told.get("ata_smart_attributes", {}).get("table", [])}
    grown = told.get("scsi_grown_defect_list")
    return {
        "passed": told.get("smart_status", {}).get("passed"),
        "power_on_h": told.get("power_on_time", {}).get("hours"),
        "wear_percent": _wear(told, nvme, attributes),
        "reallocated": _raw(attributes, _REALLOCATED) if grown is None else grown,
        "pending": _raw(attributes, _PENDING),
        "media_errors": nvme.get("media_errors"),
        "temperature_celsius": told.get("temperature", {}).get("current"),
    }


def _wear(told: "Dict[str, Any]", nvme: "Dict[str, Any]", attributes: "Dict[int, Any]") -> "Any":
    if "percentage_used" in nvme:
        return nvme["percentage_used"]
    if "scsi_percentage_used_endurance_indicator" in told:
        return told["scsi_percentage_used_endurance_indicator"]
    left = [whole - attributes[number]["value"] for number, whole in _WEAR.items() if number in attributes]
    return max(0, *left) if left else None


def _raw(attributes: "Dict[int, Any]", number: int) -> "Any":
    return attributes[number]["raw"]["value"] if number in attributes else None


def _filesystems(machine: Machine) -> "List[Dict[str, Any]]":
    found, devices = [], set()
    for line in machine.text("/proc/mounts").splitlines():
        fields = line.split()
        if len(fields) > 2 and fields[2] in _OF_DISKS and fields[0] not in devices:  # noqa: PLR2004 - device, place, type
            devices.add(fields[0])  # a second mount of the same is no other filesystem
            place = fields[1].replace("\\040", " ")
            try:
                found.append(
                    dict({"mount": place, "device": fields[0], "type": fields[2]}, **_used(machine.path(place)))
                )
            except OSError:
                continue  # it hides from this account
    return found[:MOST_MOUNTS]


def _used(place: str) -> "Dict[str, Any]":
    told = os.statvfs(place)
    used, free = told.f_blocks - told.f_bfree, told.f_bavail
    inodes = 100.0 * (told.f_files - told.f_ffree) / told.f_files if told.f_files else None
    return {
        "total_bytes": told.f_blocks * told.f_frsize,
        "used_bytes": used * told.f_frsize,
        "used_percent": round(100.0 * used / (used + free), 2) if used + free else 0.0,
        "inodes_percent": None if inodes is None else round(inodes, 2),
    }
