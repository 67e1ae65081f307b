"""What a night's journal tells, wherever it ends; how a step's exit status is read; what a wound bars."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.drilling.task import RECORDS
from conformance.night import course
from conformance.night.course import UNDER_WAY, killed, outcome, settled
from conformance.night.left import drills_to_recover
from conformance.night.record import Record, left_open
from probes.clock import SystemClock
from probes.errors import EvidenceError

VERBS = ("load", "drill", "restore", "examine", "recover")
FACTS = {"platform": "shop", "steps": ["load:smoke", "drill:hang", "examine"], "window": None, "over_by_ms": 10**15}
DONE = {"ended": "done", "cause": "", "why": "", "exit": 0, "record": "run-1"}


def written(folder: Path, *entries: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    record = Record(folder / "night-1.jsonl", SystemClock())
    record.say("plan", "night-1", FACTS)
    for kind, name, facts in entries:
        record.say(kind, name, facts)
    record.close()
    again = Record(folder / "night-1.jsonl", SystemClock())
    data = again.data()
    again.close()
    return data


def test_a_journal_tells_as_far_as_it_goes(tmp_path: Path) -> None:
    data = written(tmp_path, ("begin", "0", {}), ("end", "0", DONE), ("begin", "1", {}))
    assert (data["ended"], data["ended_ms"]) == (UNDER_WAY, None)
    assert [step["ended"] for step in data["steps"]] == ["done", "running", "waiting"]
    assert data["steps"][0]["record"] == "run-1"
    assert data["started_ms"] <= data["steps"][0]["started_ms"] <= data["steps"][0]["ended_ms"]


def test_of_a_killed_night_what_ran_was_cut_short_and_what_waited_was_missed(tmp_path: Path) -> None:
    data = written(tmp_path, ("begin", "0", {}), ("end", "0", DONE), ("begin", "1", {}))
    told = killed(data)
    assert (told["ended"], told["ended_ms"]) == ("killed", data["steps"][1]["started_ms"])
    assert [(step["ended"], step["cause"]) for step in told["steps"]] == [
        ("done", ""), ("cut-short", "killed"), ("missed", "killed"),
    ]  # fmt: skip


def test_of_a_night_that_broke_off_nothing_runs_and_nothing_waits(tmp_path: Path) -> None:
    over = {"ended": "stopped", "why": "the ledger is full"}
    data = written(tmp_path, ("begin", "0", {}), ("end", "0", DONE), ("begin", "1", {}), ("over", "night-1", over))
    assert [(step["ended"], step["cause"], step["why"]) for step in data["steps"]] == [
        ("done", "", ""), ("cut-short", "stopped", "the ledger is full"), ("missed", "stopped", "the ledger is full"),
    ]  # fmt: skip


def test_a_night_is_taken_for_killed_once_it_should_be_over(tmp_path: Path) -> None:
    data = written(tmp_path, ("begin", "0", {}))
    assert settled(data, FACTS["over_by_ms"])["ended"] == UNDER_WAY  # type: ignore[arg-type]
    assert settled(data, 10**15 + 1)["ended"] == "killed"
    over = written(tmp_path / "other", ("over", "night-1", {"ended": "planned", "why": ""}))
    assert settled(over, 10**15 + 1)["ended"] == "planned"


def test_what_goes_on_is_written_by_nobody_else(tmp_path: Path) -> None:
    record = Record(tmp_path / "night-1.jsonl", SystemClock())
    with pytest.raises(EvidenceError, match="another run is writing"):
        Record(tmp_path / "night-1.jsonl", SystemClock())
    record.close()


@given(verb=st.sampled_from(VERBS), status=st.integers(-64, 255), asked=st.sampled_from(["", "stopped", "window"]))
def test_only_an_answer_is_done(verb: str, status: int, asked: str) -> None:
    ended, cause = outcome(verb, status, asked)
    assert ended in {"done", "failed", "cut-short"}
    assert (ended == "done") == (cause == "")
    if ended == "done":
        assert status in {0, 1, 2}
    if status < 0 or status in {64, 70, 130}:
        assert ended != "done"
    if asked and ended != "done":
        assert (ended, cause) == ("cut-short", asked)


@pytest.mark.parametrize(
    ("verb", "status", "told"),
    [
        ("examine", 1, "done"),  # a clause that is violated is an answer
        ("examine", 2, "done"),
        ("examine", 64, "failed"),
        ("examine", 130, "cut-short"),
        ("load", 1, "done"),
        ("load", 2, "failed"),
        ("drill", 1, "failed"),
        ("drill", 2, "failed"),
        ("restore", 2, "failed"),
        ("drill", -9, "cut-short"),
    ],
)
def test_statuses(verb: str, status: int, told: str) -> None:
    assert outcome(verb, status, "")[0] == told


@pytest.mark.parametrize(
    ("status", "verbs"),
    [(0, ["load", "drill", "restore", "examine"]), (1, ["load", "examine"]), (2, ["examine"]), (64, []), (-9, [])],
)
def test_an_answer_without_a_record_is_none(status: int, verbs: list[str]) -> None:
    assert [verb for verb in VERBS if course.unproven(verb, status, None)] == verbs
    assert not any(course.unproven(verb, status, "run-1") for verb in VERBS)


def test_a_folder_that_cannot_be_made_and_a_journal_that_cannot_be_read_are_told_with_their_paths(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EvidenceError, match=f"^{tmp_path}/file/nights: cannot make the folder: Not a directory; "):
        Record(tmp_path / "file" / "nights" / "night-1.jsonl", SystemClock())
    (tmp_path / "nights" / "night-1.jsonl").mkdir(parents=True)
    with pytest.raises(EvidenceError, match=f"^{tmp_path}/nights/night-1.jsonl: cannot be read: Is a directory; "):
        next(left_open(tmp_path / "nights", "shop", SystemClock()))
    (tmp_path / RECORDS / "drill-1.jsonl").mkdir(parents=True)
    with pytest.raises(EvidenceError, match=f"^{tmp_path}/{RECORDS}/drill-1.jsonl: cannot be read: Is a directory; "):
        drills_to_recover(tmp_path, "shop")


def test_a_load_that_was_told_to_end_is_no_whole_one_whatever_it_says() -> None:
    assert [outcome("load", status, "stopped")[0] for status in (0, 1, 2)] == ["done", "cut-short", "cut-short"]


def test_what_leaves_a_host_that_is_not_healed() -> None:
    assert [status for status in (0, 1, 2, 64, 70, -9) if course.wounds("drill", status)] == [1, 70, -9]
    assert [status for status in (0, 1, 64) if course.wounds("recover", status)] == [1, 64]
    assert not any(course.wounds(verb, 1) for verb in ("load", "restore", "examine"))
    assert [verb for verb in VERBS if course.bars(verb)] == ["load", "drill"]
