"""How a refused log-in looks from outside: what it gives away, and whether the shop minds being asked again. Pure."""

import hashlib
import re
import secrets
import string
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from probes.auth.keeping import cookie_set
from probes.shop.answer import Answer
from probes.shop.outcome import Exchange, Outcome, spellings
from probes.transports.port import Response

_TOO_MANY, _UNAVAILABLE = 429, 503
_CAPTCHA = re.compile(
    r"captcha|turnstile|geetest|arkose|验证码|滑块|拖动|人机验证",
    re.IGNORECASE,
)
_MINDS = re.compile(
    r"lock(?:ed|out)|too many|try again (?:later|in)|temporar\w+ (?:blocked|disabled|suspended)|rate limit|"
    r"attempts? (?:left|remaining|exceeded)|锁定|冻结|次数过多|过于频繁|频繁|稍后再试|稍后重试|分钟后|"
    r"还可尝试|剩余\S{0,4}次",
    re.IGNORECASE,
)
_WARNS = re.compile(r"attempts? (?:left|remaining)|还可尝试|剩余\S{0,4}次", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_TEXT_KEPT = 2000
_NO_ANSWER: dict[str, Any] = {
    "status": None,
    "location": None,
    "location_sha256": "",
    "text": "",
    "text_sha256": "",
    "exact_sha256": "",
    "text_length": 0,
    "cookies": [],
}


def submitted(exchanges: Sequence[Exchange]) -> Exchange | None:
    """Return the exchange that handed the password in: the last that was no GET; None where nothing was handed in."""
    return next((exchange for exchange in reversed(exchanges) if exchange.method != "GET"), None)


def took_ms(outcome: Outcome) -> int | None:
    """Return how long the shop took over the password, in ms."""
    found = submitted(outcome.exchanges)
    return None if found is None else found.elapsed_ms


def page_ms(outcome: Outcome) -> int | None:
    """Return how long the page with the form took, in ms; None where there is no such page (an API)."""
    return next((exchange.elapsed_ms for exchange in outcome.exchanges if exchange.method == "GET"), None)


def slowed(response: Response) -> str | None:
    """Return how a response asks us to wait, None where it does not: 429, or 503 with Retry-After."""
    asked = response.header("retry-after")
    if response.status == _TOO_MANY:
        return "status 429"
    return "retry-after" if response.status == _UNAVAILABLE and asked is not None else None


def signals_of(outcome: Outcome, first: Outcome | None) -> list[str]:
    """Return what a refusal says that the first refusal did not: ``captcha``, ``message``.

    A page that has said "too many attempts" or asked for a captcha from the start says nothing by it. "Two attempts
    left" is a warning, no lock.
    """
    last = outcome.exchanges[-1].answer if outcome.exchanges else None
    plain = first.exchanges[-1].answer if first is not None and first.exchanges else None
    if last is None:
        return []
    found = []
    if _CAPTCHA.search(last.body) and not (plain is not None and _CAPTCHA.search(plain.body)):
        found.append("captcha")
    if _minding(last) - (_minding(plain) if plain is not None else set()):
        found.append("message")
    return found


def _minding(answer: Answer) -> set[str]:
    return {found.casefold() for found in _MINDS.findall(answer.text) if not _WARNS.fullmatch(found)}


def answer_of(outcome: Outcome, username: str) -> dict[str, Any]:
    """Return how a refusal looks, with the typed user name masked, and all numbers.

    ``{"status", "location": path|null, "location_sha256", "text", "text_sha256", "exact_sha256", "text_length",
    "cookies": [name]}`` of the answer to the password; the text is that of the page where it ended. In the whole
    location and in the exact text numbers stand as they are: an error's code may be all that differs.
    """
    handed_in = submitted(outcome.exchanges)
    if handed_in is None:
        return dict(_NO_ANSWER)
    exact = named(outcome.exchanges[-1].text, username)
    text = _NUMBER.sub("#", exact)
    lines = (value for name, value in handed_in.answer.response.headers if name.lower() == "set-cookie")
    set_names = {cookie.name for line in lines if (cookie := cookie_set(handed_in.url, line)) is not None}
    return {
        "status": handed_in.status,
        "location": None if handed_in.location is None else _path(handed_in.location),
        "location_sha256": _digest(named(unquote_plus(handed_in.location or ""), username)),
        "text": text[:_TEXT_KEPT],
        "text_sha256": _digest(text),
        "exact_sha256": _digest(exact),
        "text_length": len(text),
        "cookies": sorted(set_names),
    }


def masked(text: str, username: str) -> str:
    """Return a text with the user name and all numbers masked: times and counters differ between any two answers."""
    return _NUMBER.sub("#", named(text, username))


def named(text: str, username: str) -> str:
    """Return a text with the user name masked: whole, and what stands before its ``@``."""
    whole = [re.escape(form) for form in spellings(username) if form]
    parts = [rf"(?<!\w){re.escape(form)}(?!\w)" for form in spellings(username.partition("@")[0]) if form]
    forms = (*sorted(whole, key=len, reverse=True), *sorted(parts, key=len, reverse=True))
    return re.sub("|".join(forms), "NAME", text, flags=re.IGNORECASE) if forms else text


def alike(username: str) -> str:
    """Return a user name that nobody has and that looks like this one: shops show names back, some starred out.

    Same length, same first two letters and last one of what stands before the ``@``, same host.
    """
    local, at, host = username.partition("@")
    middle = "".join(
        secrets.choice(string.ascii_lowercase) if character.isalnum() else character for character in local[2:-1]
    )
    return f"{local[:2]}{middle}{local[2:][-1:]}{at}{host}"


def _path(location: str) -> str:
    try:
        return urlsplit(location).path
    except ValueError:  # no URL
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
