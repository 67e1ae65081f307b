"""Commands over an open SSH connection (``ssh_opening`` opens it), each within its deadline.

A log-in shell stands between us and every command. So each is handed to ``/bin/sh`` as one quoted list; both its
streams begin behind a mark, and what a profile printed before is dropped. Where the host has ``timeout``, the command
ends by itself a little after the deadline, though we may be gone by then.
"""

import contextlib
import logging
import math
import secrets as randomness
import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import Self

from probes.clock import Deadline
from probes.errors import Garbage, NotPermitted, TargetAway, TimedOut
from probes.transports.bare_paramiko import paramiko
from probes.transports.command import (
    MOST_BYTES,
    MOST_DROPPED_BYTES,
    MOST_ERROR_BYTES,
    NO_SECRETS,
    Answer,
    Ran,
    reading_secrets,
    with_sudo,
)

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # what went wrong is told as a LookFailed

_PIECE = 65_536
_GLANCE_S = 1.0
_NO_STATUS = -1
_GRACE_S = 5
_SCRIPT = (
    "printf '%s\\n' {mark}; printf '%s\\n' {mark} >&2; LC_ALL=C.UTF-8; export LC_ALL; {secrets}{bounded}exec \"$@\""
)
_BOUNDED = 'timeout -k 5 9 true 2>/dev/null && exec timeout -k 5 {seconds} "$@"; '


class Watch:
    """Ends a connection when the deadline passes, or is called off; paramiko waits without end for some answers."""

    def __init__(self, end: Callable[[], object], deadline: Deadline) -> None:
        """Keep what ends the connection."""
        self._end, self._deadline = end, deadline
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="ssh deadline", daemon=True)
        self.passed = False

    def _wait(self) -> None:
        while not self._over.wait(min(self._deadline.remaining_s(), _GLANCE_S)):
            if self._deadline.remaining_s() <= 0:
                self.passed = True
                self._end()
                return

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no longer."""
        self._over.set()
        self._thread.join()


class SshShell:
    """Runs commands on one host over one connection, each in a channel of its own."""

    def __init__(self, name: str, transport: paramiko.Transport) -> None:
        """Keep the host's declared name and its connection, which whoever opened it closes."""
        self._name = name
        self._transport = transport

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
        ends_itself: bool = False,
    ) -> Ran:
        """Run a command; see ``Shell.run``.

        Raises:
            NotPermitted: the account may not run commands there.
            Garbage: something else than the command ran.
        """
        what = f"{argv[0]} on {self._name}"
        mark = f"duheng-{randomness.token_hex(8)}"
        taking, first = reading_secrets(secrets)
        seconds = math.ceil(deadline.check(what)) + _GRACE_S
        bounded = "" if ends_itself else _BOUNDED.format(seconds=seconds)
        script = _SCRIPT.format(mark=mark, secrets=taking, bounded=bounded)
        line = "exec " + shlex.join(["/bin/sh", "-c", script, "sh", *with_sudo(argv, sudo=sudo, secrets=secrets)])
        with Watch(self._transport.close, deadline) as watch:
            try:
                with contextlib.closing(self._transport.open_session()) as channel:
                    ran = _exchange(channel, line, first + stdin, max_bytes, answer)
            except (paramiko.SSHException, EOFError, OSError) as error:
                if watch.passed:
                    raise TimedOut(f"deadline passed while waiting for {what}") from None
                raise TargetAway(f"the connection to {self._name} broke off ({said(error)})") from error
        if watch.passed:
            raise TimedOut(f"deadline passed while waiting for {what}")
        return self._behind(mark, ran)

    def _behind(self, mark: str, ran: Ran) -> Ran:
        """Return what came behind the mark."""
        if ran.status == _NO_STATUS and not ran.cut and not self._transport.is_active():
            raise TargetAway(f"the connection to {self._name} broke off")
        _, first, out = ran.stdout.partition(f"{mark}\n".encode())
        _, second, err = ran.stderr.partition(f"{mark}\n".encode())
        if first:
            return Ran(status=ran.status, stdout=out, stderr=err if second else b"", cut=ran.cut)
        if ran.cut:
            raise Garbage(f"{self._name} prints without end before any command runs")
        told = (ran if ran.complaint() else Ran(status=0, stdout=b"", stderr=ran.stdout)).complaint()
        raise NotPermitted(f"the account may not run commands on {self._name} ({told or 'without a word'})")


def said(error: BaseException) -> str:
    """Return what an error says, as one line of at most 200 characters."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _exchange(channel: paramiko.Channel, line: str, stdin: bytes, max_bytes: int, answer: Answer | None) -> Ran:
    """Run the line; its three streams are served side by side, so that none holds up another."""
    channel.exec_command(line)
    errors = _Kept(MOST_ERROR_BYTES, MOST_DROPPED_BYTES)
    output = _Kept(max_bytes, 0)
    rest: SimpleQueue[bytes] = SimpleQueue()
    hear = _answering(answer, rest)
    others = (
        threading.Thread(target=_feed, args=(channel, stdin, rest), name="ssh input", daemon=True),
        threading.Thread(target=_pour, args=(channel, channel.recv_stderr, errors), name="ssh errors", daemon=True),
    )
    try:
        for thread in others:
            thread.start()
        _pour(channel, channel.recv, output, hear)
    except BaseException:
        channel.close()
        raise
    finally:
        rest.put(b"")  # there is no more to answer
    cut = errors.full or output.full
    status = _NO_STATUS if cut else channel.recv_exit_status()
    if not cut:
        others[1].join()  # its stream ends with the channel
    channel.close()
    for thread in others:
        thread.join()
    return Ran(status=status, stdout=bytes(output.bytes), stderr=bytes(errors.bytes), cut=cut or errors.full)


def _answering(answer: Answer | None, rest: SimpleQueue[bytes]) -> Callable[[bytes], object]:
    """Return what hears each piece of the output, and hands on the rest of the input once."""
    if answer is None:
        rest.put(b"")

    def hear(piece: bytes) -> None:
        nonlocal answer
        if answer is not None and (told := answer(piece)) is not None:
            answer = None
            rest.put(told)

    return hear


class _Kept:
    """What is kept of a stream, and whether more came than may be dropped."""

    def __init__(self, limit: int, droppable: int) -> None:
        self.bytes = bytearray()
        self._limit, self._droppable = limit, droppable
        self.full = False

    def add(self, piece: bytes) -> None:
        room = self._limit - len(self.bytes)
        self.bytes += piece[:room]
        self._droppable -= max(0, len(piece) - room)
        self.full = self._droppable < 0


def _pour(
    channel: paramiko.Channel,
    take: Callable[[int], bytes],
    kept: _Kept,
    hear: Callable[[bytes], object] = lambda _piece: None,
) -> None:
    while not kept.full and (piece := take(_PIECE)):
        kept.add(piece)
        hear(piece)
    if kept.full:
        channel.close()


def _feed(channel: paramiko.Channel, stdin: bytes, rest: SimpleQueue[bytes]) -> None:
    with contextlib.suppress(OSError):  # it wants no more, or is over
        channel.sendall(stdin)
        channel.sendall(rest.get())
        channel.shutdown_write()
