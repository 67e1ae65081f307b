"""The access matrix, walked on the miniature shop: a right shop refuses with proof, each way of being wrong shows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.access.cells import doubt, state_of
from probes.access.holding import as_another, naming, writes
from probes.access.kinds import DOES, KINDS
from probes.observation import Unobserved
from probes.transports.port import Request
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.web import Answer, Call
from tests.probes.playing import Play

READS, WRITES = "access.matrix", "access.matrix_writes"
MOST_GUESSES = 5
FORM = (("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", "Bearer owner"))


def walked(shop: MiniatureShop, folder: Path, **toml: Any) -> list[dict[str, Any]]:
    """Walk both halves of the matrix and return all cells."""
    with Play(shop, folder, **toml) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        return [cell for kind in (WRITES, READS) for cell in play.see(kind, "everybody")["cells"]]


def told(cells: list[dict[str, Any]], *states: str) -> set[tuple[str, str, str]]:
    return {(cell["kind"], cell["who"], cell["verb"]) for cell in cells if state_of(cell) in states}


def test_a_right_shop_refuses_everything_and_each_refusal_is_proven(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    cells = walked(running_shop, tmp_path)
    assert {state_of(cell) for cell in cells} == {"refused"}
    assert len({cell["kind"] for cell in cells}) >= 10
    assert {cell["who"] for cell in cells} == {"buyer_b", "seller_b", "visitor", "ended"}
    assert {cell["verb"] for cell in cells} == set(DOES)
    assert all(cell["owner_before"] and cell["owner_after"] for cell in cells)


def test_it_costs_few_requests_a_cell_and_says_so(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with Play(running_shop, tmp_path) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        wrote, read = (play.see(kind, "everybody") for kind in (WRITES, READS))
    assert read["requests"] <= 2 * len(read["cells"])
    assert wrote["requests"] <= 4.5 * len(wrote["cells"])
    assert {lack["kind"] for lack in wrote["lacks"]} <= set(KINDS)
    assert all(kind["guess"]["sequential"] for kind in wrote["kinds"])


WRONG = {
    "invoice-open-by-id": {("invoice", who, "read") for who in ("buyer_b", "seller_b", "visitor")},
    "user-record-open-to-sellers": {("operator's user", "seller_b", "read")},
    "order-record-open-by-number": {("order record", who, "read") for who in ("buyer_b", "seller_b")},
    "address-of-others-changeable": {("address", who, "change") for who in ("buyer_b", "seller_b")},
    "order-of-others-cancelled-despite-403": {("order", "buyer_b", "delete")},
    "wish-list-of-others-deletable": {("wish list", "buyer_b", "delete")},
    "price-of-other-sellers-changeable": {("seller's goods", "seller_b", "change")},
    "price-form-takes-any-post": {("operator's price", who, "change") for who in ("buyer_b", "seller_b", "visitor")},
}


@pytest.mark.parametrize("defect", sorted(WRONG))
def test_each_way_of_being_wrong_shows_where_it_is(defect: str, tmp_path: Path) -> None:
    with MiniatureShop.with_defect(defect) as shop:
        cells = walked(shop, tmp_path)
    assert told(cells, "shown", "altered") == WRONG[defect]


class Forgetful(MiniatureShop):
    """Ends the session of whoever opens an invoice that is not theirs."""

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.path.startswith("/account/invoices/") and answer.status == 404:
            call.session.account = None
        return answer


def test_a_session_that_ends_in_the_middle_proves_nothing(tmp_path: Path) -> None:
    with Forgetful() as shop:
        cells = walked(shop, tmp_path)
    ended = [cell for cell in cells if cell["who"] in {"buyer_b", "seller_b"} and cell["verb"] == "read"]
    mine = [cell for cell in ended if KINDS[cell["kind"]].owner == "buyer_a"]
    assert mine
    assert {state_of(cell) for cell in mine} == {"unproven"}
    assert {doubt(cell) for cell in mine} == {"own"}
    assert not told(cells, "shown", "altered")


TOKEN = "Zq3v9KfT-xW7bLr0nYc5pHs8uGd2mEaJ_"
OVER = "Aa3v9KfT-xW7bLr0nYc5pHs8uGd2mEaJ_"
GUESTS = f"""[[guest_links]]
pattern = "^/guest/(?P<token>[^/]+)/$"
reason = "guests have no account"
lifetime_h = 72
expired = "/guest/{OVER}/"
"""


class Guests(MiniatureShop):
    """Puts on each order's page a link that opens it without log-in; one that is over does not open any more."""

    _page = b""

    def _answer(self, call: Call) -> Answer:
        if call.path == f"/guest/{TOKEN}/":
            return Answer(body=self._page)
        answer = super()._answer(call)
        if call.path.startswith("/orders/1") and answer.status == 200:
            self._page = answer.body
            return replace(answer, body=answer.body + f'<a href="{self.base_url}/guest/{TOKEN}/">link</a>'.encode())
        return answer


def test_a_declared_guest_link_is_found_opened_and_measured_and_its_secret_kept_out(tmp_path: Path) -> None:
    with Guests() as shop, Play(shop, tmp_path, further=GUESTS) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        seen = play.see(READS, "everybody")
    (link,) = seen["links"]
    assert link["opens"]
    assert link["words"]
    assert link["guess"]["entropy_bits"] >= 128
    assert link["expired"] == {"tried": True, "opens": False, "status": 404}
    assert TOKEN not in str(seen)


@pytest.mark.parametrize(("pattern", "fault"), [("^/nowhere/(.+)/$", ""), ("(", "no regular expression")])
def test_a_guest_link_that_is_not_found_or_no_pattern(
    running_shop: MiniatureShop, tmp_path: Path, pattern: str, fault: str
) -> None:
    further = f"[[guest_links]]\npattern = '{pattern}'\nreason = 'x'\nlifetime_h = 1\n"
    with Play(running_shop, tmp_path, further=further) as play:
        play.prepare("shop.catalogue", "shop.register", "shop.order")
        reading = play.read(READS, "everybody")
    if fault:
        assert isinstance(reading, Unobserved)
        assert reading.cause == "settings"
        assert fault in reading.detail
    else:
        assert not isinstance(reading, Unobserved)
        assert [(link["opens"], link["guess"]) for link in reading.data["links"]] == [(False, None)]


def test_in_production_nothing_is_written_and_no_id_is_guessed(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, environment="production", authorised=False, buyers=True) as play:
        seen = play.see(READS, "everybody")
        refused = play.read(WRITES, "everybody")
        log = list(shop.request_log)
        own = {
            *(order.number for order in shop.state.orders.values() if _is(shop, order.owner, "buyer_a")),
            *(str(paper.key) for paper in shop.state.cabinet.of("invoice", _key(shop, "buyer_a"))),
            str(_key(shop, "buyer_a")),
            *(goods.key for goods in _sold_by(shop, "seller_a")),
        }
    assert isinstance(refused, Unobserved)
    assert refused.cause in {"permission", "settings", "target"}
    assert seen["cells"]
    assert {state_of(cell) for cell in seen["cells"]} == {"refused"}
    assert {(method, path) for method, path, _ in log if method != "GET"} <= {("POST", "/login/"), ("POST", "/logout/")}
    guessed: dict[str, set[str]] = {}
    for _, path, _ in log:
        place, _, last = path.rstrip("/").rpartition("/")
        if last.isdecimal() and last not in own:
            guessed.setdefault(place, set()).add(last)
    assert all(len(ids) <= MOST_GUESSES for ids in guessed.values()), guessed
    assert not guessed, guessed


def _key(shop: MiniatureShop, role: str) -> int:
    found = shop.state.find(shop.username(role))
    assert found is not None
    return found.key


def _is(shop: MiniatureShop, key: int, role: str) -> bool:
    return key == _key(shop, role)


def _sold_by(shop: MiniatureShop, role: str) -> list[Any]:
    from tests.miniatures.shop.goods import CATALOGUE

    return [goods for goods in CATALOGUE if goods.seller == role]


def request(
    url: str = "https://shop.example/orders/7/cancel/", body: bytes | None = None, method: str = "POST"
) -> Request:
    return Request(method=method, url=url, headers=FORM, body=body)


@pytest.mark.parametrize(
    ("name", "url", "body", "found"),
    [
        ("7", "https://shop.example/orders/7/cancel/", None, True),
        ("7", "https://shop.example/orders/77/cancel/", None, False),
        ("7", "https://shop.example/orders/cancel/", b"id=7&why=x", True),
        ("7", "https://shop.example/orders/cancel/", b"id=17&why=x", False),
        ("a/b", "https://shop.example/x/", b"id=a%2Fb", True),
        ("https://shop.example/goods/tea_12/", "https://shop.example/dashboard/products/12/", None, True),
        ("https://shop.example/goods/tea_12/", "https://shop.example/dashboard/products/112/", None, False),
        ("", "https://shop.example/profile/", b"first_name=x", False),
    ],
)
def test_a_request_names_its_object_or_it_does_not(name: str, url: str, body: bytes | None, found: bool) -> None:
    assert (naming([request(url, body)], name) is not None) is found


def test_another_sends_the_same_with_proofs_of_its_own() -> None:
    held = request(body=b"csrf=owner%2Btoken&city=owner")
    sent = as_another(
        held,
        theirs={"csrf": "owner+token", "city": "owner"},
        own={"csrf": "others+token"},
        headers=(("Authorization", "Bearer other"),),
    )
    assert sent.body == b"csrf=others%2Btoken&city=owner"
    assert ("Authorization", "Bearer other") in sent.headers
    assert "Bearer owner" not in str(sent.headers)


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("GET", None, False),
        ("POST", b"a=b", True),
        ("DELETE", None, True),
        ("POST", b'{"query":"query Orders { orders { id } }"}', False),
        ("POST", b'{"query":"{ orders { id } }"}', False),
        ("POST", b'{"query":"mutation Cancel { cancel }"}', True),
    ],
)
def test_what_writes(method: str, body: bytes | None, expected: bool) -> None:
    assert writes(request(body=body, method=method)) is expected
