"""Is it us? Hosts of somebody else that answer as long as our own network works; asked only when a check has failed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from probes.clock import Clock, Deadline
from probes.errors import LookFailed
from probes.target import DEFAULT_PORTS
from probes.transports import dial
from probes.transports.trust import trusting_context

ASKED_S: Final = 4.0
FRESH_S: Final = 2.0


@dataclass(slots=True)
class _Known:
    at_s: float
    works: bool


class Canaries:
    """The declared canaries; safe to share between threads, which also share an answer for two seconds."""

    def __init__(self, places: Sequence[str], clock: Clock) -> None:
        """Keep ``host:port`` or URLs, and the clock."""
        self._places = tuple(places)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: _Known | None = None

    def own_network_works(self) -> bool | None:
        """Tell whether any canary answers; None where none is declared, so that nobody can say."""
        if not self._places:
            return None
        with self._lock:
            known, now_s = self._known, self._clock.monotonic_s()
            if known is None or now_s - known.at_s > FRESH_S:
                works = any(self._sings(place) for place in self._places)
                known = self._known = _Known(self._clock.monotonic_s(), works)
            return known.works

    def _sings(self, place: str) -> bool:
        parts = urlsplit(place if "://" in place else f"//{place}")
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        deadline = Deadline.after(self._clock, ASKED_S / len(self._places))
        try:
            with dial.connect(host, port, deadline) as connection:
                if parts.scheme == "https":  # whoever catches all connections has no certificate for this name
                    connection.settimeout(max(deadline.remaining_s(), 0.001))
                    trusting_context(None).wrap_socket(connection, server_hostname=host).close()
        except (LookFailed, OSError):
            return False
        return True
