"""Attempts at foreign things: what a canary is, when a denial is proven, and what is refused before it is tried."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.access.attempt import Foreign, attempt, holds, strong
from probes.identity import _wrong
from probes.naming import plain, same_name
from probes.observation import Unobserved
from probes.redaction import Redactor
from probes.shop.answer import Answer
from probes.shop.outcome import Broken, Denied, Done, Exchange, Outcome
from probes.transports.port import Request, Response
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.playing import Play


def exchange(body: str, status: int = 200, kind: str = "text/html; charset=utf-8") -> Exchange:
    response = Response(
        status=status, headers=(("Content-Type", kind),), body=body.encode(), url="https://shop.example/", elapsed_s=0
    )
    request = Request(method="GET", url="https://shop.example/x")
    return Exchange(step_id="s", request=request, answer=Answer(response), redactor=Redactor())


@pytest.mark.parametrize(
    ("body", "word", "there"),
    [
        ("<p>Kavorolan</p>", "Kavorolan", True),
        ("<p>KAVOROLAN</p>", "Kavorolan", True),
        ("<p>DesilorKavorolan</p>", "Kavorolan", True),
        ("<p>上海市Kavoro路7号</p>", "Kavoro路7号", True),
        ("<p>7\n  Kavorolan&nbsp;Lane</p>", "7 Kavorolan Lane", True),
        ("<input value='a&amp;b-corner'>", "a&b-corner", True),
        ("<!-- Kavorolan -->", "Kavorolan", True),
        ("<p>order 100001</p>", "100001", True),
        ("<p>2100001</p>", "100001", False),
        ("<p>100001a</p>", "100001", False),
        ("<p>订单100001</p>", "100001", True),
        ("<p>testers</p>", "tester", False),
        ("<p>tester</p>", "tester", True),
        ("", "Kavorolan", False),
    ],
)
def test_words_in_answers(body: str, word: str, there: bool) -> None:
    assert holds(exchange(body), word) is there


def test_short_words_are_no_canaries() -> None:
    assert strong(["7", "", "1234", "12345", "12345"]) == ("12345",)


class Someone:
    """A session that is never asked: attempts are handed their outcomes."""


def done(body: str, **outputs: Any) -> Done:
    return Done(verb="v", outputs=outputs, exchanges=(exchange(body),))


def denied(*bodies: str) -> Denied:
    return Denied(verb="v", step_id="s", why="denied by 404", exchanges=tuple(exchange(body, 404) for body in bodies))


def tried(answer: Outcome, *, own: Outcome | None = None, owner: Outcome | None = None, **more: Any) -> dict[str, Any]:
    values = {"canaries": ("Kavorolan",), "names": ("100001",)} | more
    foreign = Foreign(thing="order", ask=lambda _: answer, owner=lambda: owner or done("Kavorolan 100001"), **values)
    return attempt(Someone(), foreign, who="buyer_b", own=lambda: own or done("me"))  # type: ignore[arg-type]


def test_a_denial_with_all_its_proofs() -> None:
    told = tried(denied("not found"))
    assert told["outcome"] == "denied"
    assert told["canaries"] == []
    assert told["owner_sees"] == ["100001", "Kavorolan"]
    assert [told[name] for name in ("owner_before", "owner_after", "own_before", "own_after")] == [True] * 4
    assert told["request"] == "buyer_b: GET https://shop.example/x -> 404"


def test_every_body_on_the_way_is_searched() -> None:
    assert tried(denied("Kavorolan", "please log in"))["canaries"] == ["Kavorolan"]


def test_an_ordinary_name_that_stands_on_the_own_page_is_no_canary_an_invented_word_always_is() -> None:
    told = tried(denied("Kavorolan 100001"), own=done("Kavorolan 100001"))
    assert told["canaries"] == ["Kavorolan"]
    assert told["owner_sees"] == ["Kavorolan"]


def test_what_the_adapter_reads_may_give_it_away_and_rows_are_counted() -> None:
    told = tried(
        done("nothing", lines=(1,)), known=lambda outputs: ["the order's lines"] if outputs.get("lines") else [],
        rows=lambda outputs: len(outputs["lines"]),
    )  # fmt: skip
    assert told["canaries"] == ["the order's lines"]
    assert told["foreign_rows"] == 1


def test_a_broken_outcome_and_dead_sessions_are_told_as_such() -> None:
    broken = Broken(verb="v", step_id="s", why="got 500", exchanges=())
    told = tried(broken, own=denied("x"), owner=broken)
    assert (told["outcome"], told["why"], told["status"], told["request"]) == ("broken", "got 500", 0, "")
    assert [told[name] for name in ("owner_before", "own_before", "owner_sees")] == [False, False, []]


@pytest.mark.parametrize("password", ["short-pw", "12345678", "Long-enough-password-9", "NOLETTERCASE1!"])
def test_what_happens_to_be_the_right_password_is_not_tried_as_a_wrong_one(password: str) -> None:
    wrong = _wrong(password)
    assert wrong
    assert password not in wrong.values()


def test_names_of_goods() -> None:
    assert plain(" Ｔｅａ  Box… ") == plain("tea box...") == "tea box"
    assert same_name("Tea", "tea (100 g)")
    assert same_name("Porcelain c…", "Porcelain cup")
    assert not same_name("Tea", "Cup")
    assert not same_name("", "Cup")


def cause(play: Play, kind: str, subject: str) -> tuple[str, str]:
    reading = play.read(kind, subject)
    assert isinstance(reading, Unobserved), reading
    return reading.cause, reading.detail


def test_no_order_is_placed_beyond_what_the_target_allows(running_shop: MiniatureShop, tmp_path: Path) -> None:
    orders = len(running_shop.state.orders)
    with Play(running_shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register")
        play.target = replace(play.target, shop=replace(play.target.shop, max_orders=0))
        told, detail = cause(play, "shop.order", "buyer_a")
    assert told == "permission"
    assert "max_orders = 0" in detail
    assert len(running_shop.state.orders) == orders


def test_two_roles_that_are_one_account_are_refused(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with Play(running_shop, tmp_path, environment="production", authorised=False, buyers=True) as play:
        roles = play.target.roles
        play.target = replace(play.target, roles={**roles, "buyer_b": roles["buyer_a"]})
        told, detail = cause(play, "shop.identity", "buyers")
    assert told == "settings"
    assert "one account" in detail


def test_a_right_shop_denies_with_proof(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with Play(running_shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        outside = play.see("access.outsiders", "visitor")
        buyers, sellers = (play.see("access.peers", subject) for subject in ("buyers", "sellers"))
        pages = [play.see("access.operator_pages", who) for who in ("visitor", "buyer_b", "seller_b")]
    tries = [attempt for seen in (outside, buyers, sellers, *pages) for attempt in seen["tries"]]
    assert [attempt["thing"] for attempt in buyers["tries"]] == ["order", "order list", "address"]
    assert [attempt["thing"] for attempt in sellers["tries"]] == ["goods", "order"]
    assert buyers["untried"] == sellers["untried"] == []
    assert all(attempt["owner_before"] and attempt["owner_after"] for attempt in tries)
    assert all(attempt["own_before"] and attempt["own_after"] for attempt in tries)
    assert all(attempt["owner_sees"] for attempt in tries)
    assert not any(attempt["canaries"] or attempt["foreign_rows"] for attempt in tries)
