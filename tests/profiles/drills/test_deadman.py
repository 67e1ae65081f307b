"""The dead man on a real host, this one: it heals when nobody calls it off, and nothing is injected without it."""

import secrets
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from profiles.drills import deadman
from profiles.drills.deadman import HELD, WOUNDED, Note, Place
from profiles.drills.fault import Scripts
from profiles.drills.registry import FAULTS
from tests.profiles.drills.host import Victim, end_time_of, sh, victim, wait_for_end_of

LONG_S = 600
OF_PROCESSES = ("hang", "software-crash")


def place(folder: Path) -> Place:
    return Place(place=str(folder / "drill"), run_id=f"run-{secrets.token_hex(4)}")


def armed(at: Place, scripts: Scripts, *, seconds: float = LONG_S) -> subprocess.CompletedProcess[str]:
    return sh(deadman.arming(at, scripts, owner={"run_id": at.run_id}, seconds=seconds))


def scripts_of(fault: str, on: Victim) -> Scripts:
    return FAULTS[fault].scripts({"name": fault, **on.entry})


def watchdog_of(at: Place) -> int:
    return int((Path(at.folder) / "watchdog.pid").read_text())


def journal(at: Place) -> tuple[Note, ...]:
    return deadman.notes((Path(at.folder) / "journal").read_text())


def gone(at: Place) -> bool:
    return not Path(at.lock).exists() and not Path(at.folder).exists()


def marked(folder: Path, *, revert: str = "rm -f wound") -> Scripts:
    """Return a fault that is a file in the run's folder."""
    return Scripts(
        inject=f"echo x >>{folder}/injections; touch {folder}/wound",
        effect=f"[ -e {folder}/wound ] && echo 'the wound is there'",
        revert=revert.replace("wound", f"{folder}/wound"),
        healed=f"[ ! -e {folder}/wound ] || {{ echo 'the wound is there'; exit 1; }}; echo 'the wound is gone'",
    )


@pytest.mark.parametrize("fault", OF_PROCESSES)
def test_the_harness_heals_and_gives_the_lock_back(fault: str, tmp_path: Path) -> None:
    with victim(tmp_path) as hit:
        before, at = hit.pid(), place(tmp_path)
        assert armed(at, scripts_of(fault, hit)).stdout == "armed\n"
        assert sh(deadman.injecting(at)).returncode == 0
        effect = sh(deadman.proving(at))
        assert (effect.returncode, "2 processes" in effect.stdout or "2 of 2" in effect.stdout) == (0, True)
        assert hit.state() == "T" if fault == "hang" else not Path(f"/proc/{before}").exists() or hit.state() == "Z"
        healed = sh(deadman.healing(at, who="harness", release=False))
        assert healed.returncode == 0
        assert hit.state() == "S"
        assert Path(at.lock).exists()  # kept, until the platform is seen to be steady
        assert sh(deadman.healing(at, who="harness", release=True)).returncode == 0
        told = deadman.notes(sh(deadman.collecting(at)).stdout)
    assert [(note.who, note.what) for note in told if note.what in {"armed", "injected", "released"}] == [
        ("deadman", "armed"),
        ("harness", "injected"),
        ("harness", "released"),
    ]
    assert gone(at)


@pytest.mark.parametrize("fault", OF_PROCESSES)
def test_nobody_comes_back_so_the_dead_man_heals(fault: str, tmp_path: Path) -> None:
    with victim(tmp_path) as hit:
        at = place(tmp_path)
        assert armed(at, scripts_of(fault, hit)).returncode == 0
        assert sh(deadman.injecting(at)).returncode == 0
        end_time_of(Path(at.folder))
        wait_for_end_of(watchdog_of(at))
        assert hit.state() == "S"
    assert not Path(at.lock).exists()
    assert [note.who for note in journal(at) if note.what == "revert"][:1] == ["deadman"]
    assert journal(at)[-1].what == "released"


def test_its_time_runs_from_when_it_was_armed(tmp_path: Path) -> None:
    at = place(tmp_path)
    (tmp_path / "wound").touch()
    assert armed(at, marked(tmp_path), seconds=2).returncode == 0
    wait_for_end_of(watchdog_of(at))
    assert not (tmp_path / "wound").exists()
    waited = {note.what: note.uptime_s for note in journal(at)}
    assert waited["revert"] - waited["armed"] > 2 - 1  # it counts whole seconds


def test_a_dead_man_that_is_asked_to_end_heals_first(tmp_path: Path) -> None:
    at = place(tmp_path)
    armed(at, marked(tmp_path))
    sh(deadman.injecting(at))
    pid = watchdog_of(at)
    subprocess.run(["kill", str(pid)], check=True)
    wait_for_end_of(pid)
    assert not (tmp_path / "wound").exists()
    assert not Path(at.lock).exists()


def test_of_many_at_the_same_moment_one_gets_the_lock(tmp_path: Path) -> None:
    places = [place(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(max_workers=len(places)) as pool:
        came = list(pool.map(lambda at: armed(at, marked(tmp_path)), places))
    (winner,) = [at for at, answer in zip(places, came, strict=True) if answer.returncode == 0]
    losers = [answer for answer in came if answer.returncode != 0]
    assert {answer.returncode for answer in losers} == {HELD}
    assert all(winner.run_id in answer.stdout for answer in losers)  # each is told who holds it
    assert [path.name for path in tmp_path.glob("drill.run-*")] == [Path(winner.folder).name]
    assert sh(deadman.healing(winner, who="harness", release=True)).returncode == 0
    later = place(tmp_path)  # each run has a folder of its own, and the winner's is still there
    assert armed(later, marked(tmp_path)).returncode == 0  # given back, it can be taken again
    assert sh(deadman.healing(later, who="harness", release=True)).returncode == 0


def test_nothing_is_injected_twice_nor_without_the_lock_nor_in_the_last_moment(tmp_path: Path) -> None:
    at = place(tmp_path)
    assert sh(deadman.injecting(at)).returncode == HELD  # never armed
    armed(at, marked(tmp_path))
    assert sh(deadman.injecting(at)).returncode == 0
    assert sh(deadman.injecting(at)).returncode == HELD
    sh(deadman.healing(at, who="harness", release=True))
    assert sh(deadman.injecting(at)).returncode == HELD  # given back
    late = place(tmp_path)
    armed(late, marked(tmp_path))
    end_time_of(Path(late.folder), in_s=LONG_S * deadman.RESERVE)
    assert sh(deadman.injecting(late)).returncode == HELD
    sh(deadman.healing(late, who="harness", release=True))
    assert (tmp_path / "injections").read_text() == "x\n"


def test_nothing_is_injected_once_the_dead_man_does_not_live(tmp_path: Path) -> None:
    at = place(tmp_path)
    armed(at, marked(tmp_path))
    pid = watchdog_of(at)
    subprocess.run(["kill", "-KILL", str(pid)], check=True)
    wait_for_end_of(pid)
    answer = sh(deadman.injecting(at))
    assert (answer.returncode, answer.stdout) == (HELD, "the dead man does not live\n")
    assert not (tmp_path / "wound").exists()
    assert sh(deadman.healing(at, who="recover", release=True)).returncode == 0
    sh(deadman.collecting(at))
    assert gone(at)


def test_a_revert_that_fails_is_tried_again_told_and_the_lock_stays(tmp_path: Path) -> None:
    at = place(tmp_path)
    armed(at, marked(tmp_path, revert="exit 3"))
    sh(deadman.injecting(at))
    answer = sh(deadman.healing(at, who="harness", release=True))
    assert (answer.returncode, answer.stdout) == (WOUNDED, "the wound is there\n")
    assert Path(at.lock).exists()
    assert [note.status for note in journal(at) if note.what == "revert"] == [3] * deadman.OWN_TRIES
    assert "sh ./heal.sh person 1 release" in (Path(at.folder) / "output").read_text()
    (tmp_path / "wound").unlink()  # a person did by hand what revert could not
    by_hand = subprocess.run(["sh", "-c", deadman.by_hand(at)], check=False, capture_output=True, text=True)
    assert (by_hand.returncode, by_hand.stdout) == (0, "the wound is gone\n")
    assert not Path(at.lock).exists()


def test_what_comes_back_before_the_lock_is_given_back_is_taken_out_again(tmp_path: Path) -> None:
    at = place(tmp_path)
    armed(at, marked(tmp_path))
    sh(deadman.injecting(at))
    assert sh(deadman.healing(at, who="harness", release=False)).returncode == 0
    (tmp_path / "wound").touch()  # as where something of the injection lived on
    answer = sh(deadman.healing(at, who="harness", release=True))
    assert (answer.returncode, answer.stdout) == (0, "the wound is gone\n")
    assert not (tmp_path / "wound").exists()
    assert [note.status for note in journal(at) if note.what == "healed"] == [0, 1, 0]


def test_a_lock_that_somebody_takes_away_by_hand_leaves_no_fault_in(tmp_path: Path) -> None:
    at = place(tmp_path)
    armed(at, marked(tmp_path))
    assert sh(deadman.injecting(at)).returncode == 0
    Path(at.lock).unlink()
    assert "armed" in sh(deadman.collecting(at)).stdout
    end_time_of(Path(at.folder))
    wait_for_end_of(watchdog_of(at))  # it does not end before it healed
    assert not (tmp_path / "wound").exists()
    assert [note.what for note in journal(at)][-3:] == ["revert", "healed", "released"]


def test_nobody_who_heals_by_hand_waits_for_the_dead_man(tmp_path: Path) -> None:
    at = place(tmp_path)
    (tmp_path / "wound").touch()
    armed(at, marked(tmp_path, revert="exit 3"))
    end_time_of(Path(at.folder))
    tried = f"cd {at.folder}; sh ./heal.sh deadman 9 keep >tried & tried=$!"
    waited = "until grep -q healed journal; do sleep 0.01; done; flock -w 50 hand true; echo $?"
    assert sh(f"{tried}\n{waited}; kill -KILL $tried").stdout == "0\n"
    (tmp_path / "wound").unlink()
    wait_for_end_of(watchdog_of(at))


def test_the_dead_man_goes_on_until_the_proof_holds(tmp_path: Path) -> None:
    at = place(tmp_path)
    second_time = "[ -e once ] && rm -f wound; touch once"
    armed(at, marked(tmp_path, revert=second_time))
    assert sh(deadman.injecting(at)).returncode == 0
    end_time_of(Path(at.folder))
    wait_for_end_of(watchdog_of(at))
    assert not (tmp_path / "wound").exists()
    assert [note.status for note in journal(at) if note.what == "healed"] == [1, 0]


def test_a_text_that_is_cut_off_on_its_way_does_nothing(tmp_path: Path) -> None:
    at = place(tmp_path)
    whole = deadman.arming(at, marked(tmp_path), owner={}, seconds=LONG_S)
    for length in range(0, len(whole) - 3, 97):
        sh(whole[:length])
    assert list(tmp_path.iterdir()) == []


def test_a_torn_line_of_the_journal_is_left_out() -> None:
    line = '{"at":"2026-11-22T05:44:46Z","uptime_s":1.5,"who":"deadman","what":"armed","status":0}'
    assert deadman.notes(f"{line}\n{line[:40]}") == (
        Note(at="2026-11-22T05:44:46Z", uptime_s=1.5, who="deadman", what="armed", status=0),
    )


@pytest.mark.parametrize("run_id", ["", "../../etc/x", "run 1234567", "RUN-1234567"])
def test_a_run_has_a_plain_name(run_id: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        Place(place="/var/tmp/x", run_id=run_id)
