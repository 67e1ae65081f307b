"""``shop.tampering``: does the shop believe a price that the customer sends?

Subject: ``buyer_b``. One good is put in the cart honestly, and, with the cart emptied between, once more by requests in
which every field that carries its price, or is named like one, holds 0.01 instead (one minor unit where the shop's
JSON counts in them), with three such fields added. Data::

    {"goods", "shown": money, "sent": {field: value}, "control": {"add": told, "read": told} | null,
     "add": told, "read": told}

``sent`` is empty where no request had a body to forge in; ``control`` is null where the cart cannot be emptied.
Nothing is ordered.
"""

from typing import Any

from probes.cast import inside
from probes.errors import LookFailed
from probes.forging import ForgingHttp
from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told
from probes.transports.port import Http

WHO = "buyer_b"


def _add(session: ShopSession, goods: Goods) -> Outcome:
    return session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=1)


def _control(session: ShopSession, goods: Goods) -> dict[str, Any] | None:
    """Put the goods in the cart honestly, read it, and take them out again.

    Raises:
        LookFailed: the cart holds something before or afterwards, so what it asks cannot be told apart.
    """
    if not session.can("empty_cart"):
        return None
    _emptied(session)
    added, read = _add(session, goods), session.do("read_cart")
    _emptied(session)
    return {"add": told(added, WHO), "read": told(read, WHO)}


def _emptied(session: ShopSession) -> None:
    outcome = session.do("empty_cart")
    read = session.do("read_cart") if isinstance(outcome, Done) else outcome
    if not isinstance(read, Done):
        raise LookFailed(f"the cart of {WHO} could not be emptied: {read.why}")
    if read.outputs["lines"]:
        raise LookFailed(f"the cart of {WHO} is not empty after it was emptied")


def look(given: Look) -> Seen:
    """Put one good in the cart at its own and at a forged price, and read what the cart asks for it each time."""
    goods = offered(given, 1)[0]
    session = inside(given, WHO)
    control = _control(session, goods)
    forging: list[ForgingHttp] = []
    minor = given.scene.shop.adapter.money == "minor"

    def wrap(inner: Http) -> Http:
        forging.append(ForgingHttp(inner, str(goods.price["amount"]), minor=minor))
        return forging[-1]

    with session.through(wrap):
        added = _add(session, goods)
    read = session.do("read_cart")
    if session.can("empty_cart"):
        session.do("empty_cart")
    return Seen(
        data={
            "goods": goods.name,
            "shown": dict(goods.price),
            "sent": {name: value for http in forging for name, value in http.sent.items()},
            "control": control,
            "add": told(added, WHO),
            "read": told(read, WHO),
        }
    )


def subjects(target: Target) -> tuple[str, ...]:
    """One buyer's cart."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="shop.tampering",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=60,
    after=("shop.register", "shop.catalogue"),
    exclusive=frozenset({"account:buyer_b"}),
    writes=True,
)
