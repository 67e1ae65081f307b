"""The spool of the sampling service: one record a minute, each in the place that its minute gives it.

So the file never grows, no pointer can be lost, and what was written before a power cut is read after it: a record that
was torn is told by its checksum and left out. 45 days of it take 5.5 MB.
"""

import math
import os
import struct
import zlib

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

METERS = (
    "cpu_percent", "memory_percent", "disk_percent", "disk_space_percent", "network_bytes_s", "network_percent",
    "antivirus_cpu_percent", "antivirus_bytes",
)  # fmt: skip
RECORD_S = 60
SLOTS = 45 * 24 * 60
HEADER = b"duheng-spool 1\n".ljust(64, b"\0")
PLACES = ("/var/lib/duheng/utilisation.spool", "~/.local/state/duheng/utilisation.spool")
_BODY = struct.Struct("<qII%df" % (2 * len(METERS)))
_SUM = struct.Struct("<I")
SLOT_BYTES = _BODY.size + _SUM.size
_DAY_S = 86400


class Record:
    """One minute: when it began (seconds since 1970), seconds and looks that it covers, mean and peak of each meter.

    A meter that has nothing to tell is NaN.
    """

    def __init__(
        self, start_s: int, looks: int, covered_s: int, means: "Tuple[float, ...]", peaks: "Tuple[float, ...]"
    ) -> None:
        """Keep them."""
        self.start_s = start_s
        self.looks = looks
        self.covered_s = covered_s
        self.means = means
        self.peaks = peaks

    def packed(self) -> bytes:
        """Return its bytes, with their checksum."""
        body = _BODY.pack(self.start_s, self.looks, self.covered_s, *(self.means + self.peaks))
        return body + _SUM.pack(zlib.crc32(body))


def unpacked(slot: bytes) -> "Optional[Record]":
    """Return the record of a slot; None where it is empty or torn."""
    body = slot[: _BODY.size]
    if len(slot) != SLOT_BYTES or _SUM.unpack(slot[_BODY.size :])[0] != zlib.crc32(body):
        return None
    fields = _BODY.unpack(body)
    values, count = fields[3:], len(METERS)
    return Record(fields[0], fields[1], fields[2], values[:count], values[count:]) if fields[1] else None


def slot_of(start_s: int) -> int:
    """Return where the record of a minute stands in the file."""
    return len(HEADER) + (start_s // RECORD_S) % SLOTS * SLOT_BYTES


def together(one: Record, other: Record) -> Record:
    """Return one record of a minute that was written twice: before a restart, and after it."""
    means = [_mean(a, one.looks, b, other.looks) for a, b in zip(one.means, other.means)]
    peaks = [_peak(a, b) for a, b in zip(one.peaks, other.peaks)]
    covered_s = min(RECORD_S, one.covered_s + other.covered_s)
    return Record(one.start_s, one.looks + other.looks, covered_s, tuple(means), tuple(peaks))


def _mean(one: float, looks: int, other: float, more: int) -> float:
    if math.isnan(one) or math.isnan(other):
        return other if math.isnan(one) else one
    return (one * looks + other * more) / (looks + more)


def _peak(one: float, other: float) -> float:
    if math.isnan(one) or math.isnan(other):
        return other if math.isnan(one) else one
    return max(one, other)


def place(machine: Machine) -> "Optional[str]":
    """Return where the spool lies; of two, the one that was written last; None where there is none."""
    there = [path for path in map(os.path.expanduser, PLACES) if machine.there(path)]
    return max(there, key=lambda path: os.stat(machine.path(path)).st_mtime) if there else None


def records(machine: Machine, since_s: int) -> "List[Record]":
    """Return the records from an instant on, the oldest first; those of the future are left out.

    Raises:
        Unread: there is no spool, or it may not be read, or is none of ours.
    """
    path = place(machine)
    if path is None:
        raise Unread("settings", "no spool at %s: the sampling service does not run here" % " or ".join(PLACES))
    content = machine.raw(path, len(HEADER) + SLOTS * SLOT_BYTES)
    if not content.startswith(HEADER):
        raise Unread("target", "%s is no spool of this version" % path)
    now_s = machine.now_ms() // 1000
    found = (each for each in _all(content) if since_s <= each.start_s <= now_s)
    return sorted(found, key=lambda each: each.start_s)


def _all(content: bytes) -> "Iterator[Record]":
    empty = bytes(SLOT_BYTES)
    for start in range(len(HEADER), len(content) - SLOT_BYTES + 1, SLOT_BYTES):
        slot = content[start : start + SLOT_BYTES]
        record = unpacked(slot) if slot != empty else None
        if record is not None:
            yield record


def antivirus_use(machine: Machine) -> "Dict[str, Any]":
    """Return the share of the anti-virus over the last day, percent of one processor; see ``antivirus``."""
    found = records(machine, machine.now_ms() // 1000 - _DAY_S)
    cpu, size = METERS.index("antivirus_cpu_percent"), METERS.index("antivirus_bytes")
    known = [each for each in found if not math.isnan(each.means[cpu])]
    if not known:
        raise Unread("target", "the spool tells of no anti-virus process in the last day")
    covered_s = sum(each.covered_s for each in known) or 1
    return {
        "cpu_mean_percent": round(sum(each.means[cpu] * each.covered_s for each in known) / covered_s, 3),
        "cpu_peak_percent": round(max(each.peaks[cpu] for each in known), 3),
        "memory_mean_bytes": int(sum(each.means[size] * each.covered_s for each in known) / covered_s),
        "from_ms": known[0].start_s * 1000,
        "to_ms": (known[-1].start_s + RECORD_S) * 1000,
        "samples": sum(each.looks for each in known),
        "covered_s": covered_s,
    }
