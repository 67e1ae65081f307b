"""The standing record as figures: who votes when, what an outage is, and that no time is lost or invented."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.availability import Service, availability, exposure, merged, of_check, service
from reports.history import Run, durations_ms

MIN, HOUR = 60_000, 3_600_000


def vantage(name: str, *runs: tuple[str, int, int], source: str = "watch") -> dict[str, Any]:
    told = [[state, begin * MIN, end * MIN, "HTTP 502" if state == "down" else ""] for state, begin, end in runs]
    return {"name": name, "sources": [source], "runs": told, "days": [["1970-01-01", 60, 1]]}


def data(*vantages: dict[str, Any], ends: int = 100, at_least: int = 1, **further: Any) -> dict[str, Any]:
    check = {"name": "buying", "kind": "journey", "depth": "checkout", "every_ms": MIN, "vantages": list(vantages)}
    return {
        "window": {"starts_ms": 0, "ends_ms": ends * MIN},
        "zone": "UTC",
        "service": "buying",
        "front": "front",
        "at_least": at_least,
        "checks": [check],
        "maintenance": [],
        "incidents": [],
        "latencies": {},
    } | further


def found(*vantages: dict[str, Any], **further: Any) -> Service:
    told = service(data(*vantages, **further), "buying")
    assert told is not None
    return told


def shown(of: Service) -> list[tuple[str, int, int]]:
    return [(run.state, run.starts_ms // MIN, run.ends_ms // MIN) for run in of.known]


def test_one_vantage_point_is_believed_and_the_rest_of_the_window_is_unknown() -> None:
    told = found(vantage("a", ("up", 10, 50), ("down", 50, 60), ("up", 60, 90)))
    assert shown(told) == [("up", 10, 50), ("down", 50, 60), ("up", 60, 90), ("unknown", 90, 100)]
    assert told.last_known_ms == 90 * MIN
    assert service(data(), "front") is None
    assert of_check(data(), data(vantage("a"))["checks"][0]) is None


def test_a_vantage_point_that_joins_later_is_not_missed_before() -> None:
    told = found(vantage("a", ("up", 0, 100)), vantage("b", ("up", 40, 100)))
    assert shown(told) == [("up", 0, 100)]


def test_one_that_falls_silent_is_lost_not_gone() -> None:
    told = found(vantage("a", ("up", 0, 100)), vantage("b", ("up", 0, 40)))
    assert shown(told) == [("up", 0, 40), ("unknown", 40, 100)]
    two_of_three = [vantage(name, ("up", 0, 100)) for name in "ab"]
    assert shown(found(*two_of_three, vantage("c", ("up", 0, 40)), at_least=2)) == [("up", 0, 100)]


def test_one_that_was_silent_for_30_days_was_taken_away() -> None:
    month = 30 * 24 * 60
    told = found(vantage("a", ("up", 0, 3 * month)), vantage("b", ("up", 0, 40)), ends=3 * month)
    assert shown(told) == [("up", 0, 40), ("unknown", 40, 40 + month), ("up", 40 + month, 3 * month)]
    back = vantage("b", ("up", 0, 40), ("up", 2 * month, 3 * month))
    told = found(vantage("a", ("up", 0, 3 * month)), back, ends=3 * month)
    assert shown(told)[1] == ("unknown", 40, 2 * month)
    alone = found(vantage("a", ("up", 0, 40)), ends=3 * month)
    assert shown(alone)[1] == ("unknown", 40, 3 * month)
    stepped = vantage("b", ("up", 0, 40), ("unknown", 40, 4 * month), ("up", 4 * month, 4 * month + 1))
    told = found(vantage("a", ("up", 0, 3 * month)), stepped, ends=3 * month)
    assert shown(told) == [("up", 0, 40), ("unknown", 40, 40 + month), ("up", 40 + month, 3 * month)]
    blind = found(vantage("a", ("unknown", 0, 3 * month)), ends=3 * month)
    assert shown(blind) == [("unknown", 0, 3 * month)]


def test_imported_history_ends_with_what_was_imported() -> None:
    old = vantage("prometheus", ("up", 0, 40), source="import sha256:1")
    told = found(old, vantage("a", ("up", 40, 100)))
    assert shown(told) == [("up", 0, 100)]
    assert told.imported == ("import sha256:1",)


def test_where_fewer_than_k_watch_all_of_them_decide() -> None:
    told = found(vantage("a", ("up", 0, 20), ("down", 20, 30), ("up", 30, 100)), at_least=2)
    assert shown(told)[1] == ("down", 20, 30)


def test_an_imported_history_outvotes_no_watcher() -> None:
    seen = vantage("a", ("up", 0, 20), ("down", 20, 30), ("up", 30, 100))
    rosy = vantage("csv", ("up", 0, 100), source="import sha256:1")
    assert shown(found(seen, rosy, at_least=2))[1] == ("down", 20, 30)
    other = vantage("b", ("up", 0, 100))
    assert shown(found(seen, other, rosy, at_least=2)) == [("up", 0, 100)]
    grim = vantage("csv", ("up", 0, 20), ("down", 20, 30), ("up", 30, 100), source="import sha256:2")
    assert shown(found(seen, other, grim, at_least=2))[1] == ("down", 20, 30)


def test_maintenance_is_excluded_only_where_it_was_announced_before() -> None:
    runs = vantage("a", ("up", 0, 20), ("down", 20, 40), ("up", 40, 100))
    planned = [[25 * MIN, 35 * MIN, 24 * MIN, "x"], [36 * MIN, 40 * MIN, 36 * MIN, "too late"]]
    told = found(runs, maintenance=planned)
    assert shown(told) == [("up", 0, 20), ("down", 20, 25), ("excluded", 25, 35), ("down", 35, 40), ("up", 40, 100)]
    (outage,) = told.incidents
    assert (outage.down_ms, outage.lasted_ms, outage.over) == (10 * MIN, 20 * MIN, True)


def test_only_a_good_probe_ends_an_outage() -> None:
    runs = (("up", 0, 20), ("down", 20, 30), ("unknown", 30, 50), ("down", 50, 60), ("up", 60, 80), ("down", 80, 100))
    first, second = found(vantage("a", *runs)).incidents
    assert (first.starts_ms, first.ends_ms, first.down_ms) == (20 * MIN, 60 * MIN, 20 * MIN)
    assert (second.over, second.lasted_ms, second.why) == (False, 20 * MIN, "HTTP 502")
    unseen = found(vantage("a", ("up", 0, 20), ("down", 20, 30), ("unknown", 30, 40))).incidents[0]
    assert (unseen.over, unseen.down_ms, unseen.lasted_ms) == (False, 10 * MIN, 80 * MIN)


def word(starts: int, incident_class: str, by: str, said: int, **instants: int) -> dict[str, Any]:
    steps = dict.fromkeys(("detected_ms", "decided_ms", "acted_ms", "verified_ms"))
    said_of = {"check": "buying", "starts_ms": starts * MIN, "class": incident_class, "by": by, "why": "w"}
    return said_of | {"said_ms": said * MIN} | steps | {f"{name}_ms": at * MIN for name, at in instants.items()}


def test_the_last_word_counts_and_a_person_s_over_any_rule_s() -> None:
    runs = vantage("a", ("up", 0, 20), ("down", 20, 40), ("up", 40, 100))
    words = [
        word(20, "hardware", "rule disk", 22, detected=22),
        word(20, "network", "Li", 25, decided=25),
        word(20, "software", "Wang", 30, acted=30),
        word(20, "unclassified", "no rule", 41, verified=40),
        word(60, "hardware", "Li", 90),
    ]
    (outage,) = found(runs, incidents=words).incidents
    assert outage.word is not None
    assert (outage.incident_class, outage.word.by) == ("software", "Wang")
    assert outage.parts_ms() == {"detect": 2 * MIN, "decide": 3 * MIN, "act": 5 * MIN, "verify": 10 * MIN}
    (plain,) = found(runs).incidents
    assert (plain.incident_class, plain.parts_ms()) == ("unclassified", {})
    (rules,) = found(runs, incidents=[words[0], words[3]]).incidents
    assert rules.incident_class == "unclassified"


def test_a_word_names_the_outage_as_one_vantage_point_saw_it() -> None:
    early = vantage("a", ("up", 0, 18), ("down", 18, 40), ("up", 40, 100))
    late = vantage("b", ("up", 0, 20), ("down", 20, 40), ("up", 40, 100))
    (outage,) = found(early, late, at_least=2, incidents=[word(18, "network", "rule x", 19)]).incidents
    assert (outage.starts_ms, outage.incident_class) == (20 * MIN, "network")


def test_exposure_counts_operating_hours_failures_and_gaps() -> None:
    runs = (
        ("up", 0, 60),
        ("down", 60, 120),
        ("up", 120, 240),
        ("unknown", 240, 300),
        ("up", 300, 360),
        ("down", 360, 420),
    )
    stood = exposure(found(vantage("a", *runs), ends=480))
    assert (stood.operating_h, stood.failures, stood.failed_at_h) == (4.0, 2, (1.0, 4.0))
    assert (stood.unknown_h, stood.gaps, stood.wall_h) == (2.0, 2, 8.0)
    assert stood.unknown_share == 0.25
    assert stood.extremes() == ((6.0, 2), (4.0, 4))
    began_down = exposure(found(vantage("a", ("down", 0, 60), ("up", 60, 120)), ends=120))
    assert (began_down.failures, began_down.failed_at_h) == (1, ())


def test_a_gap_is_as_long_as_the_fastest_interval_of_the_record() -> None:
    seen = data(vantage("a", ("up", 0, 40), ("unknown", 40, 41), ("up", 41, 60), ("unknown", 60, 70), ("up", 70, 100)))
    (check,) = seen["checks"]
    for further, gaps in (({}, 2), ({"every_ms": 5 * MIN}, 1), ({"every_ms": 5 * MIN, "fastest_ms": MIN}, 2)):
        of = of_check(seen, check | further)
        assert of is not None
        assert exposure(of).gaps == gaps
    plain = of_check(seen, check)
    assert plain is not None
    assert (plain.fastest_ms, plain.slowest_ms) == (MIN, MIN)


def test_shares_and_their_bounds() -> None:
    told = found(vantage("a", ("up", 0, 70), ("down", 70, 80)))
    spent = availability(told.known, 0, 100 * MIN)
    assert spent.share == pytest.approx(70 / 80)
    assert spent.bounds == (0.7, 0.9)
    assert spent.unknown_share == 0.2
    before = availability(told.known, -200 * MIN, -100 * MIN)
    assert (before.share, before.unknown_share) == (None, 1.0)
    excluded = availability((Run(state="excluded", starts_ms=0, ends_ms=10),), 0, 10)
    assert (excluded.share, excluded.bounds) == (None, None)


def test_nothing_before_the_end_of_the_window_is_no_record() -> None:
    with pytest.raises(ValueError, match="nothing was recorded"):
        merged([vantage("a", ("up", 200, 300))], at_least=1, ends_ms=100 * MIN)


@st.composite
def vantages(draw: st.DrawFn) -> dict[str, Any]:
    edges = sorted(draw(st.sets(st.integers(0, 120), min_size=2, max_size=9)))
    states = st.sampled_from(("up", "down", "unknown"))
    runs = [(draw(states), begin, end) for begin, end in itertools.pairwise(edges) if draw(st.booleans())]
    return vantage("v", *runs, source=draw(st.sampled_from(("watch", "import sha256:1"))))


planned = st.lists(
    st.tuples(st.integers(0, 120), st.integers(1, 30)).map(lambda p: [p[0] * MIN, (p[0] + p[1]) * MIN, -1, ""])
)


@given(st.lists(vantages(), min_size=1, max_size=4), st.integers(1, 4), planned)
def test_no_time_is_lost_and_up_is_what_somebody_saw(seen: list[dict[str, Any]], k: int, away: list[Any]) -> None:
    told = service(data(*seen, at_least=k, maintenance=away), "buying")
    if told is None:
        assert all(run[1] >= 100 * MIN for each in seen for run in each["runs"])
        return
    assert sum(durations_ms(told.known).values()) == 100 * MIN - told.starts_ms
    ups = {m for each in seen for state, begin, end, _ in each["runs"] if state == "up" for m in range(begin, end, MIN)}
    downs = {
        m for each in seen for state, begin, end, _ in each["runs"] if state == "down" for m in range(begin, end, MIN)
    }
    for run in told.known:
        minutes = set(range(run.starts_ms, run.ends_ms, MIN))
        assert run.state != "up" or minutes <= ups
        assert run.state != "down" or minutes <= downs
    assert sum(each.down_ms for each in told.incidents) == durations_ms(told.known)["down"]
