"""What a section may touch of the host: files under one root, the listed commands, psutil where it can be loaded."""

import fnmatch
import os
import re
import selectors
import signal
import subprocess
import time
from types import ModuleType
from typing import List, NamedTuple, Optional

from probes.host.agent.commands import COMMANDS, DEVICE, DEVICES
from probes.host.agent.unread import Unread

MOST_TEXT = 4000000
MOST_OUTPUT = 4000000
COMMAND_S = 20.0
_PIECE = 65536
_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"}


class Output(NamedTuple):
    """How a command ended: its status, what it printed, its errors."""

    status: int
    text: str
    errors: str


class Machine:
    """One host. ``root`` is where its files begin (tests give another); ``sudo`` allows ``sudo -n`` for the list."""

    def __init__(self, root: str = "/", sudo: bool = False, psutil: "Optional[ModuleType]" = None) -> None:
        """Keep what was given; ``psutil`` is None where its library cannot be loaded, and ``/proc`` is read instead."""
        self._root = root
        self._sudo = sudo
        self.psutil = psutil
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
            with open(self.path(name), "rb") as file:
                return file.read(most)
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
        if DEVICE in command.arguments and not any(fnmatch.fnmatchcase(device, each) for each in DEVICES):
            raise Unread("target", "%r is no block device" % device)
        if not self.there(command.path):
            raise Unread("target", "%s is not installed" % command.path)
        line = [command.path] + [device if part == DEVICE else part for part in command.arguments]
        if not command.root or self.euid == 0:
            return _run(line, seconds)
        if not self._sudo:
            raise Unread("permission", "%s wants root, and [[hosts]] does not say sudo = true" % " ".join(line))
        output = _run(["/usr/bin/sudo", "-n", "--"] + line, seconds)
        if output.status == 1 and re.search(r"(?m)^sudo: |is not allowed to execute", output.errors):
            raise Unread("permission", "sudo refuses %s; `duheng doctor` prints a sudoers file" % " ".join(line))
        return output


def _run(line: "List[str]", seconds: float) -> Output:
    try:
        process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
    except OSError as error:
        raise Unread("target", "%s cannot be run: %s" % (line[0], error.strerror)) from error
    kept = {"stdout": bytearray(), "stderr": bytearray()}
    try:
        over = _drain(process, kept, time.monotonic() + seconds)
        if not over:
            raise Unread("target", "%s did not end within %d s, or printed too much" % (line[0], seconds))
    finally:
        _end(process)
    text, errors = (bytes(kept[name]).decode("utf-8", "replace") for name in ("stdout", "stderr"))
    return Output(process.returncode, text, errors)


def _drain(process: "subprocess.Popen[bytes]", kept: "dict[str, bytearray]", until_s: float) -> bool:
    """Read both streams until they end; False where time or room ran out before."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, "stdout")  # type: ignore[arg-type]
        selector.register(process.stderr, selectors.EVENT_READ, "stderr")  # type: ignore[arg-type]
        while selector.get_map():
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return False
            for key, _ in selector.select(left_s):
                piece = os.read(key.fd, _PIECE)
                kept[key.data] += piece
                if not piece:
                    selector.unregister(key.fileobj)
                elif len(kept[key.data]) > MOST_OUTPUT:
                    return False
    try:
        process.wait(max(0.0, until_s - time.monotonic()) + 1.0)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except OSError:
            return  # what sudo started is root's: it ends when it writes
        process.wait()
