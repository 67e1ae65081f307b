"""Hosts and utilisation in ``report.html``: unread never looks good, hostile hosts stay text, all is capped."""

import dataclasses
import re
from typing import Any

import pytest
from lxml import html

from probes.canonical import freeze
from probes.observation import Reading
from reports import host_words
from reports.formats import host_table, report_html, utilisation_picture
from tests.reports.formats import sample, scripted_hosts
from tests.reports.formats.scripted_hosts import END, HOUR, facts, read, resource, unread, used
from tests.reports.formats.test_report_html import HOSTILE

EXAMINED = "2026-03-14T02:14:20.000000Z"
_HALF_WIDTH_BESIDE_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;()!?]|[,:;(!?][\u4e00-\u9fff]")


def page(*seen: Reading, **target: Any) -> bytes:
    dossier = sample.dossier(requirements=(), told={}, evidence=seen, attachments={})
    return report_html.render(dataclasses.replace(dossier, target=freeze(target)))


def section(raw: bytes) -> Any:
    (found,) = html.document_fromstring(raw.decode()).cssselect("#hosts")
    return found


def host(name: str, data: dict[str, Any]) -> Reading:
    return sample.look("host.facts", name, data)


def table(*seen: Reading) -> host_table.Picture:
    picture = host_table.picture(seen, EXAMINED)
    assert picture is not None
    return picture


def cell(data: dict[str, Any], name: str) -> host_table.Cell:
    (row,) = table(host("h", data)).rows
    (found,) = [each for each in row.cells if each.section == name]
    return found


def panels(data: dict[str, Any], **declared: float) -> tuple[utilisation_picture.Panel | None, ...]:
    picture = utilisation_picture.picture((host("h", data),), {"utilisation": declared})
    assert picture is not None
    return picture.sheets[0].panels


@pytest.fixture(scope="module")
def fleet() -> Any:
    return section(page(*scripted_hosts.hosts(), utilisation=scripted_hosts.UTILISATION))


# ---- hosts x evidence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seen",
    [(), (sample.blind("host.facts", "hosts", "settings", "the target file declares no [[hosts]]"),)],
)
def test_without_a_declared_host_there_is_no_section(seen: tuple[Reading, ...]) -> None:
    tree = html.document_fromstring(page(*seen).decode())
    assert not tree.cssselect("#hosts, a[href='#hosts']")


def test_every_host_has_a_row_and_every_section_a_cell_with_words(fleet: Any) -> None:
    rows = fleet.cssselect("table.hosts tbody tr")
    assert [row.cssselect("th b")[0].text for row in rows] == [
        "web-1", "web-2", "app-1", "db-1", "db-2", "fw-1", "old-1",
    ]  # fmt: skip
    columns = [name for _, own in host_words.GROUPS for name in own]
    assert set(columns) == set(host_words.SECTIONS)
    for row in rows:
        cells = row.cssselect("td[class^=at-]")
        assert len(cells) == (0 if row.get("class") == "away" else len(columns))
        assert all(each.cssselect("svg use") and each.cssselect(".unseen")[0].text_content() for each in cells)
    assert not fleet.cssselect("th:not([scope])")


def test_a_host_that_is_away_is_one_row_that_says_why(fleet: Any) -> None:
    (away,) = fleet.cssselect("tr.away")
    assert "no route to host" in away.text_content()
    assert "主机没有给出可用的回答" in away.text_content()
    assert not away.cssselect(".e-read, .e-none")
    assert "1 could not be read at all" in fleet.text_content()


@pytest.mark.parametrize("cause", ["permission", "settings", "target"])
def test_what_was_not_read_has_a_state_and_a_sign_of_its_own(cause: str) -> None:
    told = cell(facts(firewall=unread(cause, "nft: not permitted")), "firewall")
    assert (told.state, told.why) == (cause, "nft: not permitted")


@pytest.mark.parametrize(
    "odd",
    [None, {"state": "unread", "cause": "read", "why": "x"}, {"state": "unread"}, {"state": "fine"}, 7, {"data": {}}],
)
def test_nothing_but_what_was_read_looks_read(odd: Any) -> None:
    assert cell(facts(firewall=odd), "firewall").state not in {"read", "none"}


def test_unread_signs_differ_from_read_ones_by_figure_and_by_colour(fleet: Any) -> None:
    figures = {each.get("id"): html.tostring(each).split(b">", 1)[1] for each in fleet.cssselect("symbol")}
    assert set(figures) == {f"e-{state}" for state in host_words.STATES}
    assert len(set(figures.values())) == len(figures)
    style = re.search(r"<style>(.*?)</style>", page().decode(), re.DOTALL)
    assert style is not None
    lit = "".join(re.findall(r"[^}]*\.e-(?:read|none)[^{]*\{[^}]*\}", style[1]))
    assert not re.search(r"--good", lit)
    (warning,) = re.findall(r"([^}]*)\{ color: var\(--open\); \}", style[1].split("/* Hosts and backups")[1])[:1]
    assert {f"e-{state}" for state in host_words.STATES} - {"e-read", "e-none"} == set(re.findall(r"e-\w+", warning))


def test_a_section_of_which_a_part_was_not_read_says_so_with_the_reason() -> None:
    inner = {"state": "unread", "cause": "permission", "why": "lvs: must be root"}
    for data in ({"lvm": inner}, {"md": {"state": "read", "arrays": [{"name": "md0", "detail": inner}]}}):
        told = cell(facts(raid=read(data)), "raid")
        assert (told.state, told.why) == ("part", "lvs: must be root")


def test_one_source_of_utilisation_suffices_and_without_any_it_is_unread() -> None:
    sources = [
        {"name": "spool", "state": "unread", "cause": "settings", "why": "no spool"},
        {"name": "sar", "state": "read"},
    ]
    nothing = cell(facts(utilisation=read({"sources": sources, "resources": {}})), "utilisation")
    assert (nothing.state, nothing.why) == ("settings", "no spool")
    assert cell(facts(utilisation=read({"sources": sources, "resources": {"cpu": {}}})), "utilisation").state == "read"


@pytest.mark.parametrize(
    ("name", "lacks", "has"),
    [
        ("power", {"ups": [], "supplies": []}, {"ups": [{"name": "apc"}], "supplies": []}),
        ("firewall", {"active": False}, {"active": True}),
        ("firewall", {"active": False}, {"active": None}),
        ("databases", {"servers": []}, {"servers": [{"pid": 1}]}),
        ("schedule", {"cron": [], "timers": []}, {"cron": [], "timers": [{"name": "t"}]}),
        ("antivirus", {"clamav": {"installed": False}, "others": []}, {"clamav": {"installed": True}, "others": []}),
        ("intrusion", {"tools": {"snort": {"installed": False}}}, {"tools": {"snort": {"installed": True}}}),
        ("shares", {"capability": {"smb": {"present": False}}}, {"capability": {"smb": {"present": True}}}),
        ("raid", {"md": {"arrays": []}}, {"md": {"arrays": [{"name": "md0"}]}}),
        ("utilisation", {"resources": {}}, {"resources": {"cpu": {}}}),
    ],
)
def test_absent_is_told_from_read(name: str, lacks: dict[str, Any], has: dict[str, Any]) -> None:
    assert cell(facts(**{name: read(lacks)}), name).state == "none"
    assert cell(facts(**{name: read(has)}), name).state == "read"


def test_the_legend_counts_all_cells_and_the_reasons_name_their_hosts(fleet: Any) -> None:
    counts = [int(each.text) for each in fleet.cssselect("ul.legend b")]
    assert sum(counts) == 6 * len(host_words.SECTIONS)
    reasons = {
        (row.cssselect("th")[0].text_content().split()[-1], row.cssselect("td")[1].text_content().strip())
        for row in fleet.cssselect("table.reasons tbody tr")
    }
    assert {hosts for _, hosts in reasons} == {"db-1", "fw-1", "old-1"}
    assert len(reasons) >= 6


def test_the_age_of_the_evidence_and_a_wrong_clock_are_told() -> None:
    wrong, right = table(host("a", facts(ahead_s=-7200.0)), host("b", facts())).rows
    assert right.age is not None
    assert right.age.en == "3 min 11 s"
    assert right.ahead is None
    assert wrong.ahead is not None
    assert wrong.ahead.en == "its clock is 2 h behind"


def test_hundreds_of_hosts_are_capped_and_those_with_something_unread_come_first() -> None:
    shared = facts()
    many = [host(f"h{number:04}", shared) for number in range(130)]
    odd = host("odd", facts(firewall=unread("permission", "x")))
    away = sample.blind("host.facts", "away", "network", "down")
    picture = table(*many, odd, away)
    assert (len(picture.rows), picture.hosts, picture.undrawn, picture.away) == (host_table.MOST, 132, 32, 1)
    assert [row.name for row in picture.rows[:2]] == ["odd", "away"]
    raw = section(page(*many, odd, away))
    assert len(html.tostring(raw)) < 1_200_000
    assert len(raw.cssselect("figure.use")) == utilisation_picture.MOST_DRAWN


def test_reasons_of_many_hosts_are_capped() -> None:
    odd = [host(f"h{number}", facts(firewall=unread("target", f"reason {number}"))) for number in range(90)]
    picture = table(*odd)
    assert (len(picture.reasons), picture.unlisted) == (host_table.MOST_REASONS, 90 - host_table.MOST_REASONS)
    same = table(*[host(f"h{number}", facts(firewall=unread("target", "same"))) for number in range(9)])
    assert (len(same.reasons[0].hosts), same.reasons[0].more) == (6, 3)


# ---- utilisation ---------------------------------------------------------------------------------------------------


def test_mean_peak_and_bound_stand_beside_each_drawing(fleet: Any) -> None:
    figures = fleet.cssselect("figure.use")
    assert figures[0].cssselect("figcaption b")[0].text == "db-1"
    cpu = figures[0].cssselect(".panel")[0]
    assert "over" in cpu.get("class")
    assert "71.4 %" in cpu.text_content()
    assert "60 %" in cpu.text_content()
    assert [each.get("class").split() for each in figures[1].cssselect(".panel")] == [["panel"]] * 5
    assert "Hosts without a record: old-1" in " ".join(fleet.text_content().split())


def test_time_that_nobody_sampled_is_hatched_and_not_drawn_over() -> None:
    cpu = panels(facts(utilisation=used(41.0, away=True)))[0]
    assert cpu is not None
    assert cpu.state == "short"
    assert cpu.known == "93.3 %"
    ((at, wide),) = cpu.unknown
    assert (at, wide) == (180.0, 20.0)
    assert cpu.line.count("M") == cpu.band.count("M") == 2


def test_a_record_that_began_late_leaves_the_rest_of_the_window_unknown() -> None:
    cpu = panels(facts(utilisation=used(22.8, days=11)), cpu_percent=20.0)[0]
    assert cpu is not None
    assert cpu.unknown == ((0.0, 190.0),)
    assert cpu.state == "short"  # above its bound, but had the rest been idle it would not be


@pytest.mark.parametrize(
    ("mean", "state"),
    [(59.9, ""), (60.1, "over")],
)
def test_a_mean_above_the_bound_is_marked(mean: float, state: str) -> None:
    cpu = panels(facts(utilisation=used(mean)), cpu_percent=60.0)[0]
    assert cpu is not None
    assert (cpu.state, cpu.bound) == (state, "60 %")


def test_without_a_bound_nothing_is_marked() -> None:
    cpu, *_ = panels(facts(utilisation=used(99.0)))
    assert cpu is not None
    assert (cpu.bound_at, cpu.state) == (None, "")


def test_a_record_of_another_form_is_no_record() -> None:
    for odd in ({"cpu": 7}, {"cpu": {"mean": "x", "peak": 1}}, {"cpu": {"mean": True, "peak": None}}, ["cpu"], {}):
        data = facts(utilisation=read({"window_s": 2_592_000, "resources": odd}))
        assert utilisation_picture.picture((host("h", data),), {}) is None
        assert section(page(host("h", data))).cssselect("table.hosts")
    torn = resource(10, 20) | {"series": [[END, 1, 2], "x", [None, 1, 1], [END - HOUR]], "gaps": [7], "from_ms": "x"}
    (cpu, *_) = panels(facts(utilisation=read({"window_s": 2_592_000, "resources": {"cpu": torn}})))
    assert cpu is not None


# ---- both ----------------------------------------------------------------------------------------------------------


def test_punctuation_beside_chinese_is_full_width_and_every_word_has_both_languages(fleet: Any) -> None:
    for chinese in fleet.cssselect('[lang="zh"]'):
        assert not _HALF_WIDTH_BESIDE_CHINESE.search(chinese.text_content()), chinese.text_content()
        assert chinese.getnext().get("lang") == "en"
        assert chinese.getnext().text_content().strip()


def test_a_hostile_host_stays_text() -> None:
    data = facts(
        roles=[HOSTILE],
        site=HOSTILE,
        firewall=unread("permission", HOSTILE),
        raid=unread(HOSTILE, HOSTILE),
        utilisation=read({"window_s": 2_592_000, "resources": {"cpu": resource(10, 20) | {"source": HOSTILE}}}),
    )
    data["sections"][HOSTILE] = read({HOSTILE: HOSTILE})
    raw = page(host(HOSTILE, data), sample.blind("host.facts", HOSTILE, "target", HOSTILE))
    tree = html.document_fromstring(raw.decode())
    assert len(tree.cssselect("script")) == 1
    assert not tree.cssselect("img, [onerror], [style]")
    assert section(raw).cssselect("table.hosts th b")[0].text_content() == HOSTILE
