"""``shop.cart``: put two goods in the cart, change a quantity, remove one, and read the cart back each time.

Subject: ``buyer_b``. Data: ``{"goods": [name, name], "steps": [{"name", "done": told, "expected": {name: quantity},
"read": told}]}``; the cart is emptied before and after. Where it could not even be opened, that is the only step, and
without ``done`` and ``expected``; where a line has no key, the steps end before the change.
"""

from typing import Any

from probes.cast import inside
from probes.errors import LookFailed
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


def look(given: Look) -> Seen:
    """Walk the cart through its four steps."""
    first, second = offered(given, 2)
    session = inside(given, WHO)
    if session.can("empty_cart"):
        session.do("empty_cart")
    before = session.do("read_cart")
    if not isinstance(before, Done):
        return Seen(
            data={"goods": [first.name, second.name], "steps": [{"name": "open the cart", "read": told(before, WHO)}]}
        )
    if before.outputs["lines"]:
        raise LookFailed("the cart of buyer_b could not be emptied beforehand")
    steps = _walk(session, first, second)
    if session.can("empty_cart"):
        session.do("empty_cart")
    return Seen(data={"goods": [first.name, second.name], "steps": steps})


def subjects(target: Target) -> tuple[str, ...]:
    """The cart of one buyer."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="shop.cart",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.register", "shop.catalogue"),
    exclusive=frozenset({"account:buyer_b"}),
    writes=True,
)
