"""The test file on a host: watched, and taken away by whoever heals, which is never told as caught."""

import json
from pathlib import Path

import pytest

from profiles.drills import deadman
from profiles.drills.deadman import HELD
from profiles.drills.eicar import HALVES, innocent_of
from profiles.drills.traces import mark_of
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


def test_it_is_taken_away_though_nothing_can_be_noted(tmp_path: Path) -> None:
    with disk(tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        (Path(run.place.folder) / "reverting").mkdir()
        assert run.heal() == (0, "no test file is left")
        run.done()
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
        (stored / "renamed too").write_text(f"{innocent_of(mark_of(run.place.run_id))}\n")
        (stored / "a customer's").write_text("other")
        assert run.effect() == (0, f"what was uploaded is in {stored}")
        run.done()
    assert {path.name for path in stored.iterdir()} == {"before", "a customer's"}


def uploading(stored: Path, folder: Path) -> Drilled:
    return drilled("test-virus", {"upload": "x", "stored_in": str(stored)}, folder)


def test_a_file_that_only_tells_of_an_upload_is_not_ours(tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    stored.mkdir()
    with uploading(stored, tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        (stored / "index.json").write_text(f'["duheng-{run.place.run_id}-clean.txt"]')
        (stored / "mail").write_text(f"attached: {WHOLE}")
        run.done()
    assert {path.name for path in stored.iterdir()} == {"index.json", "mail"}


def test_a_name_with_a_new_line_leads_to_no_other_file(tmp_path: Path) -> None:
    stored, precious = tmp_path / "stored", tmp_path / "precious"
    precious.write_text("old")
    below = stored / "d\n" / str(tmp_path)[1:]
    below.mkdir(parents=True)
    with uploading(stored, tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        (below / "precious").write_text(WHOLE)
        run.done()
    assert (precious.exists(), list(below.iterdir())) == (True, [])


def test_what_lies_behind_a_link_is_taken_away_too(tmp_path: Path) -> None:
    stored, link = tmp_path / "stored", tmp_path / "link"
    stored.mkdir()
    link.symlink_to(stored)
    with uploading(link, tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        (stored / "renamed").write_text(WHOLE)
        assert run.effect() == (0, f"what was uploaded is in {link}")
        assert run.healed() == (1, f"{link}/renamed is still there")
        run.done()
    assert list(stored.iterdir()) == []


def test_nothing_is_proven_of_a_folder_that_is_no_longer_there(tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    stored.mkdir()
    with uploading(stored, tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        stored.rename(tmp_path / "away")
        assert run.healed() == (1, f"what is in {stored} cannot be looked through")
        (tmp_path / "away").rename(stored)
        run.done()


def test_a_folder_that_is_not_there_refuses(tmp_path: Path) -> None:
    with drilled("test-virus", {"drop_in": "/nowhere/drop"}, tmp_path) as run:
        run.arm()
        assert run.inject() == (HELD, "there is no folder /nowhere/drop")
        run.done()
