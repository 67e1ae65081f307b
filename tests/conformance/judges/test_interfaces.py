"""The eight platform interfaces: what conforms, what violates, and what proves nothing."""

from typing import Any

import pytest

from conformance.judges.judgement import judge
from reports.verdict import Conforms, Undetermined, Verdict, Violates
from tests.conformance.judges.evidence import NOW, requirement, seen
from tests.conformance.judges.interface_evidence import (
    ACTING,
    KINDS,
    MARK,
    declared,
    description,
    no,
    round_trip,
    trip,
)
from tests.conformance.judges.telling import part

Data = dict[str, Any]
READING = [kind for kind in KINDS if kind not in ACTING]


def told(kind: str, data: Data) -> Verdict:
    own_id, look = f"SBT-3.1.5-{kind}", f"interface.{kind}"
    return judge(requirement(own_id), part(own_id, look), [seen(look, data)], {}, NOW)


def described(kind: str, **changes: Any) -> Verdict:
    own_id, look = f"SBT-3.1.5-{kind}", "interface.description"
    return judge(requirement(own_id), part(own_id, look), [seen(look, description() | changes)], {}, NOW)


def violates(verdict: Verdict, words: str) -> None:
    assert isinstance(verdict, Violates), verdict
    assert words in verdict.reason.en
    assert verdict.repeat


def undetermined(verdict: Verdict, cause: str, words: str) -> None:
    assert isinstance(verdict, Undetermined), verdict
    assert (verdict.cause, words in verdict.reason.en) == (cause, True), verdict


# ---- the description


def test_what_is_declared_and_not_described_violates() -> None:
    kinds = description()["kinds"] | {"crm": declared("read", "act", found=False)}
    violates(described("crm", kinds=kinds), "has no readIt, actIt: the interface is not documented")


def test_where_a_part_could_not_be_read_nothing_is_missing() -> None:
    kinds = description()["kinds"] | {"crm": declared("read", found=False)}
    undetermined(described("crm", kinds=kinds, unread=["/crm"]), "document", "not all of the API description")


def test_where_nothing_is_declared_words_are_hints_and_no_verdict() -> None:
    kinds = {"crm": {"declared": [], "candidates": ["GET /customers"]}}
    undetermined(described("crm", kinds=kinds), "settings", "they may be GET /customers")
    undetermined(described("crm", kinds={}), "settings", "none is named alike")


# ---- the calls without leave


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_data_without_leave_violates_whatever_the_status(kind: str, who: str) -> None:
    data = round_trip(kind)
    leak = next(each for each in data["refusals"] if (each["who"], each["verb"]) == (who, "read"))
    leak["carries"] = True
    violates(told(kind, data), "without any credentials" if who == "nobody" else "credentials that nobody was given")


@pytest.mark.parametrize("kind", ["logistics", "e-bank"])
def test_what_was_made_without_leave_and_can_be_read_violates(kind: str) -> None:
    data = round_trip(kind)
    data["refusals"][0] |= {"made": "X77", "read_back": trip("api client: GET /X77 -> 200", state={"id": "X77"})}
    violates(told(kind, data), "the effect was read back")
    data["refusals"][0]["read_back"] = no("api client: GET /X77 -> 404", 404)
    undetermined(told(kind, data), "target", "nothing was to be read under it")


def test_an_update_without_leave_that_stands_violates_though_it_was_answered_401() -> None:
    data = round_trip("crm")
    data["refusals"][0]["read_back"]["outputs"]["state"] = {"name": "Li", "remark": "mark-of-nobody"}
    violates(told("crm", data), "without any credentials")
    late = round_trip("crm")
    late["again"]["outputs"]["state"] = {"name": "Li", "remark": "mark-of-stranger"}
    violates(told("crm", late), "credentials that nobody was given")


def test_each_receipt_without_leave_is_told_of_who_posted_it() -> None:
    data = round_trip("stock")
    for each in data["refusals"]:
        if (each["who"], each["verb"]) == ("stranger", "act"):
            each["read_back"]["outputs"]["state"] = 22
    violates(told("stock", data), "for credentials that nobody was given")
    fewer = round_trip("stock")
    for each in fewer["refusals"]:
        if each["verb"] == "act":
            each["read_back"]["outputs"]["state"] = 20  # somebody bought one
    assert isinstance(told("stock", fewer), Conforms)
    more = round_trip("stock")
    for each in more["refusals"]:
        if each["verb"] == "act":
            each["read_back"]["outputs"]["state"] = 50  # somebody else stocked up
    undetermined(told("stock", more), "target", "somebody else may have changed it")
    late = round_trip("stock")
    late["again"]["outputs"]["state"] = 22
    undetermined(told("stock", late), "target", "somebody else may have changed it")


@pytest.mark.parametrize("kind", ACTING)
def test_an_act_without_leave_that_is_answered_as_done_proves_nothing(kind: str) -> None:
    data = round_trip(kind)
    data["refusals"][0] |= {"outcome": "done", "status": 202}
    undetermined(told(kind, data), "settings", "answered like one with leave")


@pytest.mark.parametrize("kind", KINDS)
def test_refusals_prove_nothing_where_the_right_call_fails_afterwards(kind: str) -> None:
    data = round_trip(kind) | {"again": no("api client: GET /x -> 401")}
    undetermined(told(kind, data), "target", "the authorised one fails as well")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_server_is_no_refusal(kind: str) -> None:
    data = round_trip(kind)
    data["refusals"][-1] |= {"status": 500, "outcome": "broken"}
    undetermined(told(kind, data), "target", "error of the server (500)")


@pytest.mark.parametrize("kind", ACTING)
def test_an_act_must_have_been_tried_without_leave(kind: str) -> None:
    data = round_trip(kind)
    data["refusals"] = [each for each in data["refusals"] if each["verb"] == "read"]
    undetermined(told(kind, data), "target", "not called without leave")


# ---- the authorised round trip


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_unlike_its_schema_violates(kind: str) -> None:
    data = round_trip(kind)
    data["calls"][-1] |= {"fit": "unlike", "why": "total: a value is not of type string"}
    violates(told(kind, data), "does not fit the schema")


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_that_cannot_be_used_and_a_journey_off_the_way(kind: str) -> None:
    data = round_trip(kind)
    data["calls"][-1] |= {"fit": "unusable", "why": "Pointer '/x' does not exist"}
    undetermined(told(kind, data), "document", "cannot be used")
    undetermined(told(kind, round_trip(kind) | {"calls": []}), "settings", "do not call the operations")


@pytest.mark.parametrize("kind", KINDS)
def test_no_schema_is_told_and_conforms(kind: str) -> None:
    data = round_trip(kind)
    for call in data["calls"]:
        call["fit"] = "none"
    verdict = told(kind, data)
    assert isinstance(verdict, Conforms)
    assert "compared with no schema" in verdict.reason.en


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("status", "cause"), [(401, "settings"), (403, "settings"), (500, "target"), (422, "target")])
def test_a_round_trip_that_did_not_come_about(kind: str, status: int, cause: str) -> None:
    data = round_trip(kind)
    data["rounds"][0]["after"] = no("api client: GET /x", status)
    undetermined(told(kind, data), cause, "did not come about")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [405, 501])
def test_a_documented_operation_that_is_not_there_violates(kind: str, status: int) -> None:
    data = round_trip(kind)
    data["rounds"][0]["after"] = no("api client: GET /x", status, "broken")
    undetermined(told(kind, data), "target", "did not come about")  # the adapter may have called something else
    data["calls"].append({"role": "read", "operation": "read it", "status": status, "fit": "none", "why": ""})
    violates(told(kind, data), "is not there")


@pytest.mark.parametrize("kind", ["logistics", "e-bank"])
def test_what_was_acknowledged_and_cannot_be_read_violates(kind: str) -> None:
    data = round_trip(kind)
    data["rounds"][0]["after"] = no("api client: GET /WB1 -> 404", 404)
    undetermined(told(kind, data), "target", "did not come about")  # the adapter may have called something else
    data["calls"].append({"role": "read", "operation": "read it", "status": 404, "fit": "none", "why": ""})
    violates(told(kind, data), "acknowledged is not there")
    other = round_trip(kind)
    other["control"] = trip("api client: GET /none -> 200") | {"same": True}
    violates(told(kind, other), "is the same for the number that was given")
    unnamed = round_trip(kind)
    unnamed["rounds"][0]["after"]["outputs"]["state"] = {"status": "accepted"}
    assert isinstance(told(kind, unnamed), Conforms)  # another number was refused
    unnamed["control"] = no("api client: GET /none -> 500", 500, "broken") | {"same": False}
    undetermined(told(kind, unnamed), "settings", "names neither")
    unnamed["rounds"][0]["after"]["outputs"]["state"] = {"remark": MARK}
    assert isinstance(told(kind, unnamed), Conforms)
    none = round_trip(kind)
    none["rounds"][0]["act"]["outputs"] = {}
    undetermined(told(kind, none), "settings", "output made")


def test_stock_goes_up_by_one_in_one_of_two_rounds() -> None:
    data = round_trip("stock")
    first = round_trip("stock")["rounds"][0]
    first["after"]["outputs"]["state"] = 20
    both = data | {"rounds": [first, data["rounds"][0]]}
    assert isinstance(told("stock", both), Conforms)
    for each in data["refusals"]:
        if each["verb"] == "act":
            each["read_back"]["outputs"]["state"] = 19
    violates(told("stock", data | {"rounds": [first, first]}), "changed by 0, 0")
    late = round_trip("stock")["rounds"][0]
    late["after"]["outputs"]["state"] = 22  # both pieces came in the second round
    assert isinstance(told("stock", round_trip("stock") | {"rounds": [first, late]}), Conforms)
    late["after"]["outputs"]["state"] = 25
    undetermined(told("stock", data | {"rounds": [first, late]}), "target", "stocking up")
    first["after"]["outputs"]["state"] = data["again"]["outputs"]["state"] = 19
    undetermined(told("stock", data | {"rounds": [first, first]}), "target", "others were buying")
    first["after"]["outputs"]["state"] = "plenty"
    undetermined(told("stock", data | {"rounds": [first]}), "settings", "no number")


def test_an_update_that_is_not_kept_violates() -> None:
    data = round_trip("crm")
    data["rounds"][0]["after"]["outputs"]["state"] = {"name": "Li", "remark": ""}
    violates(told("crm", data), "read without it")


@pytest.mark.parametrize("kind", ["accounting", "sales-payment"])
def test_an_answer_about_any_order_or_without_amounts_violates(kind: str) -> None:
    data = round_trip(kind)
    state = data["rounds"][0]["after"]["outputs"]["state"]
    violates(told(kind, data | {"control": trip("api client: GET /9 -> 200") | {"same": True}}), "is the same")

    def answering(state: Any) -> Verdict:
        data["rounds"][0]["after"]["outputs"]["state"] = state
        return told(kind, data)

    violates(answering({"order": "100001", "status": "open"}), "names no amount")
    violates(answering({"order": "100002", "total": "34.50"}), "is about order 100002")
    undetermined(answering({"lines": [{"account": "600101", "total": "34.50"}]}), "settings", "does not name it")
    undetermined(answering({"order": "100001", "net": "0.00"}), "target", "no amount but 0")
    for written in ("¥1,234.50", "24.50元", "CNY 24.5", 2450, 24.5):
        assert isinstance(answering({"order": 100001, "total": written}), Conforms), state


def test_an_identity_is_told_from_a_wrong_one() -> None:
    data = round_trip("identity")
    violates(
        told("identity", data | {"control": trip("api client: POST /v", state=True) | {"same": True}}),
        "just as the right",
    )
    assert isinstance(told("identity", data | {"control": no("api client: POST /v -> 422", 422)}), Conforms)
    data["rounds"][0]["after"]["outputs"]["state"] = False
    violates(told("identity", data), "was not confirmed")


def test_the_totals_are_those_of_the_day() -> None:
    data = round_trip("analytics")
    violates(told("analytics", data | {"control": trip("api client: GET /d -> 200", state=3)}), "are the same (3)")
    grown = {name: trip("api client: GET /d -> 200", state=state) for name, state in (("control", 4), ("again", 5))}
    violates(told("analytics", data | grown), "are the same (4)")
    older = grown | {"control": trip("api client: GET /d -> 200", state=1)}
    assert isinstance(told("analytics", data | older), Conforms)  # totals that were taken over from an older shop
    data["rounds"][0]["after"]["outputs"]["state"] = 0
    undetermined(told("analytics", data), "target", "count none yet")
    data["rounds"][0]["after"]["outputs"]["state"] = "many"
    undetermined(told("analytics", data), "settings", "no number")
