"""What an answer gives away beside what was asked of it: data without leave, or the same whatever is asked. Pure.

A status tells nothing of either.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from probes.shop.outcome import Done, Exchange, Outcome

_TELLING_LENGTH = 5
"""Shorter values (a count of 12) stand in error pages by chance."""
_WORD = re.compile(r"[A-Za-z_-]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?|\d{4}-?\d\d-?\d\d ?\d\d:?\d\d:?\d\d.*")
_IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}")
_SECONDS_NOW = 10**9
"""Numbers from here on that differ from one answer to the next may be instants."""


def carries(tried: Outcome, authorised: Done, *, sent: Mapping[str, Any]) -> bool:
    """Tell whether an answer holds the authorised state, in the same form, or a telling value that was not sent."""
    state = authorised.outputs.get("state")
    if isinstance(tried, Done) and alike(state, tried.outputs.get("state")):
        return True
    given = {str(value) for value in sent.values() if value is not None}
    words = {str(leaf) for leaf in leaves(state)} - given
    telling = [word for word in words if _is_telling(word)]
    return any(_told(exchange, word) for word in telling for exchange in tried.exchanges)


def _is_telling(word: str) -> bool:
    """Tell whether a value is nobody's by chance: ``accepted`` and today's date stand in error messages too."""
    return len(word) >= _TELLING_LENGTH and not _WORD.fullmatch(word) and not _INSTANT.fullmatch(word)


def _told(exchange: Exchange, word: str) -> bool:
    """Tell whether an answer holds a word that is no part of the address that was asked for (errors repeat those)."""
    return exchange.holds(word) and word not in exchange.url


def same_but_for(mine: Any, mine_asked: Iterable[str], other: Any, other_asked: Iterable[str]) -> bool:
    """Tell whether two states are one, what was asked for each time aside, and instants and request numbers."""
    return _masked(mine, tuple(mine_asked)) == _masked(other, tuple(other_asked))


def _masked(value: Any, asked: tuple[str, ...]) -> object:
    if isinstance(value, Mapping):
        return {key: _masked(item, asked) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, asked) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    for word in asked:
        text = text.replace(word, "*") if word else text
    passing = isinstance(value, int | float) and value >= _SECONDS_NOW
    return "*" if passing or _INSTANT.fullmatch(text) or _IDENTIFIER.fullmatch(text) else text


def alike(authorised: Any, other: Any) -> bool:
    """Tell whether two states have one form: a record with most of the other's members, a list, a value of its type."""
    if other is None or authorised is None:
        return False
    if isinstance(authorised, Mapping):
        return isinstance(other, Mapping) and 2 * len(set(authorised) & set(other)) > len(authorised)
    if isinstance(authorised, list | tuple):
        return isinstance(other, list | tuple) and bool(other)
    return isinstance(other, str | int | float | bool)


def leaves(value: Any) -> Iterator[str | int | float]:
    """Yield the texts and numbers in a JSON value."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield value
