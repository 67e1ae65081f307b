"""``trade.fields``: what becomes of values that no field may hold, and of an order when things around it change.

Subject: ``buyer``, a member of these looks' own (see ``probes.trade.traders``). Data::

    {"goods": name, "shown": money, "control": {"done": told, "cart": told},
     "quantities": [{"where": "add|change", "sent": text, "done": told | null, "cart": told, "after": told}],
     "texts": [{"what", "field", "length", "done": told, "listed": told,
                "kept": {"length", "same", "start_of_it"} | null}],           null: refused, or not to be read
     "placed": purchase,
     "changes": [{"what", "done": told | null, "requests": [line], "changed": bool | null,
                  "buyer": told, "operator": told}]}

``control`` puts one piece in the cart. Each quantity meets a cart that is empty (``add``) or holds one piece
(``change``; ``done`` is null where none came to lie there); ``after`` is the cart when it was emptied again. ``kept``
compares what the address book gives back with what was sent, white space at its ends aside. After each change the order
is read again; ``changed`` tells whether the change itself was seen (in the address book, on the page of the goods),
null where the shop was only asked to change the order itself. The address and the price are set back.
"""

from collections.abc import Iterator
from typing import Any

from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told
from probes.trade import order_changes, traders

QUANTITIES: tuple[int | float | str, ...] = (-1, 0, 1.5, 10_000_000_000, "two")
OVER_LONG = 5000
"""Characters of a street that no address has: more than any column that was meant for one."""

TEXTS = (
    ("over-long", "Long Lane " * (OVER_LONG // 10)),
    ("control characters", "Quiet Lane 7\x00\x08\r\nSet-Cookie: a=b"),
)


def _quantities(session: ShopSession, goods: Goods) -> Iterator[dict[str, Any]]:
    for where in ("add", "change"):
        for sent in QUANTITIES:
            yield _quantity(session, goods, where, sent)


def _quantity(session: ShopSession, goods: Goods, where: str, sent: float | str) -> dict[str, Any]:
    traders.emptied(session)
    done: Outcome | None
    if where == "add":
        done = session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=sent)
    else:
        traders.put(session, goods, 1)
        before = session.do("read_cart")
        lines = before.outputs["lines"] if isinstance(before, Done) else ()
        key = lines[0].get("key") if lines else None
        done = session.do("change_quantity", key=str(key), quantity=sent) if key is not None else None
    cart = session.do("read_cart")
    traders.emptied(session)
    return {
        "where": where,
        "sent": str(sent),
        "done": None if done is None else told(done, session.who),
        "cart": told(cart, session.who),
        "after": told(session.do("read_cart"), session.who),
    }


def _texts(given: Look, session: ShopSession) -> Iterator[dict[str, Any]]:
    """Put addresses with texts in the book that no address has, and read them back."""
    if not all(session.can(verb) for verb in ("add_address", "list_addresses", "read_address")):
        return
    for what, text in TEXTS:
        known = _keys(session.do("list_addresses"))
        done = session.do("add_address", **(traders.address_of(given, traders.KEEPER) | {"line1": text}))
        listed = session.do("list_addresses")
        fresh = [key for key in _keys(listed) if key not in known]
        yield {
            "what": what,
            "field": "line1",
            "length": len(text),
            "done": told(done, session.who, outputs=False),
            "listed": told(listed, session.who, outputs=False),
            "kept": _kept(session, fresh[0], text) if fresh else None,
        }
        for key in fresh:
            if session.can("delete_address"):
                session.do("delete_address", key=key)


def _keys(listed: Outcome) -> list[str]:
    return [str(entry["key"]) for entry in listed.outputs["addresses"]] if isinstance(listed, Done) else []


def _kept(session: ShopSession, key: str, text: str) -> dict[str, Any] | None:
    read = session.do("read_address", key=key)
    fields = read.outputs["fields"] if isinstance(read, Done) else {}
    values = [str(value).strip() for value in fields.values()]
    start = text[:10].strip()
    found = next((value for value in values if value.startswith(start)), None)
    if found is None:
        return None
    return {"length": len(found), "same": found == text.strip(), "start_of_it": text.startswith(found)}


def look(given: Look) -> Seen:
    """Try the quantities and the texts; buy once, change what is around the order, and read it again each time."""
    may_order(given, PROBE.name)
    session = traders.trader(given, traders.KEEPER)
    operator = traders.operator_of(given)
    goods = offered(given, 1)[0]
    traders.emptied(session)
    added = session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=1)
    data: dict[str, Any] = {
        "goods": goods.name,
        "shown": dict(goods.price),
        "control": {"done": told(added, session.who), "cart": told(session.do("read_cart"), session.who)},
        "quantities": [],
    }
    if session.can("change_quantity"):
        data["quantities"] = list(_quantities(session, goods))
    data["texts"] = list(_texts(given, session))
    data |= order_changes.seen(given, session, operator)
    return Seen(data=data)


def subjects(target: Target) -> tuple[str, ...]:
    """One member of these looks' own."""
    return ("buyer",) if target.platform.adapter else ()


PROBE = Probe(
    name="trade.fields",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=180,
    after=("shop.catalogue",),
    exclusive=frozenset({"account:trader", "account:operator"}),
    writes=True,
)
"""One shop at a time: the look changes a price for a moment, so no look that buys runs beside it."""
