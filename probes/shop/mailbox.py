"""A mailbox of the harness's own: an SMTP sink for shops that mail a token. Needs the extra ``[mail]`` (aiosmtpd)."""

import asyncio
import re
import socket
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from probes.clock import Deadline
from probes.errors import NotSet, SettingsError

_KEPT = 1000
"""Older messages are dropped; nobody waits for them any more."""

_CEILING_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: to whom (lower case), its subject, and its texts (plain and HTML) as one."""

    to: frozenset[str]
    subject: str
    text: str


class Mailbox:
    """Receives mail while it is open; ``wait`` blocks until a fitting message is there. Safe to share."""

    def __init__(self, listen: str) -> None:
        """Remember where to listen: ``host:port``, port 0 for any free one.

        Raises:
            SettingsError: that is no address.
        """
        host, _, port = listen.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the last port
            raise SettingsError(f'[mailbox] listen = {listen!r} is no address; write it like "127.0.0.1:0"')
        self._place = (host.strip("[]"), int(port))
        self._messages: list[Message] = []
        self._arrived = threading.Condition()
        self._server: Any = None

    @property
    def port(self) -> int:
        """The port that it listens on, once open."""
        return int(self._server.port)

    def __enter__(self) -> Self:
        """Start listening.

        Raises:
            NotSet: aiosmtpd is not installed, or the address cannot be listened on.
        """
        host, port = self._place
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            raise NotSet(f"[mailbox] listen: cannot listen on {host}:{port}: {error.strerror or error}") from error
        try:
            self._server = _server(listening, self)
        except ImportError as error:
            listening.close()
            raise NotSet("[mailbox] listen wants the extra [mail]; run: pip install 'duheng[mail]'") from error
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._server.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - aiosmtpd's hook
        """Take in one message."""
        self.deliver(envelope.content, envelope.rcpt_tos)
        return "250 OK"

    def deliver(self, raw: bytes, recipients: list[str]) -> None:
        """Keep a message (RFC 5322 bytes) for its recipients, and wake who waits for it."""
        message = message_from_bytes(raw, policy=policy.default)
        kept = Message(
            to=frozenset(recipient.strip("<> ").lower() for recipient in recipients),
            subject=str(message.get("subject", "")),
            text=_text(message),
        )
        with self._arrived:
            self._messages.append(kept)
            del self._messages[:-_KEPT]
            self._arrived.notify_all()

    def wait(self, pattern: str, *, to: str, deadline: Deadline) -> str:
        """Return the pattern's first group (or the whole match) in the latest message to an address.

        Raises:
            TimedOut: no such message came within the deadline.
        """
        with self._arrived:
            while (found := self._find(pattern, to.lower())) is None:
                self._arrived.wait(deadline.check(f"mail to {to}"))
            return found

    def _find(self, pattern: str, to: str) -> str | None:
        for message in reversed(self._messages):
            found = re.search(pattern, message.text) if to in message.to else None
            if found is not None:
                return found[1] if found.re.groups else found[0]
        return None


def _text(message: EmailMessage) -> str:
    """Return subject and all text parts, decoded."""
    parts = [str(message.get("subject", ""))]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            try:
                parts.append(str(part.get_content()))
            except (LookupError, UnicodeError):  # a character set that nobody knows
                raw = part.get_payload(decode=True)
                parts.append(raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw))
    return "\n".join(parts)


def _server(listening: socket.socket, mailbox: Mailbox) -> Any:
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - an extra that only shops that mail need
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - the same

    connections: set[SMTP] = set()

    class Connection(SMTP):
        """One mailer's connection, in the set from the moment it is accepted until it is lost."""

        def connection_lost(self, error: Exception | None) -> None:
            connections.discard(self)
            super().connection_lost(error)

    class Sink(Controller):
        """aiosmtpd's server on a socket that listens already (its own way waits five seconds for one in use).

        Its own ``stop`` closes the loop under connections that are still open, and never their sockets: mailers keep
        theirs for the next message.
        """

        def _create_server(self) -> Any:
            return self.loop.create_server(self._factory_invoker, sock=listening)

        def factory(self) -> SMTP:
            connections.add(connection := Connection(self.handler, **self.SMTP_kwargs))
            return connection

        def stop(self, no_assert: bool = False) -> None:
            asyncio.run_coroutine_threadsafe(self._part(), self.loop).result()
            super().stop(no_assert)

        async def _part(self) -> None:
            self.loop.remove_reader(listening.fileno())
            await asyncio.sleep(0)  # what was just accepted has a transport then; a closed server would give it none
            assert self.server is not None
            self.server.close()
            while connections:
                for connection in connections:
                    if isinstance(connection.transport, asyncio.WriteTransport):
                        connection.transport.abort()
                await asyncio.sleep(0)

    host, port = listening.getsockname()[:2]
    return Sink(mailbox, hostname=host, port=port, data_size_limit=_CEILING_BYTES)
