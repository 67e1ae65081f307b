"""The nights that a ledger holds, and those that should have been: for the report and the metrics."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.night.recall import RUN, SUBJECT, night_runs
from conformance.serving.nights import nights
from probes.canonical import freeze
from probes.clock import SystemClock, rfc3339
from probes.errors import NotRecorded
from probes.observation import Header, Observation
from probes.target import Target
from probes.target_file import target_of
from reports.ledger.memory import MemoryStore
from reports.ledger.store import LedgerStore
from reports.metrics_snapshot import Nights
from reports.night_words import NO_WINDOW

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAD = (
    '[platform]\nid = "shop"\nname = "X"\nbase_url = "https://shop.example"\n'
    'timezone = "UTC"\nenvironment = "staging"\n'
)
NIGHTLY = '[night]\nsteps = ["load:smoke", "examine"]\nfrom = "01:00"\nuntil = "05:00"\n'


class At(SystemClock):
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def target(further: str = NIGHTLY) -> Target:
    return target_of(HEAD + further, Path("duheng.toml"))


def store() -> MemoryStore:
    return MemoryStore(clock=SystemClock())


def ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def step(words: str, ended: str) -> dict[str, Any]:
    return {"step": words, "ended": ended, "started_ms": None, "ended_ms": None, "cause": "", "why": "", "exit": None}


def keep(ledger: LedgerStore, begun: datetime, *states: str, ended: str = "planned", late_s: float = 0) -> None:
    """Keep how far a night had come, so many seconds after its end."""
    steps = [step("examine", state) for state in states or ("done",)]
    run_id = f"night-{begun:%m%d%H%M}"
    over = ended != "under-way"
    data = {
        "run_id": run_id,
        "started_ms": ms(begun),
        "ended_ms": ms(begun) + 60_000 if over else None,
        "ended": ended,
        "why": "",
        "window": None,
        "over_by_ms": ms(begun) + 3_600_000,
        "steps": steps,
    }
    header = Header(
        platform_id="shop",
        kind=RUN,
        subject=SUBJECT,
        observed_at=rfc3339(begun + timedelta(seconds=60 + late_s)),
        clock_offset_s=None,
        vantage="here",
        probe_version="1",
        run_id=run_id,
    )
    ledger.append_readings(run_id, (Observation(header=header, data=freeze(data)),))


def at(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def missed(told: Any) -> list[int]:
    return [datetime.fromtimestamp(each["starts_ms"] / 1000, UTC).day for each in told["missed"]]


@pytest.mark.parametrize("hour", [0, 2, 4, 6, 12])
def test_where_each_night_was_none_is_missed_at_whatever_hour_it_is_asked(hour: int) -> None:
    ledger, now = store(), at(20, hour) + timedelta(minutes=30)
    first = at(20, 1) - timedelta(days=40)
    for day in range(41):
        if (begun := first + timedelta(days=day, minutes=5)) <= now:
            keep(ledger, begun)
    told = night_runs(ledger, target(), now)
    assert (told["missed"], told["in_a_row"]) == ([], 0)


def test_nights_that_should_have_been_are_missed() -> None:
    ledger = store()
    for day in (16, 18):
        keep(ledger, at(day))
    told = night_runs(ledger, target(), NOW)
    assert [run["run_id"] for run in told["nights"]] == ["night-11180200", "night-11160200"]
    assert (missed(told), told["in_a_row"]) == ([20, 19, 17], 2)
    json.dumps(told)  # plain values, as an observation keeps them


def test_a_night_at_another_hour_does_not_stand_for_it() -> None:
    ledger = store()
    keep(ledger, at(19))
    keep(ledger, at(20, hour=9))
    told = night_runs(ledger, target(), NOW)
    assert (missed(told), told["in_a_row"]) == ([20], 1)


def test_before_the_first_night_on_record_none_is_missed_and_how_many_is_not_known() -> None:
    told = night_runs(store(), target(), NOW)
    assert (told["nights"], missed(told), told["in_a_row"]) == ([], [], None)


def test_the_longer_there_was_no_night_the_more_are_missed() -> None:
    ledger = store()
    keep(ledger, NOW - timedelta(days=50))
    told = night_runs(ledger, target(), NOW)
    assert (told["nights"], len(told["missed"]), told["in_a_row"]) == ([], 30, 30)


def test_in_production_a_night_is_due_where_a_window_permits_one() -> None:
    ledger = store()
    keep(ledger, at(10))
    head = HEAD.replace("staging", "production")
    windows = "".join(
        f"[[windows]]\nstarts = {at(day, hour).isoformat()}\nends = {at(day, hour + 2).isoformat()}\npurpose = 'x'\n"
        for day, hour in ((17, 12), (18, 12), (19, 14))
    )
    nightly = NIGHTLY.replace("01:00", "13:00").replace("05:00", "15:00")
    told = night_runs(ledger, target_of(head + nightly + windows, Path("duheng.toml")), NOW)
    spans = [(each["starts_ms"], each["ends_ms"]) for each in told["missed"]]
    assert spans == [
        (ms(at(19, 14)), ms(at(19, 15))),
        (ms(at(18, 13)), ms(at(18, 14))),
        (ms(at(17, 13)), ms(at(17, 14))),
    ]
    assert told["in_a_row"] == 3


def in_production(*windows: tuple[datetime, datetime], hours: str = NIGHTLY) -> Target:
    text = "".join(
        f"[[windows]]\nstarts = {starts.isoformat()}\nends = {ends.isoformat()}\npurpose = 'x'\n"
        for starts, ends in windows
    )
    return target_of(HEAD.replace("staging", "production") + hours + text, Path("duheng.toml"))


def test_where_the_windows_of_production_ran_out_each_night_by_its_hours_is_missed_and_says_why() -> None:
    ledger = store()
    for day in (10, 15, 16):
        keep(ledger, at(day))
    ran_out = in_production((at(14, 0), at(16, 6)))
    told = night_runs(ledger, ran_out, NOW)
    assert (missed(told), told["in_a_row"]) == ([20, 19, 18, 17, 14], 4)
    assert [each["why"] for each in told["missed"]] == [NO_WINDOW] * 4 + [""]
    # Those that are over were taken out: what was decided before the newest night is not known any more.
    assert missed(night_runs(ledger, in_production(), NOW)) == [20, 19, 18, 17]
    # One lies ahead: nobody wanted nights meanwhile.
    ahead = in_production((at(14, 0), at(16, 6)), (at(25, 0), at(25, 6)))
    told = night_runs(ledger, ahead, NOW)
    assert (missed(told), told["in_a_row"]) == ([14], 0)


def test_where_windows_alone_say_when_nights_are_and_none_was_due_none_was_missed() -> None:
    ledger = store()
    keep(ledger, NOW - timedelta(days=50))
    assert night_runs(ledger, in_production(hours='[night]\nsteps = ["examine"]\n'), NOW)["in_a_row"] == 0
    assert night_runs(ledger, target('[night]\nsteps = ["examine"]\n'), NOW)["in_a_row"] is None


def test_whole_nights_leave_none_missed() -> None:
    ledger = store()
    for day in (19, 20):
        keep(ledger, at(day))
    told = night_runs(ledger, target(), NOW)
    assert (missed(told), told["in_a_row"]) == ([], 0)


def test_without_hours_the_declared_windows_count() -> None:
    window = "[[windows]]\nstarts = 2026-11-20T01:00:00Z\nends = 2026-11-20T03:00:00Z\npurpose = 'agreed'\n"
    plain = '[night]\nsteps = ["examine"]\n'
    ledger = store()
    keep(ledger, at(10))
    assert missed(night_runs(ledger, target(plain + window), NOW)) == [20]
    told = night_runs(ledger, target(plain), NOW)
    assert (told["missed"], told["in_a_row"]) == ([], None)


def test_the_newest_reading_of_a_night_counts() -> None:
    ledger = store()
    keep(ledger, at(20), "running", ended="under-way")
    keep(ledger, at(20), "done", late_s=9)
    (run,) = night_runs(ledger, target(), NOW)["nights"]
    assert (run["ended"], run["steps"][0]["ended"]) == ("planned", "done")


def test_a_night_that_began_and_never_told_its_end_is_told_as_killed() -> None:
    ledger = store()
    keep(ledger, at(20), "done", "running", "waiting", ended="under-way")
    (run,) = night_runs(ledger, target(), NOW)["nights"]
    assert (run["ended"], [each["ended"] for each in run["steps"]]) == ("killed", ["done", "cut-short", "missed"])
    assert night_runs(ledger, target(), at(20) + timedelta(minutes=5))["nights"][0]["ended"] == "under-way"


def test_nothing_declared_and_nothing_on_record() -> None:
    with pytest.raises(NotRecorded, match="declares no night"):
        night_runs(store(), target(""), NOW)
    ledger = store()
    keep(ledger, at(20))
    told = night_runs(ledger, target(""), NOW)
    assert (len(told["nights"]), told["missed"], told["in_a_row"]) == (1, [], None)


def test_metrics_are_of_the_newest_night_that_is_over() -> None:
    ledger = store()
    assert nights(ledger, target(""), At()) == Nights()
    assert nights(ledger, target(), At()) == Nights()
    keep(ledger, at(19), "done", "missed", "cut-short", "done")
    keep(ledger, NOW - timedelta(minutes=5), "running", ended="under-way")
    told = nights(ledger, target(), At())
    assert (told.began_s, told.ended_s) == (at(19).timestamp(), at(19).timestamp() + 60)
    assert told.steps == {"done": 2, "failed": 0, "cut-short": 1, "missed": 1}
    assert told.missed == 1
