"""``auth.sessions``: does a session belong to who logged in, from the log-in to the log-out, and to nobody else?

Subject: ``throw-away``, an account that this look registers for itself. Data::

    {"username", "carried_by": [name of a cookie, or "bearer token"],
     "log_ins": [{"inside": bool}],                           of fresh sessions with the right password
     "ids": {"count", "distinct", "shortest", "longest", "alphabet", "constant", "bits", "sequential", "largest_step"}
            | null,
     "renewed": bool|null,                                    the id after log-in is another; null: none before
     "replayed": [{"name", "who_am_i": told, "inside": bool}],
     "log_out": told,
     "change": {"tried": false, "lacks": "journey", "why"}
             | {"tried": true, "changed": told, "replayed": [...], "own_session": bool, "passwords": [attempt]},
     "reset": {"tried": false, "lacks", "why"} | as ``probes.auth.reset`` says}

``replayed`` shows kept credentials in a fresh session and asks who that is. In order: ``before log-in`` (the visitor's
own, after that very session logged in) and ``planted`` (an id of our own making, put into a browser that then logged
in); ``control`` (a session that is logged in); guesses, five at most; ``control after guesses``; ``kept before
log-out``, ``kept after log-out`` and ``kept after next log-in`` (the same credentials). Ids and tokens stand nowhere
in the data. Where several cookies make the session together, all of them are guessed at once; where each suffices
alone, one of them, shown alone. A shop may end a session as soon as its user logs in again: each part begins with a
session that is open then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from probes.auth import session_ids
from probes.auth.entering import Carriers, Visit, attempt, deciding, entered, opened, own_account, replayed, visit
from probes.auth.keeping import Credentials
from probes.auth.reset import reset_seen
from probes.cast import Account
from probes.errors import LookFailed
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.shop.person import strong_password
from probes.target import Target
from probes.telling import told

NUMBER = 21
_MOST_GUESSES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A session that logged in: its credentials as a visitor and as a member."""

    coming: Visit
    before: Credentials
    after: Credentials


def look(given: Look) -> Seen:
    """Register an account, log in several times, and show what was kept, planted and guessed."""
    who = own_account(given, NUMBER)
    sessions: list[_Opened] = []
    try:
        return Seen(data=_data(given, who, sessions))
    finally:
        for each in sessions:
            each.coming.session.close()


def _data(given: Look, who: Account, sessions: list[_Opened]) -> dict[str, Any]:
    first = _log_in(given, who, sessions)
    before = [replayed(given, who, first.before, name="before log-in")] if first.before.names else []
    carriers = deciding(given, who, first.after)
    planted = _planted(given, who, first.after, carriers)
    guessed = _guessed(given, who, _still_inside(given, who, first, sessions).after, carriers)
    ended, log_out = _ended(given, who, sessions)
    latest = sessions[-1]
    other = _still_inside(given, who, first, sessions)
    change = _changed(given, who, _still_inside(given, who, latest, sessions), other.after)
    return {
        "username": who.username,
        "carried_by": list(carriers.names),
        "log_ins": [{"inside": True} for _ in sessions],  # who does not come in raises NotLetIn
        "ids": _ids([each.after for each in sessions], carriers),
        "renewed": _renewed(first, carriers),
        "replayed": [*before, *planted, *guessed, *ended],
        "log_out": log_out,
        "change": change,
        "reset": reset_seen(given),
    }


def _ended(given: Look, who: Account, sessions: list[_Opened]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Log a session out, and show its credentials before, after, and once its user has come back."""
    leaving = _log_in(given, who, sessions)
    shown = [replayed(given, who, leaving.after, name="kept before log-out")]
    log_out = told(leaving.coming.session.do("log_out"), "throw-away")
    shown.append(replayed(given, who, leaving.after, name="kept after log-out"))
    _log_in(given, who, sessions)
    return [*shown, replayed(given, who, leaving.after, name="kept after next log-in")], log_out


def _still_inside(given: Look, who: Account, each: _Opened, sessions: list[_Opened]) -> _Opened:
    """Return the session, or a fresh one: some shops end the others of an account at a log-out, or at a log-in."""
    return each if entered(each.coming, who)["inside"] else _log_in(given, who, sessions)


def _log_in(given: Look, who: Account, sessions: list[_Opened]) -> _Opened:
    """Look round as a visitor, keep what that session has, and log in with it; ``sessions`` holds all of them."""
    coming = visit(given, "throw-away")
    if coming.session.can("home"):
        coming.session.do("home")
    for path in given.scene.shop.page_list("login")[:1]:
        coming.session.visit(path)
    before = coming.credentials()
    opened(who, coming)
    sessions.append(_Opened(coming=coming, before=before, after=coming.credentials()))
    return sessions[-1]


def _ids(sessions: list[Credentials], carriers: Carriers) -> dict[str, Any] | None:
    """Describe the ids: of several that make the session together the hardest to guess, else the easiest."""
    values = [[each.value(name) or "" for each in sessions] for name in carriers.names]
    found = sorted(map(session_ids.described, values), key=lambda each: (not each["sequential"], each["bits"]))
    return found[0 if carriers.each_alone else -1] if found else None


def _renewed(session: _Opened, carriers: Carriers) -> bool | None:
    pairs = [(session.before.value(name), session.after.value(name)) for name in carriers.names]
    had = [(before, after) for before, after in pairs if before]
    return any(before != after for before, after in had) if had else None


def _planted(given: Look, who: Account, known: Credentials, carriers: Carriers) -> list[dict[str, Any]]:
    """Put ids of our own making into a browser, log in with it, and show those ids elsewhere."""
    names = carriers.cookies
    if not names:
        return []
    ours = Credentials(cookies=tuple(cookie for cookie in known.cookies if cookie.name in names), token=None)
    for name in names:
        ours = ours.with_value(name, session_ids.made_up(known.value(name) or ""))
    coming = visit(given, "throw-away", ours)
    try:
        outcome = coming.session.do("log_in", username=who.username, password=who.password)
    except LookFailed:
        return []  # a shop that hangs up on an id that it never gave out has told what it thinks of it
    finally:
        coming.session.close()
    return [replayed(given, who, ours, name="planted")] if isinstance(outcome, Done) else []


def _guessed(given: Look, who: Account, known: Credentials, carriers: Carriers) -> list[dict[str, Any]]:
    """Show guessed ids between two looks with the right one."""
    if not carriers.names:
        return []
    right = carriers.least(known)
    guesses = {
        "one character changed": session_ids.altered,
        "made up": session_ids.made_up,
        "next number": session_ids.neighbour,
        "token without signature": session_ids.unsigned,
    }
    tried = [(name, _guess(right, carriers, change)) for name, change in guesses.items()]
    return [
        replayed(given, who, right, name="control"),
        *(
            replayed(given, who, guess, name=f"guess: {name}")
            for name, guess in tried[:_MOST_GUESSES]
            if guess != right
        ),
        replayed(given, who, right, name="control after guesses"),
    ]


def _guess(right: Credentials, carriers: Carriers, change: Callable[[str], str | None]) -> Credentials:
    """Return the right credentials with a guess in place of each id; what cannot be guessed so stays as it is."""
    guess = right
    for name in carriers.names:
        own = right.value(name)
        guess = guess.with_value(name, change(own) or own) if own else guess
    return guess


def _changed(given: Look, who: Account, staying: _Opened, other: Credentials) -> dict[str, Any]:
    """Change the password in one session, and look what becomes of another, and of the old password."""
    if not staying.coming.session.can("change_password"):
        return {"tried": False, "lacks": "journey", "why": "the adapter describes no change_password journey"}
    new = strong_password()
    given.redactor.add(new)
    before = replayed(given, who, other, name="other session before")
    changed = staying.coming.session.do("change_password", password=who.password, new_password=new)
    after = replayed(given, who, other, name="other session after")
    passwords = [
        attempt(given, who, new, name="new password"),
        attempt(given, who, who.password, name="old password"),
    ]
    return {
        "tried": True,
        "changed": told(changed, "throw-away"),
        "replayed": [before, after],
        "own_session": entered(staying.coming, who)["inside"],
        "passwords": passwords,
    }


def subjects(target: Target) -> tuple[str, ...]:
    """One look, on an account of its own."""
    return ("throw-away",) if target.platform.adapter else ()


PROBE = Probe(name="auth.sessions", version="2", look=look, subjects=subjects, deadline_s=180, writes=True)
