"""The credentials of the platform's API client: where they lie, and a transport that shows them, to that API only."""

import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from probes.clock import Deadline
from probes.look import Look
from probes.redaction import Redactor
from probes.shop.compose import origin
from probes.shop.credentials import Whereabouts, secret_at
from probes.shop.session import ShopSession
from probes.target import Target
from probes.transports.passing import PassingHttp
from probes.transports.port import Http, Request, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A header that shows who calls; the value stands in no representation."""

    header: str
    scheme: str
    secret: str = field(repr=False)

    @property
    def value(self) -> str:
        """What is sent."""
        return f"{self.scheme} {self.secret}".strip()


def has_key(target: Target) -> bool:
    """Tell whether the target file says where the API client's credentials lie."""
    return any(target.declared("api", name) for name in ("key_env", "key_file"))


def key_of(look: Look) -> ApiKey:
    """Return the credentials that ``[api]`` declares; raises as ``key_in``."""
    return key_in(look.target, look.redactor)


def key_in(target: Target, redactor: Redactor) -> ApiKey:
    """Return the credentials that ``[api]`` declares; the redactor learns them before anyone else.

    Raises:
        NotSet: none are declared, or they are not where the file says.
    """
    file = target.declared("api", "key_file")
    where = Whereabouts(
        table="api",
        key="key",
        env=target.declared("api", "key_env"),
        file=target.path.parent / Path(str(file)) if file else None,
    )
    header = target.declared("api", "header") or "Authorization"
    scheme = target.declared("api", "scheme")
    if scheme is None:
        scheme = "Bearer" if header.lower() == "authorization" else ""
    return ApiKey(header=header, scheme=scheme, secret=secret_at(where, redactor, hint="with the API key"))


def another(key: ApiKey, look: Look) -> ApiKey:
    """Return credentials of the same form that nobody was given."""
    kinds = ((str.isdigit, string.digits), (str.isupper, string.ascii_uppercase), (str.islower, string.ascii_lowercase))
    made = "".join(_like(letter, kinds) for letter in key.secret)
    if made == key.secret:
        made = made[::-1] + "0"
    look.redactor.add(made)
    return ApiKey(header=key.header, scheme=key.scheme, secret=made)


def _like(letter: str, kinds: tuple[tuple[Callable[[str], bool], str], ...]) -> str:
    return next((secrets.choice(letters) for fits, letters in kinds if fits(letter)), letter)


class Recording(PassingHttp):
    """A transport that shows an API key (or none) and keeps what was asked and answered.

    The key goes to the given origins alone, wherever a redirect may lead.
    """

    def __init__(self, inner: Http, key: ApiKey | None, origins: frozenset[str]) -> None:
        """Wrap a transport; it stays open."""
        super().__init__(inner)
        self._key = key
        self._origins = origins
        self.calls: list[tuple[Request, Response]] = []

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send one request, with the key where it belongs; raises as the transport does."""
        if self._key is not None and origin(request.url) in self._origins:
            others = tuple(pair for pair in request.headers if pair[0].lower() != self._key.header.lower())
            shown = (*others, (self._key.header, self._key.value))
            asked = Request(method=request.method, url=request.url, headers=shown, body=request.body)
        else:
            asked = request
        answer = super().send(asked, deadline=deadline)
        self.calls.append((request, answer))
        return answer

    def close(self) -> None:
        """Leave the transport open: it is the session's."""


@contextmanager
def showing(session: ShopSession, key: ApiKey | None, origins: frozenset[str]) -> Iterator[Recording]:
    """Let a session call with this key, or with none, for a while; cookies that it was given before are dropped."""
    made: list[Recording] = []

    def wrap(inner: Http) -> Http:
        inner.forget()
        made.append(Recording(inner, key, origins))
        return made[0]

    with session.through(wrap):
        yield made[0]
