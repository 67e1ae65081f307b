"""Nights in ``report.html``: what was not done is told as such, a missed night has a row, caps, escaping, languages."""

import re
from typing import Any

from lxml import html

from probes.observation import Reading
from reports.formats import night_table, report_html
from reports.formats.night_table import MOST
from reports.night_words import NO_WINDOW
from tests.reports.formats import sample
from tests.reports.formats.scripted_nights import night, nights, reading, step
from tests.reports.formats.test_report_html import HOSTILE

_HALF_WIDTH_BESIDE_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;()!?]|[,:;(!?][\u4e00-\u9fff]")


def shown(*seen: Reading) -> Any:
    page = report_html.render(sample.dossier(evidence=seen))
    return html.document_fromstring(page.decode()).cssselect("#nights")


def picture(*seen: Reading) -> night_table.Picture:
    found = night_table.picture(sample.dossier(evidence=seen))
    assert found is not None
    return found


def words(row: Any, lang: str) -> str:
    other = "en" if lang == "zh" else "zh"
    copy: Any = html.fromstring(html.tostring(row))
    for each in copy.cssselect(f'[lang="{other}"]'):
        each.drop_tree()
    return re.sub(r"\s+", " ", copy.text_content()).strip()


def test_without_a_declared_night_there_is_no_section() -> None:
    assert shown() == []
    assert shown(sample.blind("ledger.nights", "platform", "stale", "none")) == []


def test_each_night_has_its_row_and_a_missed_one_too() -> None:
    (section,) = shown(reading())
    rows = [words(row, "en") for row in section.cssselect("tbody tr")]
    assert len(rows) == len(nights()) + 1
    states = ("under way", "went as planned", "killed", "missed: there was none")
    assert [state for row in rows for state in states if state in row] == [states[0], states[1], states[3], states[2]]
    assert "1 night that should have been was missed." in words(section, "en")
    assert "no time was left: it takes up to 720 s" in rows[2]
    assert "not all of it was done" in rows[2]
    assert "演练 hang 失败" in words(section.cssselect("tbody tr")[3], "zh")


def test_what_the_program_says_in_english_stands_beside_no_chinese_cause() -> None:
    told = night(
        1,
        step("load:peak", "missed", begun=None, cause="window", why="no more"),
        step("examine", cause="odd", why="so"),
    )
    (section,) = shown(reading(told, missed=0))
    (row,) = section.cssselect("tbody tr")
    assert "no time was left: no more" in words(row, "en")
    assert "时间不足" in words(row, "zh")
    assert "no more" not in words(row, "zh")
    assert "odd：so" in words(row, "zh")


def test_what_was_not_done_is_never_shown_as_done() -> None:
    for state in ("failed", "missed", "cut-short", "running", "waiting"):
        (told,) = picture(reading(night(1, step("load:smoke", state), step("examine")))).nights[:1]
        assert told.state == "undone"
        assert told.steps[0].said.en != "done"


def test_the_newest_are_shown_and_the_others_counted() -> None:
    found = picture(reading(*(night(each, step("examine")) for each in range(MOST + 3)), missed=2))
    assert (len(found.nights), found.unlisted, found.missed) == (MOST, 5, 2)
    assert [each.begins_ms for each in found.nights] == sorted((each.begins_ms for each in found.nights), reverse=True)


def test_with_nothing_on_record_a_missed_night_is_told() -> None:
    seen = sample.look("ledger.nights", "platform", {"nights": [], "missed": [{"starts_ms": 0, "ends_ms": 1}]})
    (section,) = shown(seen)
    assert "missed: there was none" in words(section, "en")


def test_why_a_night_could_not_be_stands_in_its_row() -> None:
    window = {"starts_ms": 0, "ends_ms": 1, "why": NO_WINDOW}
    (section,) = shown(sample.look("ledger.nights", "platform", {"nights": [], "missed": [window]}))
    (row,) = section.cssselect("tbody tr")
    assert NO_WINDOW in words(row, "en")
    assert "当时没有开放的时段" in words(row, "zh")


def test_what_a_ledger_holds_is_hostile() -> None:
    odd = night(1, step(f"load:{HOSTILE}", HOSTILE, cause=HOSTILE, why=HOSTILE, record=HOSTILE), ended=HOSTILE)
    (section,) = shown(reading(odd, missed=0))
    assert not section.cssselect("script, img, iframe")
    broken = sample.look("ledger.nights", "platform", {"nights": [{"steps": 7}, 3], "missed": [None]})
    assert len(picture(broken).nights) == 3


def test_chinese_is_written_with_its_own_signs() -> None:
    (section,) = shown(reading())
    assert not _HALF_WIDTH_BESIDE_CHINESE.search(words(section, "zh"))
    assert re.search(r"[\u4e00-\u9fff]", words(section, "en")) is None
