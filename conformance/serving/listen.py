"""Where to listen: an address that is written out; whether others than this machine may reach it."""

import ipaddress
from dataclasses import dataclass

from probes.errors import SettingsError

DEFAULT = "127.0.0.1:9469"
_PORTS = range(65_536)
_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """An IP address and a port (0: one that is free)."""

    host: str
    port: int

    @property
    def ipv6(self) -> bool:
        """Tell whether it is an IPv6 address."""
        return ":" in self.host

    @property
    def loopback(self) -> bool:
        """Tell whether only this machine can reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    def url(self, port: int) -> str:
        """Return the address with the port that was taken."""
        return f"http://[{self.host}]:{port}" if self.ipv6 else f"http://{self.host}:{port}"


def listen_of(text: str) -> Listen:
    """Return what ``127.0.0.1:9469``, ``localhost:0`` or ``[::1]:9469`` means.

    Raises:
        SettingsError: no address, no port, or a name: a port alone would mean every address of the machine, and that
            must be written out (``0.0.0.0:9469``).
    """
    host, _, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    bare = "127.0.0.1" if host == "localhost" else host[1:-1] if bracketed else host
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= _DIGITS else -1
    if bracketed != (":" in bare) or not _is_address(bare) or number not in _PORTS:
        raise SettingsError(
            f"--listen: {text!r} is no ADDRESS:PORT; write {DEFAULT}, [::1]:9469, or 0.0.0.0:9469 for every address "
            "of this machine"
        )
    return Listen(host=bare, port=number)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
