"""Settles what an odd end of a walk means, one hello after the other.

A server that hangs up, or answers something else, has not said no in words of TLS; but many say it so (to SSL 2.0 and
TLCP nearly all). It counts as no where it comes again while the same server, asked just before and just after for what
it does speak, answers as ever; and where it is not the list that offends: some servers, and what stands before them,
throw a hello away for one of its suites, or for its length, and take the others. Silence never counts as no. An alert
that says "not now" rather than "none of these" is asked for once more.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol as Interface

from probes.tls.answers import NO_SHARED_SUITE, PROTOCOL_VERSION, Answer, Chosen, Refused, Trouble
from probes.tls.protocols import Protocol
from probes.tls.walking import Walk, walk

_NO_BY_DEED = frozenset({"closed", "reset", "not-tls"})
_PLAIN_NO = NO_SHARED_SUITE | {PROTOCOL_VERSION}

EVERYDAY = (
    *(0xC02F, 0xC030, 0xC02B, 0xC02C, 0xC013, 0xC014, 0xC009, 0xC00A, 0x009C, 0x009D),
    *(0x002F, 0x0035, 0x003C, 0x003D, 0x0033, 0x0039, 0x009E, 0x009F, 0x000A, 0x0005, 0x0004),
)
"""Suites that browsers have offered: nobody throws a hello away for one of them."""


class Asks(Interface):
    """Asks a server (see ``probes.tls.asking.ask``)."""

    def ask(self, protocol: Protocol, codes: Sequence[int]) -> Answer:
        """Offer these suites in this protocol."""


def control_among(walks: Sequence[Walk]) -> Walk | None:
    """Return a walk whose last hello has an answer to be had again: one that the server took, or else refused."""
    for each in walks:
        if each.chosen and each.protocol.family != "sslv2":
            return Walk(protocol=each.protocol, chosen=each.chosen, left=each.chosen[0].codes, end=None)
    return next((each for each in walks if isinstance(each.end, Refused)), None)


def confirmed(asked: Asks, walks: Sequence[Walk], control: Walk) -> list[Walk]:
    """Return the walks with every odd end settled, or left as it is where the server does not answer as ever.

    One after the other: a server that counts connections is not crowded again.
    """
    usual, settled = type(_first(control)), []
    well: bool | None = None
    for each in walks:
        if not _odd(each.end):
            settled.append(each)
            continue
        if well is None:
            well = isinstance(_once(asked, control), usual)
        again = _once(asked, each)
        before, well = well, isinstance(_once(asked, control), usual)
        taken = next((one.chosen[0].codes for one in walks if one.protocol == each.protocol and one.chosen), ())
        settled.append(_settled(asked, each, again, taken) if before and well else _unsettled(each))
    return settled


def _odd(end: Refused | Trouble | None) -> bool:
    if isinstance(end, Refused):
        return end.words not in _PLAIN_NO and not end.words.endswith(" instead")
    return end is not None and end.kind in _NO_BY_DEED


def _unsettled(done: Walk) -> Walk:
    if isinstance(done.end, Refused):
        return replace(done, end=Trouble(kind="closed", words=f"it said {done.end.words}, once"))
    return done


def _settled(asked: Asks, done: Walk, again: Answer, taken: Sequence[int]) -> Walk:
    if isinstance(again, Trouble) and again.kind not in _NO_BY_DEED:
        return replace(done, end=again)
    if isinstance(again, Chosen) or (isinstance(done.end, Trouble) and isinstance(again, Refused)):
        return _joined(done, walk(asked.ask, done.protocol, done.left))  # it was none: the walk goes on
    if isinstance(again, Refused) or done.end is None:
        return replace(done, end=again if isinstance(again, Refused) else None)
    if _list_offends(asked, done, taken):
        return _joined(done, _by_halves(asked, done.protocol, done.left))
    words = done.end.words
    return replace(done, end=Refused(words=f"{words}, each time"))


def _list_offends(asked: Asks, done: Walk, taken: Sequence[int]) -> bool:
    """Tell whether a hello is thrown away for what is on its list: with a suite that the server takes, or cut short."""
    if done.protocol.family != "tls":
        return False
    if taken:
        return isinstance(asked.ask(done.protocol, [*done.left, *taken]), Trouble)
    plain = [code for code in EVERYDAY if code in done.left]
    return bool(plain) and isinstance(asked.ask(done.protocol, plain), Chosen)


def _by_halves(asked: Asks, protocol: Protocol, codes: Sequence[int]) -> Walk:
    """Walk a list that is thrown away as a whole, in ever shorter parts; what is thrown away alone is refused."""
    done = walk(asked.ask, protocol, codes)
    if not isinstance(done.end, Trouble) or done.end.kind not in _NO_BY_DEED:
        return done
    if len(done.left) <= 1:
        return replace(done, end=Refused(words=f"{done.end.words}, offered alone"))
    middle = len(done.left) // 2
    first = _by_halves(asked, protocol, done.left[:middle])
    second = _by_halves(asked, protocol, done.left[middle:])
    both = _joined(first, second)
    trouble = next((one.end for one in (first, second) if isinstance(one.end, Trouble)), None)
    return _joined(done, replace(both, end=trouble or both.end))


def _joined(done: Walk, rest: Walk) -> Walk:
    return replace(rest, chosen=(*done.chosen, *rest.chosen))


def _once(asked: Asks, done: Walk) -> Answer:
    return asked.ask(done.protocol, done.left or done.chosen[0].codes)


def _first(control: Walk) -> Answer:
    """Return what the control's hello was answered with: all was taken, or a no in words of TLS."""
    return control.chosen[0] if control.end is None else control.end
