"""Validity: a good run has no reason against it; each way of being worthless is told by its own, and by no other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles.histogram import Latencies
from profiles.outcome import LoadRecord, read_record
from profiles.plan import Budgets, Closed, LoadPlan, Stage
from profiles.record import Footer, Header, Line, Lost, Second, Stopped
from profiles.validity import reasons_against
from profiles.validity_words import CODES, reason_words
from tests.profiles.records import STARTED_MS, changed, good, raw, read, refooted, second_of, twenty

PLAN = twenty(workers=2)
GOOD = good(PLAN)
EVERY = tuple(range(20))
Lines = list[Line]


def codes(record: LoadRecord, plan: LoadPlan = PLAN) -> list[str]:
    """Return the codes of all reasons against a run, each once."""
    return list(dict.fromkeys(reason.code for reason in reasons_against(plan, record)))


def headed(**fields: Any) -> Lines:
    """Return a good record under another header."""
    header = GOOD[0]
    assert isinstance(header, Header)
    return [replace(header, **fields), *GOOD[1:]]


def clock(ahead_ms: Callable[[int], float]) -> Lines:
    """Return a good record whose wall clock is ahead by so many ms in each second."""
    lines = list[Line]()
    for line in GOOD:
        late = isinstance(line, Second)
        lines.append(
            replace(line, at_ms=STARTED_MS + 1000 * (line.second + 1) + round(ahead_ms(line.second)))
            if late and isinstance(line, Second)
            else line
        )
    return lines


def test_a_good_run_is_valid() -> None:
    assert codes(read(GOOD)) == []


CASES: dict[str, tuple[Lines, list[str]]] = {
    "one in a hundred too few came": (changed(GOOD, 3, 9, started=9), []),
    "more than one in a hundred too few came": (changed(GOOD, 3, 9, 11, started=9), ["rate"]),
    "too many came": (changed(GOOD, 3, started=13), ["rate"]),
    "one found no room": (changed(GOOD, 3, dropped=1), ["dropped"]),
    "a worker was busy for ten seconds": (changed(GOOD, *range(4, 14), cpu_percent=(10.0, 80.0)), ["cpu"]),
    "a worker was busy for nine seconds": (changed(GOOD, *range(4, 13), cpu_percent=(10.0, 80.0)), []),
    "a worker was busy on the mean": (
        changed(changed(GOOD, *range(0, 20, 2), cpu_percent=(100.0, 5.0)), *range(1, 20, 2), cpu_percent=(60.0, 5.0)),
        ["cpu"],
    ),
    "nobody knows how busy one was": (changed(GOOD, *EVERY, cpu_percent=(10.0, None)), ["cpu-unknown"]),
    "only one told how busy it was": (changed(GOOD, *EVERY, cpu_percent=(10.0,)), ["cpu-unknown"]),
    "one arrival was late": (changed(GOOD, 3, late=1, late_ms_max=180.0), []),
    "two arrivals in two hundred were late": (changed(GOOD, 3, 4, late=1, late_ms_max=180.0), ["late"]),
    "the generator was away for a second": (changed(GOOD, 3, late=1, late_ms_max=1000.0), ["late"]),
    "a clock is a little off": (headed(skew_ms=(0.0, -99.0)), []),
    "a clock is off": (headed(skew_ms=(0.0, -101.0)), ["clock-skew"]),
    "a clock was not looked at": (headed(skew_ms=(0.0, None)), ["clock-unknown"]),
    "a clock is not told": (headed(skew_ms=(0.0,)), ["clock-unknown"]),
    "seconds are noticed late": (clock(lambda second: 1900 if second % 3 else 20), []),
    "the clock was set forward": (clock(lambda second: 2000 if second >= 10 else 20), ["clock-stepped"]),
    "the clock was set back": (clock(lambda second: -3_600_000 if second >= 15 else 20), ["clock-stepped"]),
    "the clock drifts": (clock(lambda second: 20.0 * second), []),
    "the clock was set back at once": (clock(lambda _second: -5000), ["clock-stepped"]),
    "each second was told late": (clock(lambda second: 4000 + second % 3), ["behind"]),
    "each second was told a little late": (clock(lambda _second: 1000), []),
    "the record is cut off": (GOOD[:12], ["cut-off"]),
    "a worker was lost": (
        refooted([*GOOD[:9], Lost(worker=1, second=8, why="killed"), *GOOD[9:]], ended="lost"),
        ["lost-worker"],
    ),
    "it was stopped": (
        refooted([*GOOD[:9], Stopped(why="errors", detail="", second=8), GOOD[-1]], ended="stopped"),
        ["stopped"],
    ),
    "it was stopped, and nobody came while the last went home": (
        refooted(
            [
                *changed(GOOD, *range(8, 20), started=0, steps=0, cpu_percent=(0.0, None))[:9],
                Stopped(why="errors", detail="", second=8),
                *changed(GOOD, *range(8, 20), started=0, steps=0, cpu_percent=(0.0, None))[9:],
            ],
            ended="stopped",
        ),
        ["stopped"],
    ),
    "it was stopped when too few had come": (
        refooted(
            [*changed(GOOD, 3, started=5)[:9], Stopped(why="errors", detail="", second=8), GOOD[-1]], ended="stopped"
        ),
        ["stopped", "rate"],
    ),
    "it broke": (refooted(GOOD, ended="broken"), ["not-ended"]),
    "seconds are missing at its end": (refooted([*GOOD[:12], GOOD[-1]]), ["seconds-missing"]),
    "a second is missing within": (refooted([*GOOD[:5], *GOOD[6:]]), ["seconds-missing", "inconsistent"]),
    "fewer workers were there": (headed(workers=1, skew_ms=(0.0,)), ["workers"]),
    "the plan was another one": (headed(plan_sha256="sha256:0"), ["other-plan"]),
    "the run was another one": (headed(run_id="load-2"), ["other-plan"]),
    "it counts other arrivals as planned": (changed(GOOD, 3, planned=9, started=9), ["other-plan"]),
}


@pytest.mark.parametrize("name", list(CASES))
def test_each_way_of_being_worthless_is_told_by_its_own_reason(name: str) -> None:
    lines, told = CASES[name]
    assert codes(read(lines)) == told


def test_a_budget_of_dropped_arrivals_may_be_wider() -> None:
    plan = twenty(workers=2, budgets=Budgets(dropped_share=0.01))
    assert codes(read(changed(good(plan), 3, 5, dropped=1)), plan) == []
    assert codes(read(changed(good(plan), 3, 5, 7, dropped=1)), plan) == ["dropped"]


def test_each_held_stage_is_looked_at_by_itself() -> None:
    plan = twenty(stages=(Stage(rate_per_s=1, seconds=20), Stage(rate_per_s=100, seconds=20)))
    lines = changed(good(plan), 2, 3, 4, started=0)
    found = [reason for reason in reasons_against(plan, read(lines)) if reason.code == "rate"]
    assert [reason.as_json() for reason in found] == [
        {
            "code": "rate",
            "from_s": 0.0,
            "to_s": 20.0,
            "rate_per_s": 1,
            "planned": 20,
            "delivered": 17,
            "off_percent": 15.0,
        }
    ]


RAMP = (Stage(rate_per_s=10, seconds=20, ramp=True),)
SHORT = tuple(Stage(rate_per_s=10, seconds=0.5) for _ in range(40))


@pytest.mark.parametrize("stages", [RAMP, SHORT])
def test_a_ramp_is_held_to_the_arrivals_of_the_whole_run(stages: tuple[Stage, ...]) -> None:
    plan = twenty(stages=stages)
    lines = good(plan)
    second = lines[10]
    assert isinstance(second, Second)
    planned = second.planned
    assert planned > 3
    assert codes(read(changed(lines, 9, started=planned - 1)), plan) == [], "of any few, one may be missing"
    assert codes(read(changed(lines, 9, started=planned - 4)), plan) == ["rate"]
    assert codes(read(changed(lines, 9, started=planned + 4)), plan) == ["rate"]
    assert codes(read(changed(lines, 9, started=planned - 4, dropped=4)), plan) == ["dropped"]
    budget = replace(plan, budgets=Budgets(dropped_share=0.1))
    lines = good(budget)
    assert codes(read(changed(lines, 9, started=planned - 4, dropped=4)), budget) == []


def test_a_closed_model_tells_nothing() -> None:
    plan = twenty(stages=(), mix={}, closed=Closed(locustfile="mine.py", users=1, users_per_s=1, seconds=3))
    template = GOOD[1]
    assert isinstance(template, Second)
    seconds = [
        replace(template, second=number, at_ms=STARTED_MS + 1000 * (number + 1), planned=0) for number in range(3)
    ]
    header = Header(
        run_id=plan.run_id,
        plan_sha256=plan.sha256(),
        model="closed",
        workers=1,
        started_ms=STARTED_MS,
        tools={},
        skew_ms=(0.0,),
    )
    assert codes(read(refooted([header, *seconds, GOOD[-1]])), plan) == ["closed-model"]
    # As Locust's own users are: nobody arrives, and the shop may know what it likes of its processor.
    nobody = changed([header, *seconds, GOOD[-1]], 0, 1, 2, started=0, done=0, cpu_percent=(None,))
    assert codes(read(nobody), plan) == ["closed-model"]
    ended = refooted([*nobody[:3], Stopped(why="interrupted", detail="", second=2), nobody[-1]], ended="stopped")
    assert codes(read(ended), plan) == ["closed-model", "stopped"]


def test_of_a_run_that_never_began_only_the_cause_is_told() -> None:
    unready = Stopped(why="unready", detail="no such file", second=0)
    [header] = headed(skew_ms=(None, None))[:1]
    nothing = dict.fromkeys(("started", "done", "steps"), 0)
    away = changed(GOOD, *EVERY, cpu_percent=(None, None), **nothing)[1:4]
    for lines in ([header, unready], [header, unready, *away]):
        assert codes(read(lines)) == ["stopped"]
    assert codes(read([header])) == ["cut-off"]
    footer = replace(GOOD[-1], totals=dict.fromkeys(GOOD[-1].totals, 0)) if isinstance(GOOD[-1], Footer) else GOOD[-1]
    assert codes(read([header, footer])) == ["seconds-missing"]
    assert codes(read([header, unready, refooted([footer], ended="stopped")[0]])) == ["stopped"]


def test_a_torn_line_after_the_footer_is_told() -> None:
    record = read_record(raw(GOOD) + b'{"line"')
    assert not record.complete
    assert codes(record) == ["inconsistent"]


def test_a_run_to_which_nobody_came_tells_nothing() -> None:
    nobody = {"started": 0, "done": 0, "steps": 0, "latency": Latencies().encode()}
    found = codes(read(changed(GOOD, *EVERY, **nobody)))
    assert "nothing" in found
    assert "rate" in found


def test_a_shorter_run_than_ten_seconds_is_looked_at_whole() -> None:
    plan = twenty(stages=(Stage(rate_per_s=10, seconds=4),))
    assert codes(read(changed(good(plan), 0, 1, 2, 3, cpu_percent=(85.0,))), plan) == ["cpu"]


def test_the_seconds_after_the_last_stage_are_no_fault() -> None:
    drain = [
        Second.of(
            second_of(0, 0.0),
            second=number,
            at_ms=STARTED_MS + 1000 * (number + 1),
            planned=0,
            cpu_percent=(99.0, None),  # one worker is over already, the other puts things away
        )
        for number in range(20, 80)
    ]
    assert codes(read(refooted([*GOOD[:-1], *drain, GOOD[-1]]))) == []
    assert codes(read(refooted([*GOOD[:-1], replace(drain[0], planned=1), GOOD[-1]]))) == ["other-plan"]


def every_reason() -> list[dict[str, Any]]:
    """Return one reason of each code that the cases above show."""
    found = [reason for lines, _ in CASES.values() for reason in reasons_against(PLAN, read(lines))]
    empty = {"started": 0, "done": 0, "steps": 0, "latency": Latencies().encode()}
    found += reasons_against(PLAN, read(changed(GOOD, *EVERY, **empty)))
    found += reasons_against(
        twenty(stages=(), mix={}, closed=Closed(locustfile="x", users=1, users_per_s=1, seconds=1)), read(GOOD)
    )
    return [reason.as_json() for reason in found]


def test_every_reason_has_words_in_both_languages_with_all_its_numbers() -> None:
    found = every_reason()
    assert {reason["code"] for reason in found} == set(CODES)
    for reason in found:
        en, zh = reason_words(reason)
        assert "?" not in en + zh
        assert "{" not in en + zh
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)


def test_a_reason_of_another_version_is_told_by_its_code() -> None:
    assert reason_words({"code": "moon-phase"}) == ("it is told as moon-phase", "原因代码为 moon-phase")
    assert "?" in reason_words({"code": "late"})[0]
