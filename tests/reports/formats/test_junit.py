from dataclasses import replace
from typing import Any

from lxml import etree

from reports.dossier import Dossier
from reports.formats import junit
from reports.verdict import Measured, Text, Undetermined, Violates
from tests.reports.dossiers import FUNCTION, MTBF, VERDICTS, dossier, text, with_verdict


def cases(whole: Dossier) -> dict[str, etree._Element]:
    root = etree.fromstring(junit.render(whole))
    return {str(case.get("name")): case for case in root.iter("testcase")}


def test_one_case_for_each_finding_that_counts_or_is_a_check() -> None:
    named = cases(dossier())

    assert sorted(named) == [
        "SBT-3.1-function",
        "SBT-3.2-access",
        "SBT-3.3-mtbf",
        "SBT-3.4-document",
        "SBT-3.5-seller",
        "SBT-3.6-may",
        "SBT-4",
        "SBT-4.1-disk",
        "SBT-4.2-tape",
    ]
    assert named["SBT-3.1-function"].get("classname") == "SBT.3.1"
    assert len(named["SBT-3.1-function"]) == 0


def test_violation_is_a_failure_with_the_way_to_repeat_it() -> None:
    failure = cases(dossier(waivers={}))["SBT-3.2-access"].find("failure")

    assert failure is not None
    assert failure.get("type") == "violates"
    assert failure.get("message") == "another's order can be read"
    assert "repeat: buyer_b: GET /orders/100017 -> 200" in str(failure.text)


def test_failure_tells_what_was_measured_against_which_threshold() -> None:
    own = Violates(
        reason=text("fails too often"),
        observations=(FUNCTION.id,),
        measured=Measured(metric="mtbf", value=912.0, unit="h"),
        threshold=MTBF,
    )
    failure = cases(dossier(verdicts=with_verdict("SBT-3.3-mtbf", own)))["SBT-3.3-mtbf"].find("failure")

    assert failure is not None
    assert "measured: mtbf = 912.0 h\nthreshold: mtbf >= 8500.0 h\n" in str(failure.text)


def test_undetermined_is_an_error_that_names_its_cause() -> None:
    own = Undetermined(reason=text("no answer"), cause="target")
    error = cases(dossier(verdicts=with_verdict("SBT-3.1-function", own)))["SBT-3.1-function"].find("error")

    assert error is not None
    assert error.get("type") == "undetermined:target"


def test_what_cannot_bear_on_the_exit_status_is_skipped_with_its_verdict() -> None:
    named = cases(dossier())
    messages = {name: str(case[0].get("message")) for name, case in named.items() if len(case)}

    assert all(case[0].tag == "skipped" for case in named.values() if len(case))
    assert messages["SBT-3.2-access"].startswith("violates (waived by 李雷 until 2026-12-31T00:00:00+08:00: fixed in")
    assert messages["SBT-3.4-document"].startswith("undetermined:document (accepted on the command line)")
    assert messages["SBT-3.5-seller"].startswith("not_applicable")
    assert messages["SBT-3.6-may"].startswith("violates (shown, does not count)")
    assert messages["SBT-4.1-disk"].startswith("undetermined:target (shown, does not count)")


def test_sums_and_bytes() -> None:
    raw = junit.render(dossier(waivers={}))
    root = etree.fromstring(raw)

    assert raw == junit.render(dossier(waivers={}))
    assert {str(name): str(value) for name, value in root.attrib.items()} == {
        "name": "duheng",
        "tests": "9",
        "failures": "1",
        "errors": "0",
        "skipped": "4",
    }


def test_build_fails_exactly_where_the_exit_status_is_not_0() -> None:
    undetermined = Undetermined(reason=text("no document"), cause="document")
    every: tuple[dict[str, Any], ...] = (
        {},
        {"waivers": {}},
        {"accepted_causes": ()},
        {"verdicts": {}},
        {"verdicts": dict.fromkeys(VERDICTS, undetermined)},  # all accepted, and nothing conforms
    )
    for changes in every:
        whole = dossier(**changes)
        root = etree.fromstring(junit.render(whole))
        red = root.find(".//failure") is not None or root.find(".//error") is not None
        assert red is (whole.report.footer.exit != 0), changes


def test_characters_that_xml_has_not_are_replaced() -> None:
    nasty = Violates(
        reason=Text(zh="\x00\ud800]]>", en="bell \x07 <b>&"), observations=(FUNCTION.id,), repeat=("\x1b[0m",)
    )
    whole = replace(dossier(verdicts=with_verdict("SBT-3.1-function", nasty)))
    failure = cases(whole)["SBT-3.1-function"].find("failure")

    assert failure is not None
    assert failure.get("message") == "bell \ufffd <b>&"
    assert "repeat: \ufffd[0m" in str(failure.text)
