"""The picture of load runs: rates in steps, gaps as gaps, whatever a ledger holds, and nothing hostile as it was."""

import copy
from typing import Any

import pytest

from probes.canonical import freeze
from probes.observation import Reading
from reports.formats import load_picture, report_html
from reports.formats.load_picture import HEIGHT, MOST_DRAWN, MOST_LISTED, WIDTH, Picture
from reports.formats.scales import log_height, log_span, log_ticks, round_up
from tests.reports.formats import sample, scripted_load
from tests.reports.formats.test_backup_pictures import examined

TARGET = freeze(scripted_load.TARGET)


def recalled(*runs: dict[str, Any]) -> Reading:
    return sample.look(
        "ledger.load", "platform", {"runs": list(runs), "window_days": 90, "until": "2026-03-14T02:14:20Z"}
    )


def drawn(*runs: dict[str, Any]) -> Picture:
    picture = load_picture.picture([recalled(*runs)], TARGET)
    assert picture is not None
    return picture


def test_a_run_is_drawn_with_its_rates_latencies_hosts_and_databases() -> None:
    (sheet,) = drawn(scripted_load.run()).sheets
    assert (sheet.profile, sheet.ended, sheet.state, sheet.top) == ("peak", "2026-03-14 02:00", "counts", "10/s")
    assert [(line.name, line.highest) for line in sheet.rates] == [("planned", "5/s"), ("delivered", "5/s")]
    assert sheet.rates[0].path.endswith(f"L{WIDTH} {HEIGHT / 2:g}")  # 5 of 10 a second, held to the end
    assert {name for _, _, name in sheet.marks} == {"dropped", "failed"}
    assert sheet.backup is not None
    assert 160 < sheet.backup[0] < 163  # 300 s of 1,860
    assert [line.name for line in sheet.latencies] == ["p50", "p95", "p99"]
    assert all(line.path.count("M") == 2 for line in sheet.latencies)  # a span in which no step ended is a gap
    assert sheet.ticks[:2] == ((0.0, "0 s"), (16.13, "5 min"))
    assert [host.name for host in sheet.hosts.drawn] == ["web1", "db1", "gate"]
    assert [panel.state for panel in sheet.hosts.drawn[1].panels] == ["over", "", "", ""]
    assert sheet.hosts.drawn[1].panels[0].p99 == "97.2 %"
    assert sheet.hosts.drawn[2].lost == "17"
    assert sheet.hosts.unread == (("cache", "cache 拒绝连接 <refused>"),)
    assert sheet.databases[0].figures == ("0", "0", "0", "31 / 97", "61,000", "38.5 ms")


def test_purchases_beside_a_backup_are_told_with_those_that_failed_and_those_without_an_end() -> None:
    run = scripted_load.run()
    for changes, said in (({}, "orders: 88 (0, —)"), ({"unfinished_during": 3}, "orders: 88 (0, 3)")):
        run["backup"]["purchases"].update(changes)
        (sheet,) = drawn(run).sheets
        told = {label.en: value for label, value in sheet.facts}
        assert told["backup meanwhile: purchases (failed, unfinished)"] == said


def test_runs_that_do_not_count_are_listed_and_drawn_only_where_there_is_no_other() -> None:
    good, stopped, invalid = scripted_load.runs()["runs"]
    told = drawn(good, stopped, invalid)
    assert [sheet.state for sheet in told.sheets] == ["counts", "stopped"]
    assert [sheet.state for sheet in told.listed] == ["counts", "stopped", "invalid"]
    assert told.listed[2].why == "cpu"
    assert [sheet.profile for sheet in drawn(invalid).sheets] == ["soak<b>"]
    many = drawn(*[scripted_load.run(f"p{number}") for number in range(MOST_LISTED + 3)])
    assert (len(many.sheets), len(many.listed), many.unlisted) == (MOST_DRAWN, MOST_LISTED, 3)


def test_without_a_recall_there_is_no_picture_and_without_a_record_its_reason() -> None:
    assert load_picture.picture([], TARGET) is None
    blind = sample.blind("ledger.load", "platform", "stale", "the ledger holds no load run")
    told = load_picture.picture([blind], TARGET)
    assert told == Picture(why="the ledger holds no load run")
    page = examined_page(blind)
    assert "the ledger holds no load run" in page
    assert '<section id="load"' in page


def examined_page(reading: Reading) -> str:
    return report_html.render(examined(reading)).decode()


def test_what_is_hostile_is_escaped() -> None:
    page = examined_page(sample.look("ledger.load", "platform", scripted_load.runs()))
    assert "soak&lt;b&gt;" in page
    assert "soak<b>" not in page
    assert "&lt;refused&gt;" in page


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, each in value.items():
            found += _places(each, (*path, key))
    elif isinstance(value, list):
        for index in range(min(2, len(value))):
            found += _places(value[index], (*path, index))
    return found


def small() -> dict[str, Any]:
    run = scripted_load.run()
    run["timeline"] = run["timeline"][:4]
    for host in run["hosts"]:
        for resource in host.get("resources", {}).values():
            resource["series"] = resource["series"][:3]
    return run


@pytest.mark.parametrize("odd", [None, "x", True, -3, 1e300, [], {}, [[]]])
def test_whatever_a_ledger_holds_is_drawn_or_left_out(odd: Any) -> None:
    good = small()
    for path in _places(good):
        run = copy.deepcopy(good)
        place: Any = run
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = odd
        assert drawn(run).listed


def test_scales_hold_what_they_are_made_for() -> None:
    assert [round_up(value) for value in (0.3, 1.0, 4.2, 5.1, 999.0)] == [0.5, 1.0, 5.0, 10.0, 1000.0]
    low, high = log_span(21.0, 2_560.0)
    assert (low, high) == (20.0, 5_000.0)
    assert log_span(100.0, 100.0) == (100.0, 200.0)
    assert log_ticks(20.0, 5_000.0) == [100.0, 1_000.0]
    assert (log_height(low, low, high, 120), log_height(high, low, high, 120)) == (120.0, 0.0)
