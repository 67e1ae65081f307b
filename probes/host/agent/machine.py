"""What a section may touch of the host: files under one root, the listed commands, psutil where it can be loaded."""

import os
import time

from probes.host.agent.commands import COMMANDS, DEVICE, DEVICES
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Dict, List, Optional, TypeVar

    Read = TypeVar("Read")

MOST_TEXT = 4000000
COMMAND_S = 20.0
_PIECE = 65536


class Output:
    """How a command ended: its status, what it printed, its errors."""

    def __init__(self, status: int, text: str, errors: str) -> None:
        """Keep them."""
        self.status = status
        self.text = text
        self.errors = errors


class Machine:
    """One host. ``root`` is where its files begin (tests give another); ``sudo`` allows ``sudo -n`` for the list."""

    def __init__(self, root: str = "/", sudo: bool = False, psutil: "Optional[ModuleType]" = None) -> None:
        """Keep what was given; ``psutil`` is None where its library cannot be loaded, and ``/proc`` is read instead."""
        self._root = root
        self._sudo = sudo
        self.psutil = psutil
        self.known: Dict[Any, Any] = {}
        self.euid = os.geteuid()

    def now_ms(self) -> int:
        """Return this host's wall clock, milliseconds since 1970 UTC."""
        return int(time.time() * 1000)

    def path(self, name: str) -> str:
        """Return where an absolute path of the host lies."""
        return os.path.join(self._root, name.lstrip("/"))

    def there(self, name: str) -> bool:
        """Tell whether a file or folder is there."""
        return os.path.exists(self.path(name))

    def raw(self, name: str, most: int = MOST_TEXT) -> bytes:
        """Return the bytes of a file, at most ``most``.

        Raises:
            Unread: it is not there, or may not be read.
        """
        try:
            return _content(self.path(name), most)
        except PermissionError:
            raise Unread("permission", "%s may be read by root only" % name) from None
        except OSError as error:
            raise Unread("target", "%s cannot be read: %s" % (name, error.strerror)) from error

    def text(self, name: str, most: int = MOST_TEXT) -> str:
        """Return the text of a file; raises as ``raw`` does."""
        return self.raw(name, most).decode("utf-8", "replace")

    def number(self, name: str) -> "Optional[int]":
        """Return the whole number that a file of ``/sys`` or ``/proc`` holds; None where it holds none."""
        try:
            return int(self.text(name, 64).strip())
        except (Unread, ValueError):
            return None

    def word(self, name: str) -> "Optional[str]":
        """Return the one line that a file holds; None where there is none."""
        try:
            return self.text(name, 4096).strip() or None
        except Unread:
            return None

    def names(self, folder: str) -> "List[str]":
        """Return the sorted names in a folder; none where it is not there.

        Raises:
            Unread: it is there and may not be read.
        """
        try:
            return sorted(os.listdir(self.path(folder)))
        except PermissionError:
            raise Unread("permission", "%s may be read by root only" % folder) from None
        except OSError:
            return []

    def run(self, name: str, device: str = "", seconds: float = COMMAND_S) -> Output:
        """Run a listed command, as root where the list says so, and return how it ended.

        Raises:
            Unread: it is not installed (target), wants root that we have not (permission), or does not end (target).
        """
        command = COMMANDS[name]
        if DEVICE in command.arguments and not _listed(device):
            raise Unread("target", "%r is no block device" % device)
        if not self.there(command.path):
            raise Unread("target", "%s is not installed" % command.path)
        line = [command.path] + [device if part == DEVICE else part for part in command.arguments]
        as_root = command.root and self.euid != 0
        if as_root and not self._sudo:
            raise Unread("permission", "%s wants root, and [[hosts]] does not say sudo = true" % " ".join(line))
        from probes.host.agent import programs  # noqa: PLC0415 - on many a host none is run

        ended = programs.run(["/usr/bin/sudo", "-n", "--"] + line if as_root else line, seconds)
        if as_root and programs.refused(ended):
            raise Unread("permission", "sudo refuses %s; `duheng doctor` prints a sudoers file" % " ".join(line))
        return ended


def once(read: "Callable[[Machine], Read]") -> "Callable[[Machine], Read]":
    """Return a reader that reads each machine once: what it returns is shared by the sections that ask for it."""

    def kept(machine: Machine) -> "Read":
        if read not in machine.known:
            machine.known[read] = read(machine)
        known: Read = machine.known[read]
        return known

    return kept


def _content(path: str, most: int) -> bytes:
    """Return what a file holds. Hundreds are read, most of them a line: a reader with a buffer takes twice as long."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces, left = [], most
        while left > 0:
            pieces.append(os.read(file, min(left, _PIECE)))
            left -= len(pieces[-1])
            if not pieces[-1]:
                break
        return b"".join(pieces)
    finally:
        os.close(file)


def _listed(device: str) -> bool:
    """Tell whether a device is one of those that sudoers lists: text, and ranges of one sign such as ``[a-z]``."""
    return any(_matches(device, pattern.replace("]", "[").split("[")) for pattern in DEVICES)


def _matches(device: str, parts: "List[str]") -> bool:
    for number, part in enumerate(parts):
        in_range = number % 2 == 1
        if not (part[0] <= device[:1] <= part[2] if in_range else device.startswith(part)):
            return False
        device = device[1 if in_range else len(part) :]
    return not device
