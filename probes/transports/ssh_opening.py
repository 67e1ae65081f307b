"""Opens an SSH connection: a known host key or none, keys and agent and never a password, through jump hosts."""

import contextlib
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Never, Self

from probes.clock import Deadline
from probes.errors import Garbage, LookFailed, NotPermitted, NotSet, TargetAway, TimedOut
from probes.transports import dial
from probes.transports.bare_paramiko import paramiko
from probes.transports.known_hosts import KnownLine, lines_of
from probes.transports.ssh import SshShell, Watch, said

SSH_PORT = 22
_DEFAULT_KNOWN = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))
_OTHERS_MAY_READ = 0o077
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux has it."""

_SPEAKS_NO_SSH = "Error reading SSH protocol banner"


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPlace:
    """Where and as whom to log in; ``jump`` is the host that the connection goes through.

    ``known_hosts`` None: the user's and the machine's own. ``key_file`` None: the agent and the keys in ``~/.ssh``.
    """

    name: str
    address: str
    user: str
    port: int = SSH_PORT
    key_file: Path | None = None
    known_hosts: Path | None = None
    jump: "SshPlace | None" = None


@contextmanager
def ssh_shell(place: SshPlace, deadline: Deadline) -> Iterator[SshShell]:
    """Give a shell on the host; its connection, and those it goes through, are closed in the end.

    Raises:
        NotSet: its host key is not known or has changed, or a file cannot be used: what to do is in the sentence.
        NotPermitted: it refuses the account's keys, or the jump host carries nothing on.
        TargetAway, TimedOut, NetworkDown: it cannot be reached.
        Garbage: something else than an SSH server answers.
    """
    with ExitStack() as stack:
        client = _client(place, deadline, stack)
        transport = client.get_transport()
        if transport is None:
            raise TargetAway(f"the connection to {place.name} broke off")
        yield SshShell(place.name, transport)


def own_key(place: SshPlace) -> paramiko.PKey | None:
    """Return the private key that the place names; None where the agent and the keys in ``~/.ssh`` are to do.

    Raises:
        NotSet: it is not there, others may read it, it is encrypted, or it is no key.
    """
    return None if place.key_file is None else _key(place.key_file)


def known_keys(place: SshPlace) -> Mapping[str, Sequence[paramiko.PKey]]:
    """Return the host keys that are listed for the place, by their type; there is one at least.

    Raises:
        NotSet: a list cannot be read, or none of them has a key of this host.
    """
    files = _lists(place)
    if not (listed := _listed(place, files)):
        raise NotSet(f"no host key of {place.name} is in {_names(files)}: {_fetch(place)}")
    return listed


def _client(place: SshPlace, deadline: Deadline, stack: ExitStack) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    known = _know(client, place)
    key = own_key(place)
    carrier = _carrier(place, deadline, stack)
    stack.callback(carrier.close)
    stack.callback(client.close)
    left_s = deadline.check(f"an SSH connection to {place.name}")
    with Watch(lambda: _cut(carrier), deadline) as watch:
        try:
            client.connect(
                place.address,
                place.port,
                place.user,
                sock=carrier,
                pkey=key,
                look_for_keys=key is None,
                timeout=left_s,
                banner_timeout=left_s,
                auth_timeout=left_s,
            )
            _refuse_revoked(client, place, known)
        except LookFailed:
            raise
        except (paramiko.SSHException, EOFError, OSError) as error:
            if watch.passed or isinstance(error, TimeoutError):
                raise TimedOut(f"{place.name} took the connection and did not answer as SSH servers do") from None
            raise _why(place, known, error) from error
    return client


def _carrier(place: SshPlace, deadline: Deadline, stack: ExitStack) -> "socket.socket | paramiko.Channel":
    """Return what carries the connection: a socket, or a channel of the jump host's connection."""
    if place.jump is None:
        return _Prompt.of(dial.connect(place.address, place.port, deadline))
    try:
        jump = _client(place.jump, deadline, stack)
    except LookFailed as failed:
        raise type(failed)(f"{place.name} is reached through {place.jump.name}: {failed.detail}") from failed
    transport, what = jump.get_transport(), f"{place.name} through {place.jump.name}"
    left_s = deadline.check(what)
    if transport is None:
        raise TargetAway(f"the connection to {place.jump.name} broke off")
    try:
        return transport.open_channel("direct-tcpip", (place.address, place.port), ("127.0.0.1", 0), timeout=left_s)
    except paramiko.ChannelException as error:
        if error.code == paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED:
            raise NotPermitted(f"{place.jump.name} does not carry connections on to {place.name}") from error
        raise TargetAway(f"{what} takes no connection ({said(error)})") from error
    except (paramiko.SSHException, EOFError, OSError) as error:
        if deadline.remaining_s() <= 0 or "Timeout" in str(error):
            raise TimedOut(f"deadline passed while waiting for {what}") from None
        raise TargetAway(f"{what}: the connection broke off ({said(error)})") from error


class _Prompt(socket.socket):
    """Acknowledges what comes at once: OpenSSH holds back its next small message until then, for up to 40 ms."""

    @classmethod
    def of(cls, plain: socket.socket) -> Self:
        """Take over a connection."""
        left_s = plain.gettimeout()
        made = cls(fileno=plain.detach())
        made.settimeout(left_s)
        return made

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive; the system forgets what it was asked for, so it is asked anew."""
        piece = super().recv(size, flags)
        if _QUICKACK is not None:
            with contextlib.suppress(OSError):  # what has come is worth more than how fast the next will
                self.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        return piece


def _cut(carrier: "socket.socket | paramiko.Channel") -> None:
    """End the carrier under a thread that reads it: a socket that is closed may lend its number to another at once."""
    with contextlib.suppress(OSError):
        carrier.shutdown(socket.SHUT_RDWR)


class _Unknown(paramiko.SSHException):
    """The host key stands in no list."""


class _Refuse(paramiko.RejectPolicy):
    """Refuses a host whose key is not known, and says which key that was."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> Never:  # noqa: ARG002
        """Refuse."""
        raise _Unknown(f"{key.get_name()} {key.fingerprint}")


def _know(client: paramiko.SSHClient, place: SshPlace) -> tuple[Path, ...]:
    """Load the host keys that are known for the place; return the files that were looked through."""
    client.set_missing_host_key_policy(_Refuse())
    files = _lists(place)
    for kind, keys in _listed(place, files).items():
        client.get_host_keys().add(_listed_as(place), kind, _AnyOf(keys))
    return files


def _lists(place: SshPlace) -> tuple[Path, ...]:
    if place.known_hosts is not None:
        return (place.known_hosts,)
    return tuple(path for path in (each.expanduser() for each in _DEFAULT_KNOWN) if path.exists())


def _listed_as(place: SshPlace) -> str:
    return place.address if place.port == SSH_PORT else f"[{place.address}]:{place.port}"


def _listed(place: SshPlace, files: Sequence[Path]) -> dict[str, list[paramiko.PKey]]:
    """Return the keys that the files list for the place, by their type."""
    name = _listed_as(place)
    listed: dict[str, list[paramiko.PKey]] = {}
    for path in files:
        for line in _lines(path, place):
            if line.of(name) and (key := line.key()) is not None:
                listed.setdefault(key.get_name(), []).append(key)
    return listed


def _names(files: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in files) or "~/.ssh/known_hosts"


class _AnyOf(paramiko.PKey):
    """The keys of one type that are listed for a host: any of them will do, as after a change both stand there."""

    def __init__(self, keys: Sequence[paramiko.PKey]) -> None:
        self._keys = keys

    def __eq__(self, other: object) -> bool:
        return other in self._keys

    def __hash__(self) -> int:
        return hash(self.get_name())

    def get_name(self) -> str:
        return self._keys[0].get_name()

    def asbytes(self) -> bytes:
        return self._keys[0].asbytes()


def _lines(path: Path, place: SshPlace) -> tuple[KnownLine, ...]:
    try:
        return lines_of(path)
    except OSError as error:
        raise NotSet(
            f"known_hosts of {place.name}: {path} cannot be read ({error.strerror}); {_fetch(place)}"
        ) from error


def _fetch(place: SshPlace) -> str:
    return (
        f"write one with `ssh-keyscan -p {place.port} {place.address}`, and compare the fingerprint with the one that "
        "the host's administrator gives you"
    )


def _key(path: Path) -> paramiko.PKey:
    """Return the private key of a file.

    Raises:
        NotSet: it is not there, others may read it, it is encrypted, or it is no key.
    """
    try:
        if path.stat().st_mode & _OTHERS_MAY_READ:
            raise NotSet(f"key_file {path}: others may read it; chmod 600 it")
        return paramiko.PKey.from_path(path)
    except OSError as error:
        raise NotSet(f"key_file {path}: cannot be read ({error.strerror})") from error
    except (paramiko.PasswordRequiredException, TypeError):
        raise NotSet(
            f"key_file {path}: is encrypted; add it to an SSH agent (ssh-add) and leave key_file out"
        ) from None
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, ValueError) as error:
        raise NotSet(f"key_file {path}: is no private key that can be used ({said(error)})") from error


def _refuse_revoked(client: paramiko.SSHClient, place: SshPlace, known: tuple[Path, ...]) -> None:
    """Refuse a host key that a list marks as revoked; paramiko does not read these lines."""
    transport = client.get_transport()
    shown = transport.get_remote_server_key().get_base64() if transport else ""
    for path in known:
        if any(line.revokes(shown) for line in _lines(path, place)):
            raise NotSet(f"the host key of {place.name} is revoked ({path}): ask its administrator")


def _why(place: SshPlace, known: tuple[Path, ...], error: BaseException) -> LookFailed:
    """Return what kept us from logging in, and what to do."""
    files = _names(known)
    if isinstance(error, _Unknown):
        return NotSet(f"the host key of {place.name} ({error}) is not in {files}: {_fetch(place)}")
    if isinstance(error, paramiko.BadHostKeyException):
        return NotSet(
            f"the host key of {place.name} is {error.key.get_name()} {error.key.fingerprint}, and {files} has "
            "another: it was changed, or another machine answers. Ask the host's administrator before replacing it"
        )
    if isinstance(error, paramiko.PasswordRequiredException):
        return NotSet(f"a key for {place.name} is encrypted: add it to an SSH agent (ssh-add)")
    if isinstance(error, paramiko.AuthenticationException) and re.search(r"transport shut down|timeout", str(error)):
        return TargetAway(f"{place.name} ended the connection before the log-in was over ({said(error)})")
    if isinstance(error, paramiko.AuthenticationException):
        return NotPermitted(
            f"{place.name} refuses {place.user}'s keys: add the public key to its ~/.ssh/authorized_keys there"
        )
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        return Garbage(f"{place.name} offers no SSH algorithm that is still safe ({said(error)})")
    if "No authentication methods available" in str(error):
        return NotSet(f"there is no key to log in to {place.name}: give key_file, or start an SSH agent")
    if str(error).startswith(_SPEAKS_NO_SSH) and not isinstance(error.__cause__, EOFError):
        return Garbage(f"{place.name} does not answer as SSH servers do")
    return TargetAway(f"the connection to {place.name} broke off ({said(error)})")
