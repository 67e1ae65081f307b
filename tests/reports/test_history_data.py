"""From sealed intervals to the data that is judged: merged runs, days without maintenance, the deepest journey."""

import dataclasses
from typing import Any

from reports.history_data import DAYS_KEPT, Settings, history_data
from reports.ledger.standing_record import Standing
from reports.standing import Interval, Maintenance
from tests.conformance.judges.standing_script import CHECKS, Check, Outage, Script, days_before

HOUR = 3_600_000
SETTINGS = Settings(zone="UTC", service=None, at_least=1, kinds={})


def interval(state: Any, starts: int, ends: int, **further: Any) -> Interval:
    plain = Interval(
        platform_id="shop", check="buying", vantage="a", state=state, starts_ms=starts * HOUR, ends_ms=ends * HOUR,
        day="1970-01-01", tried=0 if state == "unknown" else (ends - starts) * 60,
        failed=(ends - starts) * 60 if state == "down" else 0, every_ms=60_000, depth="checkout",
        why="HTTP 502" if state == "down" else "", source="watch",
    )  # fmt: skip
    return dataclasses.replace(plain, **further)


def told(*intervals: Interval, planned: tuple[Maintenance, ...] = (), now: int = 24, **settings: Any) -> dict[str, Any]:
    record = Standing(platform_id="shop", intervals=intervals, maintenance=planned, incidents=())
    asked = dataclasses.replace(SETTINGS, **settings)
    data = history_data(record, asked, now_ms=now * HOUR, latencies={"buying": [["1969-12-31", 1, 1, 1, 1, 1]]})
    assert data is not None
    return data


def only(data: dict[str, Any]) -> dict[str, Any]:
    ((vantage,),) = [check["vantages"] for check in data["checks"]]
    return dict(vantage)


def maintenance(starts: int, ends: int, announced: int = -1) -> tuple[Maintenance, ...]:
    return (
        Maintenance(
            platform_id="shop", starts_ms=starts * HOUR, ends_ms=ends * HOUR, announced_ms=announced * HOUR, reason="x"
        ),
    )


def test_neighbours_of_one_state_are_one_run_and_days_are_summed() -> None:
    parts = interval("up", 0, 5), interval("up", 5, 10), interval("down", 10, 11), interval("up", 11, 12, failed=3)
    found = only(told(*parts))
    assert found["runs"] == [
        ["up", 0, 10 * HOUR, ""],
        ["down", 10 * HOUR, 11 * HOUR, "HTTP 502"],
        ["up", 11 * HOUR, 12 * HOUR, ""],
    ]
    assert found["days"] == [["1970-01-01", 720, 63]]
    assert found["sources"] == ["watch"]
    assert told(*parts)["latencies"] == {"buying": [["1969-12-31", 1, 1, 1, 1, 1]]}


def test_time_that_is_covered_twice_stands_once_and_the_future_not_at_all() -> None:
    imported = interval("down", 3, 7, source="import sha256:1")
    found = only(told(interval("up", 0, 5), imported, interval("up", 20, 30)))
    assert found["runs"] == [
        ["up", 0, 5 * HOUR, ""],
        ["down", 5 * HOUR, 7 * HOUR, "HTTP 502"],
        ["up", 20 * HOUR, 24 * HOUR, ""],
    ]
    assert found["sources"] == ["import sha256:1", "watch"]
    nothing = Standing(platform_id="shop", intervals=(interval("up", 30, 31),), maintenance=(), incidents=())
    assert history_data(nothing, SETTINGS, now_ms=24 * HOUR, latencies={}) is None


def test_probes_in_announced_maintenance_are_no_probes_of_the_day() -> None:
    whole = interval("up", 0, 2), interval("down", 2, 4), interval("up", 4, 10)
    assert only(told(*whole))["days"] == [["1970-01-01", 600, 120]]
    assert only(told(*whole, planned=maintenance(2, 4)))["days"] == [["1970-01-01", 480, 0]]
    assert only(told(*whole, planned=maintenance(3, 4)))["days"] == [["1970-01-01", 540, 60]]
    assert only(told(*whole, planned=maintenance(2, 4, announced=3)))["days"] == [["1970-01-01", 600, 120]]
    overlapping = (*maintenance(2, 4), *maintenance(3, 4))
    assert only(told(*whole, planned=overlapping))["days"] == [["1970-01-01", 480, 0]]
    flapping = interval("up", 0, 2, failed=7)
    assert only(told(flapping, planned=maintenance(1, 2)))["days"] == [["1970-01-01", 60, 7]]
    assert only(told(interval("up", 2, 4), planned=maintenance(2, 4)))["days"] == []


def test_the_service_is_the_deepest_journey_unless_another_is_declared() -> None:
    script = Script(hours=5, checks={**CHECKS, "ordering": Check(depth="order", every_s=600)})
    assert script.data()["service"] == "ordering"
    assert Script(hours=5).data()["service"] == "buying"
    assert Script(hours=5, service="front").data()["service"] == "front"
    assert Script(hours=5, checks={"home": Check(depth="page", every_s=60)}).data()["service"] == "home"
    assert Script(hours=5, checks={"home": Check(depth="page", every_s=60)}).data()["front"] == "home"
    kinds = {check["name"]: check["kind"] for check in Script(hours=5).data()["checks"]}
    assert kinds == {"buying": "journey", "front": "page", "pay": "payment"}


def test_a_record_is_no_deeper_than_its_shallowest_part() -> None:
    parts = interval("up", 0, 5, depth="page"), interval("up", 5, 10)
    (check,) = told(*parts)["checks"]
    assert check["depth"] == "page"
    (seldom,) = told(interval("up", 0, 5, every_ms=3_600_000), interval("up", 5, 10))["checks"]
    assert (seldom["every_ms"], seldom["slowest_ms"]) == (60_000, 3_600_000)
    assert seldom["fastest_ms"] == 60_000
    (slower,) = told(interval("up", 0, 5), interval("up", 5, 10, every_ms=3_600_000))["checks"]
    assert (slower["every_ms"], slower["fastest_ms"]) == (3_600_000, 60_000)
    (odd,) = told(interval("up", 0, 5, depth="to the moon"))["checks"]
    assert odd["depth"] == "page"
    (declared,) = told(*parts, kinds={"buying": "journey"})["checks"]
    assert declared["kind"] == "journey"


def test_a_walk_that_ended_before_the_payment_is_no_payment() -> None:
    parts = (
        interval("up", 0, 5, depth="payment"),
        interval("up", 5, 10, depth="checkout"),
        interval("down", 10, 11, depth="checkout"),
        interval("unknown", 11, 12, depth="page", why="own network"),
    )
    (check,) = told(*parts, kinds={"buying": "payment"})["checks"]
    (vantage,) = check["vantages"]
    assert [run[0] for run in vantage["runs"]] == ["up", "unknown", "down", "unknown"]
    assert vantage["runs"][1][3] == "no payment was made"
    assert vantage["days"] == [["1970-01-01", 360, 60]]
    (walked,) = told(*parts, kinds={"buying": "journey"})["checks"]
    assert (walked["kind"], walked["depth"]) == ("journey", "checkout")
    assert walked["vantages"][0]["days"] == [["1970-01-01", 660, 60]]
    (never,) = told(interval("up", 0, 5, depth="page"), kinds={"buying": "payment"})["checks"]
    assert (never["kind"], never["vantages"][0]["days"]) == ("payment", [])


def test_counts_by_day_are_told_of_the_last_days_and_runs_of_all() -> None:
    script = Script(hours=24 * (DAYS_KEPT + 50), outages=[Outage(hours_ago=24 * (DAYS_KEPT + 40), hours=1)])
    buying = next(check for check in script.data()["checks"] if check["name"] == "buying")
    (vantage,) = buying["vantages"]
    assert [day for day, _, _ in vantage["days"][:-1]] == days_before(script.ends, DAYS_KEPT)
    assert len(vantage["runs"]) == 3


def test_what_is_shorter_than_the_service_s_interval_is_no_gap_at_either_end() -> None:
    front = interval("up", 1, 9, check="front", depth="page")
    service = interval("up", 1, 9, every_ms=HOUR)
    early = dataclasses.replace(service, starts_ms=2 * HOUR - 1)
    assert told(front, early, now=10)["window"] == {"starts_ms": 2 * HOUR - 1, "ends_ms": 10 * HOUR}
    late = dataclasses.replace(service, starts_ms=2 * HOUR, ends_ms=9 * HOUR + 1)
    assert told(front, late, now=10)["window"] == {"starts_ms": HOUR, "ends_ms": 9 * HOUR + 1}
    assert told(front, service, now=10)["window"] == {"starts_ms": HOUR, "ends_ms": 10 * HOUR}
    assert told(service, now=9)["window"] == {"starts_ms": HOUR, "ends_ms": 9 * HOUR}
