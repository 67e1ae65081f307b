"""Who buys, for a watch that lasts: a declared buyer, or one account that the watcher makes and takes away again."""

import secrets
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.watch.heard import Heard
from conformance.watch.opening import Opening
from probes.clock import Deadline
from probes.errors import LookFailed, Unprepared
from probes.order import recipient
from probes.redaction import Redactor
from probes.shop.clean import clean
from probes.shop.credentials import Login
from probes.shop.outcome import Done
from probes.shop.person import Person, invent_person
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail

BUYERS: Final = ("buyer_a", "buyer_b", "buyer_c")
LEAVING_S: Final = 20.0
MOST_TOLD: Final = 3


@dataclass(slots=True, kw_only=True)
class Buyer:
    """One buyer; ``cart`` is held by the journey that uses the account's cart, so that none empties another's.

    ``trail`` is where an account that is made is noted, before anything is bought with it.
    """

    opening: Opening
    who: str
    trail: Path
    cart: threading.Lock = field(default_factory=threading.Lock)
    person: Person = field(init=False)
    _made: Login | None = None

    def __post_init__(self) -> None:
        """Invent the person who lives where the shop sells."""
        sells_in = self.opening.target.platform.currency or self.opening.adapter.currency
        self.person = invent_person(secrets.token_hex(3), 0, country="CN" if sells_in == "CNY" else "GB")

    @property
    def recipient(self) -> dict[str, str]:
        """Return where the goods go."""
        return recipient(self.person)

    def login(self, shop: ScriptedShop, redactor: Redactor, heard: Heard, deadline: Deadline) -> Login | None:
        """Return how the buyer logs in; None for a shop whose adapter knows no accounts. The cart is held.

        Raises:
            LookFailed: the declared password is not where the target file says, or no account could be made.
            EvidenceError: the trail cannot be written, so no account is made.
        """
        if self.who in self.opening.target.roles:
            return shop.declared_login(self.who)
        if not (shop.can("register") and shop.can("log_in")):
            return None
        if self._made is None:
            self._made = self._register(redactor, heard, deadline)
        redactor.add(self._made.password)
        return self._made

    def refused(self) -> None:
        """Make another account next time: the shop did not let this one in."""
        if self._made is not None:
            self._made = None
            self.person = invent_person(secrets.token_hex(3), 0, country=self.person.country)

    def leave(self) -> str | None:
        """Delete the account that was made, where the platform allows it; return in words what stays, or None.

        A journey under way is waited for, but not for ever.

        Raises:
            EvidenceError: the trail cannot be written.
        """
        if not self.cart.acquire(timeout=LEAVING_S):
            return f"a journey of {self.who} is still under way; its account stays"
        try:
            return self._deleted()
        finally:
            self.cart.release()

    def _deleted(self) -> str | None:
        made, redactor = self._made, Redactor()
        if made is None:
            return None
        redactor.add(made.password)
        with closing(Trail(self.trail, self.opening.clock)) as trail:
            shop = self.opening.shop(redactor, Heard(), trail)
            deadline = Deadline.after(self.opening.clock, LEAVING_S)
            with closing(shop.session(self.who, deadline=deadline)) as session:
                try:
                    session.do("log_in", username=made.username, password=made.password)
                except LookFailed as failure:
                    return f"the account {made.username} stays: {failure.detail}"
            left = clean(shop, trail, deadline=deadline).left
        if not left:
            return None
        stays = "; ".join(f"{each.entry.id or 'an account'}: {each.why}" for each in left[:MOST_TOLD])
        more = f" (and {len(left) - MOST_TOLD} more)" if len(left) > MOST_TOLD else ""
        return f"of what was made for this watch, and for one that was killed, there stays: {stays}{more}"

    def _register(self, redactor: Redactor, heard: Heard, deadline: Deadline) -> Login:
        person = self.person
        redactor.add(person.password)
        with closing(Trail(self.trail, self.opening.clock)) as trail:
            shop = self.opening.shop(redactor, heard, trail)
            with closing(shop.session(self.who, deadline=deadline)) as session:
                registered = session.register(
                    email=person.email,
                    password=person.password,
                    first_name=person.first_name,
                    last_name=person.last_name,
                    phone=person.phone,
                )
        if not isinstance(registered, Done):
            self.person = invent_person(secrets.token_hex(3), 0, country=person.country)
            raise Unprepared(f"register: {registered.why}", cause="target")
        return Login(username=person.email, password=person.password)


def buyers_for(opening: Opening, folder: Path, name: str, journeys: int) -> tuple[Buyer, ...]:
    """Return a buyer for each journey: the declared ones in turn, or as many accounts as there are journeys."""
    declared = [who for who in BUYERS if who in opening.target.roles]
    known = [
        Buyer(opening=opening, who=who, trail=folder / f"{name}-{who}.jsonl")
        for who in declared or [f"buyer_{number}" for number in range(1, journeys + 1)]
    ]
    return tuple(known[number % len(known)] for number in range(journeys))
