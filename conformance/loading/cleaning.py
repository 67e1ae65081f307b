"""Takes away what a run of load left: orders are cancelled, carts emptied, accounts deleted, where the platform allows.

What the workers noted is copied to trails of this process first, and cleaned up from those: a worker's own trail stays
as the worker left it.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.loading.book import OrderBook
from conformance.loading.business import unnoted
from conformance.loading.venue import WHO, Venue, trail_at
from probes.clock import Deadline
from probes.shop.clean import Cleaned, clean
from probes.shop.trail import Trail

_LEAST_S: Final = 120.0
MOST_S: Final = 1800.0
_EACH_S: Final = 1.0
"""Seconds that cleaning up may take: at least, at most, and for each order."""

_MOST_TOLD: Final = 3
TIDIED: Final = "tidied"
"""A file of that name among the trails of a run says that somebody cleaned up after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What came of cleaning up: orders cancelled, orders and accounts that stay, and a few of those in words."""

    cancelled: int
    left: int
    words: tuple[str, ...]


NOTHING: Final = Tidied(cancelled=0, left=0, words=())


def time_for(orders: int) -> float:
    """Return the seconds that reading back, or cleaning up, so many orders may take."""
    return min(MOST_S, _LEAST_S + _EACH_S * orders)


Listed = Mapping[str, Sequence[str] | None]
"""The numbers on each account's own list of orders."""


def tidy(venue: Venue, book: OrderBook, listed: Listed, *, folder: Path, deadline: Deadline) -> Tidied:
    """Cancel the orders of the book and delete the accounts of the run, several accounts side by side.

    What stands on the list of an account of the run is the run's as well, whether it was acknowledged or not.

    Raises:
        EvidenceError: a trail cannot be written.
    """
    venue.tidied.set()
    made = {entry.id: entry for entry in venue.trail.standing() if entry.kind == "account"}
    accounts = tuple(dict.fromkeys((*made, *book.accounts)))
    for account in filter(None, accounts):  # a guest has none
        venue.shop.remember(WHO, venue.login(account))
    share = venue.target.limits.workers
    with ExitStack() as stack:
        trails = [
            stack.enter_context(closing(_copied(venue, book, listed, part, folder / f"cleaning-{number}.jsonl")))
            for number in range(share)
            if (part := accounts[number::share])
        ]
        came = venue.side_by_side(lambda each: clean(venue.shop, each, deadline=deadline), trails)
    stays = {each.entry.id: each.why for cleaned in came for each in cleaned.left if each.entry.kind == "account"}
    for name, entry in made.items():
        if name in stays:
            venue.trail.left(entry, stays[name])
        else:
            venue.trail.cleaned(entry, "delete_account")
    (folder / TIDIED).touch()
    return _told(came, gone=sum(each.gone for each in came) - (len(made) - len(stays)))


def _copied(venue: Venue, book: OrderBook, listed: Listed, accounts: Iterable[str], path: Path) -> Trail:
    """Return a trail of some accounts, of their orders, and of those that may stand where no list shows them.

    What stands first is taken away last: the account.
    """
    trail = trail_at(path, venue.clock)
    made = {entry.id for entry in venue.trail.standing() if entry.kind == "account"}
    for account in accounts:
        facts = {"account": account} if account else {}
        if account in made:
            trail.append(who=WHO, kind="account", id=account, facts=facts)
        for order in book.of(account):
            trail.append(who=WHO, kind="order", id=order.number, facts=facts)
        further = unnoted(book, account, listed.get(account))
        for number in further:
            trail.append(who=WHO, kind="order", id=number, facts=facts, acknowledged=False)
        unseen = book.unsure.get(account, 0) if listed.get(account) is None else 0
        for _ in range(unseen):
            trail.append(who=WHO, kind="order", id="", facts=facts, acknowledged=False)
    return trail


def _told(came: Iterable[Cleaned], *, gone: int) -> Tidied:
    stays = [each for cleaned in came for each in cleaned.left]
    words = [f"{each.entry.kind} {each.entry.id or '(without a number)'} stays: {each.why}" for each in stays]
    more = [f"and {len(words) - _MOST_TOLD} more"] if len(words) > _MOST_TOLD else []
    return Tidied(cancelled=gone, left=len(stays), words=(*words[:_MOST_TOLD], *more))
