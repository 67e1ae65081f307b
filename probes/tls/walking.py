"""Remove and repeat: a server names one suite at a time, so each that it chose is left out of the next hello."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from probes.tls.answers import Answer, Chosen, Refused, Trouble
from probes.tls.protocols import Protocol

Ask: TypeAlias = Callable[[Protocol, Sequence[int]], Answer]
_WORTH_ANOTHER = frozenset({"timeout", "away"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What came of one list of suites: those chosen, in the server's order, those left, and why it ended.

    ``end`` is None where the server took all of them.
    """

    protocol: Protocol
    chosen: tuple[Chosen, ...]
    left: tuple[int, ...]
    end: Refused | Trouble | None


def walk(ask: Ask, protocol: Protocol, codes: Sequence[int]) -> Walk:
    """Offer a list of suites until the server takes none of what is left; a silence is listened to once more."""
    left, chosen = list(codes), []
    end: Refused | Trouble | None = None
    while left and end is None:
        answer = ask(protocol, left)
        if isinstance(answer, Trouble) and answer.kind in _WORTH_ANOTHER:
            answer = ask(protocol, left)
        match answer:
            case Chosen() if protocol.family == "sslv2":
                return Walk(protocol=protocol, chosen=(answer,), left=(), end=None)
            case Chosen() if set(answer.codes) <= set(left):
                chosen.append(answer)
                left = [code for code in left if code not in answer.codes]
            case Chosen():
                named = ", ".join(f"{code:04X}" for code in answer.codes)
                end = Trouble(kind="unasked", words=f"it chose {named}, which was not offered")
            case _:
                end = answer
    return Walk(protocol=protocol, chosen=tuple(chosen), left=tuple(left), end=end)
