"""Connections of urllib3 that keep a wall-clock deadline whatever the server does.

The timeouts of requests count from the last byte, so a server that sends one byte a second is never "late". Here every
read and every write on the socket gets what is left of the deadline, and no more.
"""

import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from probes.clock import Deadline
from probes.target import DEFAULT_PORTS
from probes.transports import dial


class Budget:
    """The deadline of the request under way, shared by the connections of one session.

    ``dialled`` tells whether the request under way opened a connection of its own (else it reused a kept one).
    """

    def __init__(self) -> None:
        """Start without a request."""
        self.deadline: Deadline | None = None
        self.dialled = False

    def begin(self, deadline: Deadline) -> None:
        """Start a request that must be over by ``deadline``."""
        self.deadline = deadline
        self.dialled = False

    def left_s(self) -> float | None:
        """Return the seconds left; None outside a request.

        Raises:
            TimeoutError: if none are left.
        """
        if self.deadline is None:
            return None
        left = self.deadline.remaining_s()
        if left <= 0:
            raise TimeoutError("deadline passed")
        return left

    def connect(self, host: str, port: int) -> "BoundedSocket":
        """Return a fresh connection that keeps this budget; raises as ``dial.connect`` does."""
        if self.deadline is None:
            raise RuntimeError("a connection outside a request")
        self.dialled = True
        made = dial.connect(host, port, self.deadline)
        bounded = BoundedSocket(made.family, made.type, made.proto, fileno=made.detach())
        bounded.budget = self
        bounded.settimeout(self.left_s())
        return bounded


class BoundedSocket(socket.socket):
    """A TCP socket whose every read and write ends with the budget."""

    budget: Budget

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read what comes within the budget."""
        self.settimeout(self.budget.left_s())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Write all of it within the budget."""
        self.settimeout(self.budget.left_s())
        super().sendall(*args, **kwargs)


class BoundedTlsSocket(ssl.SSLSocket):
    """The same over TLS; the handshake is bounded by the timeout of the socket that is wrapped."""

    budget: Budget | None = None

    def read(self, *args: Any, **kwargs: Any) -> Any:
        """Read what comes within the budget."""
        if self.budget is not None:
            self.settimeout(self.budget.left_s())
        return super().read(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Write what fits within the budget."""
        if self.budget is not None:
            self.settimeout(self.budget.left_s())
        return super().send(*args, **kwargs)


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._budget = budget

    def _new_conn(self) -> socket.socket:
        return self._budget.connect(self._dns_host, self.port)


class _TlsConnection(HTTPSConnection):
    def __init__(self, *args: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._budget = budget

    def _new_conn(self) -> socket.socket:
        return self._budget.connect(self._dns_host, self.port)

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, BoundedTlsSocket):
            self.sock.budget = self._budget


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class BoundedAdapter(HTTPAdapter):
    """An adapter of requests over bounded connections, one kept alive for each scheme, host and port."""

    def __init__(self, budget: Budget, context: ssl.SSLContext) -> None:
        """Verify TLS by ``context``, which makes ``BoundedTlsSocket``s; keep to ``budget``."""
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._budget = budget
        self._context = context
        self._pools: dict[tuple[str, str, int], HTTPConnectionPool] = {}

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any
    ) -> HTTPConnectionPool:
        """Return the pool for the request's scheme, host and port; there are no proxies."""
        parts = urlsplit(request.url or "")
        place = (parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])
        if place not in self._pools:
            self._pools[place] = self._pool(*place)
        return self._pools[place]

    def _pool(self, scheme: str, host: str, port: int) -> HTTPConnectionPool:
        if scheme == "https":
            return _TlsPool(host, port, maxsize=1, ssl_context=self._context, budget=self._budget)
        return _Pool(host, port, maxsize=1, budget=self._budget)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the verification to the context (requests would load its own bundle on top)."""

    def drop_kept(self) -> None:
        """Close the connections that are kept alive."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def close(self) -> None:
        """Close everything."""
        self.drop_kept()
        super().close()
