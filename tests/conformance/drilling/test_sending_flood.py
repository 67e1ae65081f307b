"""The flood's last question, are we kept out: asked as soon as a block is noted; untold where its watch was cut."""

from pathlib import Path
from typing import Any

from conformance.drilling.sending_flood import BLOCKED, IN_A_ROW, flood
from profiles.drills.traces import OVER, tracing
from tests.conformance.drilling.sent import Answer, answering, sending, task_of

ATTEMPTS = 4
UNBAN: dict[str, Any] = {"banned": ["false"], "unban": ["true"]}


class Edge:
    """An edge that notes a block once all attempts are over; whether it keeps out is said by the test."""

    def __init__(self, folder: Path) -> None:
        self.run = folder / "drill.run-12345678"
        self.attempts = self.waits = 0
        self.keeps_out = False

    def answer(self, asked: str, body: bytes) -> tuple[int, bytes]:
        assert (asked, b"duheng-run-12345678" in body) == ("POST /login", True)
        self.attempts += 1
        if self.attempts == ATTEMPTS:
            (self.run / BLOCKED).touch()
        return (403 if self.keeps_out and self.attempts > ATTEMPTS else 401), b""

    def waited_for(self) -> None:
        """Count how often the host's watch is waited for; the second time, it is over, and so is the ban."""
        if (self.run / BLOCKED).exists():
            self.waits += 1
        if self.waits > 1:
            self.keeps_out = False
            (self.run / OVER).touch()


def flooded(folder: Path, edge: Edge, *, asked: str | None = None) -> bool | None:
    def wants() -> str | None:
        edge.waited_for()
        return asked if edge.waits else None

    answer: Answer = edge.answer
    with answering(answer) as place:
        keys: dict[str, Any] = {
            "source": "127.0.0.1",
            "login_url": f"http://{place}/login",
            "attempts": ATTEMPTS,
            **UNBAN,
        }
        with task_of(folder, "marked-flood", listed=place, **keys) as task:
            shapes = flood(sending(task, folder, wants)).shapes
    told: bool | None = shapes["attack"]["kept_out"]
    assert shapes["attack"]["sent"] == edge.attempts
    return told


def test_a_short_ban_is_seen_before_it_runs_out(tmp_path: Path) -> None:
    edge = Edge(tmp_path)
    edge.keeps_out = True
    assert flooded(tmp_path, edge) is True
    assert edge.attempts == ATTEMPTS + 1


def test_a_block_that_keeps_nobody_out_is_tried_to_the_end(tmp_path: Path) -> None:
    edge = Edge(tmp_path)
    assert flooded(tmp_path, edge) is False
    assert edge.attempts == ATTEMPTS + IN_A_ROW + 1


def test_where_somebody_asked_for_the_end_nobody_knows(tmp_path: Path) -> None:
    assert flooded(tmp_path, Edge(tmp_path), asked="Ctrl-C") is None


def test_the_host_notes_a_block_under_that_name() -> None:
    assert f'note "{BLOCKED.replace("block", "$1")}"' in tracing({"source": "127.0.0.1", **UNBAN})
