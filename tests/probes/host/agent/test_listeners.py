"""Which TCP sockets listen: the kernel's own answer is that of its tables, and the tables do where it gives none."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from probes.host.agent import listeners, sockets
from probes.host.agent.machine import Machine

PLACES = (
    ("127.0.0.1", socket.AF_INET),
    ("127.0.0.9", socket.AF_INET),
    ("::1", socket.AF_INET6),
    ("::", socket.AF_INET6),
)


@pytest.fixture
def ports() -> Iterator[dict[tuple[str, int], int]]:
    """Sockets that listen, and one connection: address and port, with the socket's inode."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server((host, 0), family=family)) for host, family in PLACES]
        stack.enter_context(socket.create_connection(opened[0].getsockname()))
        stack.enter_context(opened[0].accept()[0])
        yield {each.getsockname()[:2]: each.fileno() for each in opened}


def _told() -> list[tuple[str, int, str]]:
    found = sockets.read(Machine())["listening"]
    return sorted((each["address"], each["port"], each["process"] or "") for each in found if "tcp" in each["protocol"])


def _ours(told: list[tuple[str, int, str]], ports: dict[tuple[str, int], int]) -> set[tuple[str, int]]:
    return {each[:2] for each in told} & set(ports)


def test_what_the_kernel_answers_is_what_its_tables_say(
    ports: dict[tuple[str, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _told()
    assert _ours(asked, ports) == set(ports)

    def silent(_: str) -> None:
        raise OSError("no such kernel")

    monkeypatch.setattr(sockets, "listeners", silent)
    assert _told() == asked


@pytest.mark.parametrize(
    "piece",
    [
        struct.pack("=IHHII", 16 + 4, 2, 0, 1, 0) + struct.pack("=i", -2),
        struct.pack("=IHHII", 16, 3, 0x10, 1, 0),
        struct.pack("=IHHII", 4_000, 20, 0, 1, 0),
        struct.pack("=IHHII", 16 + 10, 20, 0, 1, 0) + bytes(12),
        b"half",
    ],
    ids=["refused", "disturbed", "cut off", "short", "torn"],
)
def test_an_answer_that_is_none_is_an_error(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        AF_NETLINK = SOCK_RAW = 0

        def socket(self, *_: object) -> Any:
            return self

        def settimeout(self, _: float) -> None: ...
        def send(self, _: bytes) -> None: ...
        def close(self) -> None: ...
        def recv(self, _: int) -> bytes:
            return piece

    monkeypatch.setitem(__import__("sys").modules, "_socket", Kernel())
    with pytest.raises(OSError, match="kernel"):
        listeners.listeners("tcp")


def test_a_place_that_is_not_this_machine_is_read_as_files(tmp_path: Any) -> None:
    (tmp_path / "proc/net").mkdir(parents=True)
    row = "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 0 100 0 0 10 0"
    (tmp_path / "proc/net/tcp").write_text(
        f"  sl  local_address rem_address   st\n{row}\n{row.replace(' 0A ', ' 01 ')}\n"
    )
    (tmp_path / "proc/net/protocols").write_text("protocol  size\nTCP 1\n")
    (found,) = sockets.read(Machine(str(tmp_path)))["listening"]
    assert (found["protocol"], found["address"], found["port"]) == ("tcp", "127.0.0.1", 8080)
