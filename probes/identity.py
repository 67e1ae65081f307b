"""``shop.identity`` and ``shop.wrong_credentials``: is everyone taken for who they are, and nobody for someone else?

``shop.identity`` (reads): two buyers log in side by side and each asks the shop who they are, in the order A, B, A:
``{"expected": {role: username}, "asked": [{"role", "who_am_i": told, "names": {...}}]}``.

``shop.wrong_credentials`` (writes: wrong passwords): each try in a fresh session:
``{"tries": [{"name", "log_in": told, "who_am_i": told, "inside": bool}]}``; ``inside`` says whether the account page of
the buyer opened afterwards. A right log-in before and after shows that refusals mean something.
"""

import secrets
from typing import Any

from probes.cast import account, logged_in
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.target import Target
from probes.telling import told

PAIR = ("buyer_a", "buyer_b")


def look_identity(given: Look) -> Seen:
    """Log two buyers in and ask A, B, A who they are."""
    sessions = {role: logged_in(given, role) for role in PAIR}
    asked = []
    for role in (*PAIR, PAIR[0]):
        who = sessions[role].do("who_am_i")
        asked.append({"role": role, "who_am_i": told(who, role), "text": sessions[role].last_text()[:4000]})
    expected = {role: account(given, role).username for role in PAIR}
    return Seen(data={"expected": expected, "asked": asked})


def _try(given: Look, name: str, username: str, password: str) -> dict[str, Any]:
    given.redactor.add(password)
    session = given.scene.shop.session("visitor", deadline=given.deadline)
    outcome = session.do("log_in", username=username, password=password)
    who = session.do("who_am_i")
    inside = isinstance(who, Done) and username.casefold() in str(dict(who.outputs)).casefold()
    return {"name": name, "log_in": told(outcome, "visitor"), "who_am_i": told(who, "visitor"), "inside": inside}


def look_wrong(given: Look) -> Seen:
    """Try a right log-in, four wrong ones and a right one again."""
    buyer = account(given, "buyer_b")
    stranger = f"nobody-{secrets.token_hex(6)}@example.com"
    tries = [
        _try(given, "right", buyer.username, buyer.password),
        _try(given, "another password", buyer.username, secrets.token_urlsafe(12)),
        _try(given, "first half of the password", buyer.username, buyer.password[: max(8, len(buyer.password) // 2)]),
        _try(given, "password in the other case", buyer.username, buyer.password.swapcase()),
        _try(given, "unknown user", stranger, buyer.password),
        _try(given, "right again", buyer.username, buyer.password),
    ]
    return Seen(data={"username": buyer.username, "tries": tries})


def subjects(target: Target) -> tuple[str, ...]:
    """One look, on the buyers."""
    return ("buyers",) if target.platform.adapter else ()


IDENTITY = Probe(
    name="shop.identity", version="1", look=look_identity, subjects=subjects, deadline_s=90, after=("shop.register",)
)
WRONG_CREDENTIALS = Probe(
    name="shop.wrong_credentials",
    version="1",
    look=look_wrong,
    subjects=subjects,
    deadline_s=120,
    after=("shop.register",),
    writes=True,
)
