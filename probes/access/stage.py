"""What the matrix is tried on: sessions, and the things that are this run's or its accounts' own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from probes.access.attempt import strong
from probes.access.kinds import KINDS, TRIED_BY, Kind
from probes.cast import NotLetIn, account, inside
from probes.errors import LookFailed, NotSet, Unprepared
from probes.look import Look
from probes.order import ORDER, Order
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.shop.verbs import VERBS

THINGS = "access.matrix_writes/things"
"""Under this name the writing look hands on the things that it made: kind to things, and the words of their makers."""

READ_BY_OTHERS = ("seller_b",)
"""Roles that may rightly reach an order where goods of theirs are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One object: its identifier (empty: it has none), and the words by which an answer shows that it is in it.

    ``words`` can stand in an answer only because of it; ``names`` too, yet they are ordinary ones.
    """

    kind: Kind
    id: str = ""
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def inputs(self) -> dict[str, str]:
        """The inputs of a verb that names it."""
        return {self.kind.named_by: self.id} if self.kind.named_by else {}

    @property
    def bare_id(self) -> str:
        """The identifier without the address around it, and of an address that ends in a number the number."""
        last = self.id.rstrip("/").rpartition("/")[2]
        number = re.search(r"[0-9]+$", last) if "/" in self.id else None
        return number.group() if number else last

    @property
    def read_by_id(self) -> bool:
        """Whether reading it names it: a list, and what each session has one of, are read without."""
        return reads_by_id(self.kind)

    def telling(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those of the words that give it away: no public ones, and none that the request for it holds itself.

        Shops say the address back that they were asked for, in a link to the log-in or in ``no such page``.
        """
        asked = unquote_plus(self.id).casefold()
        return () if self.kind.public else strong(word for word in words if word.casefold() not in asked)

    def ask(self, session: ShopSession) -> Outcome:
        """Read it as a session."""
        return session.do(self.kind.read, **(self.inputs if self.read_by_id else {}))


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why a verb cannot be tried on a kind: the shop has no such thing, or we cannot get at it."""

    kind: str
    does: str
    why: str

    def evidence(self) -> dict[str, str]:
        """Return the JSON record."""
        return {"kind": self.kind, "verb": self.does, "why": self.why}


@dataclass(slots=True, kw_only=True)
class Stage:
    """A look with its sessions: each role logs in once at the most."""

    look: Look
    sessions: dict[str, ShopSession | LookFailed] = field(default_factory=dict)

    def session(self, role: str) -> ShopSession:
        """Return the session of a role.

        Raises:
            LookFailed: the role is not declared, or not let in; told again without another try.
        """
        if role not in self.sessions:
            try:
                self.sessions[role] = self._open(role)
            except (NotSet, NotLetIn, Unprepared) as failure:
                self.sessions[role] = failure
        found = self.sessions[role]
        if isinstance(found, LookFailed):
            raise found
        return found

    def _open(self, role: str) -> ShopSession:
        kind = role.partition("_")[0]
        if kind == "visitor":
            return self.look.scene.shop.session("visitor", deadline=self.look.deadline)
        if kind == "seller" and not self._has_sellers():
            raise NotSet("the adapter says that the shop has no sellers")
        return inside(self.look, role)

    def all_absent(self) -> dict[str, str]:
        """Return the roles of the matrix that could not be had, and why; not those that the shop does not know."""
        roles = dict.fromkeys([*TRIED_BY, *(role for tried in TRIED_BY.values() for role in tried)])
        known = [role for role in roles if not role.startswith("seller") or self._has_sellers()]
        return {role: why for role in known if (why := self.absent(role))}

    def _has_sellers(self) -> bool:
        return "seller" in self.look.scene.shop.adapter.roles

    def absent(self, role: str) -> str:
        """Return why a role cannot be had; empty where it can."""
        try:
            self.session(role)
        except LookFailed as failure:
            return self.look.redactor.text(failure.detail)
        return ""


def reads_by_id(kind: Kind) -> bool:
    """Tell whether the verb that reads such a thing is given its name."""
    return bool(kind.named_by) and kind.named_by in VERBS[kind.read].inputs


def proves_itself(session: ShopSession) -> Outcome:
    """Reach what is the session's own, by which it shows that it is alive: the account page, a visitor's home page."""
    return session.do("home" if session.who == "visitor" else "who_am_i")


def found(stage: Stage, kind: Kind) -> Thing | Lacking:
    """Return the thing of a kind that reading is tried on: what this run made, else what the owner's own list holds."""
    shop = stage.look.scene.shop
    if not kind.read or not shop.can(kind.read):
        return Lacking(kind.name, "read", f"the adapter describes no {kind.read} journey" if kind.read else "")
    if missing := stage.absent(kind.owner):
        return Lacking(kind.name, "read", missing)
    if not reads_by_id(kind) and not kind.known_by:
        return Lacking(kind.name, "read", f"{kind.read} names no object: it shows the sender's own")
    made: Mapping[str, tuple[Thing, ...]] = stage.look.scene.get(THINGS) if stage.look.scene.has(THINGS) else {}
    if made.get(kind.name):
        return made[kind.name][0]
    words, names = _known_by(stage, kind)
    if not kind.named_by:
        return Thing(kind=kind, words=words, names=names)
    number = order_number(stage)
    if kind.named_by == "number" and number:
        return Thing(kind=kind, id=number, words=words, names=names)
    return _listed(stage, kind, words, (*names, *((number,) if number else ())))


def _order(stage: Stage) -> Order | None:
    if not stage.look.scene.has(ORDER):
        return None
    order = stage.look.scene.get(ORDER)
    return order if isinstance(order, Order) else None


def order_number(stage: Stage) -> str | None:
    """Return the number of an order of buyer_a by which lists are known.

    That of the writing look, whose goods are one seller's; else the run's own; else the first of the account's list.
    """
    made: Mapping[str, tuple[Thing, ...]] = stage.look.scene.get(THINGS) if stage.look.scene.has(THINGS) else {}
    if made.get("order"):
        return made["order"][0].id
    order = _order(stage)
    if order is not None:
        return order.number
    rows = listed(stage.session("buyer_a"), KINDS["order"]) if stage.look.scene.shop.can("list_orders") else ()
    return next((key for key, _ in rows), None)


def _known_by(stage: Stage, kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words and names by which what the run did not make for this purpose is known."""
    order, buyer = _order(stage), account(stage.look, "buyer_a")
    known: dict[str, str] = {"email": buyer.username, "number": order_number(stage) or ""}
    if order is not None:
        known |= {name: order.recipient[name] for name in ("line1", "last_name")}
    invented = {"line1", "last_name"} | ({"email"} if buyer.person is not None else set())
    chosen = [name for name in kind.known_by if known.get(name)]
    words = tuple(known[name] for name in chosen if name in invented and kind.owner != "operator")
    return strong(words), strong(known[name] for name in chosen if known[name] not in words)


def listed(session: ShopSession, kind: Kind) -> tuple[tuple[str, str], ...]:
    """Return the things of a kind on its owner's own list: identifier, and all that the row says."""
    if kind.found_in is None or not session.can(kind.found_in[0]):
        return ()
    verb, output, column = kind.found_in
    outcome = session.do(verb)
    rows = outcome.outputs.get(output) if isinstance(outcome, Done) else None
    entries = [row for row in rows or () if isinstance(row, Mapping)]
    return tuple((str(row[column]).strip(), str(dict(row))) for row in entries if row.get(column))


def _listed(stage: Stage, kind: Kind, words: tuple[str, ...], names: tuple[str, ...]) -> Thing | Lacking:
    rows = listed(stage.session(kind.owner), kind)
    known = [word for word in (*words, *names) if word]
    told = [key for key, text in rows if any(word.casefold() in text.casefold() for word in known)]
    # What stands on an operator's list may be anybody's: only what is known to be our own account's is asked for.
    keys = told or ([] if kind.owner == "operator" else [key for key, _ in rows])
    if not keys:
        return Lacking(kind.name, "read", f"no {kind.name} of this run's accounts was found")
    return Thing(kind=kind, id=keys[-1], words=words, names=names)


def steady(outputs: Mapping[str, Any]) -> str:
    """Return what a page says, without what changes from one view of it to the next (form tokens)."""
    return str(_steady(outputs))


def _steady(value: Any) -> Any:
    if isinstance(value, Mapping):
        passing = ("csrf", "token", "nonce")
        return {
            name: _steady(each) for name, each in sorted(value.items()) if not any(p in name.lower() for p in passing)
        }
    if isinstance(value, tuple | list):
        return [_steady(each) for each in value]
    return value
