"""Buyers of these looks' own, who can be harmed without harm to others, and what they buy.

They are numbered 30 to 34 among the invented persons of a run. A purchase is told as::

    {"add": told, "preview": told, "confirm": told, "number": str | null, "buyer": told, "operator": told}

What was not tried, because an earlier step did not come about or nobody can look as the operator, is absent.
"""

from typing import Any

from probes.cast import Account, NotLetIn, account_name, inside, invented, logged_in, registered, session_name, shows
from probes.errors import NotSet, Unprepared
from probes.goods import Goods
from probes.look import Look
from probes.order import order_number, recipient
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.telling import told

FORGER, KEEPER, RACER, WALKER_A, WALKER_B = range(30, 35)
NEEDED = ("register", "log_in", "who_am_i", "add_to_cart", "read_cart", "check_out", "confirm_order", "read_order")


def role(number: int) -> str:
    """Return the role under which the n-th invented person acts."""
    return f"trader_{number}"


def address_of(given: Look, number: int) -> dict[str, str]:
    """Return the inputs of ``check_out`` for the n-th invented person."""
    return recipient(invented(given, number))


def trader(given: Look, number: int) -> ShopSession:
    """Return a session that is logged in as the n-th invented person, who is registered where this run has not yet.

    Raises:
        NotSet: the adapter lacks a journey that buying needs.
        Unprepared: the account did not come about.
        NotLetIn: it did, and does not open.
    """
    lacking = [verb for verb in NEEDED if not given.scene.shop.can(verb)]
    if lacking:
        raise NotSet(f"the adapter describes no {lacking[0]} journey")
    name = role(number)
    if given.scene.has(account_name(name)):
        return inside(given, name)
    person = invented(given, number)
    session = given.scene.shop.session(name, deadline=given.deadline)
    came = registered(given, session, person)
    if not isinstance(came, Done):
        raise Unprepared(f"{name} could not be registered: {came.why}", cause="target")
    who = Account(role=name, username=person.email, password=person.password, person=person)
    given.scene.put(account_name(name), who)
    seen = session.do("who_am_i")  # many shops log the new member in at once
    if not isinstance(seen, Done) or not shows(seen, session.last_text(), who, username=who.username):
        outcome = session.do("log_in", username=who.username, password=who.password)
        if not isinstance(outcome, Done):
            raise NotLetIn(f"{name} could not log in with correct credentials: {outcome.why}")
    given.scene.put(session_name(name), session)
    return session


def another(given: Look, number: int) -> ShopSession:
    """Return a second session of a trader who is registered already. Raises as ``probes.cast.logged_in``."""
    return logged_in(given, role(number))


def operator_of(given: Look) -> ShopSession | None:
    """Return a session of the operator; None where nobody can look as the operator.

    Only for looks that have ``account:operator`` to themselves.
    """
    try:
        session = inside(given, "operator")
    except (NotSet, NotLetIn):
        return None
    return session if session.can("operator_read_order") else None


def emptied(session: ShopSession) -> None:
    """Empty the cart where the shop can; what stays in it shows in what is read afterwards."""
    if session.can("empty_cart"):
        session.do("empty_cart")


def filled(session: ShopSession, goods: Goods, quantity: int) -> dict[str, Any]:
    """Put goods in the emptied cart; returns a purchase with ``add``."""
    emptied(session)
    return put(session, goods, quantity)


def put(session: ShopSession, goods: Goods, quantity: Any) -> dict[str, Any]:
    """Put goods in the cart; returns a purchase with ``add``."""
    added = session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=quantity)
    return {"number": None, "add": told(added, session.who)}


def checked_out(session: ShopSession, address: dict[str, str], purchase: dict[str, Any]) -> bool:
    """Go as far as the page that asks for the confirmation; tells whether it was reached."""
    preview = session.do("check_out", **address)
    purchase["preview"] = told(preview, session.who)
    return isinstance(preview, Done)


def confirmed(session: ShopSession, purchase: dict[str, Any]) -> None:
    """Confirm the order, and keep the number under which it was acknowledged."""
    outcome = session.do("confirm_order")
    purchase["confirm"] = told(outcome, session.who)
    purchase["number"] = order_number(outcome)


def viewed(session: ShopSession, operator: ShopSession | None, number: str) -> dict[str, Any]:
    """Return ``{"buyer": told, "operator": told}``: how the order stands now."""
    views = {"buyer": told(session.do("read_order", number=number), session.who)}
    if operator is not None:
        views["operator"] = told(operator.do("operator_read_order", number=number), operator.who)
    return views


def bought(
    session: ShopSession, operator: ShopSession | None, goods: Goods, quantity: int, address: dict[str, str]
) -> dict[str, Any]:
    """Buy some pieces of one article, from the emptied cart to the order's pages; returns the purchase."""
    purchase = filled(session, goods, quantity)
    if checked_out(session, address, purchase):
        confirmed(session, purchase)
    if purchase["number"] is not None:
        purchase |= viewed(session, operator, purchase["number"])
    return purchase
