"""One hello over one connection, and what came of it. Every wait ends with the deadline."""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from probes.clock import Deadline
from probes.errors import TimedOut
from probes.tls.answers import Answer, Chosen, Refused, Trouble
from probes.tls.flight import read_flight, read_sslv2
from probes.tls.hello import RANDOM_BYTES, client_hello, sslv2_hello
from probes.tls.protocols import NAMES, Protocol
from probes.tls.reader import BadAnswer
from probes.transports import dial

_PIECE_BYTES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where to ask: the address that was resolved once, and the name that goes into the hello.

    ``patience_s`` is how long one answer may take; a server that is slower is told as silent.
    """

    host: str
    address: dial.Address
    deadline: Deadline
    patience_s: float = 5.0


def ask(door: Door, protocol: Protocol, codes: Sequence[int], *, key_share: bool = False) -> Answer:
    """Offer these suites in this protocol, and return the server's answer.

    Raises:
        TimedOut: the look's own deadline passed (one silent server is an answer, ``Trouble``).
    """
    random = secrets.token_bytes(RANDOM_BYTES)
    if protocol.family == "sslv2":
        answer = _converse(door, sslv2_hello(codes, random[:16]), read_sslv2)
    else:
        hello = client_hello(protocol, codes, door.host, random, key_share=key_share)
        answer = _converse(door, hello, read_flight)
    if isinstance(answer, Chosen) and answer.version != protocol.version:
        return Refused(words=f"{NAMES.get(answer.version, hex(answer.version))} instead")
    return answer


def _converse(door: Door, hello: bytes, read: Callable[[bytes], Chosen | Refused | None]) -> Answer:
    door.deadline.check(f"an answer of {door.host} in TLS")
    bounded = door.deadline.sooner(door.patience_s)
    try:
        connection = dial.connect_address(door.address, bounded.remaining_s())
    except TimeoutError:
        return _silent(door, "it took no connection in time")
    except OSError as error:
        return Trouble(kind="away", words=f"no connection: {dial.connect_error(error)}")
    received = bytearray()
    with connection:
        try:
            connection.sendall(hello)
            while True:
                connection.settimeout(bounded.check("an answer"))
                piece = connection.recv(_PIECE_BYTES)
                received += piece
                answer = read(bytes(received))
                if answer is not None:
                    return answer
                if not piece:
                    return _hung_up(received, "closed")
        except (TimeoutError, TimedOut):
            return _silent(door, f"no whole answer in time ({len(received)} bytes)")
        except OSError:
            # A server may say no and hang up before it has read our hello to its end.
            with contextlib.suppress(BadAnswer):
                return read(bytes(received)) or _hung_up(received, "reset")
            return _hung_up(received, "reset")
        except BadAnswer as bad:
            return Trouble(kind="not-tls", words=str(bad))


def _silent(door: Door, words: str) -> Trouble:
    door.deadline.check(f"an answer of {door.host} in TLS")
    return Trouble(kind="timeout", words=words)


def _hung_up(received: bytes | bytearray, kind: str) -> Trouble:
    after = f"after {len(received)} bytes" if received else "without a word"
    if kind == "closed":
        return Trouble(kind="closed", words=f"it closed the connection {after}")
    return Trouble(kind="reset", words=f"it reset the connection {after}")
