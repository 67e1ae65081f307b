"""``age``: how old the equipment is, as far as the machine itself can tell."""

import ctypes
import os
import struct

from probes.host.agent.machine import Machine
from probes.host.agent.part import day, whole
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, Dict, List
else:
    from probes.host.agent.late import re

_DMI = "/sys/class/dmi/id"
_DATE = r"(\d\d)/(\d\d)/(\d{2}|\d{4})\Z"
_EARLIEST_S = 946684800  # 2000: what is older is a file that was given no time
_CENTURY = 70  # two digits: 70 to 99 are of the last century
_TREE = "/proc/device-tree/model"
_MAKERS = {
    "qemu": "QEMU", "kvm": "KVM", "vmware": "VMware", "virtualbox": "VirtualBox", "xen": "Xen", "bochs": "Bochs",
    "amazon ec2": "Amazon EC2", "google": "Google", "alibaba cloud": "Alibaba Cloud", "tencent cloud": "Tencent Cloud",
    "openstack": "OpenStack", "parallels": "Parallels", "virtual machine": "Hyper-V", "huawei cloud": "Huawei Cloud",
    "digitalocean": "DigitalOcean",
}  # fmt: skip
_AT_FDCWD, _STATX_BTIME, _STATX_BYTES, _BIRTH_AT = -100, 0x800, 256, 80  # of statx(2)
_TRACES = ("/etc/machine-id", "/etc/ssh/ssh_host_rsa_key.pub", "/etc/ssh/ssh_host_ed25519_key.pub", "/lost+found",
           "/var/log/installer", "/root/anaconda-ks.cfg")  # fmt: skip


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"dmi": {"maker", "product", "bios_maker", "bios_date": "YYYY-MM-DD"|null} | null, "virtual": str|null,
         "traces": [{"of", "date": "YYYY-MM-DD", "at_ms"}], "oldest_ms": int|null, "first_use": "YYYY-MM-DD"|null}

    ``traces`` are when the installation began, by what it left behind: the equipment is at least that old.
    ``bios_date`` is the day of its firmware, which an update renews: the equipment may be older. ``virtual`` names the
    kind of virtual machine, which has no age; null where nothing says that it is one.
    """
    traces = sorted(_traces(machine), key=lambda trace: trace["at_ms"])
    return {
        "dmi": _dmi(machine),
        "virtual": _virtual(machine),
        "traces": traces,
        "oldest_ms": traces[0]["at_ms"] if traces else None,
        "first_use": traces[0]["date"] if traces else None,
    }


def _dmi(machine: Machine) -> "Any":
    if not machine.there(_DMI):
        product = machine.word(_TREE)
        none = {"maker": None, "bios_maker": None, "bios_date": None}
        return dict(none, product=product.strip("\0")) if product else None
    return {
        "maker": machine.word(_DMI + "/sys_vendor"),
        "product": machine.word(_DMI + "/product_name"),
        "bios_maker": machine.word(_DMI + "/bios_vendor"),
        "bios_date": bios_date(machine.word(_DMI + "/bios_date") or ""),
    }


def bios_date(text: str) -> "Any":
    """Return the day that DMI writes as month/day/year."""
    match = re.match(_DATE, text)
    if match is None:
        return None
    month, date, year = match.groups()
    if len(year) == 2:  # noqa: PLR2004 - digits
        year = ("19" if int(year) >= _CENTURY else "20") + year
    return "%s-%s-%s" % (year, month, date)


def _virtual(machine: Machine) -> "Any":
    if machine.there("/.dockerenv") or machine.there("/run/.containerenv"):
        return "container"
    told = " ".join(
        machine.word("%s/%s" % (_DMI, name)) or "" for name in ("sys_vendor", "product_name", "bios_vendor")
    )
    named = next((name for sign, name in _MAKERS.items() if sign in told.lower()), None)
    if named is None and machine.there("/proc/cpuinfo") and "hypervisor" in machine.text("/proc/cpuinfo").split():
        return "unnamed hypervisor"
    return named


def _traces(machine: Machine) -> "List[Dict[str, Any]]":
    found = []
    for name in _TRACES:
        try:
            found.append(_trace(name, os.stat(machine.path(name)).st_mtime))
        except OSError:
            continue
    birth = _birth(machine)
    if birth:
        found.append(_trace("birth of the root filesystem", birth))
    return [trace for trace in found if trace["at_ms"] > _EARLIEST_S * 1000]


def _birth(machine: Machine) -> "Any":
    """Return when the root filesystem was made, as statx(2) tells it, or a program where this libc has no statx."""
    told = ctypes.create_string_buffer(_STATX_BYTES)
    try:
        failed = ctypes.CDLL(None).statx(_AT_FDCWD, b"/", 0, _STATX_BTIME, told)
    except (AttributeError, OSError):
        failed = -1
    if not failed:
        return (
            struct.unpack_from("=q", told, _BIRTH_AT)[0] if struct.unpack_from("=I", told)[0] & _STATX_BTIME else None
        )
    try:
        return whole(machine.run("birth", seconds=5).text)
    except Unread:
        return None


def _trace(of: str, at_s: float) -> "Dict[str, Any]":
    return {"of": of, "date": day(at_s), "at_ms": int(at_s) * 1000}
