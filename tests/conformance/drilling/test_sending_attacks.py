"""The set as it is sent: how many of how many, and why it ended; what must be noted on the host, or nothing is told."""

from pathlib import Path

import pytest

from conformance.drilling.attack_rows import ATTACKS
from conformance.drilling.sending import Sent
from conformance.drilling.sending_attacks import attack
from probes.errors import LookFailed
from profiles.drills.attack_set import LET_THROUGH
from tests.conformance.drilling.sent import Answer, answering, never, sending, task_of

AFTER = 2
"""So many attacks go out before it ends early."""


def sent(folder: Path, answer: Answer, *, most: int | None = None, broken: bool = False) -> Sent:
    """Send the set; ``most``: somebody asks for the end after so many; ``broken``: nothing can be noted on the host."""
    ends = iter([*[None] * (most or 0), *["Ctrl-C"] * (len(ATTACKS) + 1)])
    with (
        answering(answer) as place,
        task_of(
            folder,
            "attack-set",
            listed=place,
            source="127.0.0.1",
            replay_at=f"http://{place}/",
            reached_log="/var/log/app.log",
        ) as task,
    ):
        given = sending(task, folder, never if most is None else lambda: next(ends))
        if broken:
            Path(given.place.folder).rmdir()
        made = attack(given)
        assert (Path(given.place.folder) / LET_THROUGH).exists() == (made.shapes["attack"].get("kept_out") is None)
        return made


def fine(_: str, __: bytes) -> tuple[int, bytes]:
    return 200, b"fine"


def test_the_whole_set_is_told_as_such(tmp_path: Path) -> None:
    told = {"sent": len(ATTACKS), "of": len(ATTACKS), "source": "127.0.0.1"}
    assert sent(tmp_path, fine).shapes == {"attack": told}


def test_one_that_was_asked_to_end_is_not(tmp_path: Path) -> None:
    told = {"sent": AFTER, "of": len(ATTACKS), "source": "127.0.0.1"}
    assert sent(tmp_path, fine, most=AFTER).shapes == {"attack": told}


def test_who_is_kept_out_says_so(tmp_path: Path) -> None:
    seen: list[str] = []

    def kept_out(asked: str, _: bytes) -> tuple[int, bytes] | None:
        seen.append(asked)
        return (200, b"fine") if len(seen) <= AFTER + 1 else None

    attacked = sent(tmp_path, kept_out).shapes["attack"]
    assert (attacked["sent"], attacked["of"], attacked["kept_out"]) == (AFTER + 3, len(ATTACKS), True)


def test_what_cannot_be_noted_on_the_host_cannot_be_told(tmp_path: Path) -> None:
    with pytest.raises(LookFailed, match="cannot be noted on the host"):
        sent(tmp_path, fine, most=AFTER, broken=True)
