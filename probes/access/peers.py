"""``access.peers``: do users of one role see only their own?

Subjects: ``buyers`` and ``sellers``. Data: ``{"tries": [attempt, ...], "owner_before": bool, "owner_after": bool}``.
A buyer tries another buyer's order by its number, the own order list (must not hold it) and the other's address; a
seller tries another seller's goods, the own list of goods, and an order that holds none of the own goods.
"""

from collections.abc import Mapping
from typing import Any

from probes.access.attempt import attempt, works
from probes.cast import logged_in
from probes.errors import NotSet
from probes.look import Look, Probe, Seen
from probes.order import order_of
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target


def _address_keys(owner: ShopSession) -> tuple[list[str], bool]:
    if not (owner.can("list_addresses") and owner.can("read_address")):
        return [], True
    listed = owner.do("list_addresses")
    if not isinstance(listed, Done):
        return [], False
    return [str(entry["key"]) for entry in listed.outputs["addresses"] if entry.get("key")], True


def _buyers(given: Look) -> Mapping[str, Any]:
    order = order_of(given)
    owner, other = logged_in(given, order.owner), logged_in(given, "buyer_b")
    owner_before = works(owner.do("read_order", number=order.number))
    keys, _ = _address_keys(owner)
    goods_and_person = (*order.canaries, *order.goods)
    plan: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
        ("order", "read_order", {"number": order.number}, goods_and_person),
        ("order list", "list_orders", {}, (order.number,)),
    ]
    plan += [("address", "read_address", {"key": key}, order.canaries) for key in keys[:1]]
    tries = [
        attempt(
            other,
            who="buyer_b",
            thing=thing,
            verb=verb,
            inputs=inputs,
            canaries=words,
            own=lambda: works(other.do("who_am_i")),
        )
        for thing, verb, inputs, words in plan
    ]
    return {
        "tries": tries,
        "owner_before": owner_before,
        "owner_after": works(owner.do("read_order", number=order.number)),
    }


def _goods_of(session: ShopSession) -> dict[str, str]:
    listed = session.do("seller_list_goods")
    return {str(item["name"]): str(item["url"]) for item in listed.outputs["goods"]} if isinstance(listed, Done) else {}


def _sellers(given: Look) -> Mapping[str, Any]:
    if not given.scene.shop.can("seller_list_goods"):
        raise NotSet("the adapter describes no journeys of sellers")
    owner, other = logged_in(given, "seller_a"), logged_in(given, "seller_b")
    theirs, own = _goods_of(owner), _goods_of(other)
    foreign = {name: url for name, url in theirs.items() if name not in own}
    shared = sorted(set(theirs) & set(own))
    plan: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = []
    if other.can("seller_read_goods"):
        plan += [("goods", "seller_read_goods", {"url": url}, (name,)) for name, url in list(foreign.items())[:1]]
    order = order_of(given)
    if other.can("seller_read_order") and not set(order.goods) & set(own):
        plan.append(("order", "seller_read_order", {"number": order.number}, (*order.canaries, *order.goods)))
    tries = [
        attempt(
            other,
            who="seller_b",
            thing=thing,
            verb=verb,
            inputs=inputs,
            canaries=words,
            own=lambda: bool(_goods_of(other)),
        )
        for thing, verb, inputs, words in plan
    ]
    owner_after = bool(_goods_of(owner))
    return {"tries": tries, "owner_before": bool(theirs), "owner_after": owner_after, "in_both_lists": shared}


def look(given: Look) -> Seen:
    """Let one buyer try another's things, or one seller another's."""
    return Seen(data=_buyers(given) if given.subject == "buyers" else _sellers(given))


def subjects(target: Target) -> tuple[str, ...]:
    """Buyers always; sellers where the target file declares two."""
    if not target.platform.adapter:
        return ()
    return ("buyers", "sellers") if {"seller_a", "seller_b"} <= set(target.roles) else ("buyers",)


PROBE = Probe(name="access.peers", version="1", look=look, subjects=subjects, deadline_s=150, after=("shop.order",))
