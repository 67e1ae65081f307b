"""The plan: what is written is what is read, without secrets, and every fault is told at once with its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import SettingsError
from profiles.plan import Budgets, Closed, LoadPlan, Stage, decode_plan, plan_of
from tests.profiles.plans import plan

CLOSED = Closed(locustfile="mine.py", users=10, users_per_s=2.5, seconds=60)


def faults(change: Callable[[dict[str, Any]], Any]) -> tuple[str, ...]:
    """Return what is wrong with a good plan after a change."""
    values = json.loads(plan().encode())
    change(values)
    with pytest.raises(SettingsError) as told:
        plan_of(values)
    return told.value.faults


@pytest.mark.parametrize(
    "whole",
    [
        plan(),
        plan(workers=4, accounts=("a@x", "b@x", "c@x", "d@x"), mix={"order": 0.25, "browse": 0.75}, max_orders=50),
        plan(budgets=Budgets(dropped_share=0.0, error_share=1.0, latency_p99_s=2.5), must_end_ms=9, stop_file="stop"),
        plan(stages=(), mix={}, closed=CLOSED),
        plan(product_urls=("/a", "/b"), search_terms=("茶",), started_at_ms=1_790_000_000_000, arrivals="poisson"),
    ],
)
def test_what_is_written_is_what_is_read(whole: LoadPlan) -> None:
    assert decode_plan(whole.encode()) == whole
    assert decode_plan(whole.encode()).encode() == whole.encode()


def test_the_digest_is_the_same_before_and_after_the_start() -> None:
    whole = plan()
    assert whole.started(1_790_000_000_000).sha256() == whole.sha256()
    assert whole.started(1_790_000_000_000).encode() != whole.encode()
    assert plan(seed=8).sha256() != whole.sha256()


@given(whole=st.integers(1, 500), workers=st.integers(1, 9))
def test_workers_share_the_room_and_the_accounts(whole: int, workers: int) -> None:
    accounts = tuple(f"buyer-{number}" for number in range(whole))
    one = plan(max_in_flight=whole, accounts=accounts, workers=workers)
    assert sum(one.in_flight_of(worker) for worker in range(workers)) == whole
    assert sorted(each for worker in range(workers) for each in one.accounts_of(worker)) == sorted(accounts)


def test_what_is_held_are_the_stages_without_a_ramp() -> None:
    one = plan(
        stages=(
            Stage(rate_per_s=5, seconds=10, ramp=True),
            Stage(rate_per_s=5, seconds=30),
            Stage(rate_per_s=0, seconds=7),
            Stage(rate_per_s=2, seconds=3),
        )
    )
    assert one.held == ((10.0, 40.0, 5.0), (47.0, 50.0, 2.0))
    assert (one.seconds, one.peak_rate_per_s, one.model) == (50.0, 5.0, "open")


def test_a_closed_model_has_no_rate_of_its_own() -> None:
    one = plan(stages=(), mix={}, closed=CLOSED)
    assert (one.model, one.seconds, one.peak_rate_per_s, one.held) == ("closed", 60.0, 0.0, ())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda v: v["stages"][0].update(rate_per_s=-1), "stages 1.rate_per_s: must be at least 0"),
        (lambda v: v["stages"][0].update(rate_per_s=float("inf")), "stages 1.rate_per_s: must be a number"),
        (lambda v: v["stages"][0].update(rate_per_s=float("nan")), "stages 1.rate_per_s: must be a number"),
        (lambda v: v["stages"][0].update(rate_per_s=True), "stages 1.rate_per_s: must be a number, not True"),
        (lambda v: v["stages"][0].update(seconds=0), "stages 1.seconds: must be more than 0"),
        (lambda v: v["stages"][0].update(rate_per_s=0), "nobody would come"),
        (lambda v: v["stages"][0].pop("seconds"), "stages 1.seconds: is missing"),
        (lambda v: v["stages"].append("fast"), "stages 2: must be a table of keys, not a text"),
        (lambda v: v["stages"].extend([v["stages"][0] | {"seconds": 604_800}]), "the longest is 604,800 s"),
        (lambda v: v.update(stages=[]), "has neither stages nor a locustfile"),
        (lambda v: v.update(stages={}), "stages: must be a list, not a table"),
        (lambda v: v.update(mix={}), "has no mix of shoppers"),
        (lambda v: v.update(mix={"browse": 0.5}), "add up to 0.5, not to 1"),
        (lambda v: v.update(mix={"browse": 0.5, "search": 0.6}), "add up to 1.1, not to 1"),
        (lambda v: v.update(mix={"browse": 1.5, "search": -0.5}), "mix.search: must be at least 0"),
        (lambda v: v.update(mix={"browser": 1.0}), "mix.browser: is no shopper; known are: browse,"),
        (lambda v: v.update(mix={"order": 1.0}), "max_orders: is 0, but shoppers order"),
        (lambda v: v.update(closed=CLOSED.as_json()), "has both stages and a locustfile"),
        (lambda v: v.update(closed={**CLOSED.as_json(), "users": 0}), "closed.users: must be at least 1"),
        (lambda v: v.update(workers=0), "workers: must be at least 1"),
        (lambda v: v.update(workers=2.5), "workers: must be a whole number"),
        (lambda v: v.update(workers=5, max_in_flight=4), "max_in_flight: is less than the number of workers"),
        (lambda v: v.update(arrivals="evne"), "did you mean 'even'?"),
        (lambda v: v.update(accounts=["a", "a"]), "accounts: number 2 stands there twice"),
        (lambda v: v.update(budgets={"error_share": 1.2}), "budgets.error_share: must be at least 0 and at most 1"),
        (lambda v: v.update(schema="duheng/load-plan/v2"), "schema: must be one of duheng/load-plan/v1"),
        (lambda v: v.update(run_id=""), "run_id: must not be empty"),
        (lambda v: v.update(password="x"), "password: unknown key"),
        (lambda v: v.update(worker=1), "did you mean 'workers'?"),
    ],
)
def test_a_fault_is_told_with_its_place(change: Callable[[dict[str, Any]], Any], told: str) -> None:
    assert any(told in fault for fault in faults(change))
    assert all(fault.startswith("load plan") for fault in faults(change))


def test_all_faults_are_told_at_once() -> None:
    def change(values: dict[str, Any]) -> None:
        values["stages"][0]["rate_per_s"] = -5
        values["mix"] = {"browse": 0.5}
        values["workers"] = "two"
        del values["record"]

    assert [fault.split(":")[0] for fault in faults(change)] == [
        "load plan.stages 1.rate_per_s",
        "load plan.mix",
        "load plan.workers",
        "load plan.record",
        "load plan",
    ]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[]", b"3", b"null"])
def test_what_is_no_plan_at_all_is_a_fault_and_no_crash(raw: bytes) -> None:
    with pytest.raises(SettingsError, match="load plan"):
        decode_plan(raw)
