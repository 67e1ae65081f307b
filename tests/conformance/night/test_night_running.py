"""What bars a step, and what a night that cannot go on has written down: without a step that really runs."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.drilling.hand import LONGEST_S
from conformance.drilling.lasting import LONGEST_AFTER_S
from conformance.drilling.recovering import Recovery, recover
from conformance.drilling.task import RECORDS
from conformance.loading.cleaning import time_for
from conformance.loading.lasting import STOCK_S
from conformance.night.calls import Calls
from conformance.night.lock import Lock
from conformance.night.planned import RECOVER, STOPPING_S, Planned, over_by, planned
from conformance.night.record import Record
from conformance.night.running import Task, _Course, run
from conformance.night.schedule import Permission
from conformance.night.stepping import Ended
from conformance.windows import Span
from probes.clock import SystemClock
from probes.errors import EvidenceError
from probes.redaction import Redactor
from probes.shop.trail import Trail
from probes.target_file import read_target, target_of
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
        lock = Lock(descriptor=-1, path=Path("-"), run_id="night-1", since_ms=0)
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
        target=TARGET,
        drills=(),
        store=MemoryStore(clock=CLOCK),
        out=tmp_path,
        clock=CLOCK,
        say=said.append,
        redactor=Redactor(),
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
    healing = f"duheng drill --recover --target {TARGET.path} --out {tmp_path}"
    assert steps[1]["why"] == f"an earlier drill may have left a host that is not healed: {healing}"


def test_the_command_that_heals_names_a_ledger_of_its_own_and_what_has_a_space(tmp_path: Path) -> None:
    own = replace(task(tmp_path / "a b"), ledger_url="sqlite:///own.db")
    assert own.healing.endswith(f" --out '{tmp_path / 'a b'}' --ledger sqlite:///own.db")


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


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_step_that_never_ran_is_not_told_as_done(tmp_path: Path, status: int) -> None:
    (tmp_path / "log").write_text("Traceback\nModuleNotFoundError: No module named 'conformance'\n")
    with course(task(tmp_path, EXAMINE)) as own:
        own.record.say("begin", "0")
        told = own._over("0", EXAMINE, Ended(ended="done", cause="", exit=status, why=""), BEGUN, tmp_path / "log")
        (step,) = own.record.data()["steps"]
    assert (told.ended, step["ended"], step["cause"]) == ("failed", "failed", "exit")
    assert step["why"] == f"exit {status}, and nothing on record: ModuleNotFoundError: No module named 'conformance'"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 2)])
def test_a_night_that_ctrl_c_ended_says_so(tmp_path: Path, number: int, status: int) -> None:
    own = task(tmp_path, HEAL, DRILL)
    assert run(replace(own, say=lambda words: _once(words, number))) == status


def _once(words: str, number: int) -> None:
    if words.startswith(RECOVER):
        signal.raise_signal(number)


SHAKEN = '[platform]\nid = "shop"\nname = "X"\nbase_url = "https://shop.example"\nadapter = "oscar"\n'
PAYING = '[payment]\nsandbox = true\nhosts = ["pay.example"]\n'
PUSHING_S = 120 + 1 + 660 + 60 + 15 + 10  # until all are up, until the first is due, stages, drain, slack, end


@pytest.mark.parametrize(
    ("declared", "lasts_s"),
    [
        ("peak_rate_per_s = 100\nmax_orders = 50\naccounts = 10\n", (300 + 2 * 10) + 2 * (120 + 50) + 120),
        # 12 % of twenty a second fill carts, for 8 steps of 3 s each; half as many more, and two.
        ("peak_rate_per_s = 100\nmax_orders = 50\n", (300 + 2 * (2 + 87)) + 2 * (120 + 50) + 120),
        ("peak_rate_per_s = 9999\nmax_orders = 9999\n", (300 + 2 * 500) + 2 * 1800 + 120),
        (f"peak_rate_per_s = 100\nmax_orders = 50\naccounts = 10\n{PAYING}", (300 + 20) + 3 * (120 + 50) + 120),
        ("", (300 + 2 * 2) + 2 * 120),  # refused once it begins: no peak
    ],
)
def test_a_load_takes_what_each_of_its_phases_may_take(tmp_path: Path, declared: str, lasts_s: float) -> None:
    path = tmp_path / "duheng.toml"
    path.write_text(f"{SHAKEN}[load]\n{declared}", encoding="utf-8")
    night = Night(steps=(Step(verb="load", name="nightly"),), hours=None)
    (load,) = planned(night, read_target(path), recover=False)
    assert load.lasts_s == PUSHING_S + lasts_s


def test_a_step_is_told_again_only_after_the_longest_orderly_end_of_what_runs() -> None:
    reading_back_charges_and_cleaning = 3 * time_for(10**9)
    assert reading_back_charges_and_cleaning + STOCK_S < STOPPING_S
    assert 2 * LONGEST_S + LONGEST_AFTER_S < STOPPING_S


def test_what_a_step_came_to_stands_in_the_ledger_before_the_next_begins(tmp_path: Path) -> None:
    found: list[list[str]] = []
    own = task(tmp_path, EXAMINE, replace(EXAMINE, lasts_s=10_000))

    def say(words: str) -> None:
        if words.startswith("examine: ") and "begun" not in words:
            with own.ledger() as store:
                (newest, *_) = store.newest_entries("shop", "night.run", most=9)
            found.append([each["ended"] for each in newest.value()["data"]["steps"]])

    assert run(replace(own, say=say)) == 2
    assert found[0] == ["failed", "waiting"]  # there is no target file


def test_a_night_with_an_end_is_over_some_time_after_that_however_long_its_steps_take() -> None:
    ends = BEGUN + timedelta(hours=4)
    assert over_by((EXAMINE,), BEGUN, ends) - ends == over_by((HEAL,), BEGUN, ends) - ends > timedelta(0)
    assert over_by((EXAMINE,), BEGUN, None) < over_by((HEAL,), BEGUN, None)
