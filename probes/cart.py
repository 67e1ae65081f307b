"""``shop.cart``: put two goods in the cart, change a quantity, remove one, and read the cart back each time.

Subject: ``buyer_b``. Data: ``{"goods": [name, name], "steps": [{"name", "done": told, "expected": {name: quantity},
"read": told}], "refused_before": [{"goods", "steps"}]}``; the cart is emptied before and after. Where it could not even
be opened, that is the only step, and without ``done`` and ``expected``; where a line has no key, the steps end before
the change. A refused step may mean no more than that the last pieces are sold: then two other goods are tried, and what
was refused before stands beside it.
"""

from typing import Any

from probes.cast import inside
from probes.errors import LookFailed, Unprepared
from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.naming import same_name
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

WHO = "buyer_b"


def _key(read: Outcome, name: str) -> str:
    lines = read.outputs["lines"] if isinstance(read, Done) else ()
    found = next((line.get("key") for line in lines if same_name(str(line.get("name") or ""), name)), None)
    return "" if found is None else str(found)


def _step(session: ShopSession, name: str, done: Outcome, expected: dict[str, int]) -> tuple[dict[str, Any], Outcome]:
    read = session.do("read_cart")
    return {"name": name, "done": told(done, WHO), "expected": expected, "read": told(read, WHO)}, read


def _walk(session: ShopSession, first: Goods, second: Goods) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    plan: list[tuple[str, Goods, int]] = [("add the first", first, 1), ("add the second", second, 2)]
    expected: dict[str, int] = {}
    read: Outcome | None = None
    for name, goods, quantity in plan:
        expected = expected | {goods.name: quantity}
        step, read = _step(
            session, name, session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=quantity), expected
        )
        steps.append(step)
    assert read is not None
    for name, goods, quantity in (
        ("change the quantity of the first to 3", first, 3),
        ("remove the second", second, 0),
    ):
        expected = {key: number for key, number in (expected | {goods.name: quantity}).items() if number}
        key = _key(read, goods.name)
        if not key:
            break  # what is missing from the cart cannot be changed; the step before tells it
        done = (
            session.do("change_quantity", key=key, quantity=quantity)
            if quantity
            else session.do("remove_line", key=key)
        )
        step, read = _step(session, name, done, expected)
        steps.append(step)
    return steps


def _pairs(given: Look) -> tuple[tuple[Goods, Goods], ...]:
    """Return the goods to try with: the first two, and where there are as many, two others."""
    try:
        found = offered(given, 4)
    except Unprepared:
        found = offered(given, 2)
    return tuple(zip(found[::2], found[1::2], strict=True))


def _emptied(session: ShopSession) -> Outcome:
    if session.can("empty_cart"):
        session.do("empty_cart")
    return session.do("read_cart")


def look(given: Look) -> Seen:
    """Walk the cart through its four steps; with two other goods where a step was refused."""
    pairs = _pairs(given)
    session = inside(given, WHO)
    walks: list[dict[str, Any]] = []
    for first, second in pairs:
        names, before = [first.name, second.name], _emptied(session)
        if walks and not (isinstance(before, Done) and not before.outputs["lines"]):
            break  # what was seen with the first two stands
        if not isinstance(before, Done):
            return Seen(data={"goods": names, "steps": [{"name": "open the cart", "read": told(before, WHO)}]})
        if before.outputs["lines"]:
            raise LookFailed("the cart of buyer_b could not be emptied beforehand")
        walks.append({"goods": names, "steps": _walk(session, first, second)})
        if all(step["done"]["outcome"] == "done" for step in walks[-1]["steps"]):
            break
    _emptied(session)
    return Seen(data=walks[-1] | {"refused_before": walks[:-1]})


def subjects(target: Target) -> tuple[str, ...]:
    """The cart of one buyer."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="shop.cart",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.register", "shop.catalogue"),
    exclusive=frozenset({"account:buyer_b"}),
    writes=True,
)
