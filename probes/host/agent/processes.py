"""The processes of the host, as ``/proc`` tells them: read once, and shared by the sections that look for programs."""

from probes.host.agent.machine import Machine, once
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, List, Optional, Sequence, Tuple

MOST_PROCESSES = 20000
_MOST_LINE = 16384
_INTERPRETERS = frozenset(
    {"python", "perl", "ruby", "node", "php", "java", "mono", "bash", "dash", "ash", "sh", "busybox", "env"}
)
_HIDDEN = Unread(
    "permission", "which processes run may be seen by root only: /proc hides them (hidepid, or ProtectProc of a unit)"
)


class Process:
    """One process: its id, its short name, its command line, the user's number that it runs as."""

    def __init__(self, pid: int, name: str, line: "Tuple[str, ...]", uid: int) -> None:
        """Keep them."""
        self.pid = pid
        self.name = name
        self.line = line
        self.uid = uid


@once
def processes(machine: Machine) -> "Tuple[Process, ...]":
    """Return all processes; threads of the kernel, which have no command line, are left out.

    Raises:
        Unread: some may run that cannot be seen.
    """
    _seen(machine)
    found = []
    for pid in [name for name in machine.names("/proc") if name.isdigit()][:MOST_PROCESSES]:
        try:
            line = machine.text("/proc/%s/cmdline" % pid, _MOST_LINE)
            status = machine.text("/proc/%s/status" % pid, 4096) if line else ""
        except Unread as unread:
            if unread.cause == "permission":
                raise _HIDDEN from None
            continue  # it has ended
        if line:
            found.append(Process(int(pid), _value(status, "Name"), _words(line), int(_value(status, "Uid") or "0")))
    return tuple(found)


def _seen(machine: Machine) -> None:
    """Look at the first process, which is always there: whoever cannot see it sees nobody else's.

    Raises:
        Unread: it is not to be seen; or it is our own, as in a container, and those of others are hidden.
    """
    if not machine.names("/proc"):
        raise Unread("target", "which processes run is not known: there is no /proc")
    first = machine.word("/proc/1/status")
    if first is None or (machine.euid != 0 and _value(first, "Uid") == str(machine.euid) and _hides(machine)):
        raise _HIDDEN


def _hides(machine: Machine) -> bool:
    """Tell whether ``/proc`` is mounted so that it hides what is not ours."""
    mounts = [line.split() for line in (machine.word("/proc/self/mounts") or "").splitlines()]
    options = [fields[3].split(",") for fields in mounts if fields[1:3] == ["/proc", "proc"]][-1:]
    return any(option.startswith("hidepid=") and option[8:] not in {"0", "off"} for each in options for option in each)


def running(machine: Machine, names: "Sequence[str]") -> "List[Process]":
    """Return the processes of these names; ``*`` at the end stands for any rest.

    The kernel cuts names at 15 letters, and an interpreter's name hides its script's: both are seen through.

    Raises:
        Unread: some may run that cannot be seen.
    """
    if not names:
        return []
    called, found = _called(machine), {}  # type: Dict[str, List[Process]], Dict[int, Process]
    for wanted in names:
        if wanted.endswith("*"):
            begun = [each for name, some in called.items() if name.startswith(wanted[:-1]) for each in some]
        else:
            begun = called.get(wanted, [])
        found.update((process.pid, process) for process in begun)
    return sorted(found.values(), key=lambda process: str(process.pid))


def process_named(machine: Machine, pid: str) -> "Optional[str]":
    """Return the short name of one process; None where it has ended."""
    return machine.word("/proc/%s/comm" % pid)


@once
def _called(machine: Machine) -> "Dict[str, List[Process]]":
    """Return the processes by the names that they go by: sections look for some sixty programs."""
    called = {}  # type: Dict[str, List[Process]]
    for process in processes(machine):
        for name in set(_names(process)):
            called.setdefault(name, []).append(process)
    return called


def _names(process: Process) -> "Tuple[str, ...]":
    """Return short name and program, and the script of an interpreter: ``tail clamd`` does not run clamd."""
    words = [word.rpartition("/")[2] for word in process.line[:2] if not word.startswith("-")]
    hidden = bool(words) and words[0].rstrip("0123456789.") in _INTERPRETERS
    return (process.name,) + tuple(words if hidden else words[:1])


def _words(line: str) -> "Tuple[str, ...]":
    parts = line.rstrip("\0").split("\0")
    return tuple(parts[0].replace(": ", " : ").split()) if len(parts) == 1 and " " in parts[0] else tuple(parts)


def _value(status: str, wanted: str) -> str:
    """Return the first word of a line's value; there is none where the line is empty."""
    line = ("\n" + status).partition("\n%s:" % wanted)[2].partition("\n")[0]
    return line.split()[0] if line.split() else ""


def brief(found: "Iterable[Process]") -> "List[Dict[str, object]]":
    """Return pid and name of each, at most 50: command lines stay on the host, since they may hold secrets."""
    return [{"pid": process.pid, "name": process.name} for process in list(found)[:50]]
