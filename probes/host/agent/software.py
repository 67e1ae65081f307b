"""What software is on the host: packages that its package manager knows, files, and processes that run."""

from probes.host.agent.machine import Machine, once
from probes.host.agent.processes import brief, running
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Tuple

_DPKG = "/var/lib/dpkg/status"
_MOST = 64000000


class Sought:
    """How a program is looked for; the first of its packages that is there gives its version."""

    def __init__(
        self, packages: "Tuple[str, ...]", processes: "Tuple[str, ...]", files: "Tuple[str, ...]" = ()
    ) -> None:
        """Keep the names."""
        self.packages = packages
        self.processes = processes
        self.files = files


@once
def packages(machine: Machine) -> "Mapping[str, str]":
    """Return the version of each installed package, by name, of dpkg, rpm and apk; empty where the host has none."""
    if machine.there(_DPKG):
        return dpkg(machine.raw(_DPKG, _MOST).decode("latin-1"))  # one byte a letter: what is wanted of it is ASCII
    if machine.there("/lib/apk/db/installed"):
        return apk(machine.text("/lib/apk/db/installed", _MOST))
    try:
        listed = machine.run("rpm").text
    except Unread:
        return {}
    return dict(line.split(" ", 1) for line in listed.splitlines() if " " in line)


def dpkg(status: str) -> "Dict[str, str]":
    """Return name and version of the packages that a ``/var/lib/dpkg/status`` tells as installed."""
    found = {}
    for block in status.split("\n\n"):  # fifteen lines each, of which three are wanted: it is not taken line by line
        head, _, rest = block.partition("\nStatus: ")
        state, end, rest = rest.partition("\n")
        version = (end + rest).partition("\nVersion: ")[2].partition("\n")[0]
        if state.endswith(" installed") and version:
            found[head.partition("Package: ")[2].partition("\n")[0]] = version
    return found


def apk(installed: str) -> "Dict[str, str]":
    """Return name and version of the packages in Alpine's list of installed ones."""
    found, name = {}, ""
    for line in installed.splitlines():
        if line.startswith("P:"):
            name = line[2:]
        elif line.startswith("V:"):
            found[name] = line[2:]
    return found


def find(machine: Machine, sought: Sought) -> "Dict[str, Any]":
    """Return whether the program is installed and runs, and how it was looked for: absent is an answer.

    ::

        {"installed", "running", "version": str|null, "package": str|null, "processes": [{"pid", "name"}],
         "looked_for": {"packages", "processes", "files"}}
    """
    known = packages(machine)
    package = next((name for name in sought.packages if name in known), None)
    alive = running(machine, sought.processes)
    return {
        "installed": package is not None or bool(alive) or any(machine.there(file) for file in sought.files),
        "running": bool(alive),
        "version": None if package is None else known[package],
        "package": package,
        "processes": brief(alive),
        "looked_for": {
            "packages": list(sought.packages),
            "processes": list(sought.processes),
            "files": list(sought.files),
        },
    }
