"""3.1.3.3, no disclosure: each answer on what a browser's walk recorded."""

import pytest

from reports.verdict import Undetermined, Verdict, Violates
from tests.conformance.judges.telling import changed, told
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

PERSONAL, TRADE, KIND = "SBT-3.1.3.3-personal-no-leak", "SBT-3.1.3.3-trade-no-leak", "browser.walk"


def hit(canary: str, party: str = "third") -> dict[str, str]:
    return {
        "step": "confirm_order",
        "method": "GET",
        "origin": "https://adverts.example",
        "party": party,
        "path": "/conv",
        "kind": "image",
        "where": "query",
        "canary": canary,
        "encoding": "url+base64",
    }


SCRIPT = {"origin": "https://code.example", "party": "third", "requests": 1, "scripts": 1}
UNREAD = {"step": "home", "origin": "https://odd.example", "path": "/", "party": "third"}
BROKEN = {"outcome": "broken", "step": "s", "why": "step s: expected a form", "requests": []}

BOTH = [
    Way("the walk never came to the confirmation", drop("steps/4"), "undetermined", "confirm_order", "target"),
    Way("a step broke", put("steps/3/done", BROKEN), "undetermined", "check_out"),
    Way("a needed journey is not described", put("steps/1/done", None), "undetermined", "register"),
    Way("no page was seen", put("pages", []), "undetermined", "home"),
    Way("code of a third party never ran", put("origins", [SCRIPT]), "undetermined", "code.example", "settings"),
    Way("a processor's code needs no look", put("origins", [SCRIPT | {"party": "processor"}]), "conforms"),
    Way("a body nobody could read", put("unread", [UNREAD]), "undetermined", "odd.example"),
    Way("nobody was asked", put("origins", []), "conforms", "0 requests to 0 third parties"),
]


@pytest.mark.parametrize("way", BOTH, ids=lambda way: way.name)
@pytest.mark.parametrize("own_id", [PERSONAL, TRADE])
def test_what_both_clauses_ask(own_id: str, way: Way) -> None:
    assert_told(own_id, KIND, way)


@pytest.mark.parametrize("canary", ["name", "phone", "email", "address"])
def test_personal_data_at_a_third_party_violate_their_own_clause_only(canary: str) -> None:
    verdict = assert_told(PERSONAL, KIND, Way("leak", put("hits", [hit(canary)]), "violates", canary))
    assert isinstance(verdict, Violates)
    assert verdict.repeat == (
        f"browser, confirm_order: GET https://adverts.example/conv (image): {canary} in query, url+base64",
    )
    assert_told(TRADE, KIND, Way("not here", put("hits", [hit(canary)]), "conforms"))


@pytest.mark.parametrize("canary", ["order number", "amount"])
def test_trade_data_at_a_third_party_violate_their_own_clause_only(canary: str) -> None:
    assert_told(TRADE, KIND, Way("leak", put("hits", [hit(canary)]), "violates", canary))
    assert_told(PERSONAL, KIND, Way("not here", put("hits", [hit(canary)]), "conforms"))


@pytest.mark.parametrize("party", ["processor", "payment"])
def test_processors_and_the_payment_provider_are_no_third_parties(party: str) -> None:
    for own_id, canary in ((PERSONAL, "email"), (TRADE, "order number")):
        assert_told(own_id, KIND, Way("exempt", put("hits", [hit(canary, party)]), "conforms"))


def test_a_leak_before_the_walk_broke_off_is_told_all_the_same() -> None:
    change = all_of(drop("steps/4"), put("hits", [hit("email")]))
    assert_told(PERSONAL, KIND, Way("leak", change, "violates", "email"))
    assert_told(TRADE, KIND, Way("unreached", change, "undetermined"))


def test_without_an_amount_to_look_for_the_trade_clause_is_not_told() -> None:
    assert_told(TRADE, KIND, Way("no amount", put("canaries", ["order number"]), "undetermined", "amount"))


@pytest.mark.parametrize(
    ("base_url", "origin", "expected"),
    [
        ("https://www.shop.example", "https://api.shop.example", Undetermined),
        ("https://shop.com.cn", "https://api.shop.com.cn:8443", Undetermined),
        ("https://www.shop.com.cn", "https://adverts.com.cn", Violates),
        ("https://shop.example", "https://notshop.example", Violates),
        ("https://192.0.2.1", "https://192.9.2.1", Violates),
        ("https://localhost", "https://localhost.example", Violates),
        ("", "https://adverts.example", Violates),
    ],
)
def test_a_host_in_the_platforms_own_domain_is_asked_about_and_no_other(
    base_url: str, origin: str, expected: type[Verdict]
) -> None:
    declarations = {"platform": {"base_url": base_url}}
    leak = changed(KIND, put("hits", [hit("email") | {"origin": origin}]))
    assert isinstance(told(PERSONAL, leak, declarations=declarations), expected)
