"""Who acts: the accounts of a run, registered by the run itself or declared in the target file."""

from dataclasses import dataclass

from probes.errors import LookFailed, NotSet
from probes.look import Look
from probes.shop.credentials import password_of
from probes.shop.outcome import Broken, Denied, Done, Outcome
from probes.shop.person import Person, invent_person
from probes.shop.session import ShopSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A role's credentials; ``person`` is the invented person behind it, None where the account was declared."""

    role: str
    username: str
    password: str
    person: Person | None


class NotLetIn(LookFailed):
    """Correct credentials did not open the account, so nothing can be seen as this role."""


def account_name(role: str) -> str:
    """Return the name under which the scene hands on the account of a role."""
    return f"shop.register/{role}"


def account(look: Look, role: str) -> Account:
    """Return the account of a role: the one this run registered, else the declared one.

    Raises:
        Unprepared: a buyer was to be registered and that did not come about.
        NotSet: the target file declares no such role.
    """
    if look.scene.has(account_name(role)):
        found = look.scene.get(account_name(role))
        assert isinstance(found, Account)
        return found
    declared = look.target.roles.get(role)
    if declared is not None:
        return Account(
            role=role, username=declared.username, password=password_of(declared, look.redactor), person=None
        )
    if role.startswith("buyer"):
        look.scene.get(account_name(role))
    raise NotSet(f"the target file declares no [roles.{role}]")


def logged_in(look: Look, role: str) -> ShopSession:
    """Return a fresh session that is logged in as the role.

    Raises:
        Unprepared, NotSet: as ``account``.
        NotLetIn: the log-in with correct credentials did not succeed, so nothing can be seen as this role.
    """
    who = account(look, role)
    session = look.scene.shop.session(role, deadline=look.deadline)
    outcome = session.do("log_in", username=who.username, password=who.password)
    match outcome:
        case Done():
            return session
        case Denied() | Broken():
            raise NotLetIn(f"{role} could not log in with correct credentials: {outcome.why}")


def session_name(role: str) -> str:
    """Return the name under which the scene hands on a session that is logged in as the role."""
    return f"session/{role}"


def inside(look: Look, role: str) -> ShopSession:
    """Return a session that is logged in as the role: the one that an earlier look left, else a fresh one.

    Shops slow down, or lock, accounts that log in forty times in a minute. A session that was left is asked who it is
    before it is used again. Only for looks that have the account to themselves (``exclusive``).

    Raises:
        Unprepared, NotSet, NotLetIn: as ``logged_in``.
    """
    name = session_name(role)
    if look.scene.has(name):
        left = look.scene.get(name)
        assert isinstance(left, ShopSession)
        left.deadline = look.deadline
        who = account(look, role)
        seen = left.do("who_am_i") if left.can("who_am_i") else None
        if isinstance(seen, Done) and shows(seen, left.last_text(), who, username=who.username):
            return left
        left.close()
    session = logged_in(look, role)
    look.scene.put(name, session)
    return session


def shows(seen: Done, text: str, who: Account, *, username: str) -> bool:
    """Tell whether an account page names the one with this user name: by it, or by what an invented person is known by.

    ``text`` is the page's visible text. Shops star e-mail addresses out (``k***@example.com``), seldom a last name.
    """
    shown = f"{dict(seen.outputs)} {text}".casefold()
    if username.casefold() in str(dict(seen.outputs)).casefold():
        return True
    return who.person is not None and username == who.username and who.person.last_name.casefold() in shown


def told_apart(look: Look, *roles: str) -> None:
    """Refuse roles that are one and the same account: what one shows to the other would prove nothing.

    Raises:
        NotSet: two of the roles have one user name.
        Unprepared: as ``account``.
    """
    names: dict[str, str] = {}
    for role in roles:
        name = account(look, role).username.casefold()
        if name in names:
            raise NotSet(f"{names[name]} and {role} are one account; declare two in [roles]")
        names[name] = role


def registered(look: Look, session: ShopSession, person: Person) -> Outcome:
    """Register an invented person; the password is known to the redactor before it is sent."""
    look.redactor.add(person.password)
    return session.do(
        "register",
        email=person.email,
        password=person.password,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
    )


def invented(look: Look, number: int) -> Person:
    """Return the run's n-th invented person, at home where the shop sells: in China where it asks for yuan."""
    sells_in = look.target.platform.currency or look.scene.shop.adapter.currency
    return invent_person(look.scene.run_token, number, country="CN" if sells_in == "CNY" else "GB")
