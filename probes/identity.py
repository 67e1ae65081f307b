"""``shop.identity`` and ``shop.wrong_credentials``: is everyone taken for who they are, and nobody for someone else?

``shop.identity`` (reads): two buyers log in side by side and each asks the shop who they are, in the order A, B, A:
``{"expected": {role: username}, "asked": [{"role", "who_am_i": told, "text": visible text}]}``.

``shop.wrong_credentials`` (writes: wrong passwords): each try in a fresh session:
``{"username", "tries": [{"name", "log_in": told, "who_am_i": told, "inside": bool}]}``; ``inside`` says whether the
account page of the one who logged in opened afterwards. A right log-in before, between and after shows that refusals
mean something, and keeps a shop that counts wrong passwords in a row from locking the account.
"""

import secrets
from typing import Any

from probes.cast import Account, account, logged_in, shows, told_apart
from probes.look import Look, Probe, Seen
from probes.redaction import SHORTEST_SECRET
from probes.shop.outcome import Done
from probes.target import Target
from probes.telling import told

PAIR = ("buyer_a", "buyer_b")


def look_identity(given: Look) -> Seen:
    """Log two buyers in and ask A, B, A who they are."""
    told_apart(given, *PAIR)
    sessions = {role: logged_in(given, role) for role in PAIR}
    asked = []
    for role in (*PAIR, PAIR[0]):
        who = sessions[role].do("who_am_i")
        asked.append({"role": role, "who_am_i": told(who, role), "text": sessions[role].last_text()[:4000]})
    expected = {role: account(given, role).username for role in PAIR}
    return Seen(data={"expected": expected, "asked": asked})


def _try(given: Look, name: str, who: Account, *, username: str, password: str) -> dict[str, Any]:
    if len(password) >= SHORTEST_SECRET:
        given.redactor.add(password)
    session = given.scene.shop.session("visitor", deadline=given.deadline)
    outcome = session.do("log_in", username=username, password=password)
    seen = session.do("who_am_i")
    inside = isinstance(seen, Done) and shows(seen, session.last_text(), who, username=username)
    return {"name": name, "log_in": told(outcome, "visitor"), "who_am_i": told(seen, "visitor"), "inside": inside}


def _wrong(password: str) -> dict[str, str]:
    """Return wrong passwords near the right one by name; what happens to be the right one is left out."""
    near = {
        "another password": secrets.token_urlsafe(12),
        "first half of the password": password[: max(8, len(password) // 2)],
        "password in the other case": password.swapcase(),
    }
    return {name: wrong for name, wrong in near.items() if wrong != password}


def look_wrong(given: Look) -> Seen:
    """Try wrong log-ins, each two at most between right ones."""
    buyer = account(given, "buyer_b")
    stranger = f"nobody-{secrets.token_hex(6)}@example.com"
    plan = [(name, buyer.username, wrong) for name, wrong in _wrong(buyer.password).items()]
    plan.append(("unknown user", stranger, buyer.password))
    right = (buyer.username, buyer.password)
    plan = [("right", *right), *plan[:2], ("right between", *right), *plan[2:], ("right again", *right)]
    tries = [_try(given, name, buyer, username=username, password=password) for name, username, password in plan]
    return Seen(data={"username": buyer.username, "tries": tries})


def subjects(target: Target) -> tuple[str, ...]:
    """One look, on the buyers."""
    return ("buyers",) if target.platform.adapter else ()


IDENTITY = Probe(
    name="shop.identity",
    version="1",
    look=look_identity,
    subjects=subjects,
    deadline_s=90,
    after=("shop.register",),
    exclusive=frozenset({"account:buyer_a", "account:buyer_b"}),
)
WRONG_CREDENTIALS = Probe(
    name="shop.wrong_credentials",
    version="2",
    look=look_wrong,
    subjects=subjects,
    deadline_s=120,
    after=("shop.register",),
    exclusive=frozenset({"account:buyer_b"}),
    writes=True,
)
