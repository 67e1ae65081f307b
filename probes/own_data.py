"""``privacy.own_data``: can a customer see, and change, what the shop collected about them?

Subject: ``buyer_c``, an invented person whose fields are seeded by registration and by one address. Data::

    {"seeded": {field: value}, "pages": [told, ...], "shown": {field: bool},
     "changes": [{"field", "old", "new", "done": told, "read_back": bool}]}

A field is shown where its value stands in the visible text, or preset in a form, of the account's own pages. A change
is read back in a *fresh* session.
"""

from collections.abc import Iterable
from typing import Any

from probes.cast import account, logged_in
from probes.errors import NotSet
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.shop.person import Person, invent_person
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

WHO = "buyer_c"
SIGNIFICANT_DIGITS = 9
PROFILE_FIELDS = ("first_name", "last_name", "email", "phone")
ADDRESS_FIELDS = ("line1", "city", "postcode", "phone")


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


def _change(given: Look, session: ShopSession, person: Person, new: Person, keys: list[str]) -> list[dict[str, Any]]:
    who = account(given, WHO)
    fields = {name: getattr(new, name) for name in PROFILE_FIELDS}
    done = session.do("change_profile", **fields, password=who.password)
    changes = [
        {"field": name, "old": getattr(person, name), "new": fields[name], "done": told(done, WHO)}
        for name in PROFILE_FIELDS
    ]
    if keys and session.can("change_address"):
        address = _address_of(new)
        done = session.do("change_address", key=keys[0], **address)
        changes += [
            {"field": f"address.{name}", "old": getattr(person, name), "new": address[name], "done": told(done, WHO)}
            for name in ADDRESS_FIELDS
        ]
    return changes


def _back_in(given: Look, new: Person) -> ShopSession | None:
    """Return a fresh session after the change: by the new e-mail address if it took, else by the old one."""
    who = account(given, WHO)
    for username in dict.fromkeys((new.email, who.username)):
        session = given.scene.shop.session(WHO, deadline=given.deadline)
        if isinstance(session.do("log_in", username=username, password=who.password), Done):
            return session
    return None


def look(given: Look) -> Seen:
    """Seed, read, change, and read back the own data."""
    who = account(given, WHO)
    if who.person is None:
        raise NotSet("a declared buyer_c cannot be seeded and changed; leave it out so that the run registers its own")
    person = who.person
    session = logged_in(given, WHO)
    if session.can("add_address"):
        session.do("add_address", **_address_of(person))
    pages, texts, keys = _read_all(session)
    seeded = {name: getattr(person, name) for name in (*PROFILE_FIELDS, *ADDRESS_FIELDS[:3])}
    data: dict[str, Any] = {
        "seeded": seeded,
        "pages": pages,
        "shown": {name: _stands_in(value, texts) for name, value in seeded.items()},
        "changes": [],
    }
    if not session.can("change_profile"):
        return Seen(data=data | {"change_missing": "the adapter describes no change_profile journey"})
    new = invent_person(given.scene.run_token, 7)
    changes = _change(given, session, person, new, keys)
    fresh = _back_in(given, new)
    later = _read_all(fresh)[1] if fresh else []
    for change in changes:
        change["read_back"] = _stands_in(change["new"], later)
    return Seen(data=data | {"changes": changes, "logged_in_after": fresh is not None})


def subjects(target: Target) -> tuple[str, ...]:
    """One invented customer."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="privacy.own_data",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=150,
    after=("shop.register",),
    exclusive=frozenset({"account:buyer_c"}),
    writes=True,
)
