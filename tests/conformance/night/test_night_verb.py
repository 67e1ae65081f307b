"""`duheng night` as its users and timers run it: a whole night, two at once, one that is stopped, one killed."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.cli.main import main
from reports.ledger.store import reading_of
from tests.conformance.night.subject import DRILL, EXAMINE, LOAD, Hanging, ended, nights, rows, states
from tests.conformance.running import duheng, recorded
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.backups.asking import PASSWORD, needs, run
from tests.profiles.drills.host import wait_for_end_of

pytestmark = pytest.mark.integration


def test_a_whole_night_leaves_one_report_that_tells_of_it(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with nights(running_shop, tmp_path) as subject:
        subject.declare(LOAD, DRILL, EXAMINE)
        status, said = ended(subject.start())
        (told,) = subject.runs()
        logs = {path.name: path.read_text() for path in tmp_path.glob("duheng-out/nights/*/*.log")}
        assert status == (0 if all(step["ended"] == "done" for step in told["steps"]) else 2), said
        # On a busy machine a load may tell nothing: then the night says so.
        assert states(told)[1:] == [(DRILL, "done", ""), (EXAMINE, "done", "")], (said, logs)
        assert (told["ended"], told["window"]) == ("planned", None)
        assert told["steps"][0]["ended"] in {"done", "failed"}, logs
        assert [step["step"] for step in told["steps"]] == [LOAD, DRILL, EXAMINE]
        assert all(step["started_ms"] <= step["ended_ms"] for step in told["steps"])
        assert told["steps"][0]["ended_ms"] <= told["steps"][1]["started_ms"]  # never two at once
        assert told["steps"][1]["ended_ms"] <= told["steps"][2]["started_ms"]
        with recorded(tmp_path / "duheng.db") as store:
            kept = {kind: store.latest("miniature", kind) for kind in ("load.run", "drill.run")}
            assert store.finished(told["run_id"])
        assert [step["record"] for step in told["steps"][:2]] == [
            each.header.run_id for each in kept.values() if each is not None
        ]
        (report,) = tmp_path.glob("duheng-out/2*/report.json")
        assert told["steps"][2]["record"] == json.loads(report.read_bytes())["run"]["id"]
        (row,) = rows(tmp_path)
        assert "under way" in row  # the examination is a part of it
        assert "drill hang done" in row
        assert subject.drilled.untouched()
        assert not subject.held()


def test_two_nights_at_once_and_one_that_is_told_to_end(tmp_path: Path) -> None:
    with Hanging() as shop, nights(shop, tmp_path) as subject:
        subject.declare(DRILL, LOAD, EXAMINE)
        first = subject.start()
        subject.drilling(first)
        for out in ("duheng-out", "elsewhere"):  # by the lock on the file, and by the note in the ledger
            second = duheng("night", "--out", out, folder=tmp_path)
            (line,) = second.stderr.splitlines()
            assert second.returncode == 64
            assert line.startswith("another night of miniature runs since 20")
            assert f"process {first.pid}" in line
            assert "one at a time" in line
        first.send_signal(signal.SIGTERM)
        status, said = ended(first)
        assert status == 2
        assert "missed, the night was terminated" in said
        assert subject.drilled.untouched()
        (told,) = subject.runs()
        assert (told["ended"], told["why"]) == ("stopped", "terminated")
        assert states(told) == [
            (DRILL, "cut-short", "stopped"), (LOAD, "missed", "stopped"), (EXAMINE, "missed", "stopped"),
        ]  # fmt: skip
        (drill,) = subject.drilled.runs()
        assert (drill["ended"], drill["proof_of_revert"]["proved"]) == ("stopped", True)
        assert not subject.held()


def test_a_night_that_was_killed_is_told_by_the_next_which_heals_first(tmp_path: Path) -> None:
    with Hanging() as shop, nights(shop, tmp_path) as subject:
        subject.declare(DRILL, EXAMINE)
        first = subject.start()
        step = subject.drilling(first)
        first.kill()
        first.communicate()
        assert subject.journal()[-1] == "begin"
        refused = duheng("night", folder=tmp_path)
        assert refused.returncode == 64
        assert f"was killed, and its step {DRILL} still runs (process {step})" in refused.stderr
        os.kill(step, signal.SIGKILL)
        wait_for_end_of(step)
        assert subject.drilled.stands_still()
        subject.declare(EXAMINE)
        status, said = ended(subject.start())
        assert status == 0, said
        assert "killed (it never told its end); of 2 steps 1 cut-short, 1 missed" in said
        by_end = {run["ended"]: run for run in subject.runs()}
        assert states(by_end["killed"]) == [(DRILL, "cut-short", "killed"), (EXAMINE, "missed", "killed")]
        assert states(by_end["planned"]) == [("recover", "done", ""), (EXAMINE, "done", "")]
        assert any(" killed " in row and "drill hang cut short" in row for row in rows(tmp_path))
        assert subject.drilled.runs()[0]["ended"] == "killed"
        assert subject.drilled.untouched()


def test_after_a_drill_that_left_a_wound_nothing_shakes_the_platform(tmp_path: Path) -> None:
    with Hanging() as shop, nights(shop, tmp_path) as subject:
        subject.declare(DRILL, LOAD, "examine:9.9")
        first = subject.start()
        os.kill(subject.drilling(first), signal.SIGKILL)
        status, said = ended(first)
        assert status == 2, said
        (told,) = subject.runs()
        assert states(told) == [
            (DRILL, "cut-short", "ended"), (LOAD, "missed", "wound"), ("examine:9.9", "failed", "exit"),
        ]  # fmt: skip
        healing = f"duheng drill --recover --target {tmp_path / 'duheng.toml'} --out {tmp_path / 'duheng-out'}"
        assert told["steps"][1]["why"] == f"{DRILL} may have left a host that is not healed: {healing}"
        assert told["steps"][2]["why"].startswith('exit 64: Refused: --clauses: no clause or id "9.9"')
        assert duheng("drill", "--recover", folder=tmp_path).returncode == 0
        assert subject.drilled.untouched()


def test_what_would_not_end_inside_the_hours_is_not_begun(running_shop: MiniatureShop, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    hours = f'from = "{now - timedelta(hours=1):%H:%M}"\nuntil = "{now + timedelta(minutes=6):%H:%M}"\n'
    with nights(running_shop, tmp_path) as subject:
        path = tmp_path / "duheng.toml"
        path.write_text(path.read_text().replace("[platform]\n", '[platform]\ntimezone = "UTC"\n'), encoding="utf-8")
        subject.declare(DRILL, EXAMINE, further=hours)
        status, said = ended(subject.start())
        assert status == 2, said
        assert f"{DRILL}: missed, it takes up to 840 s, and the night ends at " in said
        (told,) = subject.runs()
        assert states(told) == [(DRILL, "missed", "window"), (EXAMINE, "missed", "window")]
        assert told["window"]["ends_ms"] > told["ended_ms"]
        assert not (tmp_path / "duheng-out" / "drills").exists()


@pytest.fixture
def repository(tmp_path: Path) -> str:
    """Return the tables of a restic repository with one backup."""
    needs(("restic", "restic"))
    for name in ("tree", "scratch"):
        (tmp_path / name).mkdir()
    (tmp_path / "tree" / "page.html").write_text("a page", encoding="utf-8")
    for words in (["init"], ["backup", "--host", "db1", str(tmp_path / "tree")]):
        run(["restic", "--no-cache", "--repo", tmp_path / "repo", *words], RESTIC_PASSWORD=PASSWORD)
    return (
        '[[backups]]\nname = "nightly"\ntool = "restic"\nhost = "web1"\npassword_env = "DUHENG_BACKUP_PASSWORD"\n'
        f'repository = "{tmp_path / "repo"}"\nholds = ["pages"]\nplace = "local"\n'
        f'[restore]\nscratch = "{tmp_path / "scratch"}"\n'
    )


def test_a_backup_is_restored_once_and_stands_in_the_report(
    repository: str, running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with nights(running_shop, tmp_path) as subject:
        with (tmp_path / "duheng.toml").open("a", encoding="utf-8") as file:
            file.write(repository)
        subject.declare("restore", "examine:3.1.1.3.4")
        secret = {"DUHENG_BACKUP_PASSWORD": PASSWORD}
        done = duheng("night", folder=tmp_path, further=secret)
        (told,) = subject.runs()
        logs = [path.read_text() for path in tmp_path.glob("duheng-out/nights/*/*.log")]
        assert done.returncode == 0, (done.stderr, logs)
        with recorded(tmp_path / "duheng.db") as store:
            (restored,) = store.newest_entries("miniature", "backup.restore", most=9)
        assert told["steps"][0]["record"] == restored.run_id
        assert restored.value()["data"]["restored"] is True
        (report,) = tmp_path.glob("duheng-out/2*/report.json")  # one report
        found = {each["id"]: each for each in json.loads(report.read_bytes())["findings"]}
        assert found["SBT-3.1.1.3.4-pages"]["observations"] == [reading_of(restored).id]
        assert main(["verify", str(report.parent)]) == 0
        assert main(["replay", str(report.parent / "bundle.zip")]) == json.loads(report.read_bytes())["run"]["exit"]
