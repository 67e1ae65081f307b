"""The test file on a host: watched, and taken away by whoever heals, which is never told as caught."""

import json
from pathlib import Path

import pytest

from profiles.drills import deadman
from profiles.drills.deadman import HELD
from profiles.drills.eicar import HALVES
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import end_time_of

WHOLE = "".join(HALVES)


def disk(folder: Path) -> Drilled:
    (folder / "drop").mkdir()
    return drilled("test-virus", {"drop_in": f"{folder}/drop/"}, folder)


def dropped(folder: Path, run: Drilled) -> Path:
    return folder / "drop" / f"duheng-{run.place.run_id}.com"


def watched_to_the_end(run: Drilled) -> None:
    assert run.sh(f"cd {run.place.folder} && until [ -e over ]; do sleep 0.2; done").returncode == 0


def told(run: Drilled) -> dict[str, object]:
    found = json.loads(run.sh(deadman.telling(run.place)).stdout)["virus"]["disk"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("by", ["harness", "deadman"])
def test_whoever_heals_takes_it_away_and_did_not_catch_it(by: str, tmp_path: Path) -> None:
    with disk(tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert dropped(tmp_path, run).read_text() == WHOLE
        assert run.effect() == (0, f"the test file was written into {tmp_path}/drop")
        assert run.healed() == (1, f"{dropped(tmp_path, run)} is still there")
        if by == "deadman":
            end_time_of(Path(run.place.folder))
            run.wait_for_the_dead_man()
        else:
            assert run.heal() == (0, "no test file is left")
        watched_to_the_end(run)
        assert (told(run)["caught_ms"], told(run)["served"]) == (None, None)
    assert not dropped(tmp_path, run).exists()


@pytest.mark.parametrize(
    ("act", "how"),
    [
        ("rm -f", "it was taken away"),
        ("truncate -s 0", "its content is no longer there"),
    ],
)
def test_however_a_scanner_deals_with_it_it_is_caught(act: str, how: str, tmp_path: Path) -> None:
    with disk(tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert run.sh(f"{act} {dropped(tmp_path, run)}").returncode == 0
        watched_to_the_end(run)
        seen = told(run)
        assert (seen["how"], seen["served"]) == (how, False)
        assert isinstance(seen["dropped_ms"], int)
        assert isinstance(seen["caught_ms"], int)
        assert seen["dropped_ms"] <= seen["caught_ms"]
        run.done()


def test_a_scanner_that_only_says_so_leaves_it_to_be_had(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    log = tmp_path / "scan.log"
    log.touch()
    with drilled("test-virus", {"drop_in": f"{tmp_path}/drop", "caught_log": str(log)}, tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        log.write_text(f"{dropped(tmp_path, run)}: FOUND\n")
        watched_to_the_end(run)
        assert (told(run)["how"], told(run)["served"]) == (f"{log} names it", True)
        run.done()


def test_uploads_of_this_run_alone_are_taken_away_whatever_their_names(tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    stored.mkdir()
    (stored / "before").write_text(WHOLE)
    with drilled("test-virus", {"upload": "x", "stored_in": str(stored)}, tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert run.effect() == (1, f"nothing that was uploaded is in {stored}")
        (stored / "renamed").write_text(WHOLE)
        (stored / f"duheng-{run.place.run_id}-clean.txt").write_text("other")
        (stored / "a customer's").write_text("other")
        assert run.effect() == (0, f"what was uploaded is in {stored}")
        run.done()
    assert {path.name for path in stored.iterdir()} == {"before", "a customer's"}


def test_a_folder_that_is_not_there_refuses(tmp_path: Path) -> None:
    with drilled("test-virus", {"drop_in": "/nowhere/drop"}, tmp_path) as run:
        run.arm()
        assert run.inject() == (HELD, "there is no folder /nowhere/drop")
        run.done()
