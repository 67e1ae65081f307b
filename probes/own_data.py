"""``privacy.own_data``: can a customer see, and change, what the shop collected about them?

Subject: ``buyer_c``, an invented person whose fields are seeded by registration, and by one address that is another
person's, so that each value tells where it stands. Data::

    {"seeded": {field: value}, "pages": [told, ...], "shown": {field: bool}, "starred": {field: bool},
     "changes": [{"field", "old": value | null, "new", "done": told, "read_back": bool}],
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
from probes.shop.outcome import Done, Outcome
from probes.shop.person import Person
from probes.shop.session import ShopSession
from probes.shop.shop import Shop
from probes.target import Target
from probes.telling import told

WHO = "buyer_c"
SIGNIFICANT_DIGITS = 9
PROFILE_FIELDS = ("first_name", "last_name", "email", "phone")
ADDRESS_FIELDS = ("first_name", "last_name", "line1", "city", "postcode", "phone")
_ADDRESSEE, _RENAMED, _MOVED = 6, 7, 8
"""Numbers of the run's invented persons: in the address at first, in the profile and in the address afterwards."""
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


def _seed(session: ShopSession, shop: Shop, person: Person, addressee: Person) -> dict[str, str]:
    """Add an address, and return the fields that the shop was given, by registering and by that."""
    seeded = {name: str(getattr(person, name)) for name in _takes(shop, "register", PROFILE_FIELDS)}
    if session.can("add_address") and isinstance(session.do("add_address", **_address_of(addressee)), Done):
        taken = _takes(shop, "add_address", ADDRESS_FIELDS)
        seeded |= {f"address.{name}": str(getattr(addressee, name)) for name in taken}
    return seeded


def _change(given: Look, session: ShopSession, seeded: dict[str, str], keys: list[str]) -> list[dict[str, Any]]:
    shop, who = given.scene.shop, account(given, WHO)
    changes: list[dict[str, Any]] = []

    def note(prefix: str, names: Iterable[str], new: Person, done: Outcome) -> None:
        for name in names:
            old = seeded.get(prefix + name)
            changes.append({"field": prefix + name, "old": old, "new": getattr(new, name), "done": told(done, WHO)})

    if session.can("change_profile"):
        new = invented(given, _RENAMED)
        fields = {name: getattr(new, name) for name in PROFILE_FIELDS}
        done = session.do("change_profile", **fields, password=who.password)
        note("", _takes(shop, "change_profile", PROFILE_FIELDS), new, done)
    if keys and session.can("change_address"):
        moved = invented(given, _MOVED)
        done = session.do("change_address", key=keys[0], **_address_of(moved))
        note("address.", _takes(shop, "change_address", ADDRESS_FIELDS), moved, done)
    return changes


def _back_in(given: Look) -> ShopSession | None:
    """Return a fresh session after the change: by the new e-mail address if it took, else by the old one."""
    who = account(given, WHO)
    for username in dict.fromkeys((invented(given, _RENAMED).email, who.username)):
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
    seeded = _seed(session, shop, who.person, invented(given, _ADDRESSEE))
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
    return Seen(data=data | _changed(given, session, seeded, keys))


def _changed(given: Look, session: ShopSession, seeded: dict[str, str], keys: list[str]) -> dict[str, Any]:
    changes = _change(given, session, seeded, keys)
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
