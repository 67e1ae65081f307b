"""``system``: kernel, distribution with the end of its support, when the host was booted."""

import os
import struct

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

_RECORD = struct.Struct("<hxxi32s4s32s256shhiii4i20x")  # struct utmp of Linux, 384 bytes, little-endian
_BOOT = 2
_SECONDS_FIELD = 9
MOST_BOOTS = 200


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"hostname", "kernel": {"name", "release", "version", "arch"}, "distribution": {"id", "version", "name",
         "support_end": "YYYY-MM-DD"|null, "support_source"}|null, "uptime_s", "boot_ms", "boots_ms": [...]|null}

    ``boots_ms`` are the boots that ``/var/log/wtmp`` still knows, the oldest first, at most the last 200; null where
    there is no such file.
    """
    kernel = os.uname()
    uptime_s = float(machine.text("/proc/uptime").split()[0])
    return {
        "hostname": kernel.nodename,
        "kernel": {
            "name": kernel.sysname,
            "release": kernel.release,
            "version": kernel.version,
            "arch": kernel.machine,
        },
        "distribution": _distribution(machine),
        "uptime_s": uptime_s,
        "boot_ms": machine.now_ms() - int(uptime_s * 1000),
        "boots_ms": _boots(machine),
    }


def _distribution(machine: Machine) -> "Optional[Dict[str, Any]]":
    for place in ("/etc/os-release", "/usr/lib/os-release"):
        if machine.there(place):
            told = os_release(machine.text(place))
            end, source = told.get("SUPPORT_END"), place
            if end is None:
                source = "/usr/share/distro-info/%s.csv" % "".join(
                    sign for sign in told.get("ID", "") if "a" <= sign <= "z"
                )
                end = support_end(machine.text(source) if machine.there(source) else "", told.get("VERSION_ID", ""))
            return {
                "id": told.get("ID"),
                "version": told.get("VERSION_ID"),
                "name": told.get("PRETTY_NAME"),
                "support_end": end,
                "support_source": None if end is None else source,
            }
    return None


def os_release(text: str) -> "Dict[str, str]":
    """Return the variables of an ``os-release`` file."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def support_end(table: str, version: str) -> "Optional[str]":
    """Return the last day of support in a table of the package distro-info: long-term support where it tells of it."""
    lines = [line.split(",") for line in table.splitlines()]
    if not lines or "version" not in lines[0]:
        return None
    for line in lines[1:]:
        row = dict(zip(lines[0], line))  # a short line lacks its last columns
        if version and row.get("version", "").split()[:1] == [version]:
            return row.get("eol-lts") or row.get("eol") or None
    return None


def _boots(machine: Machine) -> "Optional[List[int]]":
    try:
        return boots(machine.raw("/var/log/wtmp", 64000000))
    except Unread:
        return None


def boots(wtmp: bytes) -> "List[int]":
    """Return the instants of the boots in a ``wtmp`` file, milliseconds, in its order."""
    whole = wtmp[: len(wtmp) - len(wtmp) % _RECORD.size]
    found = [record[_SECONDS_FIELD] * 1000 for record in _RECORD.iter_unpack(whole) if record[0] == _BOOT]
    return found[-MOST_BOOTS:]
