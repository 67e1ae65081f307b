"""A log-in over SSH that is meant to be refused: an account that does not exist, with a password of chance."""

import logging
import secrets
import socket

import paramiko

from probes.clock import Deadline
from probes.transports.ssh import Watch

logging.getLogger("paramiko").addHandler(logging.NullHandler())

_SHORTEST_S = 0.001


def refused_login(carrier: socket.socket, user: str, deadline: Deadline) -> bool:
    """Tell whether the server answered the log-in, which nobody expects to succeed; the carrier is closed.

    The server's key is not looked at: what it is told is worth nothing.
    """
    with carrier:
        try:
            carrier.settimeout(max(deadline.remaining_s(), _SHORTEST_S))
            transport = paramiko.Transport(carrier)
        except (paramiko.SSHException, EOFError, OSError):
            return False
        with Watch(transport.close, deadline):
            try:
                transport.start_client(timeout=deadline.remaining_s())
                transport.auth_password(user, secrets.token_hex(12), fallback=False)
            except paramiko.AuthenticationException:
                return True
            except (paramiko.SSHException, EOFError, OSError):
                return False
            finally:
                transport.close()
    return True
