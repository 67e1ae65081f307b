"""What a run came to: the data of its observation, its words, its exit status."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.exits import INTERRUPTED
from conformance.loading import business, telling
from conformance.loading.cleaning import NOTHING
from conformance.loading.observed import Beside, data_of, delivered_per_s, held_s
from probes.canonical import canonical_bytes
from profiles.outcome import LoadRecord, read_record
from profiles.plan import Budgets, LoadPlan, Stage
from profiles.record import Footer, Header, Lost, Second, Stopped
from profiles.tally import Slice, Tally

PLAN = LoadPlan(
    run_id="load-1",
    platform_id="x",
    target_toml="",
    target_folder="/",
    profile="steps",
    stages=(Stage(rate_per_s=1, seconds=2), Stage(rate_per_s=2, seconds=1), Stage(rate_per_s=0, seconds=1, ramp=True)),
    mix={"browse": 1.0},
    record="r",
    trails="t",
)
BESIDE = Beside(business=business.nothing(), hosts=(), backup=None, tidied=NOTHING)


def _record(*, failed: int = 0, why: str = "", stopped: Stopped | None = None, lost: bool = False) -> LoadRecord:
    lines: list[Any] = [
        Header(
            run_id="load-1",
            plan_sha256=PLAN.sha256(),
            model="open",
            workers=1,
            started_ms=1000,
            tools={},
            skew_ms=(0.0,),
        )
    ]
    total = Slice()
    for number, came in enumerate((1, 1, 2, 0)):
        tally = Tally()
        for _ in range(came):
            tally.start(0.0)
            tally.step("browse/home", 0.1 * (number + 1), None)
            tally.done()
        for _ in range(failed if number == 0 else 0):
            tally.step("browse/home", 0.1, why)
        counted = tally.take()
        total.add(counted)
        at_ms = 2000 + 1000 * number
        lines.append(Second.of(counted, second=number, at_ms=at_ms, planned=came, cpu_percent=(10.0 * number,)))
    lines += [Lost(worker=0, second=3, why="killed")] if lost else []
    lines += [stopped] if stopped else []
    ended: Any = "stopped" if stopped else "planned"
    lines.append(Footer.of(total, ended_ms=5000, ended=ended, planned=4))
    return read_record(b"".join(canonical_bytes(line.as_json()) + b"\n" for line in lines))


def test_the_data_of_a_whole_run() -> None:
    data = data_of(_record(failed=1, why="answered 503"), PLAN, [], BESIDE, environment="staging")
    assert (data["complete"], data["valid"], data["stopped"], data["model"]) == (True, True, None, "open")
    assert data["planned"] == {"arrivals": 4, "peak_rate_per_s": 2, "held_s": 1}
    assert data["delivered"] == {"arrivals": 4, "dropped": 0, "rate_per_s": 2}
    assert (data["started_ms"], data["ended_ms"]) == (1000, 5000)
    assert data["steps"] == {"browse/home": {"count": 5, "failed": 1, "p95_ms": 300}}
    assert data["failures"] == [{"step": "browse/home", "why": "answered 503", "count": 1}]
    assert data["latency_ms"] == {"p50": 200, "p95": 300, "p99": 300, "max": 300}
    assert [span[:5] for span in data["timeline"]] == [
        [0, 1, 1, 0, 1], [1, 1, 1, 0, 0], [2, 2, 2, 0, 0], [3, 0, 0, 0, 0],
    ]  # fmt: skip
    assert data["generator"] == {"cpu_percent_max": 30, "workers": 1, "lost": 0}
    assert data["cleaned"] == {"cancelled": 0, "left": 0}


def test_an_invalid_run_says_why_and_a_stopped_one_by_what() -> None:
    stopped = _record(stopped=Stopped(why="latency", detail="slow", second=3))
    data = data_of(stopped, PLAN, [{"code": "late", "late": 3}], BESIDE, environment="staging")
    assert (data["complete"], data["valid"], data["stopped"]) == (False, False, "latency")
    assert data["invalid"] == [{"code": "late", "late": 3}]


def test_the_highest_rate_is_held_and_delivered_in_its_own_stages() -> None:
    assert held_s(PLAN) == 1
    assert delivered_per_s(_record(), PLAN) == 2
    peaks = (Stage(rate_per_s=2, seconds=3), Stage(rate_per_s=1, seconds=1), Stage(rate_per_s=2, seconds=4))
    assert held_s(replace(PLAN, stages=peaks)) == 4
    assert held_s(replace(PLAN, stages=(*peaks, Stage(rate_per_s=2, seconds=5)))) == 9
    ramp = replace(PLAN, stages=(Stage(rate_per_s=2, seconds=4, ramp=True),))
    assert held_s(ramp) == 0
    assert delivered_per_s(_record(), ramp) is None


def _told(record: LoadRecord, plan: LoadPlan = PLAN, *, invalid: bool = False, **told: dict[str, Any] | None) -> int:
    seen = business.nothing() | told
    reasons = ["late"] if invalid else []
    wrong = telling.wrongs(record, plan, seen, invalid=reasons)
    return telling.status(record, invalid=reasons, wrong=wrong, unknown=telling.untold(seen))


LOST: dict[str, Any] = {"acknowledged": 1, "found": 0, "lost": ["7"], "doubled": [], "altered": [], "unread": 0}
UNREAD: dict[str, Any] = {"acknowledged": 1, "found": 0, "lost": [], "doubled": [], "altered": [], "unread": 1}
UNPAID: dict[str, Any] = {"paid": None, "doubled": [], "wrong": [], "unread": "answered 503"}
TWICE: dict[str, Any] = {"paid": 1, "doubled": ["7"], "wrong": []}


def test_the_exit_status() -> None:
    assert _told(_record()) == 0
    assert _told(_record(), invalid=True) == 2
    assert _told(_record(), orders=UNREAD) == 2
    assert _told(_record(), payments=None) == 0
    assert _told(_record(), payments=UNPAID) == 2
    assert _told(_record(), payments=TWICE) == 1
    assert _told(_record(), payments=TWICE, orders=UNREAD) == 1
    assert _told(_record(), orders=LOST) == 1
    assert _told(_record(), invalid=True, orders=LOST) == 1  # what is lost is lost, however the run went
    assert _told(_record(failed=1, why="503")) == 1  # one of five steps is beyond 5 %
    assert _told(_record(failed=1, why="503"), invalid=True) == 2
    slow = replace(PLAN, budgets=Budgets(latency_p99_s=0.2))
    assert _told(_record(), slow) == 1
    assert _told(_record(), replace(PLAN, budgets=Budgets(latency_p99_s=0.3))) == 0


def test_what_trade_could_not_be_told() -> None:
    assert telling.untold(business.nothing()) == ()
    assert telling.untold(business.nothing() | {"payments": TWICE}) == ()
    assert telling.untold(business.nothing() | {"orders": UNREAD, "payments": UNPAID}) == (
        "1 acknowledged orders could not be read back",
        "the provider's list of payments could not be read: answered 503",
    )


@pytest.mark.parametrize(
    ("why", "status"), [("interrupted", INTERRUPTED), ("terminated", INTERRUPTED), ("errors", 2), ("window", 2)]
)
def test_a_stopped_run_exits_by_what_stopped_it(why: str, status: int) -> None:
    assert _told(_record(stopped=Stopped(why=why, detail="", second=3)), invalid=True) == status


def test_an_empty_page_is_one_whatever_step_it_was_in() -> None:
    empty = "step product: expected an element '.price', got 200 at https://shop.example/goods/1/ without a body"
    assert business.empty_pages(_record(failed=3, why=empty)) == 3
    assert business.empty_pages(_record(failed=3, why="step product: expected a page with visible text, got 200")) == 3
    assert business.empty_pages(_record(failed=3, why="step product: expected status 200, got 503 without a body")) == 0
    assert business.empty_pages(_record(failed=3, why="step product: expected an element '.price', got 200")) == 0


def test_the_words() -> None:
    record = _record(failed=2, why="answered 503")
    assert telling.summary(record, PLAN) == (
        "steps: 4 of 4 planned shoppers came, 0 dropped; 2 of 6 steps failed; p50 100 ms, p95 300 ms, p99 300 ms, "
        "max 300 ms"
    )
    assert telling.failures(record) == ("2 x browse/home: answered 503",)
    assert telling.beyond_budget(record, PLAN) == ("33.33 % of the steps failed; 5 % are allowed",)
    assert (telling.counted(1, "order"), telling.counted(2, "order")) == ("1 order", "2 orders")
