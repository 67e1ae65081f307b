"""Every suite that a server accepts, in every protocol: side by side, and sure of each no.

Whether a server that hung up has said no is settled afterwards: see ``probes.tls.confirming``.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from threading import Lock

from probes.tls import asking
from probes.tls.answers import NO_SHARED_SUITE, PROTOCOL_VERSION, Answer, Chosen, Refused, Trouble
from probes.tls.asking import Door
from probes.tls.confirming import confirmed, control_among
from probes.tls.protocols import PROTOCOLS, TLS_1_3, Protocol, chunks_of
from probes.tls.walking import Walk, walk

AT_ONCE = 12
"""Connections side by side; a shop's front end takes far more from one customer's office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one protocol came to: the choices, the words of its no, and what kept us from being sure."""

    protocol: Protocol
    chosen: tuple[Chosen, ...]
    refusal: Refused | None
    trouble: Trouble | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A whole scan: one ``Found`` for each protocol, and how many connections it took."""

    found: tuple[Found, ...]
    connections: int

    @property
    def speaks(self) -> bool:
        """Whether anything at all came in words of TLS."""
        return any(each.chosen or each.refusal for each in self.found)


def scan(door: Door, protocols: Sequence[Protocol] = PROTOCOLS) -> Scan:
    """Enumerate the protocols at one address.

    Raises:
        TimedOut: the deadline of the look passed.
    """
    asked = Asked(door)
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="tls") as pool:
        walks = [each for each in pool.map(asked.walk, *zip(*_in_turns(protocols), strict=True)) if each is not None]
    control = control_among(walks)
    if control is not None:
        walks = confirmed(asked, walks, control)
    return Scan(found=tuple(_of(protocol, walks) for protocol in protocols), connections=asked.connections)


def _in_turns(protocols: Sequence[Protocol]) -> Iterator[tuple[Protocol, tuple[int, ...]]]:
    """Yield protocols with their chunks: first chunks first, since a protocol refused needs no second."""
    for row in zip_longest(*(chunks_of(protocol) for protocol in protocols)):
        yield from ((protocol, chunk) for protocol, chunk in zip(protocols, row, strict=True) if chunk)


class Asked:
    """Asks at one door, from several threads."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._lock = Lock()
        self._unspoken: set[Protocol] = set()
        self.connections = 0

    def ask(self, protocol: Protocol, codes: Sequence[int]) -> Answer:
        with self._lock:
            self.connections += 1
        return asking.ask(self._door, protocol, codes)

    def ask_with_share(self, protocol: Protocol, codes: Sequence[int]) -> Answer:
        with self._lock:
            self.connections += 1
        return asking.ask(self._door, protocol, codes, key_share=True)

    def walk(self, protocol: Protocol, codes: Sequence[int]) -> Walk | None:
        """Walk one chunk; None where the server has refused the protocol as such meanwhile."""
        with self._lock:
            if protocol in self._unspoken:
                return None
        done = walk(self.ask, protocol, codes)
        if protocol.version == TLS_1_3 and not done.chosen and _may_miss_a_share(done.end):
            done = walk(self.ask_with_share, protocol, codes)
        if isinstance(done.end, Refused) and not done.chosen and _of_the_protocol(done.end):
            with self._lock:
                self._unspoken.add(protocol)
        return done


def _may_miss_a_share(end: Refused | Trouble | None) -> bool:
    return isinstance(end, Trouble) or (
        isinstance(end, Refused) and end.words not in NO_SHARED_SUITE and not _of_the_protocol(end)
    )


def _of_the_protocol(end: Refused) -> bool:
    return end.words == PROTOCOL_VERSION or end.words.endswith(" instead")


def _of(protocol: Protocol, walks: Sequence[Walk]) -> Found:
    own = [each for each in walks if each.protocol == protocol]
    return Found(
        protocol=protocol,
        chosen=tuple(choice for each in own for choice in each.chosen),
        refusal=next((each.end for each in own if isinstance(each.end, Refused)), None),
        trouble=next((each.end for each in own if isinstance(each.end, Trouble)), None),
    )
