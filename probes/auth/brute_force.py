"""``auth.brute_force``: what becomes of somebody who tries one password after another?

Subject: ``throw-away``, an account that this look registers for itself and that it may lock. Data::

    {"username",
     "tries": [{"n", "log_in": told, "who_am_i": told|null, "inside": bool, "ms": int|null, "page_ms": int|null,
                "signals": [text]}],
     "rights": [{"after": n, "name", "log_in": told, "who_am_i": told, "inside": bool,
                 "asked_to_wait": text|null}],
     "other_before": as in rights,          the right password of another account, before any wrong one
     "other_account": as in rights|null,    and while this one was refused
     "home": "done|denied|broken|null",  whether the shop still answers a visitor, then
     "unknown": {"known": [answer], "unknown": [answer], "log_ins": [told],
                 "ms": {"known": int|null, "unknown": int|null}}}

Each try is a session of its own: what a shop counts in a cookie costs nobody anything. Where a log-in was not plainly
refused, ``who_am_i`` tells whether it opened anything. ``signals`` are what an answer itself says: ``status 429``,
``retry-after``, ``captcha``, ``message``; a new one stops the tries, and the right password then shows whether it was
meant: where it is let in, the tries go on, and since most shops then begin to count anew, for ``IN_A_ROW`` more. The
right password is tried before, after ``IN_A_ROW`` wrong ones (a shop may lock and say nothing), and after ``ALL``;
three late answers in a row end it. Known and unknown users are compared in an order that no shop's own turns follow
(two servers, say). ``answer`` tells how a wrong log-in looks
from outside, see ``probes.auth.answers``; ``ms`` under ``unknown`` are medians, of the request with the password.

``page_ms`` is what the page with the form took: a platform that is busy is slow there as well.

The last look of a run that logs in: a shop that throttles by address shuts the door on all that come after.
"""

import secrets
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probes.auth.answers import alike, answer_of, page_ms, signals_of, slowed, took_ms
from probes.auth.entering import entered, own_account, visit
from probes.cast import Account, NotLetIn
from probes.errors import Throttled
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Denied, Outcome
from probes.target import Target
from probes.target_keys import ROLES
from probes.telling import told
from probes.transports.port import Request, Response

NUMBER, OTHER = 20, 22
IN_A_ROW, ALL = 10, 20
_ORDER = ("known", "unknown", "unknown", "known", "unknown", "known")
_USUAL, _LATE, _LATE_MS = 2, 3, 1000  # when to stop; what counts as slowed down is the judge's to say


class _Slowed(Throttled):
    """The shop asks us to come back later: what this look is waiting for."""

    def __init__(self, how: str, line: str) -> None:
        super().__init__(f"the shop asks us to wait ({how})")
        self.how, self.line = how, line


def look(given: Look) -> Seen:
    """Log in rightly, then wrongly until the shop minds, then rightly again."""
    who, other = own_account(given, NUMBER), own_account(given, OTHER)
    rights, other_before = [_right(given, who, after=0)], _right(given, other, after=0)
    if not rights[0]["inside"]:
        raise NotLetIn(f"an account just registered could not log in: {rights[0]['log_in'].get('why', '')}")
    guesser = _Guesser(given, who)
    unknown = guesser.compare()
    while rights[-1]["inside"] and len(guesser.tries) < ALL and not guesser.slowed_down:
        guesser.go_on(min(ALL, rights[-1]["after"] + IN_A_ROW))
        rights.append(_right(given, who, after=len(guesser.tries)))
        guesser.not_meant()
    kept_out = not rights[-1]["inside"]
    return Seen(
        data={
            "username": who.username,
            "tries": guesser.tries,
            "rights": rights,
            "other_before": other_before,
            "other_account": _right(given, other, after=len(guesser.tries)) if kept_out else None,
            "home": _home(given) if kept_out else None,
            "unknown": unknown,
        }
    )


def _right(given: Look, who: Account, *, after: int) -> dict[str, Any]:
    """Try the right password; a shop that asks to wait refuses it for now."""
    coming = visit(given, "owner", witness=_mind)
    try:
        outcome = coming.session.do("log_in", username=who.username, password=who.password)
        came = {"log_in": told(outcome, "owner"), **entered(coming, who), "asked_to_wait": None}
        return {"after": after, "name": "right"} | came
    except _Slowed as minded:
        refusal = _told_off(minded)
        refused = {"log_in": refusal, "who_am_i": refusal, "inside": False, "asked_to_wait": minded.how}
        return {"after": after, "name": "right"} | refused
    finally:
        coming.session.close()


def _mind(request: Request, response: Response) -> None:
    """Stop where the shop asks to wait, instead of waiting."""
    how = slowed(response)
    if how is not None:
        path = request.url.partition("?")[0].partition(";")[0]
        raise _Slowed(how, f"visitor: {request.method} {path} -> {response.status}")


def _home(given: Look) -> str | None:
    coming = visit(given, "visitor", witness=_mind)
    try:
        if not coming.session.can("home"):
            return None
        return str(told(coming.session.do("home"), "visitor")["outcome"])
    except _Slowed:
        return "denied"
    finally:
        coming.session.close()


class _Guesser:
    """Somebody who knows a user name and no password."""

    def __init__(self, given: Look, who: Account) -> None:
        self.tries: list[dict[str, Any]] = []
        self._given, self._who = given, who
        self._first: Outcome | None = None
        self._minded = False
        self._hollow: set[str] = set()

    def not_meant(self) -> None:
        """Heed no more what the shop has said so far: the right password was let in all the same."""
        self._hollow.update(signal for each in self.tries for signal in each["signals"])

    def go_on(self, most: int) -> None:
        """Try further wrong passwords, up to ``most`` in all, until the shop minds."""
        self._minded = False
        while len(self.tries) < most and not self._minded and not self.slowed_down:
            self._known()

    @property
    def slowed_down(self) -> bool:
        """Whether the latest answers came so late that further ones might not come at all (delays often double)."""
        return late([each["ms"] for each in self.tries if each["ms"] is not None])

    def compare(self) -> dict[str, Any]:
        """Give wrong passwords for a known and for unknown users, until the shop minds, and compare the answers."""
        known: list[Outcome] = []
        unknown: list[tuple[Outcome, str]] = []
        for turn in _ORDER:
            if turn == "known":
                one = self._known()
                known += [] if one is None or self._minded else [one]
            else:
                stranger = alike(self._who.username)
                other = self._try(stranger).outcome
                unknown += [] if other is None else [(other, stranger)]
            if self._minded:
                break
        return {
            "known": [answer_of(outcome, self._who.username) for outcome in known],
            "unknown": [answer_of(outcome, stranger) for outcome, stranger in unknown],
            "log_ins": [
                *(told(outcome, "known user", outputs=False) for outcome in known),
                *(told(outcome, "unknown user", outputs=False) for outcome, _ in unknown),
            ],
            "ms": {"known": _median(known), "unknown": _median([one for one, _ in unknown])},
        }

    def _known(self) -> Outcome | None:
        tried = self._try(self._who.username)
        signals = [tried.how] if tried.how else signals_of(tried.outcome, self._first) if tried.outcome else []
        self.tries.append(
            {
                "n": len(self.tries) + 1,
                "log_in": tried.log_in,
                "who_am_i": None if tried.seen is None else tried.seen["who_am_i"],
                "inside": tried.seen is not None and tried.seen["inside"],
                "ms": None if tried.outcome is None else took_ms(tried.outcome),
                "page_ms": None if tried.outcome is None else page_ms(tried.outcome),
                "signals": signals,
            }
        )
        self._first = self._first or tried.outcome
        self._minded = bool(set(signals) - self._hollow)
        return tried.outcome

    def _try(self, username: str) -> "_Tried":
        wrong = secrets.token_urlsafe(12)
        self._given.redactor.add(wrong)
        coming = visit(self._given, "visitor", witness=_mind)
        try:
            outcome = coming.session.do("log_in", username=username, password=wrong)
            seen = None if isinstance(outcome, Denied) else entered(coming, self._who)
        except _Slowed as minded:
            return _Tried(log_in=_told_off(minded), how=minded.how)
        else:
            return _Tried(log_in=told(outcome, "visitor", outputs=False), outcome=outcome, seen=seen)
        finally:
            coming.session.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """One wrong password: how it is told, what came of it and what it opened, or how the shop asked to wait instead."""

    log_in: dict[str, Any]
    outcome: Outcome | None = None
    seen: dict[str, Any] | None = None
    how: str = ""


def _told_off(minded: _Slowed) -> dict[str, Any]:
    return {"outcome": "denied", "step": "", "why": minded.detail, "requests": [minded.line]}


def late(took: Sequence[int]) -> bool:
    """Tell whether the last three answers (ms) each came a second later than the first two."""
    usual, latest = took[:_USUAL], took[_USUAL:][-_LATE:]
    return len(latest) == _LATE and min(latest) >= statistics.median(usual) + _LATE_MS


def _median(outcomes: list[Outcome]) -> int | None:
    found = [ms for outcome in outcomes if (ms := took_ms(outcome)) is not None]
    return round(statistics.median(found)) if found else None


def subjects(target: Target) -> tuple[str, ...]:
    """One look, on an account of its own."""
    return ("throw-away",) if target.platform.adapter else ()


PROBE = Probe(
    name="auth.brute_force",
    version="2",
    look=look,
    subjects=subjects,
    deadline_s=240,
    after=("auth.sessions", "auth.cookies"),
    exclusive=frozenset(f"account:{role}" for role in ROLES),
    writes=True,
)
