"""What must stand in no answer: password hashes, one's own password, one's own session id or token. Pure.

A leak is told by its kind and its place, never by what leaked.
"""

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from probes.shop.outcome import spellings

HASHES: Mapping[str, re.Pattern[str]] = {
    "bcrypt": re.compile(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}"),
    "argon2": re.compile(r"argon2(?:id|i|d)?\$(?:argon2(?:id|i|d)\$)?v=\d+\$m=\d+,t=\d+,p=\d+\$"),
    "pbkdf2": re.compile(r"pbkdf2[_:-]sha\w+[$:]\d+[$:][^\s$:]{4,}[$:][A-Za-z0-9+/=]{20,}", re.IGNORECASE),
    "scrypt": re.compile(
        r"scrypt[$:](?:[^\s$:\"'<]+[$:]){1,4}[A-Za-z0-9+/=]{20,}|\$7\$[./A-Za-z0-9]{30,}",
    ),
    "md5crypt": re.compile(r"\$1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}"),
    "sha-crypt": re.compile(r"\$[56]\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}"),
    "phpass": re.compile(r"\$[PH]\$[./A-Za-z0-9]{31}"),
    "ldap": re.compile(r"\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{27,}={0,2}"),
    "django": re.compile(r"(?:sha1|md5)\$[A-Za-z0-9]{1,32}\$[0-9a-f]{32,40}"),
}
_NAMED = re.compile(
    r"""(?:password|passwd|pwd|mima)(?:_?(?:hash|hashed|digest|md5|sha\d*|encrypted))?["']?\s*"""
    r"""(?:[:=]|>|value\s*=|type\s*=\s*["']\w+["']\s*value\s*=)\s*["']?"""
    r"""(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})\b""",
    re.IGNORECASE,
)
_SHORTEST, _NO_WORD = 8, 16


def hashes_in(body: str) -> list[str]:
    """Return the kinds of password hashes that stand in a body."""
    plain = html.unescape(body).replace("\\/", "/").replace("\\u003d", "=").replace('\\"', '"')
    found = [kind for kind, pattern in HASHES.items() if pattern.search(plain)]
    return [*found, "hexadecimal"] if _NAMED.search(plain) else found


def secrets_in(body: str, secrets: Mapping[str, str]) -> list[str]:
    """Return the names of the secrets (``password``, ``session id`` ...) that stand in a body, in clear or escaped.

    Cookies hold some values percent-encoded; elsewhere these may stand decoded.
    """
    return [
        name
        for name, value in secrets.items()
        if _telling(value) and any(form in body for own in {value, unquote(value)} for form in spellings(own))
    ]


def _telling(value: str) -> bool:
    """Tell whether a value stands nowhere by chance: ``password`` and ``customer`` are also words of pages."""
    return len(value) >= _SHORTEST and (len(value) >= _NO_WORD or not value.isalpha())


def secrets_in_url(url: str, secrets: Mapping[str, str]) -> list[str]:
    """Return the names of the secrets that stand in a URL, plain or percent-encoded."""
    forms = (url, unquote(url))
    return [
        name
        for name, value in secrets.items()
        if _telling(value)
        and any(own in form or quote(own, safe="") in form for own in {value, unquote(value)} for form in forms)
    ]


def once(found: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    """Return ``[{"what", "where", "request"}]``, each kind and place once."""
    return [{"what": what, "where": where, "request": line} for what, where, line in dict.fromkeys(found)]
