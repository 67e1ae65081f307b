"""This machine as a host: commands as child processes, both streams drained together, all bounded."""

import contextlib
import os
import selectors
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, Self

from probes.clock import Deadline
from probes.errors import TimedOut
from probes.transports.command import (
    MOST_BYTES,
    MOST_DROPPED_BYTES,
    MOST_ERROR_BYTES,
    NO_SECRETS,
    NOT_FOUND,
    Answer,
    Ran,
    with_sudo,
)

_PIECE = 65_536
_NOT_RUNNABLE = 126

_PASSED_ON = frozenset(
    {
        "HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER",
        "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
    }
)  # fmt: skip
"""What a command gets of our own environment: the rest may hold the passwords of other roles and tools."""


class LocalShell:
    """Runs commands on this machine, as the user who runs Duheng."""

    def __init__(self, name: str = "local") -> None:
        """Keep the declared name."""
        self._name = name

    @property
    def name(self) -> str:
        """The declared name of the host, for sentences."""
        return self._name

    def run(
        self,
        argv: Sequence[str],
        *,
        deadline: Deadline,
        stdin: bytes = b"",
        sudo: bool = False,
        secrets: Mapping[str, str] = NO_SECRETS,
        max_bytes: int = MOST_BYTES,
        answer: Answer | None = None,
        ends_itself: bool = False,  # noqa: ARG002 - it is ended by its group's number anyway
    ) -> Ran:
        """Run a command; see ``Shell.run``."""
        deadline.check(f"{argv[0]} on {self._name}")
        try:
            process = subprocess.Popen(  # noqa: S603 - the caller's own list of arguments; no shell reads it
                with_sudo(argv, sudo=sudo, secrets=secrets),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**_passed_on(), "LC_ALL": "C.UTF-8", **secrets},
                start_new_session=True,
            )
        except OSError as error:
            status = NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_RUNNABLE
            return Ran(status=status, stdout=b"", stderr=f"{argv[0]}: {error.strerror}".encode())
        with _Streams(process, stdin, answer) as streams:
            try:
                return streams.drained(f"{argv[0]} on {self._name}", deadline, max_bytes)
            finally:
                _end(process)


def _passed_on() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in _PASSED_ON}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and whatever it started: they share a session of their own."""
    killed = process.returncode is not None
    if not killed:  # not waited for: its number is nobody else's, though it may be over and its children not
        with contextlib.suppress(PermissionError):  # what sudo started is root's: it ends when nobody reads it
            os.killpg(process.pid, signal.SIGKILL)
            killed = True
        killed = process.poll() is not None or killed
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    if killed:
        process.wait()


class _Streams:
    """The three streams of a child process."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, answer: Answer | None) -> None:
        self._process = process
        self._left = memoryview(stdin)
        self._answer = answer
        self._selector = selectors.DefaultSelector()
        self._kept: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        self._dropped = 0

    def __enter__(self) -> Self:
        for name, stream in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, selectors.EVENT_READ, name)
        if self._process.stdin is not None:
            os.set_blocking(self._process.stdin.fileno(), False)
            self._selector.register(self._process.stdin, selectors.EVENT_WRITE, "stdin")
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    def drained(self, what: str, deadline: Deadline, max_bytes: int) -> Ran:
        limits = {"stdout": max_bytes, "stderr": MOST_ERROR_BYTES}
        cut = False
        while self._selector.get_map() and not cut:
            for key, _ in self._selector.select(deadline.check(what)):
                if key.data == "stdin":
                    self._write(key.fileobj)  # type: ignore[arg-type]
                elif (piece := os.read(key.fd, _PIECE)) == b"":
                    self._selector.unregister(key.fileobj)
                else:
                    cut = cut or self._keep(key.data, piece, limits[key.data])
                    if key.data == "stdout":
                        self._hear(piece)
        if self._process.stdin is not None:
            self._process.stdin.close()  # there is no more to answer
        status = -int(signal.SIGKILL) if cut else self._status(what, deadline)
        out, err = (bytes(self._kept[name]) for name in ("stdout", "stderr"))
        return Ran(status=status, stdout=out, stderr=err, cut=cut)

    def _status(self, what: str, deadline: Deadline) -> int:
        try:
            return self._process.wait(deadline.check(what))
        except subprocess.TimeoutExpired:
            raise TimedOut(f"deadline passed while waiting for {what}") from None

    def _write(self, stream: IO[bytes]) -> None:
        try:
            self._left = self._left[os.write(stream.fileno(), self._left[:_PIECE]) :]
        except BrokenPipeError:
            self._left = self._left[:0]  # it wants no more
        if not self._left:
            self._selector.unregister(stream)
            if self._answer is None:
                stream.close()

    def _hear(self, piece: bytes) -> None:
        """Go on with the input where the output is answered."""
        stdin = self._process.stdin
        if self._answer is None or stdin is None or (rest := self._answer(piece)) is None:
            return
        self._answer = None
        if stdin not in self._selector.get_map():
            self._selector.register(stdin, selectors.EVENT_WRITE, "stdin")
        self._left = memoryview(bytes(self._left) + rest)

    def _keep(self, name: str, piece: bytes, limit: int) -> bool:
        """Keep what there is room for; tell whether the command is to be cut off."""
        kept = self._kept[name]
        room = limit - len(kept)
        kept += piece[:room]
        self._dropped += max(0, len(piece) - room)
        return len(piece) > room and (name == "stdout" or self._dropped > MOST_DROPPED_BYTES)
