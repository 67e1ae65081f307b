"""Stop conditions: each at its bound, none before it, and none on a handful of steps."""

from typing import Any

from profiles.plan import Budgets, Closed
from profiles.record import Second
from profiles.stopping import ENOUGH, StopConditions
from tests.profiles.records import second_of, twenty

NOON_MS = 1_790_000_000_000


def second(number: int, shoppers: int = 10, *, failed: int = 0, latency_s: float = 0.1, orders: int = 0) -> Second:
    """Return a second in which so many took one step each."""
    counted = second_of(shoppers, latency_s, failed=failed)
    counted.orders_acknowledged = orders
    return Second.of(counted, second=number, at_ms=NOON_MS, planned=shoppers, cpu_percent=(5.0,))


def conditions(**changed: Any) -> StopConditions:
    """Return the conditions of a plan."""
    return StopConditions(plan=twenty(**changed))


def run(watched: StopConditions, seconds: list[Second]) -> tuple[str, int] | None:
    """Return the code and the second of the first stop."""
    for each in seconds:
        found = watched.after(each, now_ms=NOON_MS)
        if found is not None:
            return found.why, found.second
    return None


def test_a_good_run_goes_on() -> None:
    assert run(conditions(), [second(number) for number in range(60)]) is None


def test_too_many_errors_stop_it_once_there_are_enough_steps() -> None:
    assert run(conditions(), [second(number, failed=10) for number in range(20)]) == ("errors", ENOUGH // 10 - 1)


def test_exactly_the_budget_goes_on_and_one_more_stops() -> None:
    budgets = Budgets(error_share=0.1)
    assert run(conditions(budgets=budgets), [second(number, failed=1) for number in range(20)]) is None
    seconds = [*(second(number, failed=1) for number in range(19)), second(19, failed=2)]
    assert run(conditions(budgets=budgets), seconds) == ("errors", 19)


def test_a_few_steps_prove_nothing() -> None:
    assert run(conditions(), [second(0, ENOUGH - 1, failed=ENOUGH - 1)]) is None
    assert run(conditions(), [second(0, ENOUGH, failed=ENOUGH)]) == ("errors", 0)


def test_a_slow_run_is_looked_at_over_a_longer_time() -> None:
    rare = [second(number, int(number % 10 == 0), failed=int(number % 10 == 0)) for number in range(1000)]
    assert run(conditions(), rare) == ("errors", 10 * (ENOUGH - 1))


def test_an_hour_of_too_few_steps_still_proves_nothing() -> None:
    rarer = [second(number, int(number % 100 == 0), failed=int(number % 100 == 0)) for number in range(8000)]
    assert run(conditions(), rarer) is None


def test_what_went_well_long_ago_is_forgotten() -> None:
    well = [second(number) for number in range(300)]
    ill = [second(number, failed=1) for number in range(300, 340)]
    # Of the last 300 steps, 15 may fail; of all 3,000 it would be 150.
    assert run(conditions(), [*well, *ill]) == ("errors", 315)


def test_a_budget_of_all_never_stops() -> None:
    budgets = Budgets(error_share=1.0)
    assert run(conditions(budgets=budgets), [second(number, failed=10) for number in range(40)]) is None


def test_latency_stops_it_beyond_its_bound_only() -> None:
    budgets = Budgets(latency_p99_s=2.0)
    slow = [second(number, latency_s=2.0) for number in range(40)]
    assert run(conditions(budgets=budgets), slow) is None
    slower = [second(number, latency_s=2.01) for number in range(40)]
    assert run(conditions(budgets=budgets), slower) == ("latency", ENOUGH // 10 - 1)
    assert run(conditions(), slower) is None


def test_the_window_closes() -> None:
    watched = conditions(must_end_ms=NOON_MS + 1)
    assert watched.after(second(0), now_ms=NOON_MS) is None
    stopped = watched.after(second(1), now_ms=NOON_MS + 1)
    assert stopped is not None
    assert (stopped.why, stopped.second) == ("window", 1)


def test_no_more_orders_than_allowed() -> None:
    watched = conditions(max_orders=5)
    assert run(watched, [second(number, orders=1) for number in range(5)]) is None
    assert watched.orders == 5
    assert run(watched, [second(5, orders=1)]) == ("orders", 5)


def test_a_locustfile_of_the_users_own_counts_no_orders() -> None:
    closed = Closed(locustfile="mine.py", users=1, users_per_s=1, seconds=60)
    assert run(conditions(stages=(), mix={}, closed=closed), [second(0, orders=1)]) is None


def test_the_stop_file_stops_it_at_once_and_comes_before_what_is_counted() -> None:
    watched = conditions(stop_file="/tmp/stop")
    found = watched.after(second(3, 100, failed=100), now_ms=NOON_MS, stop_file_there=True)
    assert found is not None
    assert (found.why, found.detail, found.second) == ("stop-file", "the file /tmp/stop is there", 3)


def test_the_sentence_has_the_numbers() -> None:
    found = conditions().after(second(0, 100, failed=12), now_ms=NOON_MS)
    assert found is not None
    assert found.detail == "12 % of the steps of the last 1 s failed (12 of 100), 5 % are allowed"
