"""The access matrix, judged: what is a leak or a change, on which of the two clauses, and what proves nothing."""

from typing import Any

import pytest

from reports.verdict import Conforms, Undetermined, Violates
from tests.conformance.judges.evidence import Data
from tests.conformance.judges.matrix_evidence import link
from tests.conformance.judges.telling import told_of

READS, WRITES = "access.matrix", "access.matrix_writes"
HORIZONTAL, VERTICAL = "SBT-3.1.3.2-horizontal", "SBT-3.1.3.2-vertical"


def put(kind: str, who: str, verb: str = "read", **values: Any) -> Any:
    def change(data: Data) -> None:
        cells = [cell for cell in data["cells"] if (cell["kind"], cell["who"], cell["verb"]) == (kind, who, verb)]
        assert len(cells) == 1
        cells[0].update(values)

    return change


def each(*changes: Any) -> Any:
    def change(data: Data) -> None:
        for one in changes:
            one(data)

    return change


SHOWN: Data = {"outcome": "done", "shown": ["Lane"], "status": 200}
LEAKS = (
    ("a peer's words, whatever the status", READS, put("address", "buyer_b", shown=["Lane"]), HORIZONTAL),
    ("what the owner's page says, without a word", READS, put("order", "seller_b", same=True), HORIZONTAL),
    ("another seller's goods", READS, put("seller's goods", "seller_b", **SHOWN), HORIZONTAL),
    ("a seller's goods to a buyer", READS, put("seller's goods", "buyer_b", **SHOWN), VERTICAL),
    ("the operator's order to a seller", READS, put("operator's order", "seller_b", **SHOWN), VERTICAL),
    ("an invoice to a visitor", READS, put("invoice", "visitor", **SHOWN), VERTICAL),
    ("changed by a peer", WRITES, put("address", "buyer_b", "change", altered=True), HORIZONTAL),
    ("gone though refused", WRITES, put("address", "buyer_b", "delete", altered=True, status=403), HORIZONTAL),
    ("priced by another seller", WRITES, put("seller's goods", "seller_b", "change", altered=True), HORIZONTAL),
    ("priced by a buyer", WRITES, put("operator's price", "buyer_b", "change", altered=True), VERTICAL),
    ("changed by a visitor", WRITES, put("address", "visitor", "change", altered=True), VERTICAL),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "clause"), [row[1:] for row in LEAKS], ids=[row[0] for row in LEAKS])
def test_a_leak_or_a_change_is_told_on_its_clause_and_not_on_the_other(kind: str, change: Any, clause: str) -> None:
    verdict = told_of(clause, kind, change)
    assert isinstance(verdict, Violates), verdict
    assert len(verdict.repeat) == 1
    assert not isinstance(told_of(VERTICAL if clause == HORIZONTAL else HORIZONTAL, kind, change), Violates)


def test_what_opens_to_everybody_is_told_once_and_with_its_guessability() -> None:
    everybody = each(*(put("invoice", who, **SHOWN) for who in ("visitor", "buyer_b", "seller_b")))
    told = told_of(VERTICAL, READS, everybody)
    assert isinstance(told, Violates)
    assert "anyone who knows its id" in told.reason.en
    assert "count up" in told.reason.en
    pointer = told_of(HORIZONTAL, READS, everybody)
    assert isinstance(pointer, Undetermined)
    assert "3.1.3.2#1" in pointer.reason.en


def test_random_ids_are_told_with_their_bits() -> None:
    def random_ids(data: Data) -> None:
        for kind in data["kinds"]:
            kind["guess"] = kind["guess"] | {"sequential": False, "entropy_bits": 61.2}

    told = told_of(VERTICAL, READS, each(random_ids, put("invoice", "visitor", **SHOWN)))
    assert isinstance(told, Violates)
    assert "61.2 bits" in told.reason.en


@pytest.mark.parametrize("kind", ["order", "order list"])
def test_what_outsiders_are_told_for_elsewhere_is_a_pointer_here(kind: str) -> None:
    told = told_of(VERTICAL, READS, put(kind, "visitor", **SHOWN))
    assert isinstance(told, Undetermined)
    assert "3.1.3 (confidential)" in told.reason.en


def test_an_ended_session_that_still_reads_is_another_clause_s() -> None:
    for clause in (HORIZONTAL, VERTICAL):
        assert isinstance(told_of(clause, READS, put("order", "ended", **SHOWN)), Conforms)


DOUBTS = (
    ("the session ended in the middle", READS, put("order", "buyer_b", own_after=False), "may have ended"),
    ("the session was never alive", READS, put("order", "buyer_b", own_before=False), "may have ended"),
    ("the owner could not look", READS, put("order", "buyer_b", owner_before=False), "owner's own access"),
    ("the owner could not look again", WRITES, put("address", "buyer_b", "change", owner_after=False), "owner's own"),
    ("nothing to know it by", READS, put("order", "buyer_b", owner_sees=[]), "shows nothing"),
    ("neither denied nor shown", READS, put("order", "buyer_b", outcome="done"), "neither"),
    ("an error of the shop's own", WRITES, put("address", "buyer_b", "delete", outcome="broken"), "neither"),
    ("the owner's own took no effect", WRITES, put("address", "buyer_b", "delete", control=False), "no effect"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "words"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS])
def test_a_refusal_without_its_proofs_means_nothing(kind: str, change: Any, words: str) -> None:
    told = told_of(HORIZONTAL, kind, change)
    assert isinstance(told, Undetermined), told
    assert told.cause == "target"
    assert words in told.reason.en


def test_a_list_that_shows_nothing_foreign_needs_no_denial() -> None:
    assert isinstance(told_of(HORIZONTAL, READS, put("order list", "buyer_b", outcome="done")), Conforms)


def test_a_role_that_could_not_be_had_keeps_it_from_conforming_and_hides_no_leak() -> None:
    def absent(data: Data) -> None:
        data["absent"] = {"seller_b": "the target file declares no [roles.seller_b]"}

    told = told_of(HORIZONTAL, READS, absent)
    assert isinstance(told, Undetermined)
    assert told.cause == "settings"
    assert "roles.seller_b" in told.reason.en
    leak = put("address", "buyer_b", **SHOWN)
    assert isinstance(told_of(HORIZONTAL, READS, each(absent, leak)), Violates)


def test_an_empty_matrix_is_nothing_seen() -> None:
    told = told_of(HORIZONTAL, READS, lambda data: data["cells"].clear())
    assert isinstance(told, Undetermined)
    assert told.cause == "settings"


LINKS: tuple[tuple[str, Data, type, str], ...] = (
    ("a strong one that expires", {}, Conforms, "guest link"),
    ("too few bits", {"guess": link()["guess"] | {"entropy_bits": 127.9}}, Violates, "127.9 bits"),
    ("counted", {"guess": link()["guess"] | {"sequential": True}}, Violates, "bits"),
    ("for a year", {"lifetime_h": 8760}, Violates, "8760 h"),
    ("no lifetime", {"lifetime_h": None}, Violates, "720 h"),
    ("still open when over", {"expired": {"tried": True, "opens": True, "status": 200}}, Violates, "expired"),
    ("never seen to end", {"expired": {"tried": False, "opens": False, "status": 0}}, Undetermined, "expired"),
    ("none found", {"opens": False, "guess": None}, Undetermined, "could not be judged"),
)


@pytest.mark.parametrize(("changes", "kind", "words"), [row[1:] for row in LINKS], ids=[row[0] for row in LINKS])
def test_declared_guest_links(changes: Data, kind: type, words: str) -> None:
    told = told_of(VERTICAL, READS, lambda data: data["links"].append(link(**changes)))
    assert isinstance(told, kind), told
    assert words in told.reason.en


def test_kinds_that_could_not_be_had_are_named_and_what_the_adapter_knows_nothing_of_is_not() -> None:
    def lacking(data: Data) -> None:
        data["lacks"] = [
            {"kind": "voucher", "verb": "make", "why": "the voucher that was made stands on no list of its owner"},
            {"kind": "wish list", "verb": "read", "why": "the adapter describes no read_wish_list journey"},
        ]

    told = told_of(VERTICAL, READS, lacking)
    assert isinstance(told, Conforms)
    assert "could not be had: voucher." in told.reason.en
    assert "未作尝试：优惠券。" in told.reason.zh
