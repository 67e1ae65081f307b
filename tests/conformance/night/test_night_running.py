"""What bars a step, and what a night that cannot go on has written down: without a step that really runs."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.drilling.recovering import Recovery, recover
from conformance.drilling.task import RECORDS
from conformance.night.calls import Calls
from conformance.night.lock import Lock
from conformance.night.planned import RECOVER, Planned, over_by, planned
from conformance.night.record import Record
from conformance.night.running import Task, _Course, run
from conformance.night.schedule import Permission, Span
from conformance.night.stepping import Ended
from probes.clock import SystemClock
from probes.errors import EvidenceError
from probes.shop.trail import Trail
from probes.target_file import target_of
from probes.target_night import Night, Step
from reports.ledger.memory import MemoryStore
from reports.ledger.store import LedgerStore

CLOCK = SystemClock()
TARGET = target_of('[platform]\nid = "shop"\nname = "X"\nbase_url = "https://shop.example"\n', Path("duheng.toml"))
DRILL = Planned(words="drill:hang", verb="drill", name="hang", lasts_s=1)
EXAMINE = Planned(words="examine", verb="examine", name="", lasts_s=1)
HEAL = Planned(words=RECOVER, verb=RECOVER, name="", lasts_s=10_000)
REFUSED = Ended(ended="failed", cause="exit", exit=64, why="exit 64: the ledger is full")
BEGUN = datetime(2026, 11, 20, tzinfo=UTC)


def task(folder: Path, *plan: Planned, ledger: Callable[[], AbstractContextManager[LedgerStore]] | None = None) -> Task:
    store = MemoryStore(clock=CLOCK)
    now = CLOCK.now()
    return Task(
        target=TARGET,
        plan=plan,
        permission=Permission(span=Span(starts=now, ends=now + timedelta(hours=1))),
        ledger=ledger or (lambda: nullcontext(store)),
        ledger_url=None,
        lang="en",
        out=folder,
        tool="duheng 1",
        clock=CLOCK,
        say=lambda _: None,
    )


@contextmanager
def course(own: Task) -> Iterator[_Course]:
    with closing(Record(own.out / "nights" / "night-1.jsonl", CLOCK)) as record:
        facts = {"platform": "shop", "steps": [each.words for each in own.plan], "window": None, "over_by_ms": 1}
        record.say("plan", "night-1", facts)
        lock = Lock(descriptor=-1, run_id="night-1", since_ms=0)
        yield _Course(task=own, run_id="night-1", record=record, lock=lock, calls=Calls())


def drilled(folder: Path, *, healed: bool) -> Trail:
    """Return the open record of a drill that is kept, whose host was armed."""
    path = folder / RECORDS / "drill-1.jsonl"
    path.parent.mkdir(parents=True)
    trail = Trail(path, CLOCK)
    trail.append(who="drill", kind="plan", id="drill-1", facts={"platform": "shop"})
    trail.append(who="drill", kind="begin", id="arm")
    if healed:
        trail.append(who="drill", kind="host", id="web1", facts={"healed": True})
    trail.append(who="drill", kind="kept", id="sha256:0")
    return trail


@pytest.mark.parametrize("healed", [False, True])
def test_a_drill_that_is_refused_late_may_have_left_a_wound_and_its_record_tells(tmp_path: Path, healed: bool) -> None:
    drilled(tmp_path, healed=healed).close()
    with course(task(tmp_path, DRILL, DRILL)) as own:
        own._over("0", DRILL, REFUSED, BEGUN, tmp_path / "log")
        assert own.wounded == ("" if healed else "drill:hang")
        assert (own._against(DRILL) is None) == healed


def test_a_drill_that_goes_on_is_not_told_as_healed(tmp_path: Path) -> None:
    said: list[str] = []
    given = Recovery(
        target=TARGET, drills=(), store=MemoryStore(clock=CLOCK), out=tmp_path, clock=CLOCK, say=said.append
    )
    with closing(drilled(tmp_path, healed=False)):
        assert recover(given) == 1
    assert "another run is writing" in said[0]


def test_while_a_killed_drill_is_not_healed_no_drill_begins(tmp_path: Path) -> None:
    own = task(tmp_path, HEAL, DRILL)
    assert run(own) == 2
    with own.ledger() as store:
        (newest, *_) = store.newest_entries("shop", "night.run", most=9)
    steps = newest.value()["data"]["steps"]
    assert [(each["ended"], each["cause"]) for each in steps] == [("missed", "window"), ("missed", "wound")]
    assert steps[1]["why"] == "an earlier drill may have left a host that is not healed: duheng drill --recover"


def test_healing_that_is_done_lifts_the_bar(tmp_path: Path) -> None:
    with course(task(tmp_path, HEAL, DRILL)) as own:
        own.wounded = RECOVER
        own._over("0", HEAL, Ended(ended="done", cause="", exit=0, why=""), BEGUN, tmp_path / "log")
        assert own._against(DRILL) is None


def test_where_the_ledger_cannot_be_read_the_end_of_the_step_stands_in_the_journal(tmp_path: Path) -> None:
    def ledger() -> AbstractContextManager[LedgerStore]:
        raise EvidenceError("the ledger is gone")

    with course(task(tmp_path, EXAMINE, ledger=ledger)) as own:
        own.record.say("begin", "0")
        with pytest.raises(EvidenceError, match="is gone"):
            own._over("0", EXAMINE, Ended(ended="done", cause="", exit=0, why=""), BEGUN, tmp_path / "log")
        assert own.record.data()["steps"][0]["ended"] == "done"


def test_a_step_that_never_ran_is_not_told_as_done(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("Traceback\nModuleNotFoundError: No module named 'conformance'\n")
    with course(task(tmp_path, EXAMINE)) as own:
        own.record.say("begin", "0")
        told = own._over("0", EXAMINE, Ended(ended="done", cause="", exit=1, why=""), BEGUN, tmp_path / "log")
        (step,) = own.record.data()["steps"]
    assert (told.ended, step["ended"], step["cause"]) == ("failed", "failed", "exit")
    assert step["why"] == "exit 1, and nothing on record: ModuleNotFoundError: No module named 'conformance'"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 2)])
def test_a_night_that_ctrl_c_ended_says_so(tmp_path: Path, number: int, status: int) -> None:
    own = task(tmp_path, HEAL, DRILL)
    assert run(replace(own, say=lambda words: _once(words, number))) == status


def _once(words: str, number: int) -> None:
    if words.startswith(RECOVER):
        signal.raise_signal(number)


def test_a_load_takes_what_each_of_its_phases_may_take() -> None:
    own = target_of(
        '[platform]\nid = "shop"\nname = "X"\nbase_url = "https://shop.example"\n'
        "[load]\npeak_rate_per_s = 100\nmax_orders = 50\naccounts = 10\n",
        Path("duheng.toml"),
    )
    night = Night(steps=(Step(verb="load", name="nightly"),), hours=None)
    (load,) = planned(night, own, recover=False)
    assert load.lasts_s == (300 + 2 * 10) + 660 + 60 + 2 * (120 + 50)


def test_a_night_with_an_end_is_over_some_time_after_that_however_long_its_steps_take() -> None:
    ends = BEGUN + timedelta(hours=4)
    assert over_by((EXAMINE,), BEGUN, ends) - ends == over_by((HEAL,), BEGUN, ends) - ends > timedelta(0)
    assert over_by((EXAMINE,), BEGUN, None) < over_by((HEAL,), BEGUN, None)
