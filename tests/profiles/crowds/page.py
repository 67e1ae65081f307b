"""One page over a plain socket: nothing of the suites' own stands between shoppers and the clock.

The address is the first of the plan's ``product_urls``, as ``HOST:PORT``.
"""

import socket

from probes.errors import TargetAway
from profiles.plan import LoadPlan


def read(plan: LoadPlan) -> None:
    """Open a connection, read one answer, and leave.

    Raises:
        TargetAway: no page came.
    """
    host, _, port = plan.product_urls[0].rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
            while connection.recv(4096):
                pass
    except OSError as error:
        raise TargetAway(f"no page: {error}") from error
