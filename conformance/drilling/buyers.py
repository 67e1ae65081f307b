"""The buyers of a drill: accounts of its own, a trail each, and the journeys that they walk."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.loading.venue import WHO, Venue, trail_at
from conformance.watch.buying import FellShort, Way, leave, walk
from conformance.watch.heard import Heard
from conformance.watch.opening import Opening
from probes.clock import Clock, Deadline
from probes.errors import LookFailed, Unprepared
from probes.order import recipient
from probes.patience import Patience
from probes.redaction import Redactor
from probes.shop.journey import Adapter
from probes.shop.mailbox import Mailbox
from probes.shop.outcome import Done
from probes.shop.person import Person, invent_person
from probes.shop.session import ShopSession
from probes.shop.trail import DUE, PAID, Trail
from probes.target import Target
from probes.target_watch import PLACING
from profiles.drills.course import Journey
from profiles.passwords import derived_password

WALKERS: Final = 4
"""So many buyers walk at once, at most: one that waits for a shop that hangs keeps no other from looking."""

REGISTERING_S: Final = 60.0
SETTLE_S: Final = 2.0


@dataclass(slots=True, kw_only=True)
class Buyer:
    """One buyer, who walks one journey at a time; ``account`` is empty where the shop knows no accounts.

    ``url`` is the article that is bought; empty: the first one that can be.

    A buyer stays logged in: what is watched is buying, and a shop that hashes passwords well has no time for a log-in
    every half second. After a journey that failed the next one begins anew, with a log-in.
    """

    venue: Venue
    trail: Trail
    person: Person
    patience_s: float
    account: str = ""
    url: str = ""
    _session: ShopSession | None = None

    def walk(self, depth: str, phase: str) -> Journey:
        """Walk one journey, in ``patience_s`` at most; say how it went. What placed an order has it on its trail."""
        clock = self.venue.clock
        began, began_s = clock.now(), clock.monotonic_s()
        why = self._walked(depth, Deadline.after(clock, self.patience_s))
        ended, ended_s = clock.now(), clock.monotonic_s()
        return Journey(
            phase=phase,
            started_ms=round(began.timestamp() * 1000),
            ended_ms=round(ended.timestamp() * 1000),
            started_s=began_s,
            ended_s=ended_s,
            ok=why is None,
            why=self.venue.redactor.text(why or "")[:200],
        )

    def register(self) -> None:
        """Make the account; the first journey logs in, since not every shop takes who registered for logged in.

        Raises:
            LookFailed: it could not be made.
        """
        person, venue = self.person, self.venue
        password = derived_password(venue.secret, person.email)
        venue.redactor.add(password)
        session = self._opened(venue.within(REGISTERING_S))
        came = session.register(
            email=person.email,
            password=password,
            first_name=person.first_name,
            last_name=person.last_name,
            phone=person.phone,
        )
        self.close()
        if not isinstance(came, Done):
            raise Unprepared(f"no account could be made for the drill: {came.why}", cause="target")
        self.account = person.email

    def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            self._session.close()
        self._session = None

    def _opened(self, deadline: Deadline) -> ShopSession:
        if self._session is None:
            self._session = self.venue.shop.session(WHO, deadline=deadline)
        self._session.deadline = deadline
        return self._session

    def _walked(self, depth: str, deadline: Deadline) -> str | None:
        session = self._opened(deadline)
        fresh = session.login is None and self.account and depth != "page"
        way = Way(
            depth=depth,
            url=self.url,
            recipient=recipient(self.person),
            login=self.venue.login(self.account) if fresh else None,
            patience=Patience(settle_s=SETTLE_S, deadline=deadline),
            due=self._note_due,
        )
        try:
            number = walk(session, way)
            if number is not None and way.reaches("payment"):
                self.trail.append(who=WHO, kind=PAID, id=number, facts={"account": self.account})
            if depth not in PLACING:
                leave(session, way)
        except (FellShort, LookFailed) as short:
            self.close()
            return str(short)
        return None

    def _note_due(self, due: Mapping[str, Any]) -> None:
        self.trail.append(who=WHO, kind=DUE, id="", facts=due, wait=False)


@contextmanager
def buyers(
    target: Target, adapter: Adapter, *, clock: Clock, run_id: str, folder: Path, depth: str, patience_s: float
) -> Iterator[tuple[Buyer, ...]]:
    """Give the buyers, with accounts of their own where the journeys go as far as a cart.

    Raises:
        LookFailed: an account could not be made.
        EvidenceError: a trail cannot be written.
    """
    secret = secrets.token_urlsafe(24)
    with ExitStack() as stack:
        listen = target.mailbox_listen
        mail = stack.enter_context(Mailbox(listen)) if listen else None
        opening = Opening(target=target, adapter=adapter, clock=clock, mail=mail)
        found = []
        for number in range(WALKERS):
            trail = stack.enter_context(closing(trail_at(folder / f"{run_id}-buyer-{number}.jsonl", clock)))
            redactor = Redactor()
            redactor.add(secret)
            shop = opening.shop(redactor, Heard(), trail)
            venue = Venue(
                target=target, shop=shop, clock=clock, redactor=redactor, run_id=run_id, secret=secret, trail=trail
            )
            person = invent_person(run_id, number, country="CN" if _sells_in(target, adapter) == "CNY" else "GB")
            url = next(iter(target.shop.product_urls), "")
            buyer = Buyer(venue=venue, trail=trail, person=person, patience_s=patience_s, url=url)
            stack.callback(buyer.close)
            if depth != "page" and shop.can("register") and shop.can("log_in"):
                buyer.register()
            found.append(buyer)
        yield tuple(found)


def _sells_in(target: Target, adapter: Adapter) -> str | None:
    return target.platform.currency or adapter.currency
