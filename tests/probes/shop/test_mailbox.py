"""The mailbox's end: it parts with whoever is still connected."""

import gc
import socket
from contextlib import ExitStack

import pytest

from probes.shop.mailbox import Mailbox


def test_a_shop_that_stays_connected_is_parted_with() -> None:
    """Mailers keep their connections for the next message; what is left open would be told of much later."""
    with ExitStack() as opened:
        with Mailbox("127.0.0.1:0") as mailbox:
            kept = [opened.enter_context(socket.create_connection(("127.0.0.1", mailbox.port), 10)) for _ in range(200)]
            greeted = kept[0]
            assert greeted.recv(1024).startswith(b"220 ")
        gc.collect()  # a socket that nobody closed would be told of here, and fail this test
        assert not _still_open(greeted)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", mailbox.port), 10)


def _still_open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1024) != b""
    except ConnectionResetError:
        return False
