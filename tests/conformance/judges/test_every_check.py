"""What holds for each judged check alike: good evidence conforms, missing or old evidence never does, no crash."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from conformance.judges.judgement import NOT_BUILT, judge
from conformance.judges.table import JUDGEMENTS
from probes.canonical import freeze
from probes.errors import CAUSES, Cause
from probes.observation import Observation
from reports.verdict import Conforms, NotApplicable, Undetermined, Violates, word
from tests.conformance.judges.evidence import NOW, requirement, seen, unseen
from tests.conformance.judges.good import GOOD
from tests.conformance.judges.telling import good_readings, part, told

CHECKS = sorted(own_id for own_id, judgement in JUDGEMENTS.items() if judgement.whole is None)
"""Checks that are judged on several observations together have a world of their own: ``test_backups.py``."""
PARTIAL = {own_id for own_id in CHECKS if requirement(own_id).automation == "partial"}
"""What a machine sees may violate these; for the rest of them somebody has to read a document or sign."""
PARTS = [(own_id, kind) for own_id in CHECKS for kind in JUDGEMENTS[own_id].needs]


@pytest.mark.parametrize("own_id", sorted(set(CHECKS) - PARTIAL))
def test_good_evidence_conforms_and_names_every_observation(own_id: str) -> None:
    readings = good_readings(own_id)
    verdict = judge(requirement(own_id), JUDGEMENTS[own_id], tuple(readings.values()), {}, NOW)
    assert isinstance(verdict, Conforms), verdict
    assert set(verdict.observations) == {reading.id for reading in readings.values()}
    assert verdict.reason.zh
    assert verdict.reason.en


@pytest.mark.parametrize("own_id", sorted(PARTIAL))
def test_good_evidence_of_a_clause_that_wants_a_document_is_undetermined_for_that(own_id: str) -> None:
    verdict = told(own_id)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause in {"document", "attestation"}


@pytest.mark.parametrize("own_id", CHECKS)
def test_judging_twice_gives_the_same_and_leaves_the_evidence_alone(own_id: str) -> None:
    first = good_readings(own_id)
    kept = copy.deepcopy([reading.id for reading in first.values()])
    verdicts = [judge(requirement(own_id), JUDGEMENTS[own_id], tuple(first.values()), {}, NOW) for _ in range(2)]
    assert verdicts[0] == verdicts[1] == told(own_id)
    assert [reading.id for reading in first.values()] == kept


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_what_could_not_be_seen_is_undetermined_with_its_cause(own_id: str, kind: str, cause: Cause) -> None:
    missing = unseen(kind, cause)
    verdict = told(own_id, missing)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause == cause
    assert missing.id in verdict.observations
    assert "it was not to be had" in verdict.reason.en
    assert f"（{kind}，" in verdict.reason.zh.replace(", ", "，")


@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_one_unseen_subject_beside_a_good_one_keeps_the_check_from_conforming(own_id: str, kind: str) -> None:
    assert isinstance(told(own_id, seen(kind, GOOD[kind]()), unseen(kind, "target", "another")), Undetermined)


@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_a_kind_that_was_not_gathered_is_undetermined(own_id: str, kind: str) -> None:
    readings = [reading for other, reading in good_readings(own_id).items() if other != kind]
    verdict = judge(requirement(own_id), JUDGEMENTS[own_id], readings, {}, NOW)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause == "settings"
    assert kind in verdict.reason.en


@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_old_and_future_evidence_is_stale(own_id: str, kind: str) -> None:
    limit = timedelta(seconds=requirement(own_id).age_limit_s)
    for at in (NOW - limit - timedelta(seconds=1), NOW + timedelta(microseconds=1)):
        verdict = told(own_id, seen(kind, GOOD[kind](), at=at))
        assert isinstance(verdict, Undetermined)
        assert verdict.cause == "stale"
    for at in (NOW - limit, NOW):
        assert word(told(own_id, seen(kind, GOOD[kind](), at=at))) == word(told(own_id))
        assert getattr(told(own_id, seen(kind, GOOD[kind](), at=at)), "cause", None) != "stale"


@pytest.mark.parametrize("own_id", CHECKS)
def test_declared_not_applicable_is_told_with_its_reason(own_id: str) -> None:
    verdict = told(own_id, declarations={"not_applicable": {own_id: {"reason": "sold elsewhere"}}})
    assert isinstance(verdict, NotApplicable)
    assert "sold elsewhere" in verdict.reason.zh


def test_a_check_without_a_judge_is_not_built() -> None:
    assert judge(requirement("SBT-3.1.1.2-mtbf"), None, (), {}, NOW) == NOT_BUILT


MEMBERS = 8


def _members(value: list[Any]) -> list[Any]:
    """Return the members of a list that are worth changing one by one: of a hundred alike, the first."""
    return value if len(value) <= MEMBERS else value[:1]


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(_members(value)):
            yield from _leaves(item, (*path, index))


def _put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


ODD: tuple[Any, ...] = (None, "2 件", True, -2.5, [], {})


def _from_the_shop(path: tuple[Any, ...]) -> bool:
    """Tell whether a place holds what a shop gave (under a journey's outputs): there anything may stand."""
    return "outputs" in path[:-1]


@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_no_judge_stumbles_over_what_a_shop_may_truthfully_give(own_id: str, kind: str) -> None:
    for path in _leaves(GOOD[kind]()):
        if not _from_the_shop(path):
            continue
        for odd in ODD:
            data = GOOD[kind]()
            _put(data, path, odd)
            verdict = judge(requirement(own_id), part(own_id, kind), [seen(kind, data)], {}, NOW)
            assert verdict.reason.zh
            assert verdict.reason.en


def _steps(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        if value.get("outcome") == "done" and "requests" in value:
            yield path
        for key, item in value.items():
            yield from _steps(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(_members(value)):
            yield from _steps(item, (*path, index))


@pytest.mark.parametrize("outcome", ["denied", "broken"])
@pytest.mark.parametrize(("own_id", "kind"), PARTS)
def test_no_failed_journey_stays_green_where_its_outputs_were_needed(own_id: str, kind: str, outcome: str) -> None:
    greens = []
    for path in _steps(GOOD[kind]()):
        data = GOOD[kind]()
        _put(data, path, {"outcome": outcome, "step": "s", "why": "no", "requests": []})
        verdict = judge(requirement(own_id), part(own_id, kind), [seen(kind, data)], {}, NOW)
        if isinstance(verdict, Conforms):
            greens.append("/".join(map(str, path)))
    assert set(greens) <= INDIFFERENT.get((own_id, kind), set()), greens


# Where a part of an observation says nothing of the clause, its failure may leave the clause conforming.
_ORDER = {"add/0", "add/1", "preview", "confirm", "buyer_list", "buyer", "operator_list", "operator"}
_AFTER = {"ship", "operator_after", "buyer_after"}
_SELLERS = {"sellers/0/read"}
# A password that could not be changed is named as not looked at.
_PASSWORD = {"change/changed", "change/replayed/0/who_am_i", "change/passwords/0/log_in", "change/passwords/0/who_am_i"}
_BOUGHT = ("add", "preview", "confirm", "buyer", "operator")
INDIFFERENT: dict[tuple[str, str], set[str]] = {
    ("SBT-3.1.3-authenticable", "audit.records"): {"confirm"},
    ("SBT-3.1.3-unforgeable", "trade.forgery"): {
        *(f"forged/{number}/{step}" for number in range(4) for step in _BOUGHT),
        *(f"{which}/{step}" for which in ("honest", "replay/purchase") for step in _BOUGHT),
        "parallel/confirm/0",
    },
    ("SBT-3.1.3.4-logical-field", "trade.fields"): {
        *(f"changes/{number}/{step}" for number in range(3) for step in ("done", "buyer", "operator")),
        *(f"quantities/{number}/after" for number in range(6)),
        *(f"placed/{step}" for step in _BOUGHT if step != "buyer"),
        "control/done",
        "texts/0/listed",
    },
    ("SBT-3.1.3.4-logical-field", "trade.race"): {
        *(f"together/{number}/{step}" for number in range(2) for step in _BOUGHT),
        "alone/cart",
        "restored",
        "set/0",
    },
    # What the orders show afterwards decides, not how a payment or a forged notice was answered.
    ("SBT-3.1.3-unforgeable", "payment.notices"): {
        "control/pay",
        "control/owner_after",
        "forged/pay",
        "forged/charged",
        *(f"attempts/{number}/{step}" for number in range(3) for step in ("before", "owner", "operator")),
    },
    ("SBT-6-reliable", "payment.hundred"): {"payments/0/placed", "payments/0/pay"},
    ("SBT-6-refund-help", "payment.refund"): {"placed"},
    ("SBT-3.1.3.1-identified", "auth.sessions"): {
        *_PASSWORD,
        "log_out",
        *(f"replayed/{number}/who_am_i" for number in (2, 5, 6)),
    },
    ("SBT-3.1.3.1-no-intrusion", "auth.sessions"): _PASSWORD,
    ("SBT-3.1.3.1-no-intrusion", "auth.brute_force"): {
        f"{other}/{step}" for other in ("other_account", "other_before") for step in ("log_in", "who_am_i")
    },
    ("SBT-3.1.3-confidential", "shop.order"): _ORDER | _AFTER | _SELLERS,
    ("SBT-3.1.3-complete", "shop.order"): {"preview", "confirm", "buyer_list", "operator_list"} | _AFTER,
    ("SBT-3.1.3-unforgeable", "shop.tampering"): {"add", "control/add", "control/read"},
    ("SBT-3.2.1-orders", "shop.order"): {"add/0", "add/1", "preview", "confirm"} | _SELLERS,
    ("SBT-3.2.1-display", "shop.catalogue"): {"delivery"},
    ("SBT-4.1.2.1.1-goods-price", "shop.catalogue"): {"delivery", "search/found"},
    ("SBT-4.1.2.1.1-delivery-price", "shop.catalogue"): {
        "delivery",
        "list",
        "search/found",
        "details/0/read",
        "details/1/read",
    },
    ("SBT-4.1.2.1.1-delivery-price", "shop.order"): _ORDER | _AFTER | _SELLERS,
    ("SBT-4.1.2.1.1-fee-separate", "shop.order"): (_ORDER - {"preview"}) | _AFTER | _SELLERS,
    ("SBT-3.1.3.2-horizontal", "access.shared_order"): {"confirm"},
    ("SBT-3.1.3-confidential", "access.shared_order"): {"confirm"},
    # That the interface says nothing of what does not exist may be said in any way.
    **{
        (f"SBT-3.1.5-{kind}", f"interface.{kind}"): {"control"}
        for kind in ("accounting", "sales-payment", "identity", "analytics")
    },
    ("SBT-7.2.3-view", "privacy.own_data"): {
        *(f"pages/{number}" for number in range(2)),
        *(f"changes/{number}/done" for number in range(6)),
        "pages_after/0",
    },
    ("SBT-7.2.3-modify", "privacy.own_data"): {
        *(f"pages/{number}" for number in range(2)),
        *(f"changes/{number}/done" for number in range(6)),
        "pages_after/0",
    },
}


def test_an_empty_observation_never_conforms() -> None:
    for own_id, kind in PARTS:
        for path in _leaves(GOOD[kind]()):
            data = GOOD[kind]()
            place = data
            for key in path[:-1]:
                place = place[key]
            if isinstance(place[path[-1]], list) and len(path) == 1:
                _put(data, path, [])
                verdict = judge(requirement(own_id), part(own_id, kind), [seen(kind, data)], {}, NOW)
                assert not isinstance(verdict, Conforms) or (own_id, kind, path[0]) in MAY_BE_EMPTY


# Where nothing was planned and no outage was classed; recovery alone stands on the classes.
_HISTORY = "ledger.history"
MAY_BE_EMPTY = {
    *((own_id, kind, "maintenance") for own_id, kind in PARTS if kind == _HISTORY),
    *((own_id, kind, "incidents") for own_id, kind in PARTS if kind == _HISTORY and "mttr" not in own_id),
    ("SBT-3.2.1-kept", "ledger.functions", "not_built"),
    ("SBT-3.1.3-complete", "trade.at_random", "at_the_end"),
    ("SBT-3.1.3.4-logical-field", "trade.fields", "texts"),
    ("SBT-3.1.3.4-logical-field", "trade.race", "set"),
    ("SBT-3.1.3-authenticable", "audit.records", "sample"),
    ("SBT-3.1.3.1-identified", "auth.sessions", "carried_by"),
    ("SBT-3.1.3.1-identified", "auth.sessions", "replayed"),
    ("SBT-3.1.3.1-no-intrusion", "auth.cookies", "in_answers"),
    ("SBT-3.1.3.1-no-intrusion", "auth.cookies", "in_urls"),
    ("SBT-3.1.3.1-no-intrusion", "auth.cookies", "unread"),
    ("SBT-3.1.3.1-no-intrusion", "auth.sessions", "log_ins"),
    *(
        (own_id, "interface.description", name)
        for own_id in CHECKS
        if own_id.startswith("SBT-3.1.5-")
        for name in ("unread", "servers_elsewhere")
    ),
    *(
        (own_id, "browser.walk", name)
        for own_id in ("SBT-3.1.3.3-personal-no-leak", "SBT-3.1.3.3-trade-no-leak")
        for name in ("origins", "hits", "unread")
    ),
    # What a matrix decides by are its cells; the rest tells how guessable ids are, and what there was not to try.
    *(
        (own_id, kind, name)
        for own_id in ("SBT-3.1.3.2-horizontal", "SBT-3.1.3.2-vertical")
        for kind in ("access.matrix", "access.matrix_writes")
        for name in ("entitled", "kinds", "lacks", "links")
    ),
    ("SBT-3.1.3-complete", "shop.order", "add"),
    ("SBT-3.1.3-complete", "shop.order", "sellers"),
    ("SBT-3.1.3-complete", "shop.order", "schemes"),
    ("SBT-3.1.3-complete", "shop.order", "delivery_shown"),
    ("SBT-3.1.3-confidential", "access.peers", "untried"),
    ("SBT-3.1.3-confidential", "shop.order", "add"),
    ("SBT-3.1.3-confidential", "shop.order", "sellers"),
    ("SBT-3.1.3-confidential", "shop.order", "delivery_shown"),
    ("SBT-3.1.3.2-horizontal", "access.peers", "untried"),
    ("SBT-3.1.2.1-p2p-cs", "net.tls", "problems"),
    ("SBT-3.1.3.3-ssl128", "net.tls", "problems"),
    ("SBT-6-safe", "payment.tls", "problems"),
    ("SBT-3.1.3.3-ssl128", "net.tls_suites", "chains"),
    ("SBT-3.1.3.3-ssl128", "net.tls_touched", "hosts"),
    ("SBT-3.2.1-cart", "shop.cart", "goods"),
    ("SBT-3.2.1-display", "shop.catalogue", "delivery_shown"),
    ("SBT-3.2.1-orders", "shop.order", "add"),
    ("SBT-3.2.1-orders", "shop.order", "sellers"),
    ("SBT-3.2.1-orders", "shop.order", "schemes"),
    ("SBT-3.2.1-orders", "shop.order", "delivery_shown"),
    ("SBT-3.2.5-page", "web.qualification", "pages"),
    ("SBT-4.1.2.1.1-delivery-price", "shop.catalogue", "details"),
    ("SBT-4.1.2.1.1-delivery-price", "shop.order", "add"),
    ("SBT-4.1.2.1.1-delivery-price", "shop.order", "sellers"),
    ("SBT-4.1.2.1.1-delivery-price", "shop.order", "schemes"),
    ("SBT-4.1.2.1.1-fee-separate", "shop.order", "add"),
    ("SBT-4.1.2.1.1-fee-separate", "shop.order", "sellers"),
    ("SBT-4.1.2.1.1-fee-separate", "shop.order", "schemes"),
    ("SBT-4.1.2.1.1-fee-separate", "shop.order", "delivery_shown"),
    ("SBT-4.1.2.1.1-goods-price", "shop.catalogue", "delivery_shown"),
    ("SBT-7.2.3-modify", "privacy.own_data", "pages"),
    ("SBT-7.2.3-modify", "privacy.own_data", "pages_after"),
    ("SBT-7.2.3-view", "privacy.own_data", "changes"),
    ("SBT-7.2.3-view", "privacy.own_data", "pages_after"),
}


def test_frozen_evidence_is_what_judges_get() -> None:
    reading = seen("shop.order", GOOD["shop.order"]())
    assert isinstance(reading, Observation)
    assert reading.data == freeze(GOOD["shop.order"]())


def test_a_violation_outranks_what_another_part_could_not_tell() -> None:
    wrong = GOOD["shop.wrong_credentials"]()
    wrong["tries"][1]["inside"] = True
    verdict = told("SBT-3.1.3.1-identified", seen("shop.wrong_credentials", wrong), unseen("shop.identity", "target"))
    assert isinstance(verdict, Violates)
    assert len(verdict.observations) == len(JUDGEMENTS["SBT-3.1.3.1-identified"].needs)


def test_parts_that_say_the_same_are_told_once_and_parts_that_differ_together() -> None:
    verdict = told("SBT-3.1.2.3-tcpip", *(seen("net.tcp", GOOD["net.tcp"](), name) for name in ("one", "two")))
    assert verdict.reason.en.count("handshake") == 1
    both = told("SBT-4.1.2.1.1-delivery-price").reason
    assert "shown before checkout" in both.en
    assert "Checkout charges" in both.en
    assert "结账前已标明" in both.zh


def test_of_two_causes_the_one_that_nobody_may_accept_is_told() -> None:
    for first, second in (("permission", "target"), ("target", "permission")):
        readings = [unseen("shop.identity", first), unseen("shop.wrong_credentials", second)]  # type: ignore[arg-type]
        verdict = told("SBT-3.1.3.1-identified", *readings)
        assert isinstance(verdict, Undetermined)
        assert verdict.cause == "target"
