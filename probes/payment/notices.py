"""``payment.notices``: does the shop believe a payment notice that the provider did not send?

Subject: the provider's first host. A newcomer places four orders of one piece. The first is paid through the sandbox,
and its genuine notice is sent again by us, unaltered: that must be taken, or our own notices prove nothing. The second
gets notices that nobody signed rightly, and its own declined notice with the word for paid; the third the first one's
notice under its own number; the fourth is paid with each amount on the way to the provider forged to 0.01. Data::

    {"control": {"number", "pay": told, "owner": told, "rounds": int, "replay": told | null, "owner_after": told},
     "attempts": [{"name", "about": "signature|content", "number", "before": told, "answer": told,
                   "owner": told, "operator": told}],
     "forged": {"number", "sent": {field: value}, "before": told, "pay": told, "owner": told, "operator": told,
                "charged": told | {"rows": int}}}           the provider's list, of this order only; rows of all

``owner`` and ``operator`` are ``read_payment`` and ``operator_read_payment`` after the attempt: as many ``rounds`` of
waiting later, and one more, as the genuine payment took to be shown (none where it was at once). An attempt that was
believed is the last on its order. Where the genuine payment is not shown, the rest is absent or null.
Signatures stand in no evidence.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from probes.canonical import thaw
from probes.cast import inside
from probes.errors import Unprepared
from probes.goods import offered
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.patience import Patience
from probes.payment.buying import address_of, amount_in, buy
from probes.payment.hundred import listed_of, subjects
from probes.payment.sandbox import Sandbox, newcomer, sandbox_of
from probes.payment.shown import is_so
from probes.payment.underpaying import UnderpayingHttp
from probes.redaction import SHORTEST_SECRET
from probes.shop.money import in_minor_units
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.telling import told
from probes.transports.port import Http

PAYER = 60
WHO = f"payer_{PAYER}"
_VERBS = (
    "pay_order",
    "decline_payment",
    "read_payment",
    "operator_read_payment",
    "send_notice",
    "provider_read_notice",
    "provider_list_payments",
)

Notice = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Those who look: the newcomer who ordered, and the operator; ``rounds`` is how long they wait before."""

    owner: ShopSession
    operator: ShopSession
    patience: Patience
    rounds: int = 0

    def see(self, number: str) -> dict[str, Any]:
        """Return how owner and operator see that an order was paid."""
        self.patience.rest(self.rounds, "a forged payment to show")
        return {
            "owner": told(self.owner.do("read_payment", number=number), WHO),
            "operator": told(self.operator.do("operator_read_payment", number=number), "operator"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One forged notice: its name, whether its ``signature`` or its ``content`` is the forgery, and its fields."""

    name: str
    about: str
    notice: Notice


def is_paid(view: Mapping[str, Any]) -> bool:
    """Tell whether a told reading says that the order is paid."""
    return is_so(view.get("outputs", {}).get("paid"))


def altered(text: str) -> str:
    """Return a text of the same length and kind with another last letter or digit."""
    for position in range(len(text) - 1, -1, -1):
        mark = text[position]
        if mark.isalnum():
            other = "1" if mark == "0" else "0" if mark.isdigit() else "b" if mark in "aA" else "a"
            return text[:position] + other + text[position + 1 :]
    return text + "0"


def genuine(given: Look, sandbox: Sandbox, session: ShopSession, number: str) -> dict[str, Any]:
    """Return the notice that the provider sent about the first payment of an order, with what it says of the amount.

    Raises:
        Unprepared: nobody shows a payment of it, or the provider does not show the notice.
    """
    reference = _reference(sandbox, session, number)
    found = sandbox.ask(session, "provider_read_notice", reference=reference)
    if not isinstance(found, Done):
        raise Unprepared(f"the provider does not show its notice about {reference}: {found.why}", cause="target")
    outputs = thaw(found.outputs)
    signature = str(outputs["signature"])
    if len(signature) >= SHORTEST_SECRET:
        given.redactor.add(signature)
    return {
        "reference": reference,
        "event": str(outputs["event"]),
        "sent_at": None if outputs.get("sent_at") is None else str(outputs["sent_at"]),
        "signature": signature,
        **of_amount(outputs["amount"]),
    }


def _reference(sandbox: Sandbox, session: ShopSession, number: str) -> str:
    """Return the provider's name of the first payment of an order: by its own list, else as the shop shows it.

    Shops that show no declined payment are many.
    """
    listed = sandbox.ask(session, "provider_list_payments")
    rows = listed.outputs["payments"] if isinstance(listed, Done) else ()
    own = [row["reference"] for row in rows if str(row["order"]).strip() == number]
    if not own:
        read = session.do("read_payment", number=number)
        own = [row["reference"] for row in (read.outputs["payments"] if isinstance(read, Done) else ())]
    if not own:
        raise Unprepared(f"neither provider nor shop shows a payment of order {number}", cause="target")
    return str(own[0])


def of_amount(money: Any) -> dict[str, Any]:
    """Return an amount as a notice may carry it: as a decimal and in minor units.

    Raises:
        Unprepared: there is none, or it is finer than the currency's minor unit.
    """
    amount = amount_in(money)
    if amount is None:
        raise Unprepared("no amount of the payment could be read", cause="target")
    try:
        units = in_minor_units(amount, money.get("currency"))
    except ValueError as error:
        raise Unprepared(f"the amount of the payment is none that can be paid: {error}", cause="target") from None
    return {"amount": amount, "amount_minor": str(units)}


def _unsigned_rightly(paid: Notice, declined: Notice | None) -> Iterable[Attempt]:
    """Yield notices about an order that nobody paid; all but the last are forged in their signature.

    ``paid`` is the genuine notice of another order, ``declined`` the one of this order, where there is one.
    """
    made_up = {**paid, "reference": altered(paid["reference"]), "event": altered(paid["event"])}
    yield Attempt(
        name="signature altered", about="signature", notice={**made_up, "signature": altered(paid["signature"])}
    )
    yield Attempt(name="signature of another notice", about="signature", notice=made_up)
    yield Attempt(name="no signature", about="signature", notice={**made_up, "signature": None})
    if declined is not None:
        yield Attempt(name="declined payment told as paid", about="content", notice=declined)


def _declined(given: Look, sandbox: Sandbox, session: ShopSession, number: str) -> Notice | None:
    """Have an order's payment declined and return the provider's notice about it; None where it sent none."""
    session.do("decline_payment", number=number)
    try:
        return genuine(given, sandbox, session, number)
    except Unprepared:
        return None


def _try(eyes: Eyes, number: str, attempts: Iterable[Attempt]) -> list[dict[str, Any]]:
    """Send forged notices about one order, each followed by a look at it; the first that is believed is the last."""
    tried: list[dict[str, Any]] = []
    for attempt in attempts:
        before = told(eyes.owner.do("read_payment", number=number), WHO)
        answer = eyes.owner.do("send_notice", number=number, **attempt.notice)
        entry = {"name": attempt.name, "about": attempt.about, "number": number, "before": before}
        tried.append(entry | {"answer": told(answer, "nobody", outputs=False), **eyes.see(number)})
        if is_paid(tried[-1]["owner"]) or is_paid(tried[-1]["operator"]):
            break
    return tried


def _forged(eyes: Eyes, sandbox: Sandbox, number: str, total: Mapping[str, Any]) -> dict[str, Any]:
    """Pay an order through the sandbox with its amount forged on the way."""
    before = told(eyes.owner.do("read_payment", number=number), WHO)
    forging: list[UnderpayingHttp] = []

    def wrap(inner: Http) -> Http:
        forging.append(UnderpayingHttp(inner, str(total["amount"]), int(total["amount_minor"])))
        return forging[-1]

    with eyes.owner.through(wrap):
        paid = told(eyes.owner.do("pay_order", number=number), WHO, outputs=False)
    sent = {name: value for http in forging for name, value in http.sent.items()}
    seen = {"number": number, "sent": sent, "before": before, "pay": paid, **eyes.see(number)}
    charged, _ = eyes.patience.until(
        lambda listed: bool(listed.get("outputs", {"payments": True})["payments"]) or not is_paid(seen["owner"]),
        lambda: listed_of(sandbox, eyes.owner, frozenset({number})),
        "the provider's list of payments",
    )
    return seen | {"charged": charged}


def _orders(given: Look, session: ShopSession) -> tuple[list[str], Any]:
    """Place the orders; return their numbers, and what each of them costs (money).

    Raises:
        Unprepared: one did not come about.
    """
    goods, address, numbers, asked = offered(given, 1)[0], address_of(given, PAYER), [], None
    for _ in range(may_order(given, PROBE.name)):
        bought = buy(session, goods, address)
        if bought.number is None:
            why = "it got no number" if isinstance(bought.last, Done) else bought.last.why
            raise Unprepared(f"an order to be paid could not be placed: {why}", cause="target")
        numbers.append(bought.number)
        asked = bought.asked
    return numbers, asked


def look(given: Look) -> Seen:
    """Pay one order genuinely, forge notices about others, and see what owner and operator are shown."""
    sandbox = sandbox_of(given, *_VERBS)
    offered(given, 1)
    may_order(given, PROBE.name)
    operator = inside(given, "operator")
    with closing(newcomer(given, PAYER)) as owner:
        patience = Patience(settle_s=sandbox.settle_s, deadline=given.deadline)
        return Seen(data=_data(given, sandbox, Eyes(owner=owner, operator=operator, patience=patience)))


def _data(given: Look, sandbox: Sandbox, eyes: Eyes) -> dict[str, Any]:
    (first, second, third, fourth), asked = _orders(given, eyes.owner)
    paid = told(eyes.owner.do("pay_order", number=first), WHO, outputs=False)
    shown, rounds = eyes.patience.until(
        is_paid, lambda: told(eyes.owner.do("read_payment", number=first), WHO), "the payment to be shown"
    )
    control: dict[str, Any] = {"number": first, "pay": paid, "owner": shown, "rounds": rounds}
    if not is_paid(control["owner"]):
        return {"control": control | {"replay": None}, "attempts": [], "forged": None}
    notice = genuine(given, sandbox, eyes.owner, first)
    replay = eyes.owner.do("send_notice", number=first, **notice)
    control["replay"] = told(replay, "provider", outputs=False)
    control["owner_after"] = told(eyes.owner.do("read_payment", number=first), WHO)
    eyes = replace(eyes, rounds=rounds + 1 if rounds else 0)
    declined = _declined(given, sandbox, eyes.owner, second)
    attempts = _try(eyes, second, _unsigned_rightly(notice, declined))
    attempts += _try(eyes, third, (Attempt(name="notice of another order", about="content", notice=notice),))
    return {"control": control, "attempts": attempts, "forged": _forged(eyes, sandbox, fourth, of_amount(asked))}


PROBE = Probe(
    name="payment.notices",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=180,
    after=("shop.catalogue",),
    exclusive=frozenset({"sandbox", "account:operator"}),
    writes=True,
)
