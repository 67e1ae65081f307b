"""Cleans up after a run: walks the trail backwards and takes away what this run made, where the platform allows it.

Only what stands on this run's own trail is touched, as the account that made it (orders also as the operator). What
stays is noted on the trail with the reason.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from probes.canonical import Frozen
from probes.clock import Deadline
from probes.errors import LookFailed, NotSet
from probes.shop.credentials import Login
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Entry, Trail

_OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something that stays on the platform, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What came of cleaning up: how many things were taken away, and what stays."""

    gone: int
    left: tuple[Left, ...]


def clean(shop: ScriptedShop, trail: Trail, *, deadline: Deadline) -> Cleaned:
    """Take away what the trail's standing entries tell of, the latest first.

    Failures to look end nothing: they become the reason why a thing stays.
    """
    cleaning = _Cleaning(shop, deadline)
    try:
        return _walk_back(cleaning, trail)
    finally:
        cleaning.close()


def _walk_back(cleaning: "_Cleaning", trail: Trail) -> Cleaned:
    gone, left = 0, []
    standing = trail.standing()
    for entry in reversed(standing):
        try:
            how, why = _WAYS.get(entry.kind, _no_way)(cleaning, entry)
        except LookFailed as failure:
            how, why = None, failure.detail
        if how is not None:
            gone += 1
            trail.cleaned(entry, how)
        else:
            left.append(Left(entry=entry, why=why))
            trail.left(entry, why)
    for entry in trail.standing()[len(left) :]:
        if entry.acknowledged:  # what was set back (a price, a stock) stands on the trail as one more change
            trail.cleaned(entry, "made by cleaning up")
    return Cleaned(gone=gone, left=tuple(left))


@dataclass(frozen=True, slots=True)
class _Cleaning:
    shop: ScriptedShop
    deadline: Deadline
    emptied: set[tuple[str, Frozen]] = field(default_factory=set)
    opened: dict[Login, ShopSession | None] = field(default_factory=dict)

    def sessions(self, who: str, *, account: str | None = None) -> Iterator[ShopSession]:
        """Yield sessions that are logged in as a role, latest login first; of ``account`` only if given."""
        for login in self._logins(who):
            if account is not None and account not in {login.username, login.account}:
                continue
            if login not in self.opened:
                self.opened[login] = self._log_in(who, login)
            session = self.opened[login]
            if session is not None:
                yield session

    def close(self) -> None:
        """Close the sessions, which are kept open: logging in costs a shop more than anything else asked of it."""
        for session in self.opened.values():
            if session is not None:
                session.close()

    def _log_in(self, who: str, login: Login) -> ShopSession | None:
        session, let_in = self.shop.session(who, deadline=self.deadline), False
        try:
            let_in = isinstance(session.do("log_in", username=login.username, password=login.password), Done)
        finally:
            if not let_in:
                session.close()
        return session if let_in else None

    def _logins(self, who: str) -> tuple[Login, ...]:
        known = self.shop.known_logins(who)
        if known or who not in self.shop.target.roles:
            return known
        return (self.shop.declared_login(who),)


Told = tuple[str | None, str]
"""How it was taken away, or None and why not."""


def _as_owner(verb: str, do: Callable[[ShopSession, Entry], Outcome]) -> Callable[[_Cleaning, Entry], Told]:
    def way(cleaning: _Cleaning, entry: Entry) -> Told:
        if not cleaning.shop.can(verb):
            return None, f"the adapter describes no {verb} journey"
        account = entry.facts.get("account")
        why = f"no login of {entry.who} works any more"
        for session in cleaning.sessions(entry.who, account=None if account is None else str(account)):
            outcome = do(session, entry)
            if isinstance(outcome, Done):
                return verb, ""
            why = outcome.why
        return None, why

    return way


def _order(cleaning: _Cleaning, entry: Entry) -> Told:
    """Cancel an order as its buyer, else as the operator."""
    if not entry.id:
        return None, "the shop gave it no number"
    cancel = _as_owner("cancel_order", lambda session, order: session.do("cancel_order", number=order.id))
    how, why = cancel(cleaning, entry)
    if how is not None or not cleaning.shop.can("cancel_order"):
        return how, why
    try:
        for session in cleaning.sessions(_OPERATOR):
            outcome = session.do("cancel_order", number=entry.id)
            if isinstance(outcome, Done):
                return "cancel_order by the operator", ""
            why = outcome.why
    except NotSet as lacking:
        return None, lacking.detail
    return None, why


def _account(cleaning: _Cleaning, entry: Entry) -> Told:
    """Delete the very account that the entry names, never another one of the same role."""
    if not cleaning.shop.can("delete_account"):
        return None, "the adapter describes no delete_account journey"
    why = f"no login of {entry.id} works any more"
    for session in cleaning.sessions(entry.who, account=entry.id):
        if session.login is None:
            continue
        outcome = session.do("delete_account", password=session.login.password)
        if isinstance(outcome, Done):
            return "delete_account", ""
        why = outcome.why
    return None, why


def _delete_address(session: ShopSession, entry: Entry) -> Outcome:
    """Delete the address whose text carries the street that was entered."""
    listed = session.do("list_addresses")
    if not isinstance(listed, Done):
        return listed
    street = str(entry.facts.get("line1", entry.id))
    for address in listed.outputs["addresses"]:
        if street and street in address["text"]:
            deleted = session.do("delete_address", key=address["key"])
            if not isinstance(deleted, Done):
                return deleted
    return listed


def _by_text(listing: str, output: str, key: tuple[str, str], delete: str) -> Callable[[_Cleaning, Entry], Told]:
    """Take away the one on its owner's list whose row carries what the entry is known by.

    ``key`` is the list's column, and the input of ``delete``, that name it. One that is no longer there is gone.
    """
    column, named_by = key

    def away(session: ShopSession, entry: Entry) -> Outcome:
        listed = session.do(listing)
        if not isinstance(listed, Done):
            return listed
        for row in listed.outputs[output]:
            if entry.id and entry.id.casefold() in str(dict(row)).casefold():
                deleted = session.do(delete, **{named_by: row[column]})
                if not isinstance(deleted, Done):
                    return deleted
        return listed

    return _as_owner(delete, away)


def _cart(cleaning: _Cleaning, entry: Entry) -> Told:
    """Empty a cart, once for all that was put into it."""
    cart = (entry.who, entry.facts.get("account"))
    if cart in cleaning.emptied:
        return "empty_cart", ""
    how, why = _as_owner("empty_cart", lambda session, _: session.do("empty_cart"))(cleaning, entry)
    if how is not None:
        cleaning.emptied.add(cart)
    return how, why


def _price(cleaning: _Cleaning, entry: Entry) -> Told:
    if "was" not in entry.facts:
        return None, "the price before it is not known"
    inputs = {"url": entry.id, "price": str(entry.facts["was"])}
    return _as_owner("set_price", lambda session, _: session.do("set_price", **inputs))(cleaning, entry)


def _stock(cleaning: _Cleaning, entry: Entry) -> Told:
    if "was" not in entry.facts:
        return None, "the stock before it is not known"
    inputs = {"url": entry.id, "stock": str(entry.facts["was"])}
    return _as_owner("set_stock", lambda session, _: session.do("set_stock", **inputs))(cleaning, entry)


def _no_way(_: _Cleaning, entry: Entry) -> Told:
    return None, f"nothing takes a change of {entry.kind} back"


_WAYS: Mapping[str, Callable[[_Cleaning, Entry], Told]] = {
    "account": _account,
    "address": _as_owner("delete_address", _delete_address),
    "cart": _cart,
    "goods": _by_text("seller_list_goods", "goods", ("url", "url"), "seller_delete_goods"),
    "order": _order,
    "price": _price,
    "stock": _stock,
    "return": _by_text("list_returns", "returns", ("key", "key"), "cancel_return"),
    "voucher": _by_text("operator_list_vouchers", "vouchers", ("key", "key"), "operator_delete_voucher"),
    "wish list": _by_text("list_wish_lists", "wish_lists", ("key", "key"), "delete_wish_list"),
}
