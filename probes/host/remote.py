"""Sends the agent to a host where it is not there yet, runs it, and reads what it prints."""

import json
import math
import re
import secrets
from typing import Any

from probes.clock import Clock, Deadline
from probes.errors import Garbage, LookFailed, NotPermitted, NotSet, TimedOut
from probes.host.agent.boot import NEED
from probes.host.package import boot_text, packages
from probes.transports.command import NOT_FOUND, Ran, Shell

_PYTHON = "python3"
_NOT_RUNNABLE = 126
_READ_BOOT = "import sys;exec(compile(sys.stdin.buffer.read({length}),'duheng-boot','exec'))"
_ALARM = (-14, 128 + 14)
_LEAST_PYTHON = "3.6"
_MOST_INTEGER = 2**53 - 1
_NEEDED = re.compile(rb"%s (?P<digest>[0-9a-f]{64}) (?P<python>[!-~]{1,64})\n" % NEED.encode())
_LONGEST_NEED = 150


def facts(shell: Shell, *, deadline: Deadline, clock: Clock, sudo: bool = False, sections: str = "") -> dict[str, Any]:
    """Return the agent's document of the host behind the shell; ``sections``: names joined by commas, all where empty.

    To the document comes ``clock``: ``{"ahead_s", "within_s"}``, how far the host's clock is ahead of ours, and how
    exactly that is known (half the time between question and answer), seconds.

    Raises:
        NotSet: the host has no Python 3 that the agent runs on.
        NotPermitted: the account may not run programs there.
        TargetAway: the host went away.
        TimedOut: it did not answer by the deadline.
        Garbage: it answered something else.
    """
    given = [*(["--sudo"] if sudo else []), *(["--sections", sections] if sections else [])]
    document, asked_s, answered_s = _asked(shell, given, deadline, clock)
    within_s = (answered_s - asked_s) / 2
    ahead_s = document["at_ms"] / 1000 - (asked_s + within_s)
    return {**document, "clock": {"ahead_s": round(ahead_s, 3), "within_s": round(within_s, 3)}}


def watched(
    shell: Shell, *, seconds: float, every_s: float, until: str, deadline: Deadline, clock: Clock
) -> dict[str, Any]:
    """Return the agent's document of one section, ``watch``: it looks for so many seconds, or until a file is there.

    Raises:
        LookFailed: as ``facts`` does; where the deadline comes first, nothing of it is told.
    """
    given = ["--watch", str(seconds), "--every", str(every_s), "--until", until]
    return _asked(shell, given, deadline, clock)[0]


def _asked(shell: Shell, given: list[str], deadline: Deadline, clock: Clock) -> tuple[dict[str, Any], float, float]:
    """Return the agent's document, and when it was asked for and came (our clock, seconds since 1970)."""
    mark = f"#duheng-{secrets.token_hex(8)}#"
    left_s = math.ceil(deadline.check(f"the agent on {shell.name}")) + 1
    known, boot = packages(), boot_text()
    argv = [_PYTHON, "-IBS", "-c", _READ_BOOT.format(length=len(boot))]
    argv += [known.whole.digest, known.machine, known.plain.digest, str(left_s), "--mark", mark, *given]
    sending = _Sending(shell, clock)
    ran = shell.run(argv, stdin=boot, deadline=deadline, answer=sending, ends_itself=True)  # by its alarm
    return _document(shell, ran, mark), sending.asked_s, clock.now().timestamp()


class _Sending:
    """Sends the agent to a host that asks for it. ``asked_s``: when the host had all that it needs, our clock."""

    def __init__(self, shell: Shell, clock: Clock) -> None:
        self._shell, self._clock = shell, clock
        self._heard = b""
        self.asked_s = clock.now().timestamp()

    def __call__(self, piece: bytes) -> bytes | None:
        """Return the agent once the host has asked for it, and None before.

        Raises:
            Garbage: it asks for one that we did not offer.
        """
        self._heard = self._heard[-_LONGEST_NEED:] + piece
        asked = _NEEDED.search(self._heard)
        if asked is None:
            return None
        try:
            package = packages().named(asked["digest"].decode())
        except KeyError:
            raise Garbage(f"{self._shell.name} asks for an agent that we did not offer") from None
        content = package.content(asked["python"].decode())
        self.asked_s = self._clock.now().timestamp()
        return content


def _document(shell: Shell, ran: Ran, mark: str) -> dict[str, Any]:
    """Return what stands between the marks; a profile may have printed before it, and anything after."""
    _, first, rest = ran.stdout.decode("utf-8", "replace").partition(mark)
    text, last, _ = rest.partition(mark)
    if not first or not last:
        raise _why_nothing(shell, ran)
    try:
        document = json.loads(text, parse_int=_exact)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()  # refuses NaN, and half a character
    except (ValueError, RecursionError) as error:
        raise Garbage(f"the agent on {shell.name} printed no JSON that can be kept: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("at_ms"), int):
        raise Garbage(f"the agent on {shell.name} printed JSON of another form")
    return document


def _exact(digits: str) -> int:
    """Return a whole number that can be kept as evidence: as canonical JSON has it, no larger than 2**53 - 1."""
    number = int(digits)
    if abs(number) > _MOST_INTEGER:
        raise ValueError(f"a number of {len(digits)} digits")
    return number


def _why_nothing(shell: Shell, ran: Ran) -> LookFailed:
    said = f" ({complaint})" if (complaint := ran.complaint()) else ""
    if ran.status == NOT_FOUND:
        return NotSet(
            f"{shell.name} has no {_PYTHON}{said}: install Python {_LEAST_PYTHON} or later there, "
            "or leave the host's checks undetermined"
        )
    if ran.status == _NOT_RUNNABLE:
        return NotPermitted(f"the account may not run {_PYTHON} on {shell.name}{said}")
    if ran.status in _ALARM:
        return TimedOut(f"the agent on {shell.name} was not over by its deadline")
    if ran.cut:
        return Garbage(f"{shell.name} printed more than an agent does, and was cut off")
    return Garbage(f"the agent on {shell.name} broke off with status {ran.status}{said}")
