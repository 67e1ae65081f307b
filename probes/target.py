"""The target: which platform, which roles, which bounds. Values only; ``probes.target_file`` reads them from TOML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from probes.canonical import Frozen, canonical_bytes, digest, freeze

Environment = Literal["production", "staging", "disposable"]
DEFAULT_PORTS = {"http": 80, "https": 443}


def places(urls: Iterable[str], hosts: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Return the hosts and ports that URLs and ``[platform] hosts`` list; a host without a port lists 80 and 443."""
    listed: set[tuple[str, int]] = set()
    for url in urls:
        parts = urlsplit(url)
        listed.add(((parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)))
    for entry in hosts:
        parts = urlsplit("//" + entry)
        ports = (parts.port,) if parts.port else tuple(DEFAULT_PORTS.values())
        listed.update(((parts.hostname or "").lower(), port) for port in ports)
    return frozenset(listed)


@lru_cache(maxsize=64)
def _listed(urls: tuple[str, ...], hosts: tuple[str, ...]) -> frozenset[tuple[str, int]]:
    return places(urls, hosts)  # every single request asks for them


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The ``[platform]`` table. ``hosts`` are further ``host`` or ``host:port`` that may be contacted."""

    id: str
    name: str
    base_url: str
    plain_url: str
    environment: Environment
    adapter: str
    authorised: bool
    hosts: tuple[str, ...]
    timezone: str
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A URL whose transport is looked at; ``addresses`` are published front ends that must answer as well."""

    url: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A test account: where its password comes from, never the password."""

    name: str
    username: str
    password_env: str | None
    password_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopHints:
    """Hints of the ``[shop]`` table; all optional."""

    search_term: str | None = None
    product_urls: tuple[str, ...] = ()
    sample: int = 12
    qualification_page: str | None = None
    max_orders: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a run: seconds, parallel probes, bytes of one answer."""

    deadline_s: float = 600.0
    request_timeout_s: float = 20.0
    workers: int = 4
    body_bytes: int = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A declared window in which writes in production are allowed where the target is authorised."""

    starts: datetime
    ends: datetime
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverEntry:
    """A ``[[waivers]]`` entry as written; the instant with its offset."""

    check: str
    reason: str
    owner: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target file, read and checked."""

    path: Path
    platform: Platform
    ledger_url: str
    ca_file: Path | None
    endpoints: tuple[Endpoint, ...]
    roles: Mapping[str, Role]
    shop: ShopHints
    mailbox_listen: str | None
    limits: Limits
    thresholds: Mapping[str, Mapping[str, float]]
    waivers: tuple[WaiverEntry, ...]
    not_applicable: Mapping[str, str]
    windows: tuple[Window, ...]
    written: Mapping[str, Frozen] = field(default_factory=lambda: freeze({}))

    def permits(self, url: str) -> bool:
        """Tell whether the host and port of ``url`` are on the list (base URL and payment hosts list themselves)."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            return False
        place = (parts.hostname.lower(), parts.port or DEFAULT_PORTS[parts.scheme])
        return place in self.listed()

    def listed(self) -> frozenset[tuple[str, int]]:
        """Return every host and port that may be contacted."""
        own = (self.platform.base_url, self.platform.plain_url, *(endpoint.url for endpoint in self.endpoints))
        return _listed(own, (*self.platform.hosts, *(self.declared("payment", "hosts") or ())))

    def why_not_write(self, now: datetime) -> str | None:
        """Return None where the run may write (place orders, register, try wrong passwords), else the plain reason."""
        if not self.platform.authorised:
            return "the target file does not say authorised = true"
        if self.platform.environment != "production":
            return None
        if any(window.starts <= now < window.ends for window in self.windows):
            return None
        return "environment = production, and no declared window is open"

    def declarations(self) -> Mapping[str, Frozen]:
        """Return what judges, bundle and report may know of the target: the file as written (it holds no secret)."""
        return self.written

    @property
    def sha256(self) -> str:
        """Digest of the canonical declarations."""
        return digest(canonical_bytes(self.written))

    def url(self, path: str) -> str:
        """Return the absolute URL of a path on the base URL (an absolute URL is returned as it is)."""
        if path.startswith(("http://", "https://")):
            return path
        return self.platform.base_url.rstrip("/") + "/" + path.lstrip("/")

    def declared(self, *keys: str) -> Any:
        """Return a value of the file as written, by its path of keys; None where it is not there."""
        value: Any = self.written
        for key in keys:
            if not isinstance(value, Mapping) or key not in value:
                return None
            value = value[key]
        return value
