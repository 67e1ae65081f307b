"""``access.peers``: do users of one role see only their own?

Subjects: ``buyers`` and ``sellers``. Data: ``{"tries": [attempt, ...], "untried": [{"thing", "why", "cause"}]}``; an
attempt is told in ``probes.access.attempt``. A buyer tries another buyer's order by its number, the own order list
(must not hold it) and the other's address; a seller tries another seller's goods, and an order that holds none of the
own goods. ``untried`` is what should have been tried and could not; ``"sellers": false`` stands beside them where the
adapter says that the shop has none.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from probes.access import things
from probes.access.attempt import Foreign, attempt, holds
from probes.access.stage import steady
from probes.cast import account, inside, told_apart
from probes.errors import Cause, NotSet
from probes.look import Look, Probe, Seen
from probes.order import Order, order_of
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target

MOST_ADDRESSES = 5


def _untried(thing: str, why: str, cause: Cause) -> dict[str, str]:
    return {"thing": thing, "why": why, "cause": cause}


def _recipients_key(owner: ShopSession, order: Order) -> str | None:
    """Return the key of an address that holds the order's recipient: only that one has words to look for."""
    listed = owner.do("list_addresses")
    found = listed.outputs["addresses"] if isinstance(listed, Done) else ()
    keys = [str(entry["key"]) for entry in found if entry.get("key")]
    for key in keys[-MOST_ADDRESSES:]:
        read = owner.do("read_address", key=key)
        if any(holds(exchange, order.recipient["line1"]) for exchange in read.exchanges):
            return key
    return None


def _address(owner: ShopSession, order: Order) -> Foreign | dict[str, str] | None:
    """Return the owner's address; why it cannot be tried; None where the shop keeps no address book."""
    if not (owner.can("list_addresses") and owner.can("read_address")):
        return None
    key = _recipients_key(owner, order)
    if key is None and owner.can("add_address"):
        owner.do("add_address", **order.recipient)
        key = _recipients_key(owner, order)
    if key is None:
        return _untried("address", "the address book does not hold the order's recipient", "target")
    return things.page(owner, thing="address", verb="read_address", inputs={"key": key}, canaries=order.canaries)


def _buyers(given: Look) -> Mapping[str, Any]:
    order = order_of(given)
    told_apart(given, order.owner, "buyer_b")
    owner, other = inside(given, order.owner), inside(given, "buyer_b")
    fresh = account(given, "buyer_b").person is not None
    foreign = [
        things.order_page(order, owner, thing="order", verb="read_order"),
        things.order_list(
            order, owner, thing="order list", verb="list_orders", names=(), own=frozenset() if fresh else None
        ),
    ]
    address = _address(owner, order)
    foreign += [address] if isinstance(address, Foreign) else []
    return {
        "tries": [attempt(other, each, who="buyer_b", own=lambda: other.do("who_am_i")) for each in foreign],
        "untried": [address] if isinstance(address, dict) else [],
    }


def _goods_of(outcome: Outcome) -> dict[str, str]:
    """Return the goods on a seller's list: address to name (two may have one name)."""
    listed = outcome.outputs["goods"] if isinstance(outcome, Done) else ()
    return {str(item["url"]): str(item["name"]) for item in listed}


def _sellers(given: Look) -> Mapping[str, Any]:
    if "seller" not in given.scene.shop.adapter.roles:
        return {"sellers": False, "tries": [], "untried": []}
    if not given.scene.shop.can("seller_list_goods"):
        raise NotSet("the adapter describes no seller_list_goods journey")
    told_apart(given, "seller_a", "seller_b")
    owner, other = inside(given, "seller_a"), inside(given, "seller_b")
    theirs, own = (_goods_of(session.do("seller_list_goods")) for session in (owner, other))
    order, untried = order_of(given), []
    foreign = [_goods(owner, url, name) for url, name in theirs.items() if url not in own and name not in own.values()]
    if other.can("seller_read_goods") and not foreign:
        both = "the list of seller_b holds all goods of seller_a" if theirs else "seller_a has no goods on the list"
        untried.append(_untried("goods", both, "settings"))
    plan = foreign[:1] if other.can("seller_read_goods") else []
    if other.can("seller_read_order") and _sells(theirs, order) and not _sells(own, order):
        plan.append(things.order_page(order, owner, thing="order", verb="seller_read_order"))
    tries = [attempt(other, each, who="seller_b", own=lambda: other.do("seller_list_goods")) for each in plan]
    return {"tries": tries, "untried": untried}


def _goods(owner: ShopSession, url: str, name: str) -> Foreign:
    """Return another seller's goods: the name is public, what their seller's own page says as a whole is not."""
    page = things.page(owner, thing="goods", verb="seller_read_goods", inputs={"url": url})
    read = page.owner()
    says = steady(read.outputs) if isinstance(read, Done) and read.outputs.get("name") == name else ""
    return replace(page, known=lambda outputs: ["its content"] if says and steady(outputs) == says else [])


def _sells(goods: Mapping[str, str], order: Order) -> bool:
    return bool(set(goods.values()) & set(order.goods))


def look(given: Look) -> Seen:
    """Let one buyer try another's things, or one seller another's."""
    return Seen(data=_buyers(given) if given.subject == "buyers" else _sellers(given))


def subjects(target: Target) -> tuple[str, ...]:
    """Buyers always; sellers where the target file declares two."""
    if not target.platform.adapter:
        return ()
    return ("buyers", "sellers") if {"seller_a", "seller_b"} <= set(target.roles) else ("buyers",)


PROBE = Probe(
    name="access.peers",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=150,
    after=("shop.order",),
    exclusive=frozenset({"account:buyer_a", "account:buyer_b", "account:seller_a", "account:seller_b"}),
)
