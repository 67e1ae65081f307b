"""The owner's way back in a drill: timed, bounded, ended with the drill, and begun only where there is a way to go."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_named
from conformance.drilling.record import Record
from conformance.drilling.runbook import Runbook
from conformance.drilling.watching import SETTLE_S
from conformance.whole_target import whole_target
from profiles.drills.course import CONFIRMED, RECOVER, data_of
from profiles.drills.deadman import Place
from tests.awaiting import until
from tests.conformance.drilling.subject import Subject, ended, subject
from tests.conformance.drilling.test_drill_over_ssh import on
from tests.conformance.running import duheng
from tests.miniatures.lab.lab import Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.shop.walking import HandClock
from tests.profiles.drills.host import state_of, wait_for_end_of
from tests.profiles.drills.scripted import Scripted, at

pytestmark = pytest.mark.integration


def declare(drilled: Subject, **keys: Any) -> None:
    """Add keys to the drill's entry, the last of the file."""
    target = drilled.folder / "duheng.toml"
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    target.write_text(target.read_text() + lines)


def pipe_in(folder: Path) -> Path:
    """Return a pipe on which one end waits for the other."""
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def begun(folder: Path, record: Record, clock: HandClock) -> Runbook:
    """Return the way back of the folder's drill, begun by hand."""
    catalogue = load_catalogue()
    target = whole_target(folder / "duheng.toml", catalogue)
    runbook = Runbook(
        target=target,
        drill=drill_named(target, catalogue, "hang"),
        place=Place(place=str(folder / "drill"), run_id="run-12345678"),
        record=record,
        clock=clock,
        say=lambda _: None,
        pause=clock.pause,
    )
    runbook.begin(seconds=100)
    return runbook


def sleeper(pipe: Path) -> list[str]:
    """Return a way back that says its number on the pipe, and then takes very long."""
    return ["sh", "-c", f"echo $$ >{pipe}; exec sleep 600"]


def begins(drilled: Subject, process: "subprocess.Popen[str]") -> int:
    """Return the number of the way back's process once it is at work."""
    with (drilled.folder / "pipe").open() as said:
        pid = int(said.read())
    assert process.poll() is None
    return pid


def step_of(told: dict[str, Any]) -> dict[str, Any]:
    """Return the step of the way back."""
    (found,) = [step for step in told["steps"] if step["step"] == RECOVER]
    return dict(found)


def long_recovered(drilled: Subject) -> bool:
    """Tell whether the platform was seen good for so long that a drill without a way back would be over."""
    entries = drilled.record()
    injected = [entry.facts["injected_s"] for entry in entries if (entry.kind, entry.id) == ("end", "inject")]
    journeys = [entry.facts for entry in entries if entry.kind == "journey" and entry.facts["phase"] == "during"]
    return len([each for each in journeys if each["started_s"] > injected[0] + SETTLE_S]) > CONFIRMED + 1


def test_the_drill_is_not_over_before_it_ends_and_it_is_timed(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        declare(drilled, recover=["sh", "-c", f"cat {pipe_in(tmp_path)}; echo restored"])
        process = drilled.start()
        until(lambda: drilled.has_begun(RECOVER), "the way back begins", alive=process)
        until(lambda: long_recovered(drilled), "the platform is good for long", alive=process)
        assert not drilled.has_begun("revert")
        (tmp_path / "pipe").write_text("go on\n")
        status, said = ended(process)
        assert (status, "the way back came to its end (restored)" in said) == (0, True), said
        (told,) = drilled.runs()
        assert drilled.untouched()
    by_name = {step["step"]: step for step in told["steps"]}
    assert (by_name[RECOVER]["ok"], by_name[RECOVER]["detail"]) == (True, "restored")
    assert by_name["effect"]["at_ms"] <= told["phases"]["decided_ms"] == by_name[RECOVER]["at_ms"]
    assert told["phases"]["decided_ms"] <= told["phases"]["acted_ms"] <= by_name["revert"]["at_ms"]
    assert told["complete"]


def test_it_runs_where_it_is_declared_and_one_that_fails_did_not_act(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        declare(drilled, recover=["sh", "-c", "echo 'no backup is whole' >&2; exit 3"], recover_on="standby")
        target = tmp_path / "duheng.toml"
        target.write_text(f'{target.read_text()}[[hosts]]\nname = "standby"\naddress = "local"\n')
        status, said = ended(drilled.start())
        assert status == 0, said
        assert "the way back is begun on standby" in said
        assert "the way back FAILED (no backup is whole)" in said
        (told,) = drilled.runs()
    assert (step_of(told)["ok"], step_of(told)["detail"]) == (False, "no backup is whole")
    assert told["phases"]["decided_ms"] is not None
    assert told["phases"]["acted_ms"] is None


def test_a_log_of_the_platform_tells_better() -> None:
    script = Scripted()
    script.step("watch", at_s=1)
    script.step(RECOVER, at_s=2)
    assert data_of(script.entries)["phases"]["decided_ms"] == at(2)
    assert data_of(script.entries)["phases"]["acted_ms"] == at(2.05)
    script.step("told", at_s=3, detected_ms=None, decided_ms=None, acted_ms=at(1.5))
    assert data_of(script.entries)["phases"]["decided_ms"] == at(2)
    assert data_of(script.entries)["phases"]["acted_ms"] == at(1.5)


def interrupted(drilled: Subject, process: "subprocess.Popen[str]") -> None:
    assert drilled.folder.exists()
    process.send_signal(signal.SIGINT)


def switched_off(drilled: Subject, process: "subprocess.Popen[str]") -> None:
    assert process.poll() is None
    (drilled.folder / "stop-drills").touch()


@pytest.mark.parametrize("ask", [interrupted, switched_off])
def test_it_ends_with_a_drill_that_is_ended(
    ask: Callable[[Subject, "subprocess.Popen[str]"], None], running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        declare(drilled, recover=sleeper(pipe_in(tmp_path)))
        process = drilled.start()
        pid = begins(drilled, process)
        ask(drilled, process)
        status, said = ended(process)
        assert (status, state_of(pid)) == (2, ""), said
        (told,) = drilled.runs()
        assert drilled.untouched()
    assert step_of(told)["ok"] is False
    assert [step["step"] for step in told["steps"]].index(RECOVER) > 0
    assert (told["ended"], told["complete"], told["phases"]["acted_ms"]) == ("stopped", True, None)


def test_a_killed_drill_leaves_it_at_work_and_whoever_recovers_ends_it_first(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        declare(drilled, recover=sleeper(pipe_in(tmp_path)))
        process = drilled.start()
        pid = begins(drilled, process)
        process.kill()
        ended(process)
        assert state_of(pid) == "S"
        done = duheng("drill", "--recover", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        wait_for_end_of(pid)
        assert drilled.untouched()
        (told,) = drilled.runs()
    assert (told["ended"], step_of(told)["ok"]) == ("killed", None)


def kill_the_connection_of(pid: int) -> None:
    """Kill the server's end of the connection over which a process was begun."""
    while not Path(f"/proc/{pid}/comm").read_text().startswith("sshd"):
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        assert pid > 1
    os.kill(pid, signal.SIGKILL)


def test_one_whose_connection_breaks_off_is_ended_before_the_fault_is_taken_out() -> None:
    need_lab()

    def act(lab: Lab) -> None:
        with MiniatureShop() as shop, on(shop, lab, "web1") as drilled:
            pipe = pipe_in(drilled.folder)
            pipe.chmod(0o666)
            declare(drilled, recover=sleeper(pipe))
            process = drilled.start()
            pid = begins(drilled, process)
            kill_the_connection_of(pid)
            status, said = ended(process)
            assert (status, state_of(pid)) == (0, ""), said
            assert "the way back on web1 is out of sight" in said
            assert drilled.untouched()
            (told,) = drilled.runs()
        assert (step_of(told)["ok"], told["complete"], told["phases"]["acted_ms"]) == (False, True, None)

    with open_folder() as folder, Lab(folder, LabHost(name="web1")) as lab:
        lab.inside(lambda: act(lab))


def test_one_that_nobody_can_ask_any_more_is_waited_for_and_has_no_end_on_record(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled, socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # it does not listen
        declare(drilled, recover=["true"], recover_on="standby")
        path, clock = tmp_path / "duheng.toml", HandClock()
        host = f'[[hosts]]\nname = "standby"\naddress = "127.0.0.1:{deaf.getsockname()[1]}"\nuser = "drill"\n'
        (tmp_path / "known_hosts").touch()
        keys = f'key_file = "{tmp_path}/none"\nknown_hosts = "{tmp_path}/known_hosts"\n'
        path.write_text(path.read_text() + host + keys)
        with closing(Record(tmp_path / "record.jsonl", clock)) as record:
            runbook = begun(tmp_path, record, clock)
            runbook.stop()
            runbook.stop()
            assert [(entry.kind, entry.id) for entry in record.entries()] == [("begin", RECOVER)]
    assert clock.elapsed_s > 100


def test_it_does_not_begin_where_the_fault_did_not_take_effect(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        data = tmp_path / "data"
        data.mkdir()
        declare(drilled, fault="data-lost", data=str(data), recover=["touch", str(tmp_path / "begun")])
        drilled.permit(allows=["data-lost"])
        drill = drilled.start_standing("begin:effect")
        drill.at("begin:effect")
        data.mkdir()  # somebody there makes it anew at once
        drill.go_on()
        status, said = drill.ended()
        assert (status, "effect: NOT proven" in said) == (0, True), said
        assert not (tmp_path / "begun").exists()
        (told,) = drilled.runs()
        assert drilled.untouched()
    assert RECOVER not in [step["step"] for step in told["steps"]]
    assert told["proof_of_effect"]["proved"] is False
