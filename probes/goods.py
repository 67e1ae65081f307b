"""Goods that a run may buy: what ``shop.catalogue`` saw on offer, handed on by the scene."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.errors import Unprepared
from probes.look import Look
from probes.naming import same_name

OFFERED = "shop.catalogue/goods"
DELIVERY_SHOWN = "shop.catalogue/delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One product as its detail page showed it; ``price`` is the money record of the extractor."""

    name: str
    url: str
    ref: str
    price: Mapping[str, Any]


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
    """Return ``count`` goods with a price that can be bought, those named in ``among`` first.

    No two of them can be taken for each other by name: a cart that mixes them up must show.

    Raises:
        Unprepared: the catalogue look did not find that many.
    """
    found: tuple[Goods, ...] = look.scene.get(OFFERED)
    chosen: list[Goods] = []
    for goods in sorted(found, key=lambda goods: goods.name not in (among or ())):
        if len(chosen) < count and not any(same_name(goods.name, other.name) for other in chosen):
            chosen.append(goods)
    if len(chosen) < count:
        raise Unprepared(
            f"only {len(chosen)} goods with a price and a name of their own were found, {count} are needed",
            cause="target",
        )
    return tuple(chosen)
