"""``payment.refund``: is a sandbox refund accepted, made for the right amount, and over in time?

Subject: the provider's first host. A newcomer's order is paid through the sandbox; the operator gives all of it back.
Data::

    {"number", "asked": money | null, "placed": told,
     "paid": told,                    ``read_payment`` of the owner, before the refund
     "refunded": decimal text,        what was asked back: the order's total
     "refund": told | {"status": int | null},   ``operator_refund``, with the status of its last answer
     "read": told,                    ``read_refund`` of the owner afterwards
     "listed": told | {"rows": int},  the refunds on the provider's own list, this one first; rows of all
     "settle_s": float}               how long was waited, at most, for the payment, the refund, and its being shown

What was not tried because an earlier step did not come about is absent. The list holds earlier test refunds too: how
long one has been pending is told by the provider's own dates, not by how long we waited.
"""

from contextlib import closing
from typing import Any

from probes.cast import inside
from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.patience import Patience
from probes.payment.buying import address_of, amount_in, buy
from probes.payment.hundred import subjects
from probes.payment.notices import is_paid
from probes.payment.sandbox import Sandbox, newcomer, sandbox_of
from probes.payment.shown import is_so
from probes.shop.session import ShopSession
from probes.telling import told

PAYER = 61
WHO = f"payer_{PAYER}"
MOST_LISTED = 1000
_VERBS = ("pay_order", "read_payment", "operator_refund", "read_refund", "provider_list_refunds")


def _of(row: dict[str, Any], number: str) -> bool:
    return str(row["order"]).strip() == number


def _over(listed: dict[str, Any], number: str) -> bool:
    """Tell whether waiting ends: the refund is on the list and over, or the list cannot be read."""
    if "outputs" not in listed:
        return True
    own = [row for row in listed["outputs"]["refunds"] if _of(row, number)]
    return bool(own) and all(is_so(row["completed"]) for row in own)


def _listed(sandbox: Sandbox, session: ShopSession, patience: Patience, number: str) -> dict[str, Any]:
    """Return the provider's list once the refund is over, or as it is when the patience has passed."""
    listed, _ = patience.until(
        lambda seen: _over(seen, number),
        lambda: told(sandbox.ask(session, "provider_list_refunds"), "merchant"),
        "the refund to complete",
    )
    if "outputs" in listed:
        found = listed["outputs"]["refunds"]
        listed["rows"] = len(found)
        listed["outputs"]["refunds"] = sorted(found, key=lambda row: not _of(row, number))[:MOST_LISTED]
    return listed


def _asked(operator: ShopSession, number: str, amount: str) -> dict[str, Any]:
    outcome = operator.do("operator_refund", number=number, amount=amount)
    status = outcome.exchanges[-1].status if outcome.exchanges else None
    return told(outcome, "operator") | {"status": status}


def look(given: Look) -> Seen:
    """Pay an order, give the money back, and read what became of it on both sides."""
    sandbox = sandbox_of(given, *_VERBS)
    goods = offered(given, 1)[0]
    may_order(given, PROBE.name)
    operator = inside(given, "operator")
    with closing(newcomer(given, PAYER)) as session:
        return Seen(data=_data(given, sandbox, goods, session=session, operator=operator))


def _data(
    given: Look, sandbox: Sandbox, goods: Goods, *, session: ShopSession, operator: ShopSession
) -> dict[str, Any]:
    patience = Patience(settle_s=sandbox.settle_s, deadline=given.deadline)
    bought = buy(session, goods, address_of(given, PAYER))
    data: dict[str, Any] = {**bought.data(WHO), "settle_s": sandbox.settle_s}
    if bought.number is None:
        return data
    session.do("pay_order", number=bought.number)
    data["paid"], _ = patience.until(
        is_paid, lambda: told(session.do("read_payment", number=bought.number), WHO), "the payment to be shown"
    )
    if not is_paid(data["paid"]):
        return data
    amount = amount_in(data["paid"]["outputs"]["total"]) or amount_in(bought.asked)
    if amount is None:
        return data
    data["refund"] = _asked(operator, bought.number, amount)
    data["listed"] = _listed(sandbox, session, patience, bought.number)
    data["read"], _ = patience.until(
        lambda seen: bool(seen.get("outputs", {"refunds": True})["refunds"]),
        lambda: told(session.do("read_refund", number=bought.number), WHO),
        "the refund to be shown",
    )
    return data | {"refunded": amount}


PROBE = Probe(
    name="payment.refund",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=180,
    after=("shop.catalogue",),
    exclusive=frozenset({"sandbox", "account:operator"}),
    writes=True,
)
