"""Drills in ``report.html``: what tells nothing is never good, limits are strict, caps, escaping, both languages."""

import dataclasses
import itertools
import re
from typing import Any

import pytest
from lxml import html

from probes.canonical import freeze
from probes.observation import Reading
from reports import drill_words
from reports.dossier import Dossier
from reports.formats import drill_history, drill_pictures, drill_timeline, report_html
from reports.formats.drill_record import METRICS, Run
from reports.verdict import Text, Threshold
from tests.reports.formats import sample, scripted_drills
from tests.reports.formats.scripted_drills import drill, orders, reading, stock
from tests.reports.formats.test_report_html import HOSTILE

LIMITS = {"software": 4, "hardware": 12, "general": 1, "severe": 12}
_HALF_WIDTH_BESIDE_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;()!?]|[,:;(!?][\u4e00-\u9fff]")


def examined(*seen: Reading) -> Dossier:
    top = sample.group("3.1", None, Text(zh="技术保障", en="Technical assurance"))
    names = [name for names in drill_pictures.CLAUSES.values() for name in names]
    bounds = [Threshold(metric=METRICS[kind], operator="<", value=LIMITS[kind], unit="h") for kind in METRICS]
    checks = [
        sample.requirement(
            number, top, Text(zh=f"恢复 {name}", en=f"recovery {name}"), id=name, clause=f"3.1.1.2#{number}",
            thresholds=tuple(bounds[number : number + 1]),
        )
        for number, name in enumerate(names)
    ]  # fmt: skip
    return sample.dossier(requirements=(top, *checks), told={}, evidence=seen, attachments={})


def section(*seen: Reading) -> Any:
    (found,) = html.document_fromstring(report_html.render(examined(*seen)).decode()).cssselect("#drills")
    return found


def shown_of(*runs: dict[str, Any]) -> drill_pictures.Pictures:
    found = drill_pictures.pictures(examined(reading(*runs)))
    assert found is not None
    return found


def only(run: dict[str, Any]) -> Run:
    timeline = shown_of(run).timeline
    assert timeline is not None
    return timeline.sheets[0].run


@pytest.fixture(scope="module")
def year() -> Any:
    return section(reading())


def test_where_no_drill_is_declared_or_recorded_there_is_no_section() -> None:
    nothing = sample.blind("ledger.drills", "platform", "stale", "the ledger holds no drill")
    for seen in ((), (nothing,)):
        tree = html.document_fromstring(report_html.render(examined(*seen)).decode())
        assert not tree.cssselect("#drills, a[href='#drills']")


def test_a_declared_drill_that_never_ran_is_asked_for() -> None:
    nothing = sample.blind("ledger.drills", "platform", "stale", "the ledger holds no drill of shop")
    declared = {"platform": {"id": "shop"}, "drills": [{"name": "software-crash", "host": "web-1"}]}
    dossier = dataclasses.replace(examined(nothing), target=freeze(declared))
    found: Any = html.document_fromstring(report_html.render(dossier).decode()).cssselect("#drills")[0]
    assert "duheng drill --list" in found.text_content()
    assert "the ledger holds no drill of shop" in found.text_content()


# ---- how a run came out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "state"),
    [
        (drill("d", "general", 3_599.9), "within"),
        (drill("d", "general", 3_600.0), "over"),
        (drill("d", "software", 3_600.0), "within"),
        (drill("d", "software", 30.0, limit_s=30.0), "over"),
        (drill("d", "software", 30.0, limit_s=30.1), "within"),
        (drill("d", "software", 30.0, limit_s=90_000.0), "within"),
        (drill("d", "software", 4 * 3600.0, limit_s=90_000.0), "over"),
        (drill("d", "severe", 19_200.0), "within"),
        (drill("d", "power", 19_200.0), "free"),
        (drill("d", "general", None), "open"),
        (drill("d", "general", None, limit_s=900.0), "over"),
        (drill("d", "general", None, reverted_by="deadman"), "untold"),
        (drill("d", "general", 60.0, complete=False), "untold"),
        (drill("d", "general", 60.0, ended="killed"), "untold"),
        (drill("d", "general", 60.0, ended="aborted"), "untold"),
        (drill("d", "general", 60.0, proof_of_effect=None), "untold"),
        (drill("d", "general", 60.0, proof_of_effect={"proved": False, "how": ""}), "untold"),
        (drill("d", "general", 60.0, journeys={"before": {"tried": 5, "failed": 1}}), "untold"),
        (drill("d", "general", 60.0, journeys={"before": {"tried": 5, "failed": 0}}), "untold"),
        (drill("d", "general", 7200.0, journeys={"before": {"tried": 5, "failed": 0}}), "over"),
        (drill("d", "general", 60.0, phases=None), "untold"),
    ],
)
def test_what_tells_nothing_is_neither_good_nor_bad_and_limits_are_strict(run: dict[str, Any], state: str) -> None:
    found = only(run)
    assert found.state == state
    assert (found.why is None) == (state != "untold")


# ---- the time line -------------------------------------------------------------------------------------------------


def test_each_drill_is_drawn_once_by_its_newest_run_the_bad_ones_first(year: Any) -> None:
    figures = year.cssselect("figure.drill")
    told = [(each.cssselect("b")[0].text, each.get("class").split()[-1]) for each in figures]
    assert told == [
        ("hang", "over"), ("restore", "over"), ("node-off", "open"), ("disk-full", "untold"), ("rebuild", "within"),
        ("software-crash", "within"), ("power-cut", "free"),
    ]  # fmt: skip
    assert "order 100999 stays" in figures[3].text_content()
    assert "killed before its end" in figures[3].text_content()


def test_the_steps_follow_each_other_and_fill_the_line() -> None:
    timeline = shown_of(drill("d", "general", 1000.0)).timeline
    assert timeline is not None
    (sheet,) = timeline.sheets
    assert [part.step for part in sheet.parts] == list(drill_words.STEPS)
    edges = [(part.begin, round(part.begin + part.width, 1)) for part in sheet.parts]
    assert [round(begin, 1) for begin, _ in edges[1:]] == [end for _, end in edges[:-1]]
    assert sheet.parts[3].after.en == "7 min 30 s"
    assert sheet.limit_at is None  # an hour lies beyond what happened
    assert sheet.out_at == 100.0


def test_instants_out_of_order_stay_on_the_line() -> None:
    run = drill("d", "general", 1000.0)
    run["phases"]["acted_ms"] = run["phases"]["injected_ms"] - 5_000
    run["phases"]["verified_ms"] = None
    timeline = shown_of(run).timeline
    assert timeline is not None
    assert all(part.begin >= 0 and part.width >= 0 for part in timeline.sheets[0].parts)


def test_many_drills_and_runs_stay_a_small_section() -> None:
    runs = [
        drill(f"d{number % 40}", "software", 10.0 + number, days_ago=1 + number / 4, left_behind=["x" * 500] * 50)
        for number in range(1_000)
    ]
    found = shown_of(*runs)
    assert found.timeline is not None
    assert found.history is not None
    assert (len(found.timeline.sheets), found.timeline.undrawn) == (drill_timeline.MOST, 40 - drill_timeline.MOST)
    assert (len(found.history.rows), found.history.unlisted) == (drill_history.MOST_ROWS, 1_000 - 60)
    assert (len(found.history.lanes[0].marks), found.history.lanes[0].more) == (drill_history.MOST_MARKS, 700)
    assert len(html.tostring(section(reading(*runs)))) < 400_000


# ---- times over the months, degrees --------------------------------------------------------------------------------


def test_each_kind_has_its_lane_with_its_limit(year: Any) -> None:
    history = shown_of(*scripted_drills.drills()).history
    assert history is not None
    assert [(lane.kind, len(lane.marks)) for lane in history.lanes] == [
        ("software", 14), ("hardware", 2), ("general", 2), ("severe", 1),
    ]  # fmt: skip
    assert len(year.cssselect("figure.times line.limit")) == 4
    assert {lane.limit.en for lane in history.lanes if lane.limit} == {"4 h", "12 h", "1 h"}
    assert 12 <= len(history.months) <= 14
    for lane in history.lanes:
        heights = [y for y, _ in lane.ticks]
        assert all(below - above >= 15 for below, above in itertools.pairwise(heights))


def test_what_is_above_the_limit_lies_above_its_line() -> None:
    history = shown_of(
        drill("a", "general", 3_000.0), drill("b", "general", 4_000.0), drill("c", "general", None)
    ).history
    assert history is not None
    (lane,) = history.lanes
    heights = {mark.said.en.split()[1].rstrip(":"): mark.y for mark in lane.marks}
    assert lane.limit_y is not None
    assert heights["b"] < lane.limit_y < heights["a"] < heights["c"]
    assert all(0 < y < drill_history.HEIGHT for y in heights.values())


def test_runs_of_more_than_400_days_ago_or_of_the_future_are_not_drawn() -> None:
    history = shown_of(*(drill("d", "general", 60.0, days_ago=days) for days in (401, -1, 399))).history
    assert history is not None
    assert len(history.rows) == 1


@pytest.mark.parametrize(
    ("told", "whole", "percent", "bad"),
    [
        (orders(10_000), 10_000, "100 %", 0.0),
        (orders(10_000, found=9_999), 9_999, "99.99 %", 1.5),
        (orders(100_000, found=99_999), 99_999, "99.99 %", 1.5),
        (orders(10, doubled=["a"], altered=["a", "b"]), 8, "80.00 %", 20.0),
        (orders(10, found=9, unread=1), 9, "90.00 %", 0.0),
        (orders(4, found=0), 0, "0.00 %", 100.0),
    ],
)
def test_the_degree_counts_what_came_back_whole(told: dict[str, Any], whole: int, percent: str, bad: float) -> None:
    (found,) = drill_history.degrees(only(drill("d", "general", 60.0, orders=told)))
    assert (found.whole, found.percent, found.bad) == (whole, percent, bad)


@pytest.mark.parametrize(
    "told", [None, {}, {"acknowledged": 0, "found": 0}, {"acknowledged": 5}, {"acknowledged": "x"}]
)
def test_orders_that_were_not_compared_have_no_degree(told: Any) -> None:
    assert not list(drill_history.degrees(only(drill("d", "general", 60.0, orders=told, payments=told, stock=told))))


def test_why_the_stock_was_not_compared_is_said() -> None:
    assert drill_history.beside(only(drill("d", "general", 60.0))) is None
    untold: dict[str, Any] = {"goods": None, "looks": [], "lacks": "journey", "why": ""}
    said = drill_history.beside(only(drill("d", "general", 60.0, stock=untold)))
    assert said is not None
    assert said.en == "stock not compared: the adapter describes no read_stock journey"
    assert said.zh == "库存未比对：适配文件未提供 read_stock 流程"


def test_what_nobody_could_look_at_is_drawn_neither_whole_nor_wrong() -> None:
    for told, bad, open_ in (
        (orders(40), 0.0, 0.0),
        (orders(40, found=30, unread=10), 0.0, 25.0),
        (orders(10_000, found=9_998, unread=1, lost=["7"]), 1.5, 1.5),
        (orders(4, found=0, unread=4), 0.0, 100.0),
        (orders(1_000, found=0, unread=1), 99.9, 0.1),
    ):
        (found,) = drill_history.degrees(only(drill("d", "general", 60.0, orders=told)))
        assert (found.bad, round(found.open, 2)) == (bad, open_)


def test_payments_and_stock_stand_beside_the_orders() -> None:
    run = only(
        drill("d", "general", 60.0, orders=orders(9), payments=orders(8, found=7, lost=["4"]), stock=stock(9, 7))
    )
    found = list(drill_history.degrees(run))
    assert [(each.of.en, each.whole, each.acknowledged) for each in found] == [
        ("orders", 9, 9), ("payments", 7, 8), ("pieces off the stock", 12, 14),
    ]  # fmt: skip
    assert [[(words.en, count, ids) for words, count, ids in each.wrong] for each in found] == [
        [], [("lost", 1, "4")], [("not taken off", 2, "紫砂壶 Teapot")],
    ]  # fmt: skip


def test_runs_of_another_form_are_told_nothing_of() -> None:
    odd = [7, {}, {"drill": 3, "ended_ms": "x", "journeys": [1], "steps": {}, "phases": [], "orders": 7}]
    found = drill_pictures.pictures(examined(sample.look("ledger.drills", "platform", {"runs": odd})))
    assert found is not None
    assert found.timeline is not None
    assert {sheet.run.state for sheet in found.timeline.sheets} == {"untold"}
    assert section(sample.look("ledger.drills", "platform", {"runs": odd})) is not None


# ---- the whole section ---------------------------------------------------------------------------------------------


def test_punctuation_beside_chinese_is_full_width_and_every_word_has_both_languages(year: Any) -> None:
    for chinese in year.cssselect('[lang="zh"]'):
        assert not _HALF_WIDTH_BESIDE_CHINESE.search(chinese.text_content()), chinese.text_content()
        assert chinese.getnext().get("lang") == "en"
        assert chinese.getnext().text_content().strip()
    for title in year.cssselect("svg.mark title"):
        zh, _ = title.text.split(" / ")
        assert not _HALF_WIDTH_BESIDE_CHINESE.search(zh), zh
    assert not year.cssselect("th:not([scope])")


def test_every_outcome_has_a_figure_of_its_own(year: Any) -> None:
    drawn = {each.get("class"): each.get("d") or "circle" for each in year.cssselect(".key path, .key circle")}
    assert set(drawn) == {f"r-{state}" for state in drill_words.STATES}
    assert len(set(drawn.values())) == 4  # the two circles differ in being filled


def test_hostile_drills_stay_text() -> None:
    hostile = drill(
        HOSTILE, HOSTILE, 60.0, fault=HOSTILE, host=HOSTILE, disaster=HOSTILE, left_behind=[HOSTILE],
        proof_of_effect={"proved": True, "how": HOSTILE}, proof_of_revert={"proved": True, "how": HOSTILE},
        orders=orders(5, found=4, lost=[HOSTILE]),
    )  # fmt: skip
    shown = section(reading(hostile))
    assert not shown.cssselect("script, img, style, [onerror], [style]")
    assert shown.cssselect("figure.drill b")[0].text_content().startswith("</script>")
