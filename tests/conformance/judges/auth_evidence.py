"""Plain evidence of the looks at log-ins and sessions: what they record of a shop in which all is well."""

from typing import Any

Data = dict[str, Any]
WHO = "x@example.com"


def opened(*, log_in: bool = True, **more: Any) -> Data:
    """Return a log-in that opened the account, or kept credentials that did."""
    step = {"outcome": "done", "outputs": {"email": WHO}, "requests": ["owner: GET /account/ -> 200"]}
    came = {"log_in": {"outcome": "done", "outputs": {}, "requests": ["owner: POST /login/ -> 303"]}} if log_in else {}
    return {**came, "who_am_i": step, "inside": True, **more}


def shut(*, log_in: bool = True, **more: Any) -> Data:
    """Return a log-in that was refused, or kept credentials that were."""
    no = {
        "outcome": "denied",
        "step": "account",
        "why": "step account: denied by 302",
        "requests": ["x: GET /a -> 302"],
    }
    came = {"log_in": no} if log_in else {}
    return {**came, "who_am_i": no, "inside": False, **more}


def wrong(n: int, *signals: str, ms: int = 20, page_ms: int | None = 10) -> Data:
    """Return one wrong password, refused."""
    step = {"outcome": "denied", "why": "denied by 200", "requests": [f"visitor: POST /login/?{n} -> 200"]}
    return {
        "n": n,
        "log_in": step,
        "who_am_i": None,
        "inside": False,
        "ms": ms,
        "page_ms": page_ms,
        "signals": list(signals),
    }


def answer(text: str = "wrong user name or password") -> Data:
    """Return how a refusal looks."""
    return {
        "status": 200,
        "location": None,
        "location_sha256": "nowhere",
        "text": text,
        "text_sha256": text,
        "exact_sha256": text,
        "text_length": 9,
        "cookies": ["sid"],
    }


def brute_force() -> Data:
    refused = {"outcome": "denied", "why": "denied by 200", "requests": ["known user: POST /login/ -> 200"]}
    return {
        "username": WHO,
        "tries": [*(wrong(n) for n in range(1, 5)), wrong(5, "message")],
        "rights": [opened(name="right", after=0, asked_to_wait=None), shut(name="right", after=5, asked_to_wait=None)],
        "other_before": opened(name="right", after=0, asked_to_wait=None),
        "other_account": opened(name="right", after=5, asked_to_wait=None),
        "home": "done",
        "unknown": {
            "known": [answer(), answer(), answer()],
            "unknown": [answer(), answer(), answer()],
            "log_ins": [refused] * 6,
            "ms": {"known": 20, "unknown": 12},
        },
    }


def sessions() -> Data:
    return {
        "username": WHO,
        "carried_by": ["sid"],
        "log_ins": [{"inside": True}] * 3,
        "ids": {
            "count": 3, "distinct": 3, "shortest": 22, "longest": 22, "alphabet": "A-Za-z0-9-_", "constant": 0,
            "bits": 132.0, "sequential": False, "largest_step": None,
        },
        "renewed": True,
        "replayed": [
            shut(log_in=False, name="before log-in"),
            shut(log_in=False, name="planted"),
            opened(log_in=False, name="control"),
            shut(log_in=False, name="guess: one character changed"),
            shut(log_in=False, name="guess: made up"),
            opened(log_in=False, name="control after guesses"),
            opened(log_in=False, name="kept before log-out"),
            shut(log_in=False, name="kept after log-out"),
            shut(log_in=False, name="kept after next log-in"),
        ],
        "log_out": {"outcome": "done", "outputs": {}, "requests": ["throw-away: POST /logout/ -> 303"]},
        "change": {
            "tried": True,
            "changed": {"outcome": "done", "outputs": {}, "requests": ["throw-away: POST /password/ -> 303"]},
            "replayed": [
                opened(log_in=False, name="other session before"),
                shut(log_in=False, name="other session after"),
            ],
            "own_session": True,
            "passwords": [opened(name="new password"), shut(name="old password")],
        },
        "reset": {"tried": False, "lacks": "mailbox", "why": "the target file declares no mailbox"},
    }  # fmt: skip


def cookies() -> Data:
    flags = {"name": "sid", "secure": True, "httponly": True, "samesite": "Lax", "over_tls": True}
    return {
        "carried_by": ["sid"],
        "cookies": [flags | {"request": "buyer_a: POST /login/ -> 303"}],
        "answers": 12,
        "urls": 12,
        "read": ["home", "who_am_i", "list_orders"],
        "unread": [],
        "in_urls": [],
        "in_answers": [],
    }


def reset(**inside: bool) -> Data:
    """Return a reset whose link was used twice; ``inside`` says which passwords opened the account afterwards."""
    step = {"outcome": "done", "outputs": {}, "requests": ["visitor: POST /reset/ -> 303"]}
    no = {"outcome": "denied", "why": "used", "requests": ["visitor: POST /reset/ -> 200"]}
    names = {"first": "first new password", "before": "password before", "second": "second new password"}
    opens = {"first": True, "before": False, "second": False} | inside
    return {
        "tried": True,
        "asked": step,
        "mailed": {"shortest": 32, "alphabet": "a-z0-9", "bits": 165.4},
        "first": step,
        "second": no,
        "passwords": [(opened if opens[key] else shut)(name=name) for key, name in names.items()],
    }
