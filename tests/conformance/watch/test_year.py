"""A scripted year, in a zone with and in one without summer time; every interval worked out by hand."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conformance.watch.checks import Check
from conformance.watch.incidents import Rule
from conformance.watch.moments import Gap
from conformance.watch.watcher import Reread
from reports.availability import Exposure, exposure, service
from reports.history import durations_ms, exclude, history, window
from reports.history_data import Settings, history_data
from reports.ledger.standing_record import standing
from reports.standing import Maintenance
from tests.conformance.watch.simulation import HOUR_MS, MINUTE_MS, KilledError, Seems, Simulation, VirtualClock, kill

EVERY_MS = 5 * MINUTE_MS


@dataclass(slots=True, kw_only=True)
class Year:
    """2026 in one zone; ``at("06-10 15:02")`` is an instant of it, in ms."""

    zone: ZoneInfo
    found: dict[int, Seems] = field(default_factory=dict)

    def at(self, local: str) -> int:
        year = "" if local.startswith("20") else "2026-"
        return round(datetime.fromisoformat(f"{year}{local}").replace(tzinfo=self.zone).timestamp() * 1000)

    def from_to(self, first: str, last: str, seems: Seems) -> None:
        """Let every probe planned from one instant up to, not including, another one find that."""
        for planned_ms in range(self.at(first), self.at(last), EVERY_MS):
            self.found[planned_ms] = seems

    def probe(self, _: Check, planned_ms: int) -> Seems:
        return self.found.get(planned_ms, Seems())


def commits_every(ms: int) -> Callable[[Simulation], None]:
    def change(simulation: Simulation) -> None:
        simulation.watcher.commit_ms = simulation.commit_ms = ms

    return change


def ledger(*, away: bool) -> Callable[[Simulation], None]:
    def change(simulation: Simulation) -> None:
        simulation.store.away = away

    return change


def scripted(zone: str) -> tuple[Simulation, Year]:
    year = Year(zone=ZoneInfo(zone))
    refused = Seems(outcome="failed", why="no connection: refused")
    broken = Seems(outcome="failed", why="answered 503")
    lost = Seems(outcome="unknown", why="own network")
    year.from_to("02-03 10:05", "02-03 10:20", refused)  # an outage
    year.from_to("02-10 12:00", "02-10 12:05", broken)  # one failure alone
    for minute in ("05", "15", "25", "35", "45", "55"):  # flapping, never twice in a row
        year.found[year.at(f"03-01 12:{minute}")] = broken
    year.from_to("03-28 23:50", "03-29 03:10", refused)  # over midnight, and into summer time where there is one
    year.from_to("08-01 10:00", "08-01 10:30", lost)  # our own network
    year.from_to("08-15 10:00", "08-15 10:05", broken)  # a failure, and then ignorance
    year.from_to("08-15 10:05", "08-15 10:10", lost)
    year.from_to("09-12 02:05", "09-12 03:30", broken)  # inside maintenance from 02:00 to 04:00
    year.from_to("11-11 11:10", "11-11 11:20", broken)  # while the ledger is away
    year.found[year.at("12-01 10:00")] = Seems(took_ms=12 * MINUTE_MS)  # two planned starts pass meanwhile
    planned = Maintenance(
        platform_id="shop",
        starts_ms=year.at("09-12 02:00"),
        ends_ms=year.at("09-12 04:00"),
        announced_ms=year.at("09-01 09:00"),
        reason="database",
    )
    rules = (Rule(match=re.compile("answered 5"), incident_class="software"),)

    def announce(simulation: Simulation) -> None:
        simulation.tell(Reread(maintenance=simulation.announces(planned), rules=rules))

    script = [
        (year.at("05-05 08:00"), commits_every(1000)),
        (year.at("05-05 08:02:30") + 400, kill),
        (year.at("05-05 10:00"), commits_every(6 * HOUR_MS)),
        (year.at("06-10 15:02"), lambda simulation: simulation.clock.step(90_000)),
        (year.at("06-20 15:02"), lambda simulation: simulation.clock.step(-600_000)),
        (year.at("07-01 22:01"), lambda simulation: simulation.clock.sleep(2 * HOUR_MS)),
        (year.at("07-20 12:00"), lambda simulation: simulation.clock.step(800)),  # slewed, or as good as
        (year.at("09-01 09:00"), announce),
        (year.at("11-11 11:00"), ledger(away=True)),
        (year.at("11-11 11:00") + 1, commits_every(60_000)),
        (year.at("11-11 11:30"), ledger(away=False)),
        (year.at("11-11 12:00"), commits_every(6 * HOUR_MS)),
    ]
    simulation = Simulation(
        clock=VirtualClock(wall_ms=year.at("01-01 00:00")), probe=year.probe, zone=year.zone, script=script, rules=rules
    )
    return simulation, year


@pytest.fixture(scope="module", params=["Europe/Berlin", "Asia/Shanghai"])
def lived(request: pytest.FixtureRequest) -> tuple[Simulation, Year]:
    """Live the year through: one life to the kill, one from an hour later to the end."""
    simulation, year = scripted(request.param)
    with pytest.raises(KilledError):
        simulation.live(year.at("2027-01-01 00:00"))
    simulation.clock.wall_ms = year.at("05-05 09:01:10")
    simulation.live(year.at("2027-01-01 00:00"))
    return simulation, year


EXPECTED = (
    ("up", "01-01 00:00", "02-03 10:05", ""),
    ("down", "02-03 10:05", "02-03 10:20", "no connection: refused"),
    ("up", "02-03 10:20", "03-28 23:50", ""),
    ("down", "03-28 23:50", "03-29 03:10", "no connection: refused"),
    ("up", "03-29 03:10", "05-05 08:02:30", ""),
    ("unknown", "05-05 08:02:30", "05-05 09:05", "watcher away"),
    ("up", "05-05 09:05", "06-10 15:02", ""),
    ("unknown", "06-10 15:02", "06-10 15:05", "clock stepped"),
    ("up", "06-10 15:05", "06-20 15:02", ""),
    ("unknown", "06-20 15:02", "06-20 15:05", "clock stepped"),
    ("up", "06-20 15:05", "07-01 22:01", ""),
    ("unknown", "07-01 22:01", "07-02 00:05", "suspended"),
    ("up", "07-02 00:05", "08-01 10:00", ""),
    ("unknown", "08-01 10:00", "08-01 10:30", "own network"),
    ("up", "08-01 10:30", "08-15 10:00", ""),
    ("unknown", "08-15 10:00", "08-15 10:05", "not confirmed: answered 503"),
    ("unknown", "08-15 10:05", "08-15 10:10", "own network"),
    ("up", "08-15 10:10", "09-12 02:05", ""),
    ("down", "09-12 02:05", "09-12 03:30", "answered 503"),
    ("up", "09-12 03:30", "11-11 11:10", ""),
    ("down", "11-11 11:10", "11-11 11:20", "answered 503"),
    ("up", "11-11 11:20", "2027-01-01 00:00", ""),
)
HOURS = {"Europe/Berlin": {"2026-03-29": 23, "2026-10-25": 25}, "Asia/Shanghai": {}}


def counts(zone: str) -> Mapping[str, tuple[int, int]]:
    """Return (tried, failed) of the days that are not full and flawless."""
    odd = {day: (12 * hours, 0) for day, hours in HOURS[zone].items()}
    night = 12 * 2 + 2 if zone == "Europe/Berlin" else 12 * 3 + 2  # to 03:10; where the clocks go forward, two hours
    return odd | {
        "2026-02-03": (288, 3),
        "2026-02-10": (288, 1),
        "2026-03-01": (288, 6),
        "2026-03-28": (288, 2),
        "2026-03-29": ((23 if zone == "Europe/Berlin" else 24) * 12, night),
        "2026-05-05": (288 - 12, 0),  # 08:05 to 09:00 were not tried
        "2026-06-10": (288, 0),
        "2026-06-20": (288, 0),
        "2026-07-01": (288 - 23, 0),  # 22:05 to 23:55
        "2026-07-02": (287, 0),
        "2026-08-01": (288 - 6, 0),
        "2026-08-15": (288 - 2, 0),
        "2026-09-12": (288, 17),
        "2026-11-11": (288, 2),
        "2026-12-01": (288 - 2, 0),
    }


def test_every_interval_is_as_worked_out_by_hand(lived: tuple[Simulation, Year]) -> None:
    simulation, year = lived
    record = standing(simulation.store, "shop")

    joined: list[tuple[str, int, int, str]] = []
    for each in record.intervals:
        assert each.day == datetime.fromtimestamp(each.starts_ms / 1000, year.zone).date().isoformat()
        last = datetime.fromtimestamp((each.ends_ms - 1) / 1000, year.zone).date().isoformat()
        assert last == each.day, "an interval ends with its day"
        if joined and (joined[-1][0], joined[-1][3], joined[-1][2]) == (each.state, each.why, each.starts_ms):
            joined[-1] = (*joined[-1][:2], each.ends_ms, each.why)
        else:
            joined.append((each.state, each.starts_ms, each.ends_ms, each.why))
    assert joined == [(state, year.at(begin), year.at(end), why) for state, begin, end, why in EXPECTED]

    assert simulation.store.verify().problems == ()


def test_every_day_counts_its_probes(lived: tuple[Simulation, Year]) -> None:
    simulation, year = lived
    by_day: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in standing(simulation.store, "shop").intervals:
        tried, failed = by_day[each.day]
        by_day[each.day] = (tried + each.tried, failed + each.failed)
    first = datetime(2026, 1, 1)  # noqa: DTZ001 - a calendar day, nowhere
    names = [(first + timedelta(days=number)).date().isoformat() for number in range(365)]
    assert by_day == {day: counts(year.zone.key).get(day, (288, 0)) for day in names}


def test_what_is_said_of_the_year(lived: tuple[Simulation, Year]) -> None:
    simulation, year = lived
    record = standing(simulation.store, "shop")

    words = [(word.starts_ms, word.incident_class, word.verified_ms) for word in record.incidents]
    software, other = "software", "unclassified"
    assert words == [
        (year.at(begin), kind, verified)
        for begin, end, kind in (
            ("02-03 10:05", "02-03 10:20", other),
            ("03-28 23:50", "03-29 03:10", other),
            ("09-12 02:05", "09-12 03:30", software),
            ("11-11 11:10", "11-11 11:20", software),
        )
        for verified in (None, year.at(end))
    ]
    first = record.incidents[0]
    assert first.detected_ms == year.at("02-03 10:10") + 120
    assert (first.by, record.incidents[-1].by) == ("no rule", "rule answered 5")

    (planned,) = record.maintenance
    assert (planned.starts_ms, planned.reason) == (year.at("09-12 02:00"), "database")
    assert year.at("09-01 09:00") <= planned.announced_ms < year.at("09-12 02:00")
    known = history(each.run for each in record.intervals)
    begin, end = year.at("01-01 00:00"), year.at("2027-01-01 00:00")
    spent = durations_ms(exclude(window(known, begin, end), [(planned.starts_ms, planned.ends_ms)]))
    night_ms = (2 if year.zone.key == "Europe/Berlin" else 3) * HOUR_MS + 20 * MINUTE_MS
    assert spent == {
        "down": 15 * MINUTE_MS + night_ms + 10 * MINUTE_MS,
        "unknown": (62 + 3 + 3 + 124 + 30 + 10) * MINUTE_MS + 30_000,
        "excluded": 2 * HOUR_MS,
        "up": end - begin - spent["down"] - spent["unknown"] - spent["excluded"],
    }
    assert simulation.gaps == [
        Gap(why="clock stepped", stepped_ms=90_000),
        Gap(why="clock stepped", stepped_ms=-600_000),
        Gap(why="suspended"),
    ]
    assert simulation.watcher.not_tried() == 2


def _told(simulation: Simulation, year: Year, *, lost: Collection[str] = ()) -> Exposure:
    """Return what MTBF stands on where three vantage points saw that year, two of which must see an outage.

    Those of ``lost`` recorded nothing in the week from 10 December on.
    """
    record = standing(simulation.store, "shop")
    week = {f"2026-12-{day}" for day in range(10, 17)}
    seen = [
        replace(each, vantage=name)
        for name in ("east", "north", "south")
        for each in record.intervals
        if name not in lost or each.day not in week
    ]
    settings = Settings(zone=year.zone.key, service=None, at_least=2, kinds={})
    now_ms = year.at("2027-01-01 00:00")
    data = history_data(replace(record, intervals=tuple(seen)), settings, now_ms=now_ms, latencies={})
    assert data is not None
    found = service(data, data["service"])
    assert found is not None
    return exposure(found)


@pytest.mark.parametrize("lost", [(), ("south",)], ids=["all there", "one lost for a week"])
def test_the_figures_of_the_year_are_as_worked_out_by_hand(lived: tuple[Simulation, Year], lost: Sequence[str]) -> None:
    simulation, year = lived
    told = _told(simulation, year, lost=lost)
    summer = year.zone.key == "Europe/Berlin"
    night_h = 2 + 20 / 60 if summer else 3 + 20 / 60
    unknown_h = 62.5 / 60 + 2 * 3 / 60 + 124 / 60 + 30 / 60 + 10 / 60
    assert told.failures == 3  # the one inside maintenance is none
    assert told.unknown_h == pytest.approx(unknown_h)
    assert told.gaps == 4  # two steps of the clock are shorter than an interval
    assert told.operating_h == pytest.approx(365 * 24 - 0.25 - night_h - 10 / 60 - 2 - unknown_h)
    assert told.failed_at_h == pytest.approx(
        (
            33 * 24 + 10 + 5 / 60,
            86 * 24 + 23 + 50 / 60 - 0.25,
            314 * 24 + 11 + 10 / 60 - 0.25 - night_h - unknown_h - 2,
        )
    )


def test_one_vantage_point_alone_does_not_know_where_two_must_see_it(lived: tuple[Simulation, Year]) -> None:
    whole, alone = _told(*lived), _told(*lived, lost=("north", "south"))
    assert alone.failures == whole.failures
    assert alone.gaps == whole.gaps + 1
    assert alone.unknown_h == pytest.approx(whole.unknown_h + 7 * 24)
    assert alone.operating_h == pytest.approx(whole.operating_h - 7 * 24)
