"""What is changed around an order that was placed, and how the order then stands: a part of ``trade.fields``."""

import contextlib
import json
from collections.abc import Generator, Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from probes.errors import LookFailed, NotPermitted
from probes.goods import Goods, last_offered
from probes.look import Look
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.telling import told
from probes.trade import traders
from probes.transports.port import Request

ELSEWHERE = "Other Street 99"
FORGED = {"total": "0.01", "grand_total": "0.01", "quantity": "9", "status": "paid"}


def seen(given: Look, session: ShopSession, operator: ShopSession | None) -> dict[str, Any]:
    """Return ``{"placed": purchase, "changes": [...]}`` as ``trade.fields`` tells them.

    The last of the goods is bought: its price is changed for a moment, and the other looks buy the first ones.
    """
    goods = last_offered(given)
    address = traders.address_of(given, traders.KEEPER)
    placed = traders.bought(session, operator, goods, 1, address)
    tried = [] if placed["number"] is None else list(changes(given, session, operator, placed))
    return {"placed": placed, "changes": tried}


def changes(
    given: Look, session: ShopSession, operator: ShopSession | None, placed: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield each change around a placed order with how the order then stands; what was changed is set back at once."""
    goods = last_offered(given)
    address = traders.address_of(given, traders.KEEPER)
    for change in (_address_book(session, address), _price(operator, goods), _itself(given, session, placed)):
        with contextlib.closing(change):  # also where the look fails in between
            for done in change:
                yield done | traders.viewed(session, operator, placed["number"])


def _address_book(session: ShopSession, address: dict[str, str]) -> Generator[dict[str, Any], None, None]:
    """Change the entry of the address book that holds the order's address; one is made where there is none."""
    if not all(session.can(verb) for verb in ("list_addresses", "change_address", "add_address")):
        return
    listed = session.do("list_addresses")
    entries = listed.outputs["addresses"] if isinstance(listed, Done) else ()
    if not entries:
        session.do("add_address", **address)
        listed = session.do("list_addresses")
        entries = listed.outputs["addresses"] if isinstance(listed, Done) else ()
    for entry in entries:
        if address["line1"] in str(entry.get("text")):
            key = str(entry["key"])
            done = session.do("change_address", key=key, **(address | {"line1": ELSEWHERE}))
            after = session.do("list_addresses")
            yield {
                "what": "address book",
                "done": told(done, session.who),
                "requests": [],
                "changed": isinstance(after, Done) and ELSEWHERE in str(after.outputs["addresses"]),
            }
            session.do("change_address", key=key, **address)
            return


def _price(operator: ShopSession | None, goods: Goods) -> Generator[dict[str, Any], None, None]:
    """Let the operator double the price of what was ordered, and set it back."""
    if operator is None or not operator.can("set_price"):
        return
    was = str(goods.price["amount"])
    new = str(Decimal(was) * 2)
    done = operator.do("set_price", url=goods.url, price=new)
    read = operator.do("read_product", url=goods.url)
    shown = read.outputs["price"] if isinstance(read, Done) else None
    amount = shown.get("amount") if isinstance(shown, Mapping) else None
    try:
        yield {
            "what": "price of the goods",
            "done": told(done, operator.who),
            "requests": [],
            "changed": amount is not None and str(amount) != was,
        }
    finally:
        with contextlib.suppress(LookFailed):  # the trail has it, and cleaning up will try again
            operator.do("set_price", url=goods.url, price=was)


def _itself(given: Look, session: ShopSession, placed: Mapping[str, Any]) -> Generator[dict[str, Any], None, None]:
    """Ask the shop, at the order's own address, to change sums, quantity and status: as a form and as JSON."""
    read = session.do("read_order", number=placed["number"])
    if not read.exchanges:
        return
    place = read.exchanges[-1].url
    kinds = {
        "POST": ("application/x-www-form-urlencoded", urlencode(FORGED).encode()),
        "PATCH": ("application/json", json.dumps(FORGED).encode()),
        "PUT": ("application/json", json.dumps(FORGED).encode()),
    }
    csrf = given.scene.shop.adapter.session.csrf
    token = session.http.cookie(csrf.cookie) if csrf.cookie else None
    proof = [(csrf.header, token)] if csrf.header and token else []
    if session.token:
        proof.append(("Authorization", f"Bearer {session.token}"))
    for method, (kind, body) in kinds.items():
        reason = given.target.why_not_write(given.clock.now())
        if reason:
            raise NotPermitted(f"to ask the shop to change an order would change the platform: {reason}")
        headers = (("Content-Type", kind), ("Referer", place), *proof)
        response = session.http.send(
            Request(method=method, url=place, headers=headers, body=body), deadline=given.deadline
        )
        yield {
            "what": f"{method} to the order itself",
            "done": None,
            "requests": [f"{session.who}: {method} {place} -> {response.status}"],
            "changed": None,
        }
