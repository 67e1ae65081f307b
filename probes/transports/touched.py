"""Which origins answered over https in this run: what journeys touch is looked at as well. Shared between threads."""

import threading
from urllib.parse import urlsplit

from probes.target import DEFAULT_PORTS


class Touched:
    """The https origins that gave an answer."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._origins: set[str] = set()

    def note(self, url: str) -> None:
        """Remember where an answer came from; what is not https is left out."""
        found = origin(url)
        if found is not None:
            with self._lock:
                self._origins.add(found)

    def origins(self) -> tuple[str, ...]:
        """Return what answered so far, as ``https://host:port``, sorted."""
        with self._lock:
            return tuple(sorted(self._origins))


def origin(url: str) -> str | None:
    """Return the origin of a URL with its port written out, or None where it is not https."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host.lower()}:{parts.port or DEFAULT_PORTS['https']}"
