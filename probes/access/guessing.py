"""How guessable identifiers are: measured on the identifiers that this run was given. Pure.

Two estimates, and the smaller counts. The *space*: alphabet x length, ``length * log2(alphabet)`` bits, where the
alphabet is the smallest usual one (digits, hexadecimal, letters and digits ...) that holds all characters seen and the
length is that of the shortest one, without what all of them have in common at their start. The *distance*: numbers
that lie close to one another are guessed by counting, whatever their length, so two numbers ``d`` apart are worth
``log2(d)`` bits at the most. It is an upper bound: an identifier that looks random may still be computed.
"""

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

ALPHABETS: tuple[tuple[str, frozenset[str]], ...] = (
    ("digits", frozenset(string.digits)),
    ("hexadecimal", frozenset(string.hexdigits.lower())),
    ("lower-case letters and digits", frozenset(string.ascii_lowercase + string.digits)),
    ("letters and digits", frozenset(string.ascii_letters + string.digits)),
    ("letters, digits, - and _", frozenset(string.ascii_letters + string.digits + "-_")),
    ("printable characters", frozenset(string.printable)),
)
"""Alphabets from the smallest to the largest; what none of them holds counts as the largest."""

CLOSE = 1000
"""Numbers of one run that lie less than this apart were given out by counting, other customers' in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessability:
    """How hard identifiers are to guess: how many were seen, whether they count up, bits at most, and of what."""

    ids: int
    sequential: bool
    entropy_bits: float
    alphabet: str
    length: int

    def evidence(self) -> dict[str, Any]:
        """Return the JSON record; bits to one decimal."""
        return {
            "ids": self.ids,
            "sequential": self.sequential,
            "entropy_bits": round(self.entropy_bits, 1),
            "alphabet": self.alphabet,
            "length": self.length,
        }


def guessability(ids: Sequence[str]) -> Guessability | None:
    """Return how guessable such identifiers are; None where there is none to measure.

    One identifier alone tells its space only; two or more tell what they have in common, and whether they count up.
    """
    seen = list(dict.fromkeys(each for each in ids if each))
    if not seen:
        return None
    common = _common(min(seen), max(seen)) if len(seen) > 1 else 0
    varying = [each[common:] for each in seen]
    alphabet, size = _alphabet("".join(varying))
    length = min(len(each) for each in varying)
    space_bits = length * math.log2(size)
    gaps = _gaps(seen)
    sequential = bool(gaps) and max(gaps) < CLOSE
    bits = min([space_bits, *(math.log2(gap) for gap in gaps)]) if sequential else space_bits
    return Guessability(ids=len(seen), sequential=sequential, entropy_bits=bits, alphabet=alphabet, length=length)


def _common(first: str, last: str) -> int:
    """Return how many characters the first and the last in order begin with alike: then all in between do."""
    pairs = zip(first, last, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(first), len(last)))


def _alphabet(text: str) -> tuple[str, int]:
    used = frozenset(text)
    for name, letters in ALPHABETS:
        if used <= letters:
            return name, len(letters)
    name, letters = ALPHABETS[-1]
    return name, len(letters)


def _gaps(ids: Sequence[str]) -> list[int]:
    """Return the distances of neighbours where all identifiers are one text around a number; else none."""
    numbers = [_number(each) for each in ids]
    if len(ids) <= 1 or any(number is None for number in numbers):
        return []
    if len({number[0] for number in numbers if number}) > 1:
        return []
    ordered = sorted({number[1] for number in numbers if number})
    return [after - before for before, after in pairwise(ordered)]


def _number(text: str) -> tuple[tuple[str, str], int] | None:
    """Return the text around the last number of an identifier, and the number; None where there is none."""
    end = len(text)
    while end and text[end - 1] not in string.digits:
        end -= 1
    start = end
    while start and text[start - 1] in string.digits:
        start -= 1
    return ((text[:start], text[end:]), int(text[start:end])) if start < end else None
