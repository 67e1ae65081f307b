"""Goods that a run may buy: what ``shop.catalogue`` saw on offer, handed on by the scene."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.errors import Unprepared
from probes.look import Look
from probes.naming import same_name

OFFERED = "shop.catalogue/goods"
DELIVERY_SHOWN = "shop.catalogue/delivery"
ENOUGH = 30
"""Pieces that the looks of a run may together ask for of one article; a refusal for want of stock is nobody's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One product as its detail page showed it; ``price`` is the money record of the extractor.

    ``available`` is the number of pieces that the page offered, None where it tells none.
    """

    name: str
    url: str
    ref: str
    price: Mapping[str, Any]
    available: int | None = None

    @property
    def scarce(self) -> bool:
        """Tell whether a run may use up what is left of it."""
        return self.available is not None and self.available < ENOUGH


def last_offered(look: Look, *, from_the_end: int = 1) -> Goods:
    """Return one of the last goods on offer, for looks that set its price or stock: others buy the first ones.

    Raises:
        Unprepared: the catalogue look found none.
    """
    found: tuple[Goods, ...] = look.scene.get(OFFERED)
    if not found:
        raise Unprepared("no goods with a price and a page of their own were found", cause="target")
    return found[-from_the_end:][0]


def offered(look: Look, count: int, *, among: frozenset[str] | None = None) -> tuple[Goods, ...]:
    """Return ``count`` goods with a price that can be bought: those named in ``among`` first, scarce ones last.

    No two of them can be taken for each other by name: a cart that mixes them up must show.

    Raises:
        Unprepared: the catalogue look did not find that many.
    """
    return _distinct(look, count, lambda goods: (goods.name not in (among or ()), goods.scarce))


def plentiful(look: Look, count: int) -> tuple[Goods, ...]:
    """Return ``count`` goods as ``offered`` does, those with the most pieces first, for looks that buy many.

    Raises:
        Unprepared: the catalogue look did not find that many.
    """
    return _distinct(look, count, lambda goods: (goods.scarce, -(goods.available or 0)))


def _distinct(look: Look, count: int, order: Callable[[Goods], Any]) -> tuple[Goods, ...]:
    found: tuple[Goods, ...] = look.scene.get(OFFERED)
    chosen: list[Goods] = []
    for goods in sorted(found, key=order):
        if len(chosen) < count and not any(same_name(goods.name, other.name) for other in chosen):
            chosen.append(goods)
    if len(chosen) < count:
        raise Unprepared(
            f"only {len(chosen)} goods with a price and a name of their own were found, {count} are needed",
            cause="target",
        )
    return tuple(chosen)
