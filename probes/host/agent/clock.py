"""``clock``: the host's time, whether the kernel holds it synchronised, and how far off its server says it is."""

import ctypes
import os
import time

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)
_ERROR = 5  # TIME_ERROR
_MICROSECOND = 1e-6
_OFFSET_FIELD = 4
_CHRONY_FIELDS = 14


class _Timex(ctypes.Structure):
    """``struct timex`` of adjtimex(2): the fields that are read; the kernel writes about as many again."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"now_ms", "utc_offset_s", "zone": str|null, "synchronised": bool|null, "max_error_s", "offset_s":
         float|null, "source": "chrony"|"systemd-timesyncd"|"ntpd"|null}

    ``offset_s``: this clock minus its server's, as chrony tells it. ``synchronised`` is the kernel's own word.
    """
    kernel = _kernel()
    offset_s = _chrony(machine)
    return {
        "now_ms": machine.now_ms(),
        "utc_offset_s": time.localtime().tm_gmtoff,
        "zone": _zone(machine),
        "synchronised": None if kernel is None else kernel[0],
        "max_error_s": None if kernel is None else kernel[1],
        "offset_s": offset_s,
        "source": "chrony" if offset_s is not None else _source(machine),
    }


def _kernel() -> "Any":
    """Return whether the clock is synchronised, and its largest error in seconds; None where libc has no adjtimex."""
    told = _Timex(modes=0)
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (AttributeError, OSError):
        return None
    return None if state < 0 else (state != _ERROR and not told.status & _UNSYNCHRONISED, told.maxerror * _MICROSECOND)


def _chrony(machine: Machine) -> "Optional[float]":
    try:
        output = machine.run("chronyc", seconds=3)
    except Unread:
        return None
    fields = output.text.strip().split(",")
    return float(fields[_OFFSET_FIELD]) if output.status == 0 and len(fields) >= _CHRONY_FIELDS else None


def _zone(machine: Machine) -> "Optional[str]":
    try:
        place = os.readlink(machine.path("/etc/localtime"))
    except OSError:
        return machine.word("/etc/timezone")
    return place.partition("zoneinfo/")[2] or None


def _source(machine: Machine) -> "Optional[str]":
    if machine.there("/run/systemd/timesync/synchronized"):
        return "systemd-timesyncd"
    return "ntpd" if machine.there("/run/ntpd.pid") or machine.there("/var/run/ntpd.pid") else None
