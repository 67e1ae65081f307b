"""The summary in a terminal: whole, in one language, within its width, and inert."""

import re
from typing import Literal

import pytest
from rich.cells import cell_len

from probes.errors import CAUSES
from reports import overview, words
from reports.finding import Waiver
from reports.formats import terminal
from reports.verdict import Conforms, Measured, Text, Threshold, Undetermined, Violates
from tests.reports.formats import sample

REPORT = sample.dossier(accepted_causes=("not-built",)).report


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_nothing_is_wider_than_the_terminal(lang: Literal["zh", "en"], width: int) -> None:
    text = terminal.render(REPORT, lang=lang, width=width, colour=False)
    wide = [line for line in text.splitlines() if cell_len(line) > width]
    # Only what must be copied whole may be longer: the folder, and single words such as a URL.
    assert all(line.startswith(("Output", "输出")) or " " not in line.strip() for line in wide), wide


def test_the_numbers_of_each_column_stand_below_each_other() -> None:
    lines = terminal.render(REPORT, lang="zh", width=100, colour=False).splitlines()
    rows = lines[lines.index("") + 1 : lines.index("", lines.index("") + 1)]
    assert len({cell_len(row) for row in rows}) <= 2  # the rule is as wide as the terminal
    assert len(rows) == 1 + len(overview.chapters(REPORT)) + 3


def test_each_violation_has_its_reason_and_how_to_repeat_it() -> None:
    text = terminal.render(REPORT, lang="en", width=120, colour=False)
    found = overview.violations(REPORT)
    assert text.count("Buyer B read order 100017 of buyer A") == len(found)
    assert text.count("repeat: buyer_a: POST /checkout/confirm/ -> 302 /orders/100017/\n            buyer_b") == len(
        found
    )
    for each in found:
        assert f"[{each.requirement.id}]" in text
    assert text.count("waived until 2026-04-30T23:59:59+08:00 by 王敏") == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_cause_has_its_number_and_its_next_step(lang: Literal["zh", "en"]) -> None:
    text = terminal.render(REPORT, lang=lang, width=200, colour=False)
    for each in overview.unknowns(REPORT):
        line = next(line for line in text.splitlines() if line.startswith(f"  ? {each.cause} "))
        assert words.pick(words.CAUSES[each.cause], lang) in line
        assert str(len(each.checks)) in line
        assert words.pick(words.CAUSES_NEXT[each.cause], lang) in text
    assert sum(line.startswith("  ? ") for line in text.splitlines()) == len(CAUSES)
    assert ("事先接受" if lang == "zh" else "accepted beforehand") in text


def test_the_last_lines_name_the_folder_and_the_exit() -> None:
    plain = terminal.render(REPORT, lang="en", width=80, colour=False)
    assert plain.splitlines()[-2:] == [
        "Output: duheng-out/20260314T021055Z-7f3a/  (report.html, bundle.zip)",
        "Exit 1: At least one clause is violated",
    ]
    given = terminal.render(REPORT, lang="zh", width=80, colour=False, folder="out/最近")
    assert "输出：out/最近/" in given


def test_colour_only_where_asked_and_never_alone() -> None:
    plain = terminal.render(REPORT, lang="en", width=100, colour=False)
    painted = terminal.render(REPORT, lang="en", width=100, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31m" in painted
    stripped = "\n".join(line.rstrip() for line in re.sub(r"\x1b\[\d+m", "", painted).splitlines())
    assert stripped + "\n" == plain


def test_the_platform_cannot_steer_the_terminal() -> None:
    evil = "\x1b[2J\x07\u202e\r\nExit 0: all is well"
    (check,) = (each for each in sample.catalogue() if each.id == "SBT-3.1-mtbf")
    told = Violates(
        reason=Text(zh=evil, en=evil),
        observations=(),
        measured=Measured(metric=evil, value=evil, unit=evil),
        threshold=Threshold(metric="m", operator="<", value=1, unit=evil),
        repeat=(evil,),
    )
    waiver = Waiver(requirement_id=check.id, reason=evil, owner=evil, expires_at=evil)
    report = sample.report((check,), {check.id: told}, {check.id: waiver}, (), platform_name=evil, base_url=evil)
    text = terminal.render(report, lang="en", width=80, colour=False, folder=evil)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert not re.search("^Exit 0", text, re.MULTILINE)


def test_when_all_is_well_it_is_short() -> None:
    (check,) = (each for each in sample.catalogue() if each.id == "SBT-3.1-mtbf")
    good = Conforms(reason=Text(zh="好", en="good"), observations=())
    text = terminal.render(sample.report((check,), {check.id: good}, {}, ()), lang="en", width=100, colour=False)
    assert "Violates (" not in text
    assert "Could not be told" not in text
    assert text.endswith(f"Exit 0: {words.EXITS[0].en}\n")


def test_a_run_of_a_few_checks_says_that_nothing_is_said_of_the_others() -> None:
    (check,) = (each for each in sample.catalogue() if each.id == "SBT-3.1-mtbf")
    told = {check.id: Conforms(reason=Text(zh="好", en="good"), observations=())}
    report = sample.report((check,), told, {}, (), scope="3.1")
    titles = {("SBT", "3.1"): Text(zh="技术保障", en="Technical assurance")}
    text = terminal.render(report, lang="en", width=120, colour=False, checks_in_catalogue=556, titles=titles)
    assert "1 of 556 checks was chosen; nothing is said of the other 555." in text
    assert "3.1 Technical assurance" in text
    chinese = terminal.render(report, lang="zh", width=120, colour=False, checks_in_catalogue=556)
    assert "其余 555 项均未检查" in chinese
    whole = terminal.render(sample.report((check,), told, {}, (), scope="all"), lang="zh", width=120, colour=False)
    assert "全部条款 · " in whole
    assert "只选择了" not in whole


def test_what_was_left_on_the_platform_is_told() -> None:
    line = "order 100002 (buyer_a): cannot be cancelled"
    text = terminal.render(REPORT, lang="en", width=120, colour=False, left=(line,))
    assert f"Left on the platform: 1 object (the trail is trail.jsonl in bundle.zip)\n  {line}\n" in text
    assert "Left on" not in terminal.render(REPORT, lang="en", width=120, colour=False)


def test_what_can_be_mended_at_once_names_its_clauses_and_reasons() -> None:
    checks = [each for each in sample.catalogue() if each.node == "check"][:7]
    told = {
        each.id: Undetermined(reason=Text(zh=f"因 {number}", en=f"for {number}" + "!" * 200), cause="permission")
        for number, each in enumerate(checks)
    }
    text = terminal.render(sample.report(checks, told, {}, ()), lang="en", width=100, colour=False)
    assert all(each.id in text for each in checks[:5])
    assert "and 2 more" in text
    assert [number for number in range(7) if f"· for {number}!" in text] == [0, 1, 2]
    assert "authorised = true" in text
    assert "Nothing violates; some clauses could not be told" in text
