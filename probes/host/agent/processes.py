"""The processes of the host, as ``/proc`` tells them: read once, and shared by the sections that look for programs."""

import re
from functools import lru_cache
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

MOST_PROCESSES = 20000
_MOST_LINE = 16384
_INTERPRETER = re.compile(r"(?:python|perl|ruby|node|php|java|mono|bash|dash|ash|sh|busybox|env)[\d.]*\Z")


class Process(NamedTuple):
    """One process: its id, its short name, its command line, the user's number that it runs as."""

    pid: int
    name: str
    line: "Tuple[str, ...]"
    uid: int


@lru_cache(maxsize=1)
def processes(machine: Machine) -> "Tuple[Process, ...]":
    """Return all processes; threads of the kernel, which have no command line, are left out."""
    found = []
    for pid in [name for name in machine.names("/proc") if name.isdigit()][:MOST_PROCESSES]:
        try:
            line = machine.text("/proc/%s/cmdline" % pid, _MOST_LINE)
            status = machine.text("/proc/%s/status" % pid, 4096)
        except Unread:
            continue  # it has ended
        if line:
            found.append(Process(int(pid), _value(status, "Name"), _words(line), int(_value(status, "Uid") or "0")))
    return tuple(found)


def running(machine: Machine, names: "Iterable[str]") -> "List[Process]":
    """Return the processes of these names; ``*`` at the end stands for any rest.

    The kernel cuts names at 15 letters, and an interpreter's name hides its script's: both are seen through.
    """
    wanted = tuple(names)
    whole = {name for name in wanted if not name.endswith("*")}
    begun = tuple(name[:-1] for name in wanted if name.endswith("*"))
    return [
        process
        for process, called in _called(machine)
        if not whole.isdisjoint(called) or any(name.startswith(begun) for name in called)
    ]


def process_named(machine: Machine, pid: str) -> "Optional[str]":
    """Return the short name of one process; None where it has ended."""
    return machine.word("/proc/%s/comm" % pid)


@lru_cache(maxsize=1)
def _called(machine: Machine) -> "Tuple[Tuple[Process, Tuple[str, ...]], ...]":
    """Return each process with the names that it goes by: sections look for some sixty programs."""
    return tuple((process, _names(process)) for process in processes(machine))


def _names(process: Process) -> "Tuple[str, ...]":
    """Return short name and program, and the script of an interpreter: ``tail clamd`` does not run clamd."""
    words = [word.rpartition("/")[2] for word in process.line[:2] if not word.startswith("-")]
    hidden = bool(words) and _INTERPRETER.match(words[0]) is not None
    return (process.name,) + tuple(words if hidden else words[:1])


def _words(line: str) -> "Tuple[str, ...]":
    parts = line.rstrip("\0").split("\0")
    return tuple(parts[0].replace(": ", " : ").split()) if len(parts) == 1 and " " in parts[0] else tuple(parts)


def _value(status: str, wanted: str) -> str:
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name == wanted:
            return value.split()[0] if value.split() else ""
    return ""


def brief(found: "Iterable[Process]") -> "List[Dict[str, object]]":
    """Return pid and name of each, at most 50: command lines stay on the host, since they may hold secrets."""
    return [{"pid": process.pid, "name": process.name} for process in list(found)[:50]]
