"""3.1.3 confidential, 3.1.3.2 rights: a leak violates whatever the status; not every denial counts."""

from typing import Any

import pytest

from conformance.judges.rights import LISTS, THINGS
from reports.verdict import NotApplicable, Violates
from tests.conformance.judges.evidence import attempt, broken, denied, done, seen
from tests.conformance.judges.telling import told, told_of
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

PARTS = (
    ("SBT-3.1.3-confidential", "access.outsiders"),
    ("SBT-3.1.3.2-horizontal", "access.peers"),
    ("SBT-3.1.3.2-vertical", "access.operator_pages"),
)
LEAKS = (
    Way("a word under 200", put("tries/0/canaries", ["Lane"]), "violates", "Foreign data was shown"),
    Way("a word behind a redirect", all_of(put("tries/0/canaries", ["Lane"]), put("tries/0/status", 302)), "violates"),
    Way("a word though own access broke", all_of(
        put("tries/0/canaries", ["Lane"]), put("tries/0/own_after", False), put("tries/1/owner_before", False)
    ), "violates"),
    Way("rows that are not one's own", all_of(
        put("tries/1/foreign_rows", 3), put("tries/1/outcome", "done")
    ), "violates"),
    Way("a thing of which nobody has heard", put("tries/0", attempt("invoice", canaries=["Lane"])), "violates"),
)  # fmt: skip
DOUBTS = (
    Way("nothing tried", put("tries", []), "undetermined", "Nothing foreign", cause="settings"),
    Way("own access dead before", put("tries/0/own_before", False), "undetermined", "the denial means nothing"),
    Way("own access dead after", put("tries/1/own_after", False), "undetermined", "the denial means nothing"),
    Way("the owner could not before", put("tries/0/owner_before", False), "undetermined", "owner's own access"),
    Way("the owner could not after", put("tries/1/owner_after", False), "undetermined", "owner's own access"),
    Way("the owner saw no word", put("tries/1/owner_sees", []), "undetermined", "none of the words"),
    Way("broken", all_of(put("tries/0/outcome", "broken"), put("tries/0/why", "500")), "undetermined", "500"),
    Way("a single thing neither denied nor shown", put("tries/2/outcome", "done"), "undetermined", "neither denied"),
)


@pytest.mark.parametrize("way", LEAKS + DOUBTS, ids=lambda way: way.name)
@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_leaks_and_denials_that_mean_nothing(own_id: str, kind: str, way: Way) -> None:
    assert_told(own_id, kind, way)


@pytest.mark.parametrize("way", LEAKS, ids=lambda way: way.name)
def test_a_leak_to_a_peer_is_told_under_its_own_clause_and_is_not_green_here(way: Way) -> None:
    elsewhere = Way(way.name, way.change, "undetermined", "see 3.1.3.2")
    assert_told("SBT-3.1.3-confidential", "access.peers", elsewhere)


@pytest.mark.parametrize("way", DOUBTS, ids=lambda way: way.name)
def test_doubts_about_peers_keep_confidentiality_from_conforming(way: Way) -> None:
    assert_told("SBT-3.1.3-confidential", "access.peers", way)


@pytest.mark.parametrize("thing", sorted(LISTS))
def test_a_list_without_foreign_rows_is_what_a_list_should_give(thing: str) -> None:
    change = put("tries/0", attempt(thing, outcome="done", status=200))
    assert_told("SBT-3.1.3.2-vertical", "access.operator_pages", Way("list", change, "conforms"))


@pytest.mark.parametrize("thing", sorted(set(THINGS) - LISTS))
def test_anything_else_must_be_denied_outright(thing: str) -> None:
    change = put("tries/0", attempt(thing, outcome="done", status=200))
    assert_told("SBT-3.1.3.2-vertical", "access.operator_pages", Way("thing", change, "undetermined", thing))


def test_a_violation_names_every_leak_and_how_to_repeat_it() -> None:
    change = all_of(put("tries/0/canaries", ["a", "b"]), put("tries/1/foreign_rows", 2))
    verdict = told_of("SBT-3.1.3.2-horizontal", "access.peers", change)
    assert isinstance(verdict, Violates)
    assert "buyer_b: order, buyer_b: order list" in verdict.reason.en
    assert "buyer_b：订单、buyer_b：订单列表" in verdict.reason.zh
    assert [line.split("(")[1] for line in verdict.repeat] == [
        "holds 2 of the owner's words)",
        "lists 2 that are not one's own)",
    ]


def untried(cause: str) -> Any:
    return put("untried", [{"thing": "goods", "why": "seller_a has no goods on the list", "cause": cause}])


PEERS = (
    Way("something could not be tried", untried("target"), "undetermined", "no goods on the list", cause="target"),
    Way("a setting kept it from being tried", untried("settings"), "undetermined", "Not tried", cause="settings"),
    Way("nothing said of the untried", drop("untried"), "conforms"),
    Way("no sellers", all_of(put("sellers", False), put("tries", [])), "not_applicable", "no sellers"),
)


@pytest.mark.parametrize("way", PEERS, ids=lambda way: way.name)
@pytest.mark.parametrize("own_id", ["SBT-3.1.3-confidential", "SBT-3.1.3.2-horizontal"])
def test_peers(own_id: str, way: Way) -> None:
    assert_told(own_id, "access.peers", way)


def test_a_seller_of_the_order_proves_nothing_on_the_operator_s_pages() -> None:
    change = all_of(put("seller_of_the_order", True), put("tries", []))
    way = Way("seller", change, "undetermined", "sold goods", cause="settings")
    assert_told("SBT-3.1.3.2-vertical", "access.operator_pages", way)


def test_buyers_alone_are_judged_where_the_shop_has_no_sellers() -> None:
    none = {"sellers": False, "tries": [], "untried": []}
    peers = [
        seen("access.peers", {"tries": [attempt("order")], "untried": []}, "buyers"),
        seen("access.peers", none, "sellers"),
    ]
    shared = seen("access.shared_order", {"sellers": False})
    assert "buyers" in told("SBT-3.1.3.2-horizontal", *peers, shared).reason.en


def none_at_all(data: dict[str, Any]) -> None:
    data.clear()
    data["sellers"] = False


SHARED = (
    Way("no sellers", none_at_all, "not_applicable", "no sellers"),
    Way("no order", all_of(put("number", None), put("confirm", denied("sold out"))), "undetermined", "sold out"),
    Way("the other's line", put("reads/1/foreign_shown", True), "violates", "seller_b can read"),
    Way("nobody read", put("reads", []), "undetermined", "No seller"),
    Way("one could not read", put("reads/0/read", broken("500")), "undetermined", "500"),
    Way("own line missing", put("reads/0/read", done(lines=[])), "undetermined", "own line"),
    Way("leak beside a page that broke", all_of(
        put("reads/0/read", broken()), put("reads/1/foreign_shown", True)
    ), "violates"),
)  # fmt: skip


@pytest.mark.parametrize("way", SHARED, ids=lambda way: way.name)
def test_an_order_that_sellers_share(way: Way) -> None:
    if way.told == "not_applicable":
        assert isinstance(told_of("SBT-3.1.3.2-horizontal", "access.shared_order", way.change), NotApplicable)
    else:
        assert_told("SBT-3.1.3.2-horizontal", "access.shared_order", way)
