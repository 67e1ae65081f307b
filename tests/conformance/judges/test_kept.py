"""3.2.1 kept up: what daily examinations told, and what a partial one leaves untold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from probes.clock import rfc3339
from reports.verdict import Undetermined, Verdict, word
from tests.conformance.judges.evidence import NOW, SEEN_AT
from tests.conformance.judges.standing_evidence import function_ids, functions
from tests.conformance.judges.telling import changed, told
from tests.conformance.judges.ways import HALF_WIDTH

KEPT, KIND = "SBT-3.2.1-kept", "ledger.functions"
CART, REPORTS = "SBT-3.2.1-cart", "SBT-3.2.1-reports"


def judged(change: Callable[[dict[str, Any]], Any]) -> Verdict:
    verdict = told(KEPT, changed(KIND, change))
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh
    return verdict


def cause(verdict: Verdict) -> str:
    assert isinstance(verdict, Undetermined), verdict
    return verdict.cause


def set_all(name: str, verdict: str, days: slice) -> Callable[[dict[str, Any]], Any]:
    def change(data: dict[str, Any]) -> None:
        for row in data["days"][days]:
            row["functions"][name] = verdict

    return change


def test_all_functions_green_conforms_with_the_share_of_good_days() -> None:
    verdict = told(KEPT)
    assert word(verdict) == "conforms"
    assert "15 of 15 functions were seen to work" in verdict.reason.en
    assert "Of the last 90 days 30 have a record; on 100.0 % of these" in verdict.reason.en
    red_before = judged(set_all(REPORTS, "violates", slice(0, 6)))
    assert word(red_before) == "conforms"
    assert "on 80.0 % of these" in red_before.reason.en


def test_the_report_journey_red_for_20_days_violates() -> None:
    verdict = judged(set_all(REPORTS, "violates", slice(-20, None)))
    assert word(verdict) == "violates"
    assert f"{REPORTS} (20 days in a row)" in verdict.reason.en
    once = judged(set_all(CART, "violates", slice(-1, None)))
    assert f"{CART} (1 day in a row)" in once.reason.en


def test_a_partial_examination_counts_for_no_more_than_it_judged() -> None:
    def only_the_cart(data: dict[str, Any]) -> None:
        data["days"][-1]["functions"] = {CART: "conforms"}

    verdict = judged(only_the_cart)
    assert cause(verdict) == "stale"
    assert "Not examined: SBT-3.2.1-register, SBT-3.2.1-display; examine all of 3.2.1." in verdict.reason.en
    assert "12 have no judge in this version" in verdict.reason.en

    def beside_a_whole_one(data: dict[str, Any]) -> None:
        whole = data["days"][-1]
        data["days"].append(whole | {"ended": rfc3339(SEEN_AT), "functions": {CART: "conforms"}})

    assert word(judged(beside_a_whole_one)) == "conforms"


def test_what_could_not_be_told_or_has_no_judge_was_not_seen_to_work() -> None:
    assert cause(judged(set_all(CART, "undetermined", slice(-1, None)))) == "target"

    def built_ones_only(data: dict[str, Any]) -> None:
        for row in data["days"]:
            row["functions"] = dict.fromkeys(function_ids()[:3], "conforms")

    verdict = judged(built_ones_only)
    assert cause(verdict) == "not-built"
    assert "3 of 15 functions were seen to work" in verdict.reason.en
    assert "on 100.0 % of these" in verdict.reason.en


def test_a_function_that_does_not_apply_is_not_missed() -> None:
    verdict = judged(set_all(REPORTS, "not_applicable", slice(0, None)))
    assert word(verdict) == "conforms"
    assert "14 of 15 functions were seen to work, 1 do not apply" in verdict.reason.en

    def none_applies(data: dict[str, Any]) -> None:
        for row in data["days"]:
            row["functions"] = dict.fromkeys(function_ids(), "not_applicable")

    assert cause(judged(none_applies)) == "stale"


def test_an_examination_before_the_last_24_h_is_stale() -> None:
    def old(data: dict[str, Any]) -> None:
        data["until"] = rfc3339(SEEN_AT + timedelta(hours=23))

    verdict = judged(old)
    assert cause(verdict) == "stale"
    assert "duheng examine --clauses 3.2.1" in verdict.reason.en
    assert functions()["until"] < rfc3339(NOW)
