"""After a drill: every payment that the shop had shown as made, asked for again, and what the provider charged."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from conformance.loading.book import OrderBook
from conformance.loading.business import Paid
from conformance.loading.business import payments as charged
from conformance.loading.charges import charges
from conformance.loading.venue import Venue
from probes.clock import Deadline
from probes.errors import LookFailed
from probes.patience import Patience
from probes.payment.shown import is_so
from probes.shop.outcome import Denied, Done, Outcome
from probes.shop.session import ShopSession
from probes.shop.trail import PAID, Entry

SETTLE_S: Final = 2.0
"""How long a payment may take to show again."""

UNLISTED: Final = "unlisted"
"""Why payments are unread that the provider's list, which could be read, does not show."""


def paid_in(trails: Iterable[Sequence[Entry]]) -> dict[str, str]:
    """Return the orders that the shop had shown as paid, with the account of each."""
    return {
        entry.id: str(entry.facts.get("account", "")) for entries in trails for entry in entries if entry.kind == PAID
    }


def payments(venue: Venue, paid: Mapping[str, str], book: OrderBook, deadline: Deadline) -> dict[str, Any] | None:
    """Return what became of the payments; None where none was made.

    ``{"acknowledged", "found", "lost": [number], "doubled": [number], "altered": [number], "unread", "why"}``: lost
    ones the shop shows as not paid any more; doubled and altered (another amount than the order's) are told by the
    provider's own list, of every order of the book: one that was charged twice while the shop never showed it as paid
    is no better. One that this list does not show, or that nobody could ask for, is unread; ``why`` is ``UNLISTED``, or
    a sentence, or empty.
    """
    if not paid:
        return None
    accounts = tuple(dict.fromkeys(paid.values()))
    shown: dict[str, bool | None] = {}
    for found in venue.side_by_side(lambda name: _shown(venue, paid, name, deadline), accounts):
        shown |= found
    listed = charges(venue, deadline)
    told = charged(book, listed if isinstance(listed, tuple) else ())
    return tally(shown, listed, doubled=told["doubled"], altered=told["wrong"])


def tally(
    shown: Mapping[str, bool | None],
    listed: Sequence[Paid] | str | None,
    *,
    doubled: Sequence[str],
    altered: Sequence[str],
) -> dict[str, Any]:
    """Return the counts: by number whether the shop shows it as paid, and the provider's list.

    ``listed`` is None where there is none to be read, a sentence where it could not be.
    """
    lost = sorted(number for number, state in shown.items() if state is False)
    standing = [number for number, state in shown.items() if state]
    known = None if listed is None else frozenset() if isinstance(listed, str) else {each.number for each in listed}
    found = [number for number in standing if known is None or number in known]
    return {
        "acknowledged": len(shown),
        "found": len(found),
        "lost": lost,
        "doubled": list(doubled),
        "altered": list(altered),
        "unread": len(shown) - len(found) - len(lost),
        "why": listed if isinstance(listed, str) else UNLISTED if len(found) < len(standing) else "",
    }


def _shown(venue: Venue, paid: Mapping[str, str], account: str, deadline: Deadline) -> dict[str, bool | None]:
    """Return by number whether the shop still shows an account's payments; None where that could not be read.

    A guest cannot come back to look: the operator does, where the adapter lets one.
    """
    own = [number for number, name in paid.items() if name == account]
    try:
        if account:
            with venue.as_buyer(account, deadline) as session:
                return {number: _is_paid(session, "read_payment", number, deadline) for number in own}
        if not venue.shop.can("operator_read_payment"):
            return dict.fromkeys(own)
        with venue.as_operator(deadline) as session:
            return {number: _is_paid(session, "operator_read_payment", number, deadline) for number in own}
    except LookFailed:
        return dict.fromkeys(own)


def _is_paid(session: ShopSession, verb: str, number: str, deadline: Deadline) -> bool | None:
    try:
        seen, _ = Patience(settle_s=SETTLE_S, deadline=deadline).until(
            lambda outcome: bool(_paid(outcome)), lambda: session.do(verb, number=number), "the payment"
        )
    except LookFailed:
        return None
    return _paid(seen)


def _paid(seen: Outcome) -> bool | None:
    if isinstance(seen, Done):
        return is_so(seen.outputs.get("paid"))
    return False if isinstance(seen, Denied) else None
