"""The foreign things that probes ask for, each with what it would be known by."""

from collections.abc import Iterable, Mapping
from typing import Any

from probes.access.attempt import Foreign
from probes.order import Order
from probes.shop.session import ShopSession

ITS_LINES = "the order's lines"


def _listed(outputs: Mapping[str, Any]) -> tuple[str, ...]:
    found = outputs.get("orders") or ()
    return tuple(str(entry["number"]).strip() for entry in found if entry.get("number") is not None)


def _its_lines(order: Order, outputs: Mapping[str, Any]) -> Iterable[str]:
    """Goods names are public; a page that the adapter reads as an order, of these goods and no others, is the order."""
    names = {str(line.get("name")) for line in outputs.get("lines") or ()}
    return (ITS_LINES,) if names and names <= set(order.goods) else ()


def order_page(order: Order, owner: ShopSession, *, thing: str, verb: str) -> Foreign:
    """Return the page of the order, which the owner reads by ``verb`` as well."""
    return Foreign(
        thing=thing,
        ask=lambda session: session.do(verb, number=order.number),
        owner=lambda: owner.do(verb, number=order.number),
        canaries=order.canaries,
        known=lambda outputs: _its_lines(order, outputs),
    )


def order_list(
    order: Order, owner: ShopSession, *, thing: str, verb: str, names: tuple[str, ...], own: frozenset[str] | None
) -> Foreign:
    """Return a list that holds the order, known by its number and ``names``.

    ``own`` are the numbers that may stand on it, None where that is unknown. Its recipient's words are looked for only
    where nothing at all may stand on it: the same buyer may have ordered from whoever asks.
    """
    return Foreign(
        thing=thing,
        ask=lambda session: session.do(verb),
        owner=lambda: owner.do(verb),
        canaries=order.canaries if own == frozenset() else (),
        names=(order.number, *names),
        known=lambda outputs: [number for number in _listed(outputs) if number == order.number],
        rows=lambda outputs: 0 if own is None else sum(number not in own for number in _listed(outputs)),
    )


def page(
    owner: ShopSession,
    *,
    thing: str,
    verb: str,
    inputs: Mapping[str, Any],
    canaries: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> Foreign:
    """Return any other page that the owner reads by the same verb and inputs."""
    return Foreign(
        thing=thing,
        ask=lambda session: session.do(verb, **inputs),
        owner=lambda: owner.do(verb, **inputs),
        canaries=canaries,
        names=names,
    )


def visited(owner: ShopSession, path: str, *, thing: str, canaries: tuple[str, ...], names: tuple[str, ...]) -> Foreign:
    """Return a page by its path, as the owner opens it."""
    return Foreign(
        thing=thing,
        ask=lambda session: session.visit(path),
        owner=lambda: owner.visit(path),
        canaries=canaries,
        names=names,
    )
