"""``privacy.own_data``: can a customer see, and change, what the shop collected about them?

Subject: ``buyer_c``, an invented person whose fields are seeded by registration and by one address. Data::

    {"seeded": {field: value}, "pages": [told, ...], "shown": {field: bool}, "starred": {field: bool},
     "changes": [{"field", "old", "new", "done": told, "read_back": bool}],
     "change_missing": sentence,                       where the adapter describes no way to change anything
     "pages_after": [told, ...], "logged_in_after": bool}

Seeded is what the adapter's journeys truly gave to the shop. A field is shown where its value stands in the visible
text, or preset in a form, of the account's own pages; starred where only its ends do (``138****8888``). Fields of the
profile and of the address are changed to different values, those that the journeys can change, and read back in a
*fresh* session; a field of the address is named ``address.FIELD``.
"""

import re
from collections.abc import Iterable
from typing import Any

from probes.cast import account, invented, logged_in
from probes.errors import NotSet
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.shop.person import Person
from probes.shop.session import ShopSession
from probes.shop.shop import Shop
from probes.target import Target
from probes.telling import told

WHO = "buyer_c"
SIGNIFICANT_DIGITS = 9
PROFILE_FIELDS = ("first_name", "last_name", "email", "phone")
ADDRESS_FIELDS = ("line1", "city", "postcode", "phone")
_STARS = re.compile(r"(\w+)?[*•＊]{2,}([\w@.-]+)?")


def _stands_in(value: str, texts: Iterable[str]) -> bool:
    """Tell whether a value stands in one of the texts; a phone number by its last nine digits, however it is set."""
    digits = "".join(filter(str.isdigit, value))
    phone = len(digits) >= SIGNIFICANT_DIGITS and not any(character.isalpha() for character in value)
    for text in texts:
        if value.casefold() in text.casefold():
            return True
        if phone and digits[-SIGNIFICANT_DIGITS:] in "".join(filter(str.isdigit, text)):
            return True
    return False


def _starred_in(value: str, texts: Iterable[str]) -> bool:
    """Tell whether a text shows a value's ends with stars between them."""
    tight = value.casefold().replace(" ", "")
    for text in texts:
        for found in _STARS.finditer(text.casefold()):
            head, tail = found[1] or "", found[2] or ""
            begins = not head or tight.startswith(head) or (head.isdecimal() and head in tight)
            if (head or tail) and begins and (not tail or tight.endswith(tail)):
                return True
    return False


def _takes(shop: Shop, verb: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return which of the inputs the adapter's journey of a verb hands to the shop; none where it describes none."""
    journey = shop.adapter.journeys.get(verb)
    steps = "" if journey is None else repr(journey.steps)
    return tuple(name for name in names if f"{{{name}}}" in steps)


def _read_all(session: ShopSession) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Read profile and addresses; return what came of it, the texts and preset values seen, and the address keys."""
    pages, texts, keys = [], [], []
    plan: list[tuple[str, dict[str, Any]]] = [("read_profile", {}), ("list_addresses", {})]
    while plan:
        verb, inputs = plan.pop(0)
        if not session.can(verb):
            continue
        outcome = session.do(verb, **inputs)
        pages.append(told(outcome, WHO, outputs=False) | {"verb": verb})
        texts.append(session.last_text())
        if isinstance(outcome, Done):
            texts += _values(outcome.outputs)
            if verb == "list_addresses":
                keys = [str(entry["key"]) for entry in outcome.outputs["addresses"] if entry.get("key")]
                plan += [("read_address", {"key": key}) for key in keys[:1]]
    return pages, texts, keys


def _values(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in _values(item)]
    return [text for item in value.values() for text in _values(item)] if hasattr(value, "values") else []


def _address_of(person: Person) -> dict[str, str]:
    names = ("first_name", "last_name", "line1", "city", "postcode", "country", "phone")
    return {name: getattr(person, name) for name in names}


def _seed(session: ShopSession, shop: Shop, person: Person) -> dict[str, str]:
    """Add an address, and return the fields that the shop was given, by registering and by that."""
    given = set(_takes(shop, "register", PROFILE_FIELDS))
    if session.can("add_address") and isinstance(session.do("add_address", **_address_of(person)), Done):
        given |= set(_takes(shop, "add_address", _address_of(person)))
    order = dict.fromkeys((*PROFILE_FIELDS, *ADDRESS_FIELDS))
    return {name: getattr(person, name) for name in order if name in given}


def _change(given: Look, session: ShopSession, person: Person, keys: list[str]) -> list[dict[str, Any]]:
    shop = given.scene.shop
    who, new, moved = account(given, WHO), _renamed(given), invented(given, 8)
    fields = {name: getattr(new, name) for name in PROFILE_FIELDS}
    changes = []
    if session.can("change_profile"):
        done = session.do("change_profile", **fields, password=who.password)
        changes = [
            {"field": name, "old": getattr(person, name), "new": fields[name], "done": told(done, WHO)}
            for name in _takes(shop, "change_profile", PROFILE_FIELDS)
        ]
    if keys and session.can("change_address"):
        done = session.do("change_address", key=keys[0], **_address_of(moved))
        changes += [
            {
                "field": f"address.{name}",
                "old": getattr(person, name),
                "new": getattr(moved, name),
                "done": told(done, WHO),
            }
            for name in _takes(shop, "change_address", ADDRESS_FIELDS)
        ]
    return changes


def _renamed(given: Look) -> Person:
    return invented(given, 7)


def _back_in(given: Look) -> ShopSession | None:
    """Return a fresh session after the change: by the new e-mail address if it took, else by the old one."""
    who = account(given, WHO)
    for username in dict.fromkeys((_renamed(given).email, who.username)):
        session = given.scene.shop.session(WHO, deadline=given.deadline)
        if isinstance(session.do("log_in", username=username, password=who.password), Done):
            return session
    return None


def look(given: Look) -> Seen:
    """Seed, read, change, and read back the own data."""
    who, shop = account(given, WHO), given.scene.shop
    if who.person is None:
        raise NotSet("a declared buyer_c cannot be seeded and changed; leave it out so that the run registers its own")
    session = logged_in(given, WHO)
    seeded = _seed(session, shop, who.person)
    pages, texts, keys = _read_all(session)
    shown = {name: _stands_in(value, texts) for name, value in seeded.items()}
    data: dict[str, Any] = {
        "seeded": seeded,
        "pages": pages,
        "shown": shown,
        "starred": {name: not shown[name] and _starred_in(value, texts) for name, value in seeded.items()},
        "changes": [],
    }
    if not (session.can("change_profile") or session.can("change_address")):
        return Seen(data=data | {"change_missing": "the adapter describes no change_profile journey"})
    return Seen(data=data | _changed(given, session, who.person, keys))


def _changed(given: Look, session: ShopSession, person: Person, keys: list[str]) -> dict[str, Any]:
    changes = _change(given, session, person, keys)
    fresh = _back_in(given)
    pages, texts, _ = _read_all(fresh) if fresh else ([], [], [])
    for change in changes:
        change["read_back"] = _stands_in(change["new"], texts)
    return {"changes": changes, "pages_after": pages, "logged_in_after": fresh is not None}


def subjects(target: Target) -> tuple[str, ...]:
    """One invented customer."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="privacy.own_data",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=150,
    after=("shop.register",),
    exclusive=frozenset({"account:buyer_c"}),
    writes=True,
)
