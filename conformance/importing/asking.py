"""From the words of ``duheng import`` to what is to be read and where it belongs; all that is wrong is told at once."""

import base64
import dataclasses
import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from conformance.importing.keeping import Place
from conformance.importing.prometheus import Server
from conformance.importing.saying import Span
from conformance.outages import instant_ms
from probes.canonical import freeze
from probes.clock import Clock
from probes.errors import SettingsError
from probes.redaction import SHORTEST_SECRET, Redactor
from probes.target import Limits, Target
from probes.target_values import fault_of, split
from probes.transports.http import RequestsHttp

_ANSWER_BYTES: Final = 50_000_000
_ANSWER_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The options that both sources share, as they were written."""

    check: str
    vantage: str
    depth: str
    every_s: float
    starts: str | None
    ends: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Names of the environment variables that hold them, never themselves; the user of a password by name."""

    user: str | None = None
    password_env: str | None = None
    token_env: str | None = None


def place_of(words: Words, target: Target) -> Place:
    """Return where the import belongs.

    Raises:
        SettingsError: a name that cannot be one.
    """
    faults = (("--check", fault_of("name", words.check)), ("--vantage", fault_of("text", words.vantage)))
    wrong = [f"{option}: {fault}" for option, fault in faults if fault is not None]
    if wrong:
        raise SettingsError(*wrong)
    return Place(
        platform_id=target.platform.id,
        zone=ZoneInfo(target.platform.timezone),
        check=words.check,
        vantage=words.vantage,
        depth=words.depth,
    )


def span_of(words: Words, target: Target, now_ms: int) -> Span:
    """Return the span that is asked for; without ``--from`` it begins in 1970, without ``--to`` it ends now.

    Raises:
        SettingsError: an instant that is none, a span that does not last or ends in the future.
    """
    zone = ZoneInfo(target.platform.timezone)
    starts_ms = 0 if words.starts is None else instant_ms(words.starts, "--from", zone)
    ends_ms = now_ms if words.ends is None else instant_ms(words.ends, "--to", zone)
    if ends_ms > now_ms:
        raise SettingsError("--to: is in the future; nothing was imported")
    if not 0 <= starts_ms < ends_ms:
        raise SettingsError("--from: must be earlier than --to; nothing was imported")
    return Span(starts_ms=starts_ms, ends_ms=ends_ms, every_ms=round(words.every_s * 1000))


@contextmanager
def server_of(
    url: str, credentials: Credentials, target: Target, clock: Clock, environment: Mapping[str, str]
) -> Iterator[Server]:
    """Open a session that reaches this one host, which the user named, and no other; redirects are not followed.

    Raises:
        SettingsError: not a URL that can be asked for, or credentials that are not there or would travel in clear.
    """
    redactor = Redactor()
    _require_url(url)
    headers = _headers(url, credentials, environment, redactor)
    session = RequestsHttp(_only(url, target), clock, redactor)
    try:
        yield Server(url=url.rstrip("/"), http=session, clock=clock, redactor=redactor, headers=headers)
    finally:
        session.close()


def _require_url(url: str) -> None:
    if "@" in url.partition("//")[2].partition("/")[0]:
        raise SettingsError("URL: holds a user or a password; leave it out and see --user, --password-env, --token-env")
    if split(url) is None or fault_of("url", url) is not None:
        raise SettingsError("URL: must be that of a Prometheus, such as https://prometheus.example:9090")


def _only(url: str, target: Target) -> Target:
    """Return the target with this URL's host as the only one that may be contacted."""
    platform = dataclasses.replace(target.platform, base_url=url, plain_url=url, hosts=())
    limits = Limits(request_timeout_s=_ANSWER_S, body_bytes=_ANSWER_BYTES)
    return dataclasses.replace(target, platform=platform, endpoints=(), limits=limits, written=freeze({}))


def _headers(
    url: str, credentials: Credentials, environment: Mapping[str, str], redactor: Redactor
) -> tuple[tuple[str, str], ...]:
    if (credentials.user is None) != (credentials.password_env is None):
        raise SettingsError("--user and --password-env go together")
    if credentials.password_env is not None and credentials.token_env is not None:
        raise SettingsError("--token-env: leave it out, or --user and --password-env; Prometheus takes one of them")
    option, variable = next(
        (
            pair
            for pair in (("--password-env", credentials.password_env), ("--token-env", credentials.token_env))
            if pair[1]
        ),
        ("", None),
    )
    if variable is None:
        return ()
    secret = environment.get(variable, "")
    if len(secret) < SHORTEST_SECRET or not secret.isprintable():
        raise SettingsError(f"{option}: the environment variable {variable} holds no secret that can be used")
    if urlsplit(url).scheme == "http" and not _is_loopback(urlsplit(url).hostname or ""):
        raise SettingsError(f"{option}: would travel in clear; give an https URL")
    redactor.add(secret)
    if credentials.user is None:
        return (("Authorization", f"Bearer {secret}"),)
    pair = base64.b64encode(f"{credentials.user}:{secret}".encode()).decode()
    redactor.add(pair)
    return (("Authorization", f"Basic {pair}"),)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
