"""The fleet: so many hosts at a time and no more; nothing declared is an answer; a run that is over waits for none."""

import threading
from pathlib import Path

import pytest

from probes.errors import NotSet, TimedOut
from probes.host import fleet as fleets
from probes.host.facts import PROBE
from probes.look import Look
from probes.target_file import read_target
from tests.conformance.looks import target
from tests.probes.looking import looking
from tests.probes.target_faults import HEAD

HOSTS = 6


def look_at(folder: Path, *, connections: int, seconds: float = 60) -> Look:
    entries = "".join(f'[[hosts]]\nname = "h{number}"\naddress = "local"\n' for number in range(HOSTS))
    path = folder / "duheng.toml"
    path.write_text(f"{HEAD}{entries}[hosts_limits]\nconnections = {connections}\n")
    return looking(read_target(path), "h0", seconds=seconds)


def test_so_many_hosts_are_read_at_a_time_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, both = 0, 0, threading.Barrier(2)
    lock = threading.Lock()

    def facts(*_: object, **__: object) -> dict[str, object]:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        both.wait(30)  # hosts go two by two, or not at all
        with lock:
            at_once -= 1
        return {"at_ms": 1}

    monkeypatch.setattr(fleets, "facts", facts)
    given = look_at(tmp_path, connections=2)
    fleet = fleets.fleet_of(given)
    assert fleets.fleet_of(given) is fleet
    assert [fleet.document(f"h{number}", given.deadline)["host"] for number in range(HOSTS)] == [
        f"h{number}" for number in range(HOSTS)
    ]
    assert most == 2


def test_what_is_not_over_by_the_deadline_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def facts(*_: object, **__: object) -> dict[str, object]:
        over.wait(60)
        return {"at_ms": 1}

    monkeypatch.setattr(fleets, "facts", facts)
    given = look_at(tmp_path, connections=1, seconds=0.2)
    with pytest.raises(TimedOut, match="h5"):
        fleets.fleet_of(given).document("h5", given.deadline)
    over.set()


def test_this_machine_is_read_by_the_local_transport(tmp_path: Path) -> None:
    given = look_at(tmp_path, connections=2)
    data = PROBE.look(given).data
    assert (data["host"], data["roles"], data["site"], data["sudo"]) == ("h0", [], None, False)
    assert data["sections"]["system"]["data"]["kernel"]["name"] == "Linux"
    assert abs(data["clock"]["ahead_s"]) <= data["clock"]["within_s"]


def test_without_hosts_there_is_one_look_and_it_says_so(tmp_path: Path) -> None:
    bare = target(tmp_path)
    assert PROBE.subjects(bare) == ("hosts",)
    with pytest.raises(NotSet, match=r"declares no \[\[hosts\]\]"):
        PROBE.look(looking(bare, "hosts"))
