"""Backups and trial restores in ``report.html``: no green without verification, gaps against limits, caps, escaping."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from lxml import html

from probes.observation import Reading
from reports.dossier import Dossier
from reports.formats import backup_timeline, report_html, restore_table
from reports.verdict import Text, Threshold
from tests.reports.formats import sample, scripted_hosts
from tests.reports.formats.scripted_hosts import DAY, END, HOUR, backup, catalogue, counted, restore
from tests.reports.formats.test_report_html import HOSTILE

LIMITS = {"full": (12, "h"), "incremental": (2, "h"), "differential": (7, "d")}
_HALF_WIDTH_BESIDE_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;()!?]|[,:;(!?][\u4e00-\u9fff]")


def examined(*seen: Reading) -> Dossier:
    top = sample.group("3.1", None, Text(zh="技术保障", en="Technical assurance"))
    checks = [
        sample.requirement(
            number,
            top,
            Text(zh=f"{kind} 的间隔", en=f"interval of {kind}"),
            id=f"SBT-{kind}",
            clause=f"3.1.1.3.3#{number}",
            thresholds=(Threshold(metric=f"backup_interval_{kind}", operator="<=", value=value, unit=unit),),
        )
        for number, (kind, (value, unit)) in enumerate(LIMITS.items())
    ]
    return sample.dossier(requirements=(top, *checks), told={}, evidence=seen, attachments={})


def section(*seen: Reading) -> Any:
    (found,) = html.document_fromstring(report_html.render(examined(*seen)).decode()).cssselect("#backups")
    return found


def lane(backups: Iterable[dict[str, Any]], **changes: Any) -> backup_timeline.Lane:
    data = catalogue(list(backups), **({"schedule": {}} | changes))
    picture = backup_timeline.picture(examined(sample.look("backup.catalogue", "b", data)))
    assert picture is not None
    (found,) = picture.sheets[0].lanes
    return found


def gap(backups: Iterable[dict[str, Any]], **changes: Any) -> backup_timeline.Gap:
    found = lane(backups, **changes).gap
    assert found is not None
    return found


def row(data: dict[str, Any]) -> restore_table.Row:
    picture = restore_table.picture((sample.look("backup.restore", "b", data),))
    assert picture is not None
    return picture.rows[0]


@pytest.fixture(scope="module")
def shown() -> Any:
    return section(*scripted_hosts.backups(), *scripted_hosts.restores())


def test_without_a_declared_backup_there_is_no_section() -> None:
    nothing = sample.blind("backup.catalogue", "backups", "settings", "no [[backups]]")
    for seen in ((), (nothing,)):
        tree = html.document_fromstring(report_html.render(examined(*seen)).decode())
        assert not tree.cssselect("#backups, a[href='#backups']")


# ---- the time line -------------------------------------------------------------------------------------------------


def test_each_catalogue_has_its_figure_and_each_kind_its_lane(shown: Any) -> None:
    figures = shown.cssselect("figure.kept")
    assert [each.cssselect("figcaption b")[0].text for each in figures] == ["orders", "mirror", "archive"]
    assert [len(each.cssselect("svg.lane")) for each in figures] == [3, 1, 0]
    assert "repository is locked for user backup" in figures[2].cssselect("p.gone")[0].text_content()
    assert "locked when it was read" in figures[1].text_content()
    assert "2 entries could not be read" in figures[1].text_content()
    assert "214 older entries" in figures[0].text_content()


def test_the_longest_gap_stands_against_its_limit(shown: Any) -> None:
    told = [each.get("class").split()[-1] for each in shown.cssselect(".longest")]
    assert told == ["over", "within", "over", "open"]
    missed = shown.cssselect(".longest")[2].text_content()
    assert "10 h" in missed
    assert "2025-12-14 09:11" in missed


def test_hours_and_days_are_one_scale() -> None:
    week = [backup("differential", END - round(days * DAY)) for days in (0, 6.5, 14, 20.5)]
    assert gap(week).state == "over"
    assert gap([week[0], *week[1:2], backup("differential", END - 13 * DAY)]).state == "within"


def test_the_time_since_the_newest_good_one_is_a_gap() -> None:
    told = gap([backup("full", END - 30 * HOUR), backup("full", END - 20 * HOUR)])
    assert (told.state, told.still, told.said.en) == ("over", True, "20 h")


def test_a_gap_of_the_whole_catalogue_counts_where_its_entries_are_not_listed() -> None:
    wide = {"full": {"from_ms": END - 90 * DAY, "to_ms": END - 80 * DAY, "first_ms": END - 100 * DAY}}
    told = gap([backup("full", END - 10 * HOUR), backup("full", END)], gaps=wide)
    assert (told.state, told.said.en) == ("over", "10 d")


@pytest.mark.parametrize(
    ("middle", "state"),
    [
        ({}, "within"),
        ({"verified": None, "good": False}, "open"),
        ({"flaws": ["half-written"], "good": False}, "over"),
        ({"error": "aborted", "good": False}, "over"),
        ({"verified": {"how": "x", "at_ms": END, "ok": False, "understood": True}, "good": False}, "over"),
    ],
)
def test_what_is_not_verified_ends_no_gap_and_proves_none(middle: dict[str, Any], state: str) -> None:
    ends = (backup("full", END - 20 * HOUR), backup("full", END - HOUR))
    assert gap([*ends, backup("full", END - 10 * HOUR) | middle]).state == state


def test_a_record_shorter_than_a_period_keeps_no_limit() -> None:
    assert gap([backup("full", END - 11 * HOUR), backup("full", END - HOUR)]).state == "short"
    assert gap([backup("full", END - 13 * HOUR), backup("full", END - 6 * HOUR)]).state == "within"


def test_without_a_limit_a_gap_is_neither_good_nor_bad() -> None:
    told = gap([backup("image", END - 200 * DAY), backup("image", END)])
    assert (told.state, told.limit, told.limit_at) == ("free", None, None)


def test_only_what_is_verified_and_whole_is_drawn_good() -> None:
    # ``good`` alone is believed of nothing that bears a flaw, an error or a verification against it.
    for odd in (
        {"verified": {"ok": False}},
        {"flaws": ["no-manifest"]},
        {"error": "x"},
        {"good": False},
        {"good": None},
    ):
        ((_, _, state),) = lane([backup("full", END - HOUR) | odd]).marks
        assert state != "good"
    ((_, _, state),) = lane([backup("full", END - HOUR)]).marks
    assert state == "good"


def test_a_column_shows_the_worst_of_what_falls_into_it() -> None:
    bad = backup("full", END - HOUR + 1000, error="aborted", good=False)
    ((_, wide, state),) = lane([backup("full", END - HOUR), bad, backup("full", END - HOUR + 2000)]).marks
    assert (wide, state) == (1, "bad")


def test_a_declared_kind_without_any_backup_is_shown_empty() -> None:
    picture = backup_timeline.picture(examined(sample.look("backup.catalogue", "b", catalogue([]))))
    assert picture is not None
    assert [(each.kind, each.marks, each.gap) for each in picture.sheets[0].lanes] == [
        ("full", (), None), ("differential", (), None), ("incremental", (), None),
    ]  # fmt: skip
    empty = section(sample.look("backup.catalogue", "b", catalogue([], schedule={})))
    assert "holds no backup at all" in empty.text_content()


def test_thousands_of_backups_and_many_repositories_stay_a_small_section() -> None:
    data = catalogue([*scripted_hosts.every("full", 12, 60), *scripted_hosts.every("incremental", 9, 60)])
    many = [sample.look("backup.catalogue", f"b{number}", data) for number in range(30)]
    large = section(*many)
    assert len(large.cssselect("figure.kept")) == backup_timeline.MOST
    assert "18 further catalogues not drawn" in large.cssselect("p.note")[0].text_content()
    assert len(html.tostring(large)) < 300_000
    dense = [
        backup("incremental", END - minute * 60_000, **({} if minute % 2 else {"good": False}))
        for minute in range(5000)
    ]
    assert len(lane(dense).marks) <= backup_timeline.BINS


def test_entries_of_another_form_are_left_out() -> None:
    odd = [7, {"started_ms": "x"}, {"kind": 9, "started_ms": END - HOUR}, backup("full", END - HOUR, flaws="x")]
    data = catalogue([]) | {"backups": odd, "gaps": {"full": 7}, "counts": [], "schedule": None, "verification": 3}
    picture = backup_timeline.picture(examined(sample.look("backup.catalogue", "b", data)))
    assert picture is not None
    assert {each.kind for each in picture.sheets[0].lanes} == {"full", "other"}


# ---- trial restores ------------------------------------------------------------------------------------------------


def test_what_came_back_is_counted_by_kind(shown: Any) -> None:
    first, second, third = shown.cssselect("table.restores tbody tr")
    assert "1,204,377" in first.text_content()
    assert "41.7 s" in first.text_content()
    assert not first.cssselect("svg.violates, svg.undetermined")
    assert "1,838 / 1,840" in second.text_content()
    assert "could not be removed" in second.text_content()
    assert len(second.cssselect("svg.violates")) == 3
    assert third.cssselect("svg.undetermined")
    assert not third.cssselect("svg.conforms")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"kinds": {"customers": counted(5, 5)}}, "conforms"),
        ({"kinds": {"customers": counted(5, 4)}}, "violates"),
        ({"kinds": {"customers": counted(5, 5, equal=False)}}, "violates"),
        ({"kinds": {"customers": counted(5, 0, "psql: not found", equal=False)}}, "undetermined"),
        ({"kinds": {"customers": counted(0, 0)}}, "undetermined"),
        ({"kinds": {}}, "undetermined"),
        ({"kinds": {}, "holds": []}, ""),
    ],
)
def test_what_was_not_counted_is_not_equal(changes: dict[str, Any], state: str) -> None:
    assert row(restore(**changes)).data[1].state == state


@pytest.mark.parametrize(
    ("flipped", "state"),
    [
        ({"tried": True, "refused": True, "before": {"ok": True}}, "conforms"),
        ({"tried": True, "refused": False, "before": {"ok": True}}, "violates"),
        ({"tried": True, "refused": True, "before": {"ok": False}}, "undetermined"),
        ({"tried": True, "refused": None, "before": {"ok": True}}, "undetermined"),
        ({"tried": False, "refused": None, "why": "no copy"}, "undetermined"),
        ({}, "undetermined"),
    ],
)
def test_a_flip_that_was_not_tried_was_not_noticed(flipped: dict[str, Any], state: str) -> None:
    told = row(restore(flipped=flipped)).flipped
    assert told is not None
    assert told.state == state


def test_nothing_restored_or_compared_is_not_good() -> None:
    told = row(restore(restored=False, complaint="pg_restore: damaged", checksums={"all": 0, "equal": 0}))
    assert told.restored is not None
    assert told.checksums is not None
    assert (told.restored.state, told.restored.why) == ("violates", "pg_restore: damaged")
    assert told.checksums.state == "undetermined"


def test_many_restores_are_capped() -> None:
    picture = restore_table.picture([sample.look("backup.restore", f"b{n}", restore()) for n in range(60)])
    assert picture is not None
    assert (len(picture.rows), picture.undrawn) == (restore_table.MOST, 20)


# ---- both ----------------------------------------------------------------------------------------------------------


def test_punctuation_beside_chinese_is_full_width_and_every_word_has_both_languages(shown: Any) -> None:
    for chinese in shown.cssselect('[lang="zh"]'):
        assert not _HALF_WIDTH_BESIDE_CHINESE.search(chinese.text_content()), chinese.text_content()
        assert chinese.getnext().get("lang") == "en"
        assert chinese.getnext().text_content().strip()
    assert not shown.cssselect("th:not([scope])")


def test_hostile_catalogues_and_restores_stay_text() -> None:
    kept = catalogue([backup("full", END - HOUR, id=HOSTILE, error=HOSTILE)]) | {
        "tool": HOSTILE, "version": HOSTILE, "place": HOSTILE, "site": HOSTILE, "holds": [HOSTILE],
        "verification": {"how": [HOSTILE], "why": HOSTILE}, "schedule": {"zone": HOSTILE},
    }  # fmt: skip
    said = {"tried": True, "refused": False, "why": HOSTILE, "before": {"ok": True}}
    back = restore(
        restored=False, complaint=HOSTILE, flipped=said, backup=backup(HOSTILE, END, id=HOSTILE),
        kinds={"customers": counted(5, 0, HOSTILE, equal=False)},
    )  # fmt: skip
    shown = section(
        sample.look("backup.catalogue", HOSTILE, kept),
        sample.look("backup.restore", HOSTILE, back),
        sample.blind("backup.restore", HOSTILE, "target", HOSTILE),
    )
    assert not shown.cssselect("script, img, style, [onerror], [style]")
    assert shown.cssselect("figure.kept b")[0].text_content().startswith("</script>")
