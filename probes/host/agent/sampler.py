"""The sampling service: looks at the load now and then, and writes a record a minute into the spool.

``/proc`` files stay open between looks, and nothing is started: at one look a second it takes well under half a
percent of a processor.
"""

import errno
import fcntl
import math
import os
import signal
import sys
import time

from probes.host.agent.cpu import busy, ticks
from probes.host.agent.machine import Machine
from probes.host.agent.memory import parse
from probes.host.agent.processes import process_named
from probes.host.agent.spool import HEADER, PLACES, RECORD_S, SLOT_BYTES, SLOTS, Record, slot_of, together, unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Tuple

_ENDS = (signal.SIGTERM, signal.SIGINT)
_ANTIVIRUS = ("clamd", "freshclam", "clamonacc", "clamscan")
_NOT_DISKS = ("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd")
_DISK_NAME, _DISK_BUSY_MS = 2, 12
_RECEIVED, _SENT = 0, 8
_MOST = 262144
_TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_UNKNOWN = float("nan")
_BITS = 8
_MEGA = 1e6


class Counters:
    """What the kernel had counted at one look."""

    def __init__(self, at_s: float, cpu: "List[int]", disks: "Dict[str, int]", wires: "Dict[str, Tuple[int, int]]",
                 antivirus_s: "Dict[int, float]") -> None:  # fmt: skip
        """Keep them, and the instant (monotonic seconds)."""
        self.at_s = at_s
        self.cpu = cpu
        self.disks = disks
        self.wires = wires
        self.antivirus_s = antivirus_s


class Sampler:
    """Turns looks into records. ``look`` is given the time, so that tests need not wait for it."""

    def __init__(self, machine: Machine) -> None:
        """Open what is read each time."""
        self._machine = machine
        self._files = {}  # type: Dict[str, int]
        self._disks = []  # type: List[str]
        self._wires = {}  # type: Dict[str, Optional[float]]
        self._antivirus = []  # type: List[int]
        self._space_percent = _UNKNOWN
        self._last = None  # type: Optional[Counters]
        self._minute = None  # type: Optional[int]
        self._seen = []  # type: List[Tuple[float, ...]]
        self._covered_s = 0.0
        self.latest = None  # type: Optional[Tuple[float, ...]]

    def look(self, wall_s: float, at_s: float) -> "Optional[Record]":
        """Look once; return the record of the minute that is over since the look before, where one is.

        ``latest`` holds the meters (``spool.METERS``) between the last two looks.
        """
        minute = int(wall_s) // RECORD_S * RECORD_S
        over = self.close() if self._minute not in {None, minute} else None
        if self._minute != minute:
            self._minute = minute
            self._survey()
        now = self._count(at_s)
        if self._last is not None and at_s > self._last.at_s:
            self.latest = self._meters(self._last, now)
            self._seen.append(self.latest)
            self._covered_s += at_s - self._last.at_s
        self._last = now
        return over

    def close(self) -> "Optional[Record]":
        """Return the record of the minute so far, and begin anew; None where nothing was seen in it."""
        seen, covered_s = self._seen, self._covered_s
        self._seen, self._covered_s = [], 0.0
        if not seen or self._minute is None:
            return None
        columns = [[each for each in column if not math.isnan(each)] for column in zip(*seen)]
        means = tuple(sum(column) / len(column) if column else _UNKNOWN for column in columns)
        peaks = tuple(max(column) if column else _UNKNOWN for column in columns)
        return Record(self._minute, len(seen), min(RECORD_S, round(covered_s)), means, peaks)

    def _survey(self) -> None:
        """Look, once a minute, for what comes and goes: disks, network cards, processes of the anti-virus, room."""
        machine = self._machine
        self._disks = [name for name in machine.names("/sys/block") if not name.startswith(_NOT_DISKS)]
        names = [name for name in machine.names("/sys/class/net") if name != "lo"]
        cards = [name for name in names if machine.there("/sys/class/net/%s/device" % name)] or names
        self._wires = {name: _speed(machine.number("/sys/class/net/%s/speed" % name)) for name in cards}
        self._antivirus = [
            int(pid) for pid in machine.names("/proc") if pid.isdigit() and process_named(machine, pid) in _ANTIVIRUS
        ]
        told = os.statvfs(machine.path("/"))
        whole = told.f_blocks - told.f_bfree + told.f_bavail
        self._space_percent = 100.0 * (told.f_blocks - told.f_bfree) / whole if whole else _UNKNOWN

    def _count(self, at_s: float) -> Counters:
        disks, wires = {}, {}
        for line in self._read("/proc/diskstats").splitlines():
            fields = line.split()
            if fields[_DISK_NAME] in self._disks:
                disks[fields[_DISK_NAME]] = int(fields[_DISK_BUSY_MS])
        for line in self._read("/proc/net/dev").splitlines()[2:]:
            name, _, counters = line.partition(":")
            if name.strip() in self._wires:
                fields = counters.split()
                wires[name.strip()] = (int(fields[_RECEIVED]), int(fields[_SENT]))
        return Counters(at_s, ticks(self._read("/proc/stat")), disks, wires, self._antivirus_s())

    def _meters(self, before: Counters, now: Counters) -> "Tuple[float, ...]":
        span_s = now.at_s - before.at_s
        cpu = busy([late - early for early, late in zip(before.cpu, now.cpu)])
        busiest = [(now.disks[name] - before.disks[name]) / span_s / 10 for name in now.disks if name in before.disks]
        moved = {
            name: (now.wires[name][0] - before.wires[name][0], now.wires[name][1] - before.wires[name][1])
            for name in now.wires
            if name in before.wires
        }
        loads = [_load(moved[name], self._wires.get(name), span_s) for name in moved]
        known = [load for load in loads if load is not None]
        spent_s = [
            now.antivirus_s[pid] - before.antivirus_s[pid] for pid in now.antivirus_s if pid in before.antivirus_s
        ]
        return (
            cpu,
            parse(self._read("/proc/meminfo"))["used_percent"],
            min(100.0, max(busiest)) if busiest else _UNKNOWN,
            self._space_percent,
            max(0, sum(map(sum, moved.values()))) / span_s if moved else _UNKNOWN,
            max(known) if known else _UNKNOWN,
            100.0 * sum(spent_s) / span_s if spent_s else _UNKNOWN,
            self._antivirus_bytes() if spent_s else _UNKNOWN,
        )

    def _antivirus_s(self) -> "Dict[int, float]":
        spent = {}
        for pid in self._antivirus:
            fields = (self._machine.word("/proc/%d/stat" % pid) or "").rpartition(")")[2].split()
            if fields:
                spent[pid] = (int(fields[11]) + int(fields[12])) * _TICK_S
        return spent

    def _antivirus_bytes(self) -> float:
        words = [(self._machine.word("/proc/%d/statm" % pid) or "0 0").split() for pid in self._antivirus]
        return float(sum(int(word[1]) for word in words) * _PAGE)

    def _read(self, name: str) -> str:
        if name not in self._files:
            self._files[name] = os.open(self._machine.path(name), os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(self._files[name], _MOST, 0).decode("ascii", "replace")


def _speed(mbit: "Optional[int]") -> "Optional[float]":
    return mbit * _MEGA / _BITS if mbit is not None and mbit > 0 else None


def _load(moved: "Tuple[int, int]", speed: "Optional[float]", span_s: float) -> "Optional[float]":
    """Return how full a wire was in its fuller direction, percent; None where its speed is not told."""
    return None if speed is None else 100.0 * max(moved) / span_s / speed


def opened(path: str) -> int:
    """Return the spool, made where it is not there; locked, so that two services do not write into each other.

    Raises:
        OSError: it cannot be made, or another service writes it (``EWOULDBLOCK``).
    """
    os.makedirs(os.path.dirname(path) or ".", mode=0o755, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if os.pread(file, len(HEADER), 0) != HEADER:
        os.ftruncate(file, 0)
        os.pwrite(file, HEADER, 0)
    os.ftruncate(file, len(HEADER) + SLOTS * SLOT_BYTES)
    return file


def write(file: int, record: Record) -> None:
    """Write a record into its slot, together with what stands there of the same minute."""
    at = slot_of(record.start_s)
    there = unpacked(os.pread(file, SLOT_BYTES, at))
    if there is not None and there.start_s == record.start_s:
        record = together(there, record)
    os.pwrite(file, record.packed(), at)


def place() -> str:
    """Return the first place of a spool that this account may write."""
    for path in map(os.path.expanduser, PLACES):
        folder = os.path.dirname(path)
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        if os.access(folder, os.W_OK):
            return path
    return os.path.expanduser(PLACES[-1])


def sample(machine: Machine, every_s: float, path: str) -> int:
    """Look every so many seconds until SIGTERM or SIGINT; return the status: 1 where the spool is not to be had."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        file = opened(path)
    except OSError as error:
        why = "another service writes it" if error.errno == errno.EWOULDBLOCK else error.strerror
        sys.stderr.write("the spool %s: %s\n" % (path, why))
        return 1
    sampler = Sampler(machine)
    sampler.look(time.time(), time.monotonic())
    sys.stdout.write("sampling every %g s into %s\n" % (every_s, path))
    sys.stdout.flush()
    due_s = time.monotonic()
    while True:
        due_s = max(due_s + every_s, time.monotonic())  # after a pause of the whole machine, not in a burst
        ended = signal.sigtimedwait(_ENDS, max(0.0, due_s - time.monotonic()))
        done = [sampler.look(time.time(), time.monotonic())] + ([sampler.close()] if ended else [])
        for record in done:
            if record is not None:
                write(file, record)
        if ended:
            os.close(file)
            return 0
