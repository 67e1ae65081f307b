"""The section on availability of ``report.html``: in both languages, deaf to hostile names, bounded in size."""

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from lxml import html

from probes.observation import Reading
from reports import availability_words
from reports.dossier import Dossier
from reports.formats import report_html, standing_pictures
from reports.verdict import Text, Threshold, Verdict, Violates
from tests.reports import dossiers
from tests.reports.formats import sample, scripted_year
from tests.reports.formats.test_report_html import HOSTILE

_HALF_WIDTH_BESIDE_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;()!?]|[,:;(!?][\u4e00-\u9fff]")
DAILY = Threshold(metric="daily_failure_rate", operator="<", value=1, unit="%", as_written="<1%")
MTBF = Threshold(metric="mtbf", operator=">=", value=8500, unit="h", as_written="≥8500h")


def examined(*seen: Reading, told: Mapping[str, Verdict] = MappingProxyType({})) -> Dossier:
    """Return a dossier of the clauses that the pictures bear on, and these readings."""
    top = sample.group("3.1", None, Text(zh="技术保障", en="Technical assurance"))
    bounds = {"SBT-3.1.1.2-daily-failure": (DAILY,), "SBT-3.1.1.2-mtbf": (MTBF,)}
    checks = [
        sample.requirement(
            1, top, Text(zh=f"检查 {name}", en=name), id=name, clause=name, thresholds=bounds.get(name, ())
        )
        for names in standing_pictures.CLAUSES.values()
        for name in names
    ]
    return sample.dossier(requirements=(top, *checks), evidence=seen, told=told, attachments={})


def page(data: dict[str, Any]) -> bytes:
    return report_html.render(examined(sample.look("ledger.history", "platform", data)))


def section(raw: bytes) -> Any:
    (found,) = html.document_fromstring(raw.decode()).cssselect("#availability")
    return found


@pytest.fixture(scope="module")
def year() -> Any:
    return section(page(scripted_year.year()))


def test_an_examination_that_did_not_ask_for_it_has_no_section() -> None:
    tree = html.document_fromstring(report_html.render(sample.dossier()).decode())
    assert not tree.cssselect("#availability, a[href='#availability']")


def test_nothing_recorded_is_one_sentence_and_how_to_begin() -> None:
    nothing = sample.blind("ledger.history", "platform", "stale", "the ledger holds no standing record")
    for raw in (report_html.render(examined(nothing)), page(scripted_year.year() | {"checks": []})):
        shown = section(raw)
        assert not shown.cssselect("svg, table, h3")
        (sentence,) = shown.cssselect("p")
        assert sentence.text_content().count("duheng watch") >= 2
        assert "没有可用性的长期记录" in sentence.text_content()
        assert "There is no standing record of availability" in sentence.text_content()


def test_the_four_pictures_stand_in_order_with_the_clauses_they_bear_on(year: Any) -> None:
    assert [each.get("id") for each in year.cssselect("h3")] == ["calendar", "incidents", "mtbf", "latencies"]
    assert {each.get("href") for each in year.cssselect(".chip")} == {
        f"#f-{name}" for names in standing_pictures.CLAUSES.values() for name in names
    }


def test_each_check_that_is_judged_has_its_calendar_and_each_day_its_cell_and_words(year: Any) -> None:
    calendars = year.cssselect("figure.cal")
    assert [each.cssselect("figcaption b")[0].text for each in calendars] == ["buying", "front", "pay"]
    for calendar in calendars:
        rects = calendar.cssselect(".halves rect")
        assert len(rects) == 367
        assert {each.get("class") for each in rects} <= set(availability_words.DAYS)
        titles = [each.cssselect("title")[0].text for each in rects]
        assert len(set(titles)) == len(titles)
        assert all(re.match(r"\d{4}-\d\d-\d\d [一二三四五六日] .+ / [A-Z][a-z]{2} .+", title) for title in titles)


def test_every_state_looks_like_no_other(year: Any) -> None:
    patterns = {
        each.get("id").removeprefix("d-"): html.tostring(each).split(b">", 1)[1] for each in year.cssselect("pattern")
    }
    assert set(patterns) | {"future"} == set(availability_words.DAYS)
    # By figure, not by colour alone.
    assert len(set(patterns.values())) == len(patterns)
    style = re.search(r"<style>(.*?)</style>", page(scripted_year.year()).decode(), re.DOTALL)
    assert style is not None
    unknown = re.findall(r"#d-unknown [^{]*\{[^}]*\}", style[1])
    assert unknown
    assert not any("--good" in rule or "--some" in rule for rule in unknown)


def test_the_legend_names_every_state_that_occurs_and_counts_it(year: Any) -> None:
    for calendar in year.cssselect("figure.cal"):
        classes = [each.get("class") for each in calendar.cssselect(".halves rect")]
        legend = {
            each.cssselect("rect")[0].get("class"): int(each.cssselect("b")[0].text)
            for each in calendar.cssselect(".legend li")
            if not each.cssselect(".maintained")
        }
        assert legend == {name: classes.count(name) for name in set(classes)}


def test_words_in_drawings_stand_in_both_languages(year: Any) -> None:
    for chinese in year.cssselect('text[lang="zh"]'):
        neighbour = chinese.getnext()
        assert neighbour.get("lang") == "en"
        assert (neighbour.get("x"), neighbour.get("y")) == (chinese.get("x"), chinese.get("y"))
    alone = [each.text for each in year.cssselect("text:not([lang])")]
    assert not [each for each in alone if re.search("[\u4e00-\u9fff]|[a-z]{4}", each)]


def test_punctuation_beside_chinese_is_full_width(year: Any) -> None:
    for chinese in year.cssselect('[lang="zh"]'):
        assert not _HALF_WIDTH_BESIDE_CHINESE.search(chinese.text_content()), chinese.text_content()
    for title in year.cssselect("rect title"):
        zh, _ = title.text.split(" / ")
        assert not _HALF_WIDTH_BESIDE_CHINESE.search(zh), zh


def test_every_drawing_is_described_and_has_its_figures_in_a_table(year: Any) -> None:
    for drawing in year.cssselect("svg[role=img]"):
        (said,) = year.cssselect(f"#{drawing.get('aria-labelledby')}")
        assert said.text_content().strip()
    for figure in year.cssselect("figure.cal"):
        assert len(figure.cssselect("tbody tr")) == 13
    assert len(year.cssselect("table.bounds tbody tr")) == 3
    assert len(year.cssselect("table.outages tbody tr")) == 16
    assert not year.cssselect("th:not([scope])")


def test_an_open_outage_is_told_before_the_list(year: Any) -> None:
    assert "1 is not over" in year.cssselect("strong.open")[0].text_content()
    assert len(year.cssselect("tr.open .going")) == 1


def test_hostile_names_and_reasons_stay_text() -> None:
    data = scripted_year.year()
    data |= {"service": HOSTILE, "zone": "Asia/Shanghai"}
    for check in data["checks"]:
        if check["name"] == "buying":
            check |= {"name": HOSTILE, "depth": HOSTILE, "kind": HOSTILE}
        for vantage in check["vantages"]:
            vantage["name"] += HOSTILE
            vantage["runs"] = [[*run[:3], HOSTILE if run[3] else ""] for run in vantage["runs"]]
    data["incidents"] = [each | {"check": HOSTILE, "by": HOSTILE, "why": HOSTILE} for each in data["incidents"]]
    data["latencies"] = {HOSTILE: data["latencies"]["buying"]}
    raw = page(data)
    tree = html.document_fromstring(raw.decode())
    assert len(tree.cssselect("script")) == 1
    assert len(tree.cssselect("style")) == 1
    assert not tree.cssselect("img, [onerror], [style]")
    assert len(section(raw).cssselect("table.outages tbody tr")) == 16
    assert HOSTILE in section(raw).cssselect("figure.cal figcaption b")[0].text_content()


def test_the_limit_is_that_of_the_clause_and_without_one_any_failure_is_marked(year: Any) -> None:
    assert "the limit is 1 %" in year.text_content()
    data = scripted_year.year()
    counts = [
        {name: count for name, _, count in standing_pictures.drawn(data, daily=daily, mtbf=None).calendars[0].legend}
        for daily in (1.0, None)
    ]
    assert counts[1]["bad"] == counts[0]["bad"] + counts[0]["some"]
    assert "some" not in counts[1]


def test_a_stricter_limit_of_the_target_file_is_the_one_that_is_drawn() -> None:
    stricter = Violates(
        reason=Text(zh="超限", en="over"), observations=(), threshold=dataclasses.replace(DAILY, value=0.1)
    )
    seen = sample.look("ledger.history", "platform", scripted_year.year())
    shown = standing_pictures.pictures(examined(seen, told={"SBT-3.1.1.2-daily-failure": stricter}))
    assert shown is not None
    assert shown.limit == "0.1 %"


def test_a_clause_that_was_not_chosen_is_read_from_the_catalogue() -> None:
    seen = sample.look("ledger.history", "platform", scripted_year.year())
    whole = examined(seen)
    chosen = sample.dossier(requirements=(), told={}, evidence=(seen,), attachments={})
    scope = [finding.requirement for finding in whole.report.findings]
    shown = standing_pictures.pictures(dataclasses.replace(chosen, catalogue_json=dossiers.catalogue_json(scope)))
    assert shown is not None
    assert shown.limit == "1 %"
    assert shown.mtbf is not None
    assert not any(shown.clauses.values())


def test_with_a_trend_no_table_of_bounds_is_shown() -> None:
    data = scripted_year.year()
    begin = data["window"]["starts_ms"]
    edges = [begin + hour * scripted_year.HOUR for hour in (8000, 8200, 8300, 8400, 8450, 8500)]
    runs: list[list[Any]] = []
    now = begin
    for edge in edges:
        runs += [["up", now, edge, ""], ["down", edge, edge + scripted_year.MINUTE, "HTTP 502"]]
        now = edge + scripted_year.MINUTE
    runs.append(["up", now, data["window"]["ends_ms"], ""])
    for vantage in (vantage for check in data["checks"] for vantage in check["vantages"]):
        vantage["runs"] = runs
    shown = section(page(data))
    assert shown.cssselect("svg.mtbf")
    assert not shown.cssselect("table.bounds, svg.mtbf .bound")
    assert "ever closer" in shown.text_content()


def test_without_a_clause_on_it_there_is_no_picture_of_the_mtbf() -> None:
    assert standing_pictures.drawn(scripted_year.year(), daily=1.0, mtbf=None).mtbf is None


def test_ten_years_of_changes_stay_a_small_section() -> None:
    small, large = (
        len(html.tostring(section(page(data)))) for data in (scripted_year.year(), scripted_year.decade(8000))
    )
    assert large < 600_000
    assert large < 1.5 * small


def test_a_payment_check_besides_is_drawn_and_further_ones_are_counted() -> None:
    data = scripted_year.year()
    more = [data["checks"][2] | {"name": f"pay-{number}"} for number in range(20)]
    shown = standing_pictures.drawn(data | {"checks": [*data["checks"], *more]}, daily=1.0, mtbf=8500.0)
    assert len(shown.calendars) == standing_pictures.MOST
    assert shown.undrawn == 20


def test_an_outage_that_several_checks_see_is_listed_once_and_one_of_another_check_besides() -> None:
    data = scripted_year.year()
    front = next(check for check in data["checks"] if check["name"] == "front")
    begin = scripted_year.at("2025-04-10 12:00")
    for vantage in front["vantages"]:
        (at,) = [number for number, run in enumerate(vantage["runs"]) if run[1] <= begin < run[2]]
        _, starts, ends, _ = vantage["runs"][at]
        down = [["up", starts, begin, ""], ["down", begin, begin + 60_000, "x"], ["up", begin + 60_000, ends, ""]]
        vantage["runs"][at : at + 1] = down
    incidents = standing_pictures.drawn(data, daily=1.0, mtbf=8500.0).incidents
    assert incidents is not None
    assert incidents.count == 17
    assert [row.starts for row in incidents.rows if row.check == "front"] == ["2025-04-10 12:00"]
