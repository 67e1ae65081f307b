"""Data lost, on this machine: moved aside and back, held where something was restored and runs, never overwritten."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from profiles.drills import way_back
from profiles.drills.deadman import HELD
from tests.awaiting import until
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import Victim, end_time_of, sh, state_of, victim

RECOVER = {"recover": ["true"]}


@pytest.fixture
def hit(tmp_path: Path) -> Iterator[Victim]:
    """A process, and data beside it: an old thing in a folder; two places of backups."""
    for name in ("data", "backup one", "backup2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thing").write_text("old")
    with victim(tmp_path) as found:
        yield found


def lost(hit: Victim, **entry: Any) -> Drilled:
    return armed("data-lost", hit, {"data": f"{hit.folder}/data", **entry})


def armed(fault: str, hit: Victim, entry: dict[str, Any]) -> Drilled:
    found = drilled(fault, {**hit.entry, **RECOVER, **entry}, hit.folder)
    found.arm()
    return found


def aside_of(path: Path, run: Drilled) -> Path:
    return path.parent / f"{path.name}.duheng-{run.place.run_id}"


def start(hit: Victim) -> None:
    """Start the process as a way back does."""
    before = hit.pid()
    with subprocess.Popen(["setsid", "-f", *hit.start]):
        until(lambda: hit.pid() != before, "it is started")


def goes_back(run: Drilled, *words: str) -> int:
    """Run a way back, as the harness does on the host that is drilled."""
    noted, folder = f"{run.place.folder}.runbook", run.place.folder
    return run.sh(way_back.running(noted, words or ("true",), seconds=60, run=folder)).returncode


def old_is_at(path: Path) -> bool:
    return (path / "thing").read_text() == "old"


def test_the_data_are_gone_and_come_back(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    before = hit.pid()
    assert run.inject()[0] == 0
    status, said = run.effect()
    assert (status, f"nothing at {data} any more" in said) == (0, True), said
    assert not data.exists()
    assert not Path(f"/proc/{before}").exists() or hit.state() == "Z"
    assert old_is_at(aside_of(data, run))
    status, said = run.heal()
    assert (status, f"what was at {data} is there" in said) == (0, True), said
    assert old_is_at(data)
    assert hit.state() == "S"
    assert not aside_of(data, run).exists()
    assert [run.revert(), run.revert()] == [0, 0]
    assert run.healed()[0] == 0
    run.done()


def test_a_file_is_lost_as_a_folder_is(hit: Victim) -> None:
    file = hit.folder / "data" / "thing"
    run = lost(hit, data=f"{file}/")
    assert (run.inject()[0], run.effect()[0], file.exists()) == (0, 0, False)
    assert run.heal()[0] == 0
    assert old_is_at(hit.folder / "data")
    run.done()


def test_what_was_restored_and_runs_is_held(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    assert run.effect()[0] == 0
    data.mkdir()
    (data / "thing").write_text("restored")
    start(hit)
    assert goes_back(run) == 0
    for told in (run.heal, run.healed):
        status, said = told()
        assert (status, said.startswith("held: "), str(aside_of(data, run)) in said) == (0, True, True), said
        assert run.revert() == 0
    os.killpg(hit.pid(), signal.SIGKILL)  # what was held once is, though it does not run just when it is asked again
    run.done()
    assert hit.state() == "S"
    assert (data / "thing").read_text() == "restored"
    assert old_is_at(aside_of(data, run))


def test_what_somebody_made_anew_before_the_loss_was_proven_is_not_held(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    data.mkdir()
    (data / "thing").write_text("empty")
    start(hit)  # as a supervisor does
    on_empty = hit.pid()
    assert (run.effect()[0], run.healed()[0]) == (1, 1)
    status, said = run.heal()
    assert (status, f"what was at {data} is there" in said) == (0, True), said
    assert old_is_at(data)
    assert (hit.state(), hit.pid() != on_empty, state_of(on_empty) in {"", "Z"}) == ("S", True, True)
    assert (data.parent / f"{aside_of(data, run).name}-new" / "thing").read_text() == "empty"
    run.done()


@pytest.mark.parametrize("way", ["none", "failed", "called off"])
def test_what_runs_on_what_nobody_restored_is_not_held_though_the_loss_was_proven(way: str, hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    assert run.effect()[0] == 0
    data.mkdir()
    (data / "thing").write_text("empty")
    start(hit)  # as a supervisor does
    if way == "failed":
        assert goes_back(run, "false") == 1
    elif way == "called off":
        assert run.sh(way_back.calling_off(f"{run.place.folder}.runbook")).stdout == "called off\n"
        assert goes_back(run) == way_back.CALLED_OFF
    nobody = "no way back came to its good end, and something else than what was at"
    status, said = run.healed()
    assert (status, said) == (1, f"{nobody} {data} is there")
    status, said = run.heal()
    assert (status, f"what was at {data} is there" in said, hit.state()) == (0, True, "S"), said
    assert old_is_at(data)
    assert (data.parent / f"{aside_of(data, run).name}-new" / "thing").read_text() == "empty"
    run.done()


def test_a_way_back_whose_good_end_cannot_be_noted_has_none(hit: Victim) -> None:
    run = lost(hit)
    (Path(run.place.folder) / way_back.WELL).mkdir()
    assert goes_back(run) == 1
    run.done()


def test_what_cannot_be_noted_is_not_moved(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    (Path(run.place.folder) / "moved.0").mkdir()  # as where nothing more can be written
    status, said = run.inject()
    assert (status, said) == (1, f"what is at {data} cannot be noted")
    assert old_is_at(data)
    assert run.heal()[0] == 0
    assert (hit.state(), old_is_at(data)) == ("S", True)
    run.done()


@pytest.mark.parametrize("anew", [False, True])
def test_data_whose_note_is_lost_come_back_all_the_same(anew: bool, hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    (Path(run.place.folder) / "moved.0").write_text("")  # as a crash of the host leaves what was never flushed
    if anew:
        data.mkdir()
        (data / "thing").write_text("anew")
        start(hit)
    assert run.healed()[0] == 1
    assert run.heal()[0] == 0
    assert (hit.state(), old_is_at(data)) == ("S", True)
    run.done()


def test_a_way_back_that_cannot_be_told_to_end_keeps_nobody_from_healing(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    noted = Path(f"{run.place.folder}.runbook")
    (noted / "off").mkdir(parents=True)  # as where nothing more can be written
    (noted / "command").write_text(f"{os.getpid()} 1\n")
    assert run.heal()[0] == 0
    assert old_is_at(data)
    run.done()


def test_nothing_is_started_on_what_was_half_restored(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    assert run.effect()[0] == 0
    data.mkdir()
    new = data.parent / f"{aside_of(data, run).name}-new"
    new.mkdir()
    for _ in range(2):
        run.revert()
        assert run.healed() == (1, "the process does not run")
    new.rmdir()
    assert run.heal()[0] == 0
    assert old_is_at(data)
    run.done()


def test_what_was_half_restored_and_does_not_run_makes_way_and_is_kept(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    data.mkdir()
    (data / "thing").write_text("half")
    assert run.heal()[0] == 0
    assert old_is_at(data)
    assert (data.parent / f"{aside_of(data, run).name}-new" / "thing").read_text() == "half"
    run.done()


def test_without_data_and_without_what_lies_beside_them_nothing_is_healed(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    kept = aside_of(data, run).rename(hit.folder / "kept")
    assert run.effect()[0] == 1
    data.mkdir()  # the process runs, on something that nobody restored
    assert run.revert() == 0
    start(hit) if hit.state() != "S" else None
    assert run.healed() == (1, f"what was at {data} before is not beside it")
    kept.rename(aside_of(data, run))
    assert run.heal()[0] == 0
    run.done()


def test_nobody_comes_back_so_the_dead_man_moves_the_data_back(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    end_time_of(Path(run.place.folder))
    run.wait_for_the_dead_man()
    assert old_is_at(data)
    assert hit.state() == "S"


def test_a_way_back_that_is_at_work_when_the_dead_man_comes_is_ended_first(hit: Victim) -> None:
    data, run = hit.folder / "data", lost(hit)
    run.inject()
    pipe = hit.folder / "pipe"
    subprocess.run(["mkfifo", pipe], check=True)
    words = ["sh", "-c", f"mkdir {data}; echo $$ >{pipe}; exec sleep 600"]
    text = way_back.running(f"{run.place.folder}.runbook", words, seconds=600)
    with subprocess.Popen(["sh", "-s"], stdin=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        pid = pipe.read_text().strip()  # it is at work
        end_time_of(Path(run.place.folder))
        run.wait_for_the_dead_man()
        assert process.wait() != 0
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(f"{run.place.folder}.runbook").exists()
    assert old_is_at(data)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("/", "the root of the host is not moved"),
        ("/.", "the root of the host is not moved"),
        ("/proc", "/proc is a mount point"),
        ("{folder}/link", "is a symbolic link"),
        ("{folder}/nothing", "there is nothing at"),
        ("{folder}", "contains the drill's own folder"),
    ],
)
def test_what_must_not_be_moved_is_refused_before_anything_ends(named: str, why: str, hit: Victim) -> None:
    (hit.folder / "link").symlink_to(hit.folder / "data")
    run = lost(hit, data=named.format(folder=hit.folder))
    before = hit.pid()
    status, said = run.inject()
    assert (status, why in said) == (HELD, True), said
    assert run.effect()[0] == 1
    assert (hit.pid(), hit.state()) == (before, "S")
    run.done()
    assert hit.pid() == before


def test_with_the_medium_the_local_backups_are_gone_and_come_back_though_data_are_held(hit: Victim) -> None:
    data, places = hit.folder / "data", [hit.folder / "backup one", hit.folder / "backup2"]
    run = armed("medium-lost", hit, {"data": str(data), "local_backup": [str(place) for place in places]})
    assert (run.inject()[0], run.effect()[0]) == (0, 0)
    assert not any(path.exists() for path in (data, *places))
    data.mkdir()
    (data / "thing").write_text("from the remote copy")
    places[0].mkdir()  # the restored service began its backups anew
    start(hit)
    assert goes_back(run) == 0
    status, said = run.heal()
    assert (status, said.startswith("held: ")) == (0, True), said
    run.done()
    assert (data / "thing").read_text() == "from the remote copy"
    assert all(old_is_at(place) for place in places)
    assert (places[0].parent / f"{aside_of(places[0], run).name}-new").is_dir()


@pytest.mark.parametrize(
    ("data", "local"), [("backup one/thing", "backup one"), ("data", "data/thing"), ("data", "same")]
)
def test_what_lies_within_another_that_is_moved_is_refused(data: str, local: str, hit: Victim) -> None:
    (hit.folder / "link").symlink_to(hit.folder)
    place = f"{hit.folder}/link/data" if local == "same" else f"{hit.folder}/{local}"
    run = armed("medium-lost", hit, {"data": f"{hit.folder}/{data}", "local_backup": [place]})
    status, said = run.inject()
    assert (status, " lies within " in said, hit.state()) == (HELD, True, "S"), said
    run.done()


def test_one_place_that_cannot_be_moved_moves_none(hit: Victim) -> None:
    data, before = hit.folder / "data", hit.pid()
    local = [str(hit.folder / "backup2"), str(hit.folder / "nothing")]
    run = armed("medium-lost", hit, {"data": str(data), "local_backup": local})
    assert run.inject() == (HELD, f"there is nothing at {hit.folder}/nothing")
    assert old_is_at(data)
    run.done()
    assert hit.pid() == before


def test_a_command_that_is_called_off_before_it_began_does_not_begin(tmp_path: Path) -> None:
    noted = f"{tmp_path}/runbook"
    assert sh(way_back.calling_off(noted)).stdout == "called off\n"
    begun = sh(way_back.running(noted, ["touch", f"{tmp_path}/done"], seconds=60))
    assert (begun.returncode, begun.stdout) == (way_back.CALLED_OFF, "called off before it began\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("words", "status"), [(["echo", "well"], 0), (["sh", "-c", "echo ill; exit 3"], 3)])
def test_a_command_has_its_status_and_leaves_nothing(words: list[str], status: int, tmp_path: Path) -> None:
    came = sh(way_back.running(f"{tmp_path}/runbook", words, seconds=60))
    assert (came.returncode, came.stdout.strip()) == (status, "ill" if status else "well")
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_a_command_leaves_running_keeps_nobody_waiting(tmp_path: Path) -> None:
    words = ["sh", "-c", f"setsid sleep 600 & echo $! >{tmp_path}/pid"]
    came = sh(way_back.running(f"{tmp_path}/runbook", words, seconds=60))
    pid = (tmp_path / "pid").read_text().strip()
    subprocess.run(["kill", pid], check=True)  # it lives on
    assert came.returncode == 0


def test_a_command_ends_by_its_time(tmp_path: Path) -> None:
    assert sh(way_back.running(f"{tmp_path}/runbook", ["sleep", "600"], seconds=1)).returncode == 124


def test_what_is_noted_of_a_number_that_is_somebody_elses_ends_nobody(tmp_path: Path) -> None:
    noted = tmp_path / "runbook"
    noted.mkdir()
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as other:
        (noted / "command").write_text(f"{other.pid} 1\n")
        assert sh(way_back.calling_off(str(noted))).returncode == 0
        assert other.poll() is None
        other.kill()
    assert not noted.exists()
