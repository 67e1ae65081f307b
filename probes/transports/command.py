"""Commands on a host, whatever carries them there: ``local`` (this machine) or ``ssh``.

A command is a list of arguments, never a line for a shell. What it prints is read to its end or to a bound, both
streams together. A program that is not there is status 127, as shells say it; what kept us from running anything is a
``LookFailed`` with its cause.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from probes.clock import Deadline

MOST_BYTES = 8_000_000
"""What is read of a command's output unless its caller says otherwise; of its errors ``MOST_ERROR_BYTES``."""

MOST_ERROR_BYTES = 64_000
MOST_DROPPED_BYTES = 64_000_000
"""So much more may come, and is dropped, before a command that floods is cut off."""

NOT_FOUND = 127
NO_SECRETS: Mapping[str, str] = MappingProxyType({})
Answer = Callable[[bytes], bytes | None]
"""Is told each piece of a command's output as it comes; once it returns bytes, they are the rest of its input."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended: exit status (negative: ended by that signal, or by us), output, errors.

    ``cut``: the output was longer than the bound and was read up to it; the command was ended.
    """

    status: int
    stdout: bytes
    stderr: bytes
    cut: bool = False

    def complaint(self) -> str:
        """Return the last line of the errors, for a plain sentence: one line, at most 200 characters."""
        lines = self.stderr.decode("utf-8", "replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return "".join(sign if sign.isprintable() else " " for sign in said)[:200]


class Shell(Protocol):
    """Runs commands on one host. ``name`` is the host's, as declared."""

    @property
    def name(self) -> str:
        """The declared name of the host, for sentences."""
        ...

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
        """Run a command and return how it ended.

        Its standard input ends behind ``stdin``; with ``answer``, behind what that returns, or where the output ends.
        Over SSH it hears what a profile printed as well; a ``LookFailed`` that it raises goes through.

        ``secrets`` are environment variables for the command; they travel beside its standard input, and never stand
        on a command line. ``sudo`` asks for root without a password (``sudo -n``), where the host's owner allows it.
        ``ends_itself``: the command sees to its own end after the deadline; what else ends it there is left out.

        Raises:
            TargetAway: the connection broke off.
            TimedOut: the command was not over by the deadline; it was ended.
        """
        ...


def with_sudo(argv: Sequence[str], *, sudo: bool, secrets: Mapping[str, str] = NO_SECRETS) -> tuple[str, ...]:
    """Return the command behind ``sudo -n``, which keeps the named variables; as it is where ``sudo`` is False."""
    if not sudo:
        return tuple(argv)
    kept = (f"--preserve-env={','.join(secrets)}",) if secrets else ()
    return ("sudo", "-n", *kept, "--", *argv)


def reading_secrets(secrets: Mapping[str, str]) -> tuple[str, bytes]:
    """Return shell text that takes the variables from standard input, and the input that goes before the command's.

    Raises:
        ValueError: a name is no variable's, or a value holds a line break or a NUL.
    """
    for name, value in secrets.items():
        if not _VARIABLE.fullmatch(name) or re.search(r"[\r\n\0]", value):
            raise ValueError(f"the variable {name!r} cannot be handed over: its name or value is not one line")
    text = "".join(f"IFS= read -r {name} && export {name} || exit 125; " for name in secrets)
    return text, "".join(f"{value}\n" for value in secrets.values()).encode()
