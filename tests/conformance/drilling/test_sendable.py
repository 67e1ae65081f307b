"""What keeps a sender from sending is told with the plan, all at once, before any host is asked."""

from pathlib import Path
from typing import Any

import pytest

from conformance.drilling.sendable import LACKS, lacks
from conformance.drilling.senders import SENDERS
from conformance.drilling.task import reasons_against
from probes.clock import SystemClock
from tests.conformance.drilling.sent import task_of

NOWHERE = "203.0.113.7"
"""An address of documentation: no machine has it, nobody is there."""

FLOOD: dict[str, Any] = {
    "source": "127.0.0.1",
    "login_url": "https://shop.example/login",
    "banned": ["false"],
    "unban": ["true"],
}
SET: dict[str, Any] = {"source": "127.0.0.1", "reached_log": "/var/log/app.log"}
VIRUS: dict[str, Any] = {
    "upload": "https://shop.example/up",
    "served_at": "https://shop.example/files/",
    "stored_in": "/srv/files",
}


def reasons(folder: Path, fault: str, **entry: Any) -> tuple[str, ...]:
    with task_of(folder, fault, **entry) as task:
        return reasons_against(task.target, task.drill, SystemClock())


def test_every_sender_has_a_check_of_its_own() -> None:
    assert LACKS.keys() == SENDERS.keys()


@pytest.mark.parametrize(("fault", "entry"), [("marked-flood", FLOOD), ("attack-set", SET), ("test-virus", VIRUS)])
def test_what_can_be_sent_is_not_refused(tmp_path: Path, fault: str, entry: dict[str, Any]) -> None:
    assert reasons(tmp_path, fault, **entry) == ()


@pytest.mark.parametrize(
    ("fault", "entry", "wrong"),
    [
        ("marked-flood", FLOOD, {"source": NOWHERE, "edge": NOWHERE, "login_url": f"http://{NOWHERE}/login"}),
        ("attack-set", SET, {"source": NOWHERE, "replay_at": f"http://{NOWHERE}/"}),
        ("test-virus", VIRUS, {"upload": f"http://{NOWHERE}/up", "served_at": f"http://{NOWHERE}/files/"}),
    ],
)
def test_what_cannot_be_sent_is_told_key_by_key(
    tmp_path: Path, fault: str, entry: dict[str, Any], wrong: dict[str, str]
) -> None:
    told = reasons(tmp_path, fault, **{**entry, **wrong})
    assert [each.split(": ")[:2] for each in told] == [[f"[[drills]] {fault}", key] for key in wrong]
    assert all(NOWHERE in each for each in told)


def test_a_host_that_is_not_declared_and_a_missing_source_are_told_elsewhere(tmp_path: Path) -> None:
    with task_of(tmp_path, "marked-flood", **FLOOD) as task:
        bare = {"name": "marked-flood", "host": "nobody"}
        assert lacks(task.target, "marked-flood", bare) == ()
        assert lacks(task.target, "hang", bare) == ()
