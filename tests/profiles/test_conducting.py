"""The master of a run without Locust: who is let in, when it begins, how it ends, and what the record says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from profiles.conducting import LEAD_S, MAY_STOP_S, SILENT_S, SLACK_S, Around, Conductor
from profiles.outcome import LoadRecord, read_record
from profiles.record import RecordFile
from profiles.tally import Tally
from profiles.trails import take_over, trail_path
from profiles.wire import HERE, OVER, PING, PLAN, PONG, READY, REFUSED, SECOND, START, STOP, UNABLE, proof, proved
from tests.profiles.plans import plan

SECRET = "run secret"


@dataclass(slots=True, kw_only=True)
class Hall:
    """A conductor, what it sent, and a clock that a test sets."""

    folder: Path
    workers: int = 2
    local: int = 2
    now_s: float = 1000.0
    stop_file: bool = False
    trails: list[tuple[int, str]] = field(default_factory=list)
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    conductor: Conductor = field(init=False)

    def __post_init__(self) -> None:
        self.plan = plan(workers=self.workers)
        around = Around(
            send=lambda client, word, data: self.sent.append((client, word, dict(data))),
            now=lambda: self.now_s,
            wall_ms=lambda: round(self.now_s * 1000),
            record=RecordFile(self.folder / "record.jsonl"),
            told=lambda _line: None,
            take_over=lambda number, trail: self.trails.append((number, trail)),
            stop_file_there=lambda: self.stop_file,
            tools={"test": "1"},
        )
        self.conductor = Conductor(self.plan, secret=SECRET, local=self.local, around=around)

    plan: Any = None

    def here(self, client: str, worker: int | None, secret: str = SECRET) -> str:
        self.conductor.hear(client, HERE, {"worker": worker, "proof": proof(secret, "worker", client)})
        return self.sent[-1][1]

    def all_here(self) -> None:
        for number in range(self.workers):
            self.here(f"w{number}", number if number < self.local else None)
            self.conductor.hear(f"w{number}", READY, {})
            self.conductor.hear(f"w{number}", PONG, {"at_ms": self.now_s * 1000 + 250})

    def begun(self) -> None:
        self.all_here()
        self.conductor.go()
        self.now_s += LEAD_S

    def second(self, number: int, second: int, tally: Tally | None = None) -> None:
        said = {"second": second, "slice": (tally or Tally()).take().as_json(), "cpu_percent": 5.0}
        self.conductor.hear(f"w{number}", SECOND, said)

    def words(self, word: str) -> list[str]:
        return [client for client, sent, _data in self.sent if sent == word]

    def record(self) -> LoadRecord:
        return read_record((self.folder / "record.jsonl").read_bytes())


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(folder=tmp_path)


def test_it_begins_when_all_are_there_and_not_before(hall: Hall) -> None:
    hall.conductor.go()
    hall.here("w0", 0)
    hall.conductor.hear("w0", READY, {})
    hall.conductor.hear("w0", PONG, {"at_ms": 0})
    assert not hall.words(START)
    hall.here("w1", 1)
    hall.conductor.hear("w1", READY, {})
    assert not hall.words(START)
    hall.conductor.hear("w1", PONG, {"at_ms": 0})
    assert hall.words(START) == ["w0", "w1"]
    assert hall.record().header.started_ms == round((hall.now_s + LEAD_S) * 1000)


def test_it_does_not_begin_before_locust_has(hall: Hall) -> None:
    hall.all_here()
    assert not hall.words(START)
    hall.conductor.go()
    assert hall.words(START) == ["w0", "w1"]


def test_each_side_shows_that_it_knows_the_secret(hall: Hall) -> None:
    assert hall.here("w0", 0) == PLAN
    assert proved(SECRET, "master", "w0", hall.sent[-1][2]["proof"])
    assert hall.here("stranger", 1, secret="guessed") == REFUSED
    assert "plan" not in hall.sent[-1][2]
    hall.conductor.hear("stranger", READY, {})
    assert not hall.words(PING)
    assert not proved(SECRET, "master", "w1", proof(SECRET, "worker", "w1")), "a worker's own proof is none"
    assert not proved(SECRET, "master", "w1", None)


def test_no_more_workers_than_planned(hall: Hall) -> None:
    hall.all_here()
    assert hall.here("one more", None) == REFUSED
    assert hall.here("twice", 0) == REFUSED
    assert hall.here("w0", 0) == PLAN, "who did not hear the plan asks again"


def test_workers_elsewhere_leave_the_numbers_of_those_here(tmp_path: Path) -> None:
    hall = Hall(folder=tmp_path, workers=3, local=1)
    hall.here("far", None)
    assert hall.sent[-1][2]["worker"] == 1
    hall.here("near", 0)
    assert hall.sent[-1][2]["worker"] == 0
    hall.here("farther", None)
    assert hall.sent[-1][2]["worker"] == 2


def test_clocks_elsewhere_are_compared(tmp_path: Path) -> None:
    hall = Hall(folder=tmp_path, workers=2, local=1)
    hall.begun()
    assert hall.record().header.skew_ms == (0.0, 250.0)


def test_a_whole_run(hall: Hall) -> None:
    hall.begun()
    for second in range(60):
        for number in range(2):
            tally = Tally()
            for _ in range(50):
                tally.start(0.0)
                tally.step("page", 0.01, None)
                tally.done()
            hall.second(number, second, tally)
    for number in range(2):
        hall.conductor.hear(f"w{number}", OVER, {"bug": None})
    assert hall.conductor.finished
    record = hall.record()
    assert record.complete, record
    assert record.footer is not None
    assert record.footer.totals["planned"] == record.footer.totals["done"] == record.latencies().count == 6000


def test_a_lost_worker_ends_it(hall: Hall) -> None:
    hall.begun()
    hall.second(0, 0)
    hall.second(1, 0)
    hall.second(0, 1)
    hall.conductor.lost(1, "killed")
    assert hall.words(STOP) == ["w0", "w1"]
    hall.conductor.hear("w0", OVER, {"bug": None})
    record = hall.record()
    assert [(lost.worker, lost.second) for lost in record.lost] == [(1, 1)]
    assert record.seconds[1].cpu_percent == (5.0, None)
    assert record.stopped is not None
    assert record.stopped.why == "lost-worker"
    assert record.footer is not None
    assert record.footer.ended == "lost"
    assert not record.odd


def test_a_silent_worker_is_lost(hall: Hall) -> None:
    hall.begun()
    hall.second(1, 0)
    for second in range(int(SILENT_S)):
        hall.now_s += 1
        hall.second(0, second)
    hall.conductor.tick()
    assert not hall.record().lost
    hall.now_s += LEAD_S + 0.1
    hall.conductor.tick()
    assert [lost.worker for lost in hall.record().lost] == [1]


def test_a_silent_worker_is_lost_though_the_others_never_pause(hall: Hall) -> None:
    hall.begun()
    for second in range(int(SILENT_S + LEAD_S) + 1):
        hall.now_s += 1
        hall.second(0, second)
    assert [lost.worker for lost in hall.record().lost] == [1]
    assert hall.words(STOP) == ["w0", "w1"]


def test_a_master_that_was_away_does_not_say_that_others_were_silent(hall: Hall) -> None:
    hall.begun()
    hall.now_s += 2 * SILENT_S  # as where the disk hangs: what both told meanwhile waits to be heard
    for number in range(2):
        hall.second(number, 0)
    hall.conductor.tick()
    assert not hall.record().lost
    for second in range(1, int(SILENT_S + LEAD_S) + 2):
        hall.now_s += 1
        hall.second(0, second)
    assert [lost.worker for lost in hall.record().lost] == [1]


def test_a_second_that_never_came_loses_the_worker(hall: Hall) -> None:
    hall.begun()
    for second in range(3):
        hall.second(0, second)
    hall.second(1, 0)
    hall.second(1, 0)
    assert not hall.record().lost, "told twice is told"
    hall.second(1, 2)
    assert [(lost.worker, lost.second) for lost in hall.record().lost] == [(1, 1)]
    assert "second 1 was to come" in hall.record().lost[0].why


def test_a_worker_that_is_over_before_the_plan_is_lost(hall: Hall) -> None:
    hall.begun()
    for second in range(59):
        for number in range(2):
            hall.second(number, second)
    hall.conductor.hear("w1", OVER, {"bug": None})
    assert hall.words(STOP) == ["w0", "w1"]
    hall.second(0, 59)
    hall.conductor.hear("w0", OVER, {"bug": None})
    record = hall.record()
    assert [(lost.worker, lost.why) for lost in record.lost] == [(1, "was over after 59 s of 60 s")]
    assert not record.complete
    assert not record.odd


def test_who_does_not_come_to_an_end_is_not_waited_for(hall: Hall) -> None:
    hall.begun()
    hall.conductor.stop("interrupted", "asked")
    hall.conductor.stop("window", "a second reason changes nothing")
    hall.conductor.hear("w0", OVER, {"bug": None})
    for _ in range(int(MAY_STOP_S + SLACK_S) + 1):
        hall.now_s += 1
        hall.second(1, 0)
        hall.conductor.tick()
    assert hall.conductor.finished
    record = hall.record()
    assert record.stopped is not None
    assert record.stopped.why == "interrupted"
    assert record.footer is not None
    assert record.footer.ended == "stopped"


def test_stopped_before_it_began(hall: Hall) -> None:
    hall.here("w0", 0)
    hall.conductor.stop("interrupted", "asked")
    assert hall.conductor.finished
    assert hall.words(STOP) == ["w0"]
    assert hall.record().footer is not None
    hall.all_here()
    assert not hall.words(START)


@pytest.mark.parametrize("begun", [False, True])
def test_a_worker_that_cannot(hall: Hall, begun: bool) -> None:
    if begun:
        hall.begun()
        hall.conductor.hear("w1", OVER, {"bug": "KeyError: 1"})
        hall.conductor.hear("w0", OVER, {"bug": None})
    else:
        hall.here("w1", 1)
        hall.conductor.hear("w1", UNABLE, {"why": "no such file"})
    record = hall.record()
    assert hall.conductor.finished
    assert record.stopped is not None
    assert record.stopped.detail.startswith("worker 1: ")
    assert record.footer is not None
    assert record.footer.ended == ("broken" if begun else "stopped")


def test_a_stop_file_and_a_stop_condition(hall: Hall) -> None:
    hall.begun()
    hall.stop_file = True
    hall.second(0, 0)
    hall.second(1, 0)
    assert hall.words(STOP) == ["w0", "w1"]


@pytest.mark.parametrize("said", [{}, {"second": 0, "slice": {}, "cpu_percent": 1}, {"second": "x"}])
def test_what_nobody_understands_loses_the_worker(hall: Hall, said: Mapping[str, Any]) -> None:
    hall.begun()
    hall.conductor.hear("w1", SECOND, said)
    assert [lost.worker for lost in hall.record().lost] == [1]


def test_failures_worded_anew_each_time_do_not_fill_the_memory(hall: Hall) -> None:
    hall.begun()
    for second in range(30):
        tally = Tally()
        for number in range(100):
            tally.step("page", 0.01, f"session {second}-{number} expired")
        hall.second(0, second, tally)
        hall.second(1, second)
    for number in range(2):
        hall.conductor.hear(f"w{number}", OVER, {"bug": None})
    record = hall.record()
    assert record.footer is not None
    assert record.footer.steps["page"].failed == 3000
    assert len(hall.conductor._total.failures) <= 2001
    assert sum(hall.conductor._total.failures.values()) == 3000


def test_the_trail_of_a_worker_elsewhere_comes_over_once(tmp_path: Path) -> None:
    hall = Hall(folder=tmp_path, workers=2, local=1)
    hall.begun()
    hall.conductor.hear("w0", OVER, {"bug": None, "trail": "mine lies here already"})
    for _ in range(2):
        hall.conductor.hear("w1", OVER, {"bug": None, "trail": "one order\n"})
    assert hall.trails == [(1, "one order\n")]


def test_a_trail_that_comes_over_is_kept_beside_the_others(tmp_path: Path) -> None:
    made = plan(workers=2, trails=str(tmp_path / "trails"))
    take_over(made, 1, "one order\n")
    take_over(made, 1, "told twice\n")
    assert trail_path(made, 1).read_text(encoding="utf-8") == "one order\n"
    assert trail_path(made, 1).stat().st_mode & 0o777 == 0o600
