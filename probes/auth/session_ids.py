"""How well session ids are made: what can be said of them from a few. Pure.

The bits told are an upper bound: what the ids' length and characters could hold at most. A counter behind a hash looks
random and is not; nobody can see that from outside.
"""

import base64
import json
import math
import re
import secrets
import string
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_CLASSES = (
    ("0-9", string.digits),
    ("0-9a-f", string.digits + "abcdef"),
    ("0-9A-F", string.digits + "ABCDEF"),
    ("a-z0-9", string.digits + string.ascii_lowercase),
    ("A-Za-z0-9", string.digits + string.ascii_letters),
    ("A-Za-z0-9-_", string.digits + string.ascii_letters + "-_"),
)
_ANY = 85  # what RFC 6265 allows in a cookie's value, quotation marks and the like left out
_NEAR = 1 << 20
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*")


def described(ids: Sequence[str]) -> dict[str, Any]:
    """Return what the ids of several sessions show.

    ``{"count", "distinct", "shortest", "longest", "alphabet": str, "constant": int, "bits": float, "sequential": bool,
    "largest_step": int|null}``: ``constant`` counts the characters that are the same in all; ``bits`` is the upper
    bound of what the others hold; ``largest_step`` is between neighbours, where they are numbers that lie close.
    """
    distinct = sorted(set(ids))
    shortest, longest = min(map(len, ids), default=0), max(map(len, ids), default=0)
    name, size = _alphabet("".join(distinct))
    constant = _constant(distinct) if len(distinct) > 1 else 0
    step = largest_step(distinct)
    return {
        "count": len(ids),
        "distinct": len(distinct),
        "shortest": shortest,
        "longest": longest,
        "alphabet": name,
        "constant": constant,
        "bits": round(max(0, shortest - constant) * math.log2(size), 1) if size > 1 else 0.0,
        "sequential": step is not None,
        "largest_step": step,
    }


def _alphabet(text: str) -> tuple[str, int]:
    for name, characters in _CLASSES:
        if set(text) <= set(characters):
            return name, len(characters)
    return "other", _ANY


def _constant(ids: Sequence[str]) -> int:
    """Return how many places hold the same character in all ids, over the length of the shortest."""
    return sum(len(set(column)) == 1 for column in zip(*ids, strict=False))


def largest_step(ids: Sequence[str]) -> int | None:
    """Return the largest step between neighbours, where what differs in the ids are numbers that lie close; else None.

    Two numbers of 64 bits lie as close as this by chance once in 10 ** 13.
    """
    if len(ids) < 2:  # noqa: PLR2004 - one has no neighbour
        return None
    for base in (10, 16):
        numbers = _numbers(ids, base)
        if numbers is not None:
            steps = [right - left for left, right in pairwise(numbers)]
            if max(steps) < _NEAR and (len(steps) > 1 or numbers[-1] < _NEAR):
                return max(steps)
    return None


def _numbers(ids: Sequence[str], base: int) -> list[int] | None:
    digits = string.digits if base == 10 else string.hexdigits  # noqa: PLR2004 - decimal
    head = _common(ids)
    while head and head[-1] in digits:  # a number's own leading digits are no prefix
        head = head[:-1]
    tails = [own[len(head) :] for own in ids]
    if not all(tail and set(tail) <= set(digits) for tail in tails):
        return None
    return sorted(int(tail, base) for tail in tails)


def _common(ids: Sequence[str]) -> str:
    first, last = min(ids), max(ids)
    return first[: next((index for index, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), 0)]


def altered(value: str) -> str:
    """Return an id with its middle character exchanged for another of its kind; of a signed token in its signature.

    The last one may hold idle bits (base64), so that changing it changes nothing. A claim that was altered may be
    refused because it no longer can be read, by a shop that heeds no signature. An id without letter and digit stays.
    """
    head, dot, signature = value.rpartition(".")
    if dot and signature and _signed(value):
        return head + dot + altered(signature)
    middle = len(value) // 2
    places = (place for place in (*range(middle, len(value)), *range(middle)) if value[place].isalnum())
    middle = next(places, -1)
    if middle < 0:
        return value
    own = value[middle]
    kind = next((group for group in (string.digits, "abcdef", "ABCDEF") if own in group), string.ascii_letters)
    other = next(character for character in kind if character != own)
    return value[:middle] + other + value[middle + 1 :]


def made_up(value: str) -> str:
    """Return another, random id that looks like this one: same length, digits for digits, letters for letters."""
    hexadecimal = set(value.lower()) <= set(string.hexdigits.lower())

    def like(character: str) -> str:
        if character.isdigit() and not hexadecimal:
            return secrets.choice(string.digits)
        if hexadecimal and character.isalnum():
            return secrets.choice("0123456789abcdef")
        if character.isalpha() and character.isascii():
            return secrets.choice(string.ascii_letters)
        return character

    made = "".join(like(character) for character in value)
    return made if made != value else altered(value)


def neighbour(value: str) -> str | None:
    """Return the id that would be next if ids were counted: its last run of digits one higher; None without one."""
    found = re.search(r"(\d+)(\D*)$", value)
    if found is None:
        return None
    return value[: found.start(1)] + str(int(found[1]) + 1).zfill(len(found[1])) + found[2]


def _signed(value: str) -> bool:
    return value.startswith("eyJ") and _JWT.fullmatch(value) is not None


def unsigned(value: str) -> str | None:
    """Return a JSON Web Token's claims under a header that says they need no signature (RFC 8725, 2.1); else None."""
    if not _signed(value):
        return None
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"{header}.{value.split('.')[1]}."
