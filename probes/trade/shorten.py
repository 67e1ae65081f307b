"""Shorter journeys out of a long one in which something did not hold. Pure: whether they show it is tried elsewhere.

A journey is a list of steps; an order is named by the place that its confirmation has in the *first* journey, so that a
step can be left out without renaming the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

_CART = frozenset({"add", "change", "remove", "empty"})
_LOOKS = frozenset({"browse", "read"})
_ACTS = _CART | _LOOKS | {"check out", "confirm", "cancel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a buyer does; ``order`` is the place of the confirmation that it is or that it is about."""

    who: str
    did: str
    article: int | None = None
    quantity: int | None = None
    order: int | None = None


Journey: TypeAlias = tuple[Step, ...]


def journey_of(history: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Journey:
    """Return the steps of a history, its beginning and the reading at its end left out; ``names`` of the articles."""
    placed: dict[str, tuple[int, str]] = {}
    steps: list[Step] = []
    for at, record in enumerate(history):
        did, who, number = record["did"], str(record["who"]), str(record.get("number"))
        if did == "begin":
            did = "empty"  # a history of several rounds: each begins with empty carts
        if did not in _ACTS or (did == "empty" and not steps):
            continue
        if did == "confirm":
            placed[number] = (at, who)
            steps.append(Step(who=who, did=did, order=at))
        elif did in {"read", "cancel"}:
            if number in placed:
                order, owner = placed[number]
                steps.append(Step(who=owner, did=did, order=order))
        else:
            article = next((index for index, name in enumerate(names) if name == record.get("goods")), None)
            steps.append(Step(who=who, did=did, article=article, quantity=record.get("quantity")))
    while steps and steps[-1].did == "read":
        steps.pop()  # every order is read at the end of a journey anyway
    return tuple(steps)


def shorter(journey: Journey) -> Iterator[Journey]:
    """Yield shorter journeys, the boldest first; each leaves out something that may not have mattered."""
    seen = {journey}
    for candidate in (sliced(merged(journey)), merged(journey), sliced(journey), *_without_each(journey)):
        if candidate and candidate not in seen and len(candidate) < len(journey):
            seen.add(candidate)
            yield candidate


def sliced(journey: Journey) -> Journey:
    """Leave out looks, checkouts that lead to no order, and what is put in a cart that is not bought."""
    kept: list[Step] = []
    for at, step in enumerate(journey):
        later = [other.did for other in journey[at + 1 :] if other.who == step.who]
        bought = "confirm" in later
        again = next((did for did in later if did in {"check out", "confirm"}), None)
        if step.did in _LOOKS or (step.did in _CART and not bought) or (step.did == "check out" and again != "confirm"):
            continue
        kept.append(step)
    return tuple(kept)


def merged(journey: Journey) -> Journey:
    """Put in a cart at once, when it is confirmed or at the end, what it then holds; leave out all that led there."""
    carts: dict[str, dict[int, int]] = {}
    kept: list[Step] = []
    for step in journey:
        cart = carts.setdefault(step.who, {})
        if step.did in _CART:
            _apply(step, cart)
        elif step.did == "confirm":
            kept += [*_put_in(step.who, cart), Step(who=step.who, did="check out"), step]
            carts[step.who] = {}
        elif step.did != "check out":
            kept.append(step)
    return (*kept, *(step for who, cart in carts.items() for step in _put_in(who, cart)))


def _put_in(who: str, cart: Mapping[int, int]) -> Iterator[Step]:
    for article, number in cart.items():
        yield Step(who=who, did="add", article=article, quantity=number)


def _apply(step: Step, cart: dict[int, int]) -> None:
    if step.did == "empty":
        cart.clear()
    elif step.article is not None:
        match step.did:
            case "add":
                cart[step.article] = cart.get(step.article, 0) + (step.quantity or 0)
            case "change":
                cart[step.article] = step.quantity or 0
            case _:
                cart.pop(step.article, None)


def _without_each(journey: Journey) -> Iterator[Journey]:
    """Leave out one step, and what cannot be without it: an order with all that led to it, what is about it."""
    for who in sorted({step.who for step in journey}):
        yield tuple(step for step in journey if step.who != who)
    for at, step in enumerate(journey):
        if step.did == "confirm":
            yield _without_order(journey, at)
    for at, step in enumerate(journey):
        if step.did not in {"check out", "confirm"}:
            yield journey[:at] + journey[at + 1 :]


def _without_order(journey: Journey, at: int) -> Journey:
    who, order = journey[at].who, journey[at].order
    start = next((n for n in range(at - 1, -1, -1) if journey[n].who == who and journey[n].did == "confirm"), -1)
    return tuple(
        step
        for n, step in enumerate(journey)
        if step.order != order and not (start < n < at and step.who == who and step.did in _CART | {"check out"})
    )


def orders_in(journey: Journey) -> int:
    """Return how many orders a journey places."""
    return sum(step.did == "confirm" for step in journey)


def about_orders(name: str) -> bool:
    """Tell whether an invariant is one of orders, so that a journey without any cannot show that it does not hold."""
    return name in {"kept", "as bought", "unchanged", "unique", "stock"}
