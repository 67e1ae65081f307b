"""Coming in, staying out: sessions whose credentials can be taken out, kept, and shown again as somebody else's."""

from dataclasses import dataclass
from typing import Any

from probes.auth.keeping import BEARER, Credentials, KeepingHttp, Witness
from probes.cast import Account, NotLetIn, invented, registered, shows
from probes.errors import Unprepared
from probes.look import Look
from probes.redaction import SHORTEST_SECRET
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.telling import told

NOBODY = Credentials(cookies=(), token=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A shopper's session, and the transport that shows its cookies."""

    session: ShopSession
    http: KeepingHttp

    def credentials(self) -> Credentials:
        """Return a copy of what the session proves itself by at this moment."""
        return Credentials(cookies=self.http.cookies, token=self.session.token)


def visit(given: Look, who: str, credentials: Credentials = NOBODY, *, witness: Witness | None = None) -> Visit:
    """Return a fresh session that carries these credentials; ``who`` names it in evidence."""
    session = given.scene.shop.session(who, deadline=given.deadline)
    http = KeepingHttp(session.http, credentials.cookies, witness=witness)
    session.http = http
    session.carry(credentials.token)
    return Visit(session=session, http=http)


def own_account(given: Look, number: int) -> Account:
    """Register an account that this look alone uses, so that locks and changed passwords harm no other.

    Raises:
        NotSet, NotPermitted: as the verb ``register``.
        Unprepared: registering did not come about.
    """
    person = invented(given, number)
    coming = visit(given, "throw-away")
    try:
        outcome = registered(given, coming.session, person)
    finally:
        coming.session.close()
    if not isinstance(outcome, Done):
        raise Unprepared(f"no account of its own could be registered for this look: {outcome.why}", cause="target")
    return Account(role="throw-away", username=person.email, password=person.password, person=person)


def entered(coming: Visit, who: Account) -> dict[str, Any]:
    """Ask the shop who the session is: ``{"who_am_i": told, "inside": bool}``, inside only where it names ``who``."""
    seen = coming.session.do("who_am_i")
    inside = isinstance(seen, Done) and shows(seen, coming.session.last_text(), who, username=who.username)
    return {"who_am_i": told(seen, coming.session.who, outputs=inside), "inside": inside}


def attempt(given: Look, who: Account, password: str, *, name: str) -> dict[str, Any]:
    """Try one password in a session of its own: ``{"name", "log_in": told, "who_am_i": told, "inside": bool}``."""
    if len(password) >= SHORTEST_SECRET:
        given.redactor.add(password)
    coming = visit(given, who.role)  # its log-ins are learned under this name, and cleaning up needs the last password
    try:
        outcome = coming.session.do("log_in", username=who.username, password=password)
        return {"name": name, "log_in": told(outcome, who.role), **entered(coming, who)}
    finally:
        coming.session.close()


def replayed(given: Look, who: Account, credentials: Credentials, *, name: str) -> dict[str, Any]:
    """Show credentials in a fresh session: ``{"name", "who_am_i": told, "inside": bool}``."""
    coming = visit(given, name, credentials)
    try:
        return {"name": name, **entered(coming, who)}
    finally:
        coming.session.close()


def opened(who: Account, coming: Visit) -> None:
    """Log a session in with the right password.

    Raises:
        NotLetIn: the log-in did not come about, or the account page does not name who logged in.
    """
    outcome = coming.session.do("log_in", username=who.username, password=who.password)
    if not isinstance(outcome, Done):
        raise NotLetIn(f"{who.role} could not log in with correct credentials: {outcome.why}")
    if not entered(coming, who)["inside"]:
        raise NotLetIn(f"{who.role} logged in with correct credentials, and the account page does not name them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """What makes a session: names of cookies, or ``BEARER``; all of them together, or each alone, shortest first."""

    names: tuple[str, ...] = ()
    each_alone: bool = False

    @property
    def cookies(self) -> tuple[str, ...]:
        """Those of them that are cookies."""
        return tuple(name for name in self.names if name != BEARER)

    def least(self, credentials: Credentials) -> Credentials:
        """Return what suffices of credentials, so that altering it is bound to matter."""
        return credentials.only(self.names[0]) if self.each_alone else credentials


def deciding(given: Look, who: Account, credentials: Credentials) -> Carriers:
    """Return what makes the session: that without which it is nobody's, else what suffices alone.

    Some shops keep two (a session, and a cookie that remembers): leaving out one of them changes nothing. Where
    several are needed, what any stranger is given does as well for some (a load balancer's cookie): those prove
    nothing. None where the credentials do not open the account as they are, or did so only once.
    """

    def opens(shown: Credentials) -> bool:
        return bool(replayed(given, who, shown, name="visitor")["inside"])

    if not opens(credentials):
        return Carriers()
    needed = tuple(name for name in credentials.names if not opens(credentials.without(name)))
    alone = () if needed else tuple(name for name in credentials.names if opens(credentials.only(name)))
    if len(needed) > 1:
        strange = _stranger(given)
        common = {name for name in needed if (own := strange.value(name)) and opens(credentials.with_value(name, own))}
        needed = tuple(name for name in needed if name not in common) or needed
    if not opens(credentials):  # good for one request only, or ended by what was missing
        return Carriers()
    alone = tuple(sorted(alone, key=lambda name: len(credentials.value(name) or "")))
    return Carriers(names=needed or alone, each_alone=not needed)


def _stranger(given: Look) -> Credentials:
    """Return what a visitor is given who never logged in."""
    coming = visit(given, "visitor")
    try:
        if coming.session.can("home"):
            coming.session.do("home")
        return coming.credentials()
    finally:
        coming.session.close()
