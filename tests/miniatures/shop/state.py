"""What the miniature shop keeps, in memory: accounts, sessions, carts, addresses, orders. Money is in fen.

One lock guards all of it: a request is answered while holding it, so two requests never see each other's halves.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from tests.miniatures.shop.books import Books
from tests.miniatures.shop.cabinet import Cabinet
from tests.miniatures.shop.goods import CATALOGUE, DELIVERY_FEN, Goods
from tests.miniatures.shop.guard import Guard
from tests.miniatures.shop.office import Office
from tests.miniatures.shop.passwords import Kept, keep, matches
from tests.miniatures.shop.stall import Stall
from tests.miniatures.shop.till import Till

Role = Literal["buyer", "seller", "operator"]
ADDRESS_FIELDS = ("first_name", "last_name", "line1", "city", "postcode", "country", "phone")
PROFILE_FIELDS = ("first_name", "last_name", "email", "phone")


@dataclass(slots=True, kw_only=True)
class Account:
    """Somebody who can log in; ``key`` never changes, the e-mail address may."""

    key: int
    username: str
    role: Role
    password: Kept
    profile: dict[str, str]
    active: bool = True
    earlier_password: Kept | None = None


@dataclass(slots=True, kw_only=True)
class Session:
    """A browser's session (or a bearer's): who it is, its form token, and the address of the checkout under way."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    account: int | None = None
    first_look: bool = True
    address: dict[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a cart or an order."""

    goods: Goods
    quantity: int
    unit_fen: int
    slip_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Quantity times unit price, and what a shop that reckons wrongly makes of it."""
        return int(self.quantity * self.unit_fen) - self.slip_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What an order costs: three values."""

    goods_fen: int
    fee_fen: int
    total_fen: int


@dataclass(slots=True, kw_only=True)
class Order:
    """An order as it was acknowledged."""

    number: str
    owner: int
    lines: tuple[Line, ...]
    quote: Quote
    address: Mapping[str, str]
    note: str = ""
    status: str = "待发货 Paid"


@dataclass(slots=True, kw_only=True)
class Address:
    """One entry of an address book."""

    key: int
    owner: int
    fields: dict[str, str]


class State:
    """The whole shop; ``defects`` says in which ways it is wrong."""

    def __init__(self, defects: frozenset[str]) -> None:
        self.defects = defects
        self.lock = threading.RLock()
        self.guard = Guard(self.wrong)
        self.books = Books(self.wrong)
        self.accounts: dict[int, Account] = {}
        self.sessions: dict[str, Session] = {}
        self.carts: dict[int, dict[str, Line]] = {}
        self.addresses: dict[int, Address] = {}
        self.orders: dict[str, Order] = {}
        self.office = Office()
        self.cabinet = Cabinet()
        self.hidden_from_operator: set[str] = set()
        self.till = Till()
        self.stall = Stall()
        self.prices = {goods.key: goods.price_fen for goods in CATALOGUE}
        self.cached_page: dict[Role, int] = {}
        self._next_key = 1
        self._next_number = 100001

    def wrong(self, defect: str) -> bool:
        """Tell whether the shop has this defect."""
        return defect in self.defects

    def take_key(self) -> int:
        """Return the next key: small, sequential, guessable, as in many shops."""
        self._next_key += 1
        return self._next_key

    def take_number(self) -> str:
        """Return the next order number, sequential as well."""
        self._next_number += 1
        return str(self._next_number)

    # accounts

    def enrol(self, username: str, password: str, role: Role, profile: Mapping[str, str]) -> Account:
        """Create an account that can log in."""
        account = Account(
            key=self.take_key(),
            username=username,
            role=role,
            password=keep(self._counted(password)),
            profile={name: profile.get(name, "") for name in PROFILE_FIELDS},
        )
        self.accounts[account.key] = account
        return account

    def find(self, username: str) -> Account | None:
        """Return the account of that user name (any case), or None."""
        wanted = username.strip().casefold()
        return next((found for found in self.accounts.values() if found.username.casefold() == wanted), None)

    def log_in(self, session: Session, username: str, password: str) -> bool:
        """Bind the session to the account; False where name and password do not belong together."""
        account = self.find(username)
        if self.guard.locked(username):
            return False
        if account is None or not account.active or not self.right(account, password):
            self.guard.failed(username)
            return False
        self.guard.passed(username)
        if account.role != "buyer":
            self.books.logged_in(account.username)
        self.sessions.pop(session.token, None)
        session.token = self.guard.renewed(session.token)
        self.sessions[session.token] = session
        session.account = account.key
        session.first_look = True
        return True

    def right(self, account: Account, password: str) -> bool:
        """Tell whether this is the account's password."""
        if self.wrong("any-password-accepted"):
            return True
        if account.earlier_password is not None and matches(account.earlier_password, self._counted(password)):
            return True
        return matches(account.password, self._counted(password))

    def change_password(self, account: Account, session: Session, password: str) -> None:
        """Give an account another password, and end its other sessions."""
        if self.wrong("old-password-still-works"):
            account.earlier_password = account.password
        account.password = keep(self._counted(password))
        if self.wrong("password-change-keeps-sessions"):
            return
        for other in [found for found in self.sessions.values() if found.account == account.key]:
            if other is not session:
                del self.sessions[other.token]

    def _counted(self, password: str) -> str:
        return password[:8] if self.wrong("password-prefix-accepted") else password

    def who(self, session: Session) -> Account | None:
        """Return the account of a session, or None for a visitor."""
        return self.accounts.get(session.account) if session.account is not None else None

    def remove_account(self, account: Account) -> None:
        """Delete an account with its sessions, cart and address book; its orders stay with the operator."""
        self.accounts.pop(account.key, None)
        self.carts.pop(account.key, None)
        for session in [found for found in self.sessions.values() if found.account == account.key]:
            session.account = None
        for entry in self.address_book(account):
            del self.addresses[entry.key]

    def address_book(self, account: Account) -> tuple[Address, ...]:
        """Return the addresses of one account."""
        return tuple(entry for entry in self.addresses.values() if entry.owner == account.key)

    # goods, cart and orders

    def goods(self, key: str) -> Goods | None:
        """Return the article of that key, or None."""
        return next((found for found in CATALOGUE if found.key == key), self.cabinet.offers.get(key))

    def cart(self, account: Account) -> dict[str, Line]:
        """Return the cart of one account, by key of the article."""
        return self.carts.setdefault(account.key, {})

    def add_to_cart(self, account: Account, goods: Goods, quantity: int, price_fen: int | None = None) -> None:
        """Put an article in the cart; ``price_fen`` is what the form claims, which a right shop does not believe."""
        believed = price_fen is not None and self.wrong("price-from-form")
        unit = price_fen if believed and price_fen is not None else self.prices[goods.key]
        cart = self.cart(account)
        before = cart[goods.key].quantity if goods.key in cart else 0
        cart[goods.key] = self.line(goods, before + quantity, unit)

    def line(self, goods: Goods, quantity: int, unit_fen: int) -> Line:
        """Return a line of a cart."""
        slip_fen = 1 if quantity == 3 and self.wrong("three-pieces-cost-less") else 0
        return Line(goods=goods, quantity=quantity, unit_fen=unit_fen, slip_fen=slip_fen)

    def _remember_address(self, account: Account, fields: dict[str, str]) -> None:
        if all(entry.fields != fields for entry in self.address_book(account)):
            entry = Address(key=self.take_key(), owner=account.key, fields=fields)
            self.addresses[entry.key] = entry

    def quote(self, lines: tuple[Line, ...]) -> Quote:
        """Return what an order of these lines costs."""
        goods_fen = sum(line.total_fen for line in lines)
        fee_fen = DELIVERY_FEN * 2 if self.wrong("delivery-fee-other-than-charged") else DELIVERY_FEN
        return Quote(goods_fen=goods_fen, fee_fen=fee_fen, total_fen=goods_fen + fee_fen)

    def confirm(self, account: Account, session: Session) -> str:
        """Turn the cart into an order and return its number."""
        lines = tuple(self.cart(account).values())
        quote = self.quote(lines)
        if self.wrong("fee-added-after-confirmation"):
            quote = Quote(goods_fen=quote.goods_fen, fee_fen=quote.fee_fen + 300, total_fen=quote.total_fen + 300)
        number = self.take_number()
        address = MappingProxyType(dict(session.address or {}))
        self._remember_address(account, dict(address))
        if not self.wrong("order-acknowledged-not-kept"):
            order = Order(
                number=number, owner=account.key, lines=lines, quote=quote, address=address, note=session.note
            )
            self.orders[number] = order
        if self.wrong("order-never-reaches-operator"):
            self.hidden_from_operator.add(number)
        for line in lines:
            self.stall.stock[line.goods.key] -= line.quantity
        self.books.ordered(number, account.username, quote.total_fen)
        self.carts[account.key] = {}
        session.address = None
        return number
