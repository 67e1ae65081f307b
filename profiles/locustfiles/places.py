"""Where URLs lead, and connections to there: what the sessions of one worker share.

A run opens thousands of sessions. Each has a connection of its own, as visitors have; the list of permitted hosts, the
trust store and the name service's answers are asked for once, and names again after a few seconds.
"""

import functools
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from probes.clock import Clock, Deadline
from probes.errors import NotPermitted
from probes.redaction import Redactor
from probes.target import DEFAULT_PORTS, Target
from probes.transports.dial import Address, connect, resolve
from probes.transports.trust import trusting_context

NAMES_KEPT_S: Final = 5.0
_URLS_KEPT: Final = 4096
_SAFE: Final = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a URL leads: scheme, host and port to connect to, and what the request says.

    ``named`` is the place as messages name it, ``asked`` the request target, ``host_line`` the Host header.
    """

    scheme: str
    host: str
    port: int
    named: str
    asked: str
    host_line: str

    @property
    def place(self) -> tuple[str, str, int]:
        """What one connection serves."""
        return self.scheme, self.host, self.port


class Places:
    """The permitted places of one target; shared by all sessions of a worker (greenlets of one thread)."""

    def __init__(self, target: Target, clock: Clock) -> None:
        """Keep to the target's list of hosts.

        Raises:
            SettingsError: the target's ``ca_file`` cannot be used.
        """
        self.target = target
        self.clock = clock
        self.way = functools.lru_cache(maxsize=_URLS_KEPT)(self._way)
        self._context = trusting_context(target.ca_file)
        self._known: dict[tuple[str, int], tuple[float, tuple[Address, ...]]] = {}

    def connected(self, way: Way, deadline: Deadline) -> socket.socket:
        """Return a fresh connection, TLS verified; raises as ``dial.connect`` does, and ``ssl.SSLError``."""
        plain = connect(way.host, way.port, deadline, resolved=self._addresses)
        if way.scheme == "http":
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=way.host)
        except BaseException:
            plain.close()
            raise

    def _way(self, url: str) -> Way:
        """Return where a URL leads.

        Raises:
            NotPermitted: it is no web address, or its host is not on the target's list.
        """
        shown = Redactor().url
        try:
            permitted, parts = self.target.permits(url), urlsplit(url)
            host = (parts.hostname or "").encode("idna").decode("ascii") if permitted else ""
            port = parts.port
        except ValueError:  # a port that is no port, a bracket that is not closed, a name that is none
            raise NotPermitted(f"not a URL that can be asked for: {shown(url)}") from None
        named = parts.netloc.rpartition("@")[2] or shown(url)
        if not permitted:
            raise NotPermitted(f"{named} is not a host of the target; if it belongs to it, list it in [platform] hosts")
        usual = DEFAULT_PORTS[parts.scheme]
        bracketed = f"[{host}]" if ":" in host else host
        return Way(
            scheme=parts.scheme,
            host=host,
            port=port or usual,
            named=named,
            asked=quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE),
            host_line=bracketed if port in {None, usual} else f"{bracketed}:{port}",
        )

    def _addresses(self, host: str, port: int, deadline: Deadline) -> tuple[Address, ...]:
        known = self._known.get((host, port))
        if known is not None and self.clock.monotonic_s() - known[0] < NAMES_KEPT_S:
            return known[1]
        found = resolve(host, port, deadline)
        self._known[host, port] = self.clock.monotonic_s(), found
        return found
