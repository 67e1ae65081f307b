"""The access matrix on shops that are odd in one way: right ones that must not look wrong, wrong ones that must."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from probes.access.cells import state_of
from probes.access.kinds import KINDS
from probes.access.stage import Thing
from probes.access.writing import Held, Sender, unproven_sender
from probes.order import ORDER
from probes.transports.port import Request
from tests.miniatures.shop import web
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.web import Answer, Call, redirect
from tests.probes.playing import Play
from tests.probes.test_matrix import GUESTS, OVER, READS, TOKEN, WRITES, Guests, told, walked


def of(cells: list[dict[str, Any]], kind: str, who: str, verb: str) -> dict[str, Any]:
    (found,) = [cell for cell in cells if (cell["kind"], cell["who"], cell["verb"]) == (kind, who, verb)]
    return found


class AnybodyShips(MiniatureShop):
    """Takes the post of the operator's shipping form from every customer; it can be sent once."""

    def _answer(self, call: Call) -> Answer:
        parts = call.path.strip("/").split("/")
        shipping = parts[:2] == ["operator", "orders"] and len(parts) > 2
        if shipping and parts[-1] == "ship" and call.method == "POST" and call.account is not None:
            order = self.state.orders[parts[2]]
            order.status = "已发货 Shipped"
            return web.refused(self.state, call)
        answer = super()._answer(call)
        if shipping and self.state.orders.get(parts[2]) and "Shipped" in self.state.orders[parts[2]].status:
            return replace(answer, body=answer.body.replace(b'id="ship"', b'id="over"'))
        return answer


def test_a_change_that_can_be_made_once_only_is_told_of_whoever_makes_it(tmp_path: Path) -> None:
    with AnybodyShips() as shop:
        cells = walked(shop, tmp_path)
    assert told(cells, "altered") & {("operator's order", who, "change") for who in ("buyer_b", "seller_b", "visitor")}
    assert ("operator's order", "visitor", "change") not in told(cells, "altered")


class Weary(MiniatureShop):
    """Fails, or forgets who is asking, on the page of an address, once somebody else has tried to change it."""

    ending = False

    def __init__(self, *, ending: bool) -> None:
        super().__init__()
        self.ending = ending
        self._tried = False

    def _answer(self, call: Call) -> Answer:
        if not call.path.startswith("/account/addresses/"):
            return super()._answer(call)
        answer = super()._answer(call)
        if self._tried and answer.status == 200:
            if self.ending:
                call.session.account = None
                return redirect("/login/")
            return Answer(status=503)
        self._tried = self._tried or (call.method == "POST" and answer.status in {403, 404})
        return answer


def test_an_owner_who_is_sent_away_afterwards_tells_of_no_change(tmp_path: Path) -> None:
    for ending in (False, True):
        folder = tmp_path / str(ending)
        folder.mkdir()
        with Weary(ending=ending) as shop:
            cells = walked(shop, folder)
        assert not told(cells, "altered", "shown"), ending
        written = [cell for cell in cells if (cell["kind"], cell["verb"]) == ("address", "change")]
        assert {cell["who"] for cell in written} == {"buyer_b", "seller_b", "visitor"}
        assert {state_of(cell) for cell in written} == {"unproven"}


class Counting(MiniatureShop):
    """Says on the page of an address how often it was looked at, in the very words that are read."""

    def __init__(self) -> None:
        super().__init__()
        self._views = count(1)

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.method == "GET" and call.path.startswith("/account/addresses/") and answer.status == 200:
            seen = f'value="{next(self._views)} '.encode()
            return replace(answer, body=answer.body.replace(b'name="city" value="', b'name="city" ' + seen))
        return answer


def test_what_changes_by_itself_is_no_change_by_anybody(tmp_path: Path) -> None:
    with Counting() as shop:
        cells = walked(shop, tmp_path)
    assert not told(cells, "altered", "shown")


class Storefront(MiniatureShop):
    """Sends whoever must not edit an article to the page on which everybody sees it."""

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.path.startswith("/seller/goods/") and answer.status in {302, 303, 403, 404}:
            key = call.path.strip("/").split("/")[2]
            if self.state.goods(key) is not None and call.method == "GET":
                return redirect(f"/goods/{key}/")
        return answer


def test_goods_that_everybody_sees_in_the_shop_are_no_leak(tmp_path: Path) -> None:
    with Storefront() as shop, Play(shop, tmp_path) as play:
        adapter = play.shop.adapter
        journey = adapter.journeys["seller_read_goods"]
        steps = tuple(replace(step, follow=1) for step in journey.steps)
        object.__setattr__(adapter, "journeys", {**adapter.journeys, journey.verb: replace(journey, steps=steps)})
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        cells = [cell for kind in (WRITES, READS) for cell in play.see(kind, "everybody")["cells"]]
        peers = play.see("access.peers", "sellers")
    assert not told(cells, "altered", "shown")
    assert [attempt["canaries"] for attempt in peers["tries"] if attempt["thing"] == "goods"] == [[]]


def test_a_seller_finds_the_orders_of_the_own_goods_on_the_own_list(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register")
        scene, state = play.scene, shop.state
        sold = state.goods("2")
        assert sold is not None
        play.prepare("shop.order")
        order = scene.get(ORDER)
        kept = state.orders[order.number]
        kept.lines = tuple(replace(line, goods=sold) for line in kept.lines)
        scene.put(ORDER, replace(order, goods=(sold.name,)))
        cells = play.see(READS, "everybody")["cells"]
        play.see(WRITES, "everybody")
        known = play.see(READS, "everybody")["cells"]
    assert not told(cells, "shown")
    assert {cell["who"] for cell in cells if cell["kind"] == "seller's order list"} == {"buyer_b", "visitor"}
    assert state_of(of(known, "seller's order list", "seller_b", "read")) == "refused"


class OpenProfile(MiniatureShop):
    """Shows visitors the profile that was shown last, as a cache does that does not ask whose it is."""

    _kept: Answer | None = None

    def _answer(self, call: Call) -> Answer:
        if call.path == "/account/profile/" and call.account is None and self._kept is not None:
            return self._kept
        answer = super()._answer(call)
        if call.path == "/account/profile/" and answer.status == 200:
            self._kept = answer
        return answer


def test_a_profile_that_opens_to_visitors_is_told_by_the_look_that_owns_it(tmp_path: Path) -> None:
    with OpenProfile() as shop, Play(shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        seen = play.see("access.outsiders", "visitor")
    assert {attempt["thing"] for attempt in seen["tries"] if attempt["canaries"]} == {"profile"}


class Polite(Guests):
    """Answers a link that is over with a page that says so, and status 200."""

    def _answer(self, call: Call) -> Answer:
        if call.path.startswith("/guest/") and TOKEN not in call.path:
            words = "链接已过期 This link has expired" if call.path == f"/guest/{OVER}/" else "无此链接 No such link"
            return web.page(self.state, call, "链接 Link", f"<p>{words}</p>")
        return super()._answer(call)


def test_a_page_that_says_that_the_link_is_over_does_not_open_it(tmp_path: Path) -> None:
    with Polite() as shop, Play(shop, tmp_path, further=GUESTS) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        (link,) = play.see(READS, "everybody")["links"]
    assert link["opens"]
    assert link["expired"] == {"tried": True, "opens": False, "status": 200}


class Endless(Guests):
    """Opens the link that is over as well as the other."""

    def _answer(self, call: Call) -> Answer:
        if call.path == f"/guest/{OVER}/":
            return Answer(body=self._page)
        return super()._answer(call)


def test_a_link_that_is_over_and_opens_is_told(tmp_path: Path) -> None:
    with Endless() as shop, Play(shop, tmp_path, further=GUESTS) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        (link,) = play.see(READS, "everybody")["links"]
    assert link["expired"]["opens"]


def test_whoever_has_no_form_token_of_the_own_was_not_refused_for_who_it_is() -> None:
    held = Held(
        request=Request(method="POST", url="https://x.example/", headers=(), body=b"form_key_7=abc%2Bdefgh"),
        fields={"form_key_7": "abc+defgh", "next": "/home/"},
        says=True,
    )
    session: Any = None
    for fields, expected in (({}, "form_key_7"), ({"form_key_9": "zzzzzzzz"}, "form_key_7"), ({"form_key_7": "y"}, "")):
        assert unproven_sender(Sender(who="buyer_b", session=session, fields=fields), held) == expected


@pytest.mark.parametrize(
    ("kind", "identifier", "words", "telling"),
    [
        ("voucher", "/dashboard/vouchers/FETOGALUM0/", ("FETOGALUM0", "Fetogalum"), ()),
        ("operator's user", "a%40example.com", ("a@example.com",), ()),
        ("wish list", "17", ("Fetogalum 0",), ("Fetogalum 0",)),
        ("seller's goods", "/seller/goods/17/", ("Fetogalum 0",), ()),
    ],
)
def test_what_the_address_says_or_everybody_sees_gives_nothing_away(
    kind: str, identifier: str, words: tuple[str, ...], telling: tuple[str, ...]
) -> None:
    assert Thing(kind=KINDS[kind], id=identifier).telling(words) == telling


def test_what_opened_by_a_declared_link_is_judged_as_a_link(tmp_path: Path) -> None:
    declared = '[[guest_links]]\npattern = "^/account/invoices/([0-9]+)/$"\nreason = "x"\nlifetime_h = 1\n'
    with MiniatureShop.with_defect("invoice-open-by-id") as shop, Play(shop, tmp_path, further=declared) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        play.see(WRITES, "everybody")
        seen = play.see(READS, "everybody")
    assert "invoice" not in {cell["kind"] for cell in seen["cells"]}
    assert [(link["pattern"], link["opens"]) for link in seen["links"]] == [("^/account/invoices/([0-9]+)/$", False)]
