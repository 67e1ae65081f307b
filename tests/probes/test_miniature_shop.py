"""The miniature shop by itself: over raw http.client, and through the journey engine with its three adapters."""

import http.client
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from probes.target_file import read_target
from tests.miniatures.shop.goods import CATALOGUE, CREDIT_CODE
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.shopper import ADDRESS, Shopper

PERSON = {"email": "li.chen@example.com", "password": "Correct-Horse-7", "first_name": "丽", "last_name": "陈"}


@pytest.fixture(scope="module")
def shop() -> Iterator[MiniatureShop]:
    with MiniatureShop() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


class Browser:
    """As little of a browser as the shop needs: one cookie, forms by hand."""

    def __init__(self, shop: MiniatureShop) -> None:
        context = ssl.create_default_context(cafile=str(shop.ca_file))
        self._connection = http.client.HTTPSConnection(urlsplit(shop.base_url).netloc, context=context, timeout=5)
        self.cookie = ""
        self.headers: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        return self._send("GET", path, None)

    def post(self, path: str, page: str, **fields: str) -> tuple[int, str]:
        token = re.search(r'name="csrf" value="([^"]+)"', self.get(page)[1])
        assert token
        return self._send("POST", path, urlencode({"csrf": token[1], **fields}))

    def post_without_token(self, path: str, **fields: str) -> tuple[int, str]:
        return self._send("POST", path, urlencode(fields))

    def log_in(self, shop: MiniatureShop, role: str) -> None:
        name, password = shop.username(role), shop.accounts[role]
        assert self.post("/login/", "/login/", username=name, password=password)[0] == 303

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        if "set-cookie" in self.headers:
            self.cookie = self.headers["set-cookie"].partition(";")[0]
        return answer.status, text


@pytest.fixture
def browser(shop: MiniatureShop) -> Iterator[Browser]:
    opened = Browser(shop)
    yield opened
    opened.close()


def plain_get(shop: MiniatureShop, path: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection(urlsplit(shop.plain_url).netloc, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.getheader("Location")
    connection.close()
    return found


def test_the_plain_port_leads_to_the_same_place_over_tls(shop: MiniatureShop) -> None:
    assert plain_get(shop, "/login/?next=/orders/") == (301, f"{shop.base_url}/login/?next=/orders/")


def test_pages_carry_hsts_and_a_careful_cookie(browser: Browser) -> None:
    assert browser.get("/")[0] == 200
    assert browser.headers["strict-transport-security"] == "max-age=31536000"
    assert browser.headers["set-cookie"].endswith("Path=/; Secure; HttpOnly; SameSite=Lax")


def test_logging_in_renews_the_session(shop: MiniatureShop, browser: Browser) -> None:
    browser.get("/")
    before = browser.cookie
    browser.log_in(shop, "buyer_a")
    assert browser.cookie != before
    assert shop.username("buyer_a") in browser.get("/account/")[1]


def test_a_form_without_its_token_is_refused(shop: MiniatureShop, browser: Browser) -> None:
    browser.log_in(shop, "buyer_a")
    assert browser.post_without_token("/cart/add/", goods="1", quantity="1")[0] == 403
    assert "empty-cart" in browser.get("/cart/")[1]


def test_a_wrong_password_shows_the_form_again(shop: MiniatureShop, browser: Browser) -> None:
    status, text = browser.post("/login/", "/login/", username=shop.username("buyer_a"), password="wrong-password")
    assert (status, "用户名或密码错误" in text) == (200, True)
    assert browser.get("/account/")[0] == 302


def test_the_price_in_the_form_is_not_believed(shop: MiniatureShop, browser: Browser) -> None:
    browser.log_in(shop, "buyer_a")
    browser.post("/cart/add/", "/goods/1/", goods="1", quantity="1", price="0.01")
    assert '<span id="cart-total">¥128.00</span>' in browser.get("/cart/")[1]
    browser.post("/cart/empty/", "/cart/")


def test_an_order_is_for_its_buyer_its_seller_and_the_operator(shop: MiniatureShop) -> None:
    number = next(order.number for order in shop.state.orders.values() if order.lines[0].goods.seller == "seller_a")
    wanted = {
        ("buyer_a", f"/orders/{number}/"): 200,
        ("buyer_b", f"/orders/{number}/"): 404,
        ("operator", f"/operator/orders/{number}/"): 200,
        ("buyer_a", f"/operator/orders/{number}/"): 403,
        ("seller_a", f"/operator/orders/{number}/"): 403,
        ("seller_a", f"/seller/orders/{number}/"): 200,
        ("seller_b", f"/seller/orders/{number}/"): 404,
        ("buyer_a", "/seller/orders/"): 403,
    }
    found = {}
    for role, path in wanted:
        browser = Browser(shop)
        browser.log_in(shop, role)
        found[role, path] = browser.get(path)[0]
        browser.close()
    assert found == wanted


def test_a_visitor_is_sent_to_the_log_in(browser: Browser) -> None:
    for path in ("/orders/", "/operator/orders/", "/seller/orders/", "/account/", "/checkout/", "/orders/100001/"):
        assert browser.get(path)[0] == 302, path
        assert browser.headers["location"] == f"/login/?next={path}"


def test_the_request_log_says_who_asked_for_what(shop: MiniatureShop, browser: Browser) -> None:
    browser.log_in(shop, "operator")
    browser.get("/operator/orders/")
    assert shop.request_log[-1] == ("GET", "/operator/orders/", "operator")


def test_the_credit_code_has_a_valid_check_digit(browser: Browser) -> None:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015
    total = sum(signs.index(sign) * pow(3, place, 31) for place, sign in enumerate(CREDIT_CODE[:17]))
    assert signs[-total % 31] == CREDIT_CODE[17]
    assert CREDIT_CODE in browser.get("/qualification/")[1]


def test_an_unknown_defect_is_refused() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        MiniatureShop.with_defect("no-such-thing")


def test_the_target_file_is_a_good_one(shop: MiniatureShop, folder: Path) -> None:
    target = read_target(shop.target_toml(folder, buyers=True))
    assert target.platform.base_url == shop.base_url
    assert target.permits(shop.plain_url + "/login/")
    assert set(target.roles) == {"operator", "seller_a", "seller_b", "buyer_a", "buyer_b"}
    assert [endpoint.addresses for endpoint in target.endpoints] == [("127.0.0.1",)]
    assert "password" not in str(target.written).replace("password_file", "").replace(".password", "")


@pytest.mark.parametrize("adapter", ["miniature", "miniature_json", "miniature_graphql"])
def test_a_purchase_through_the_engine(shop: MiniatureShop, folder: Path, adapter: str) -> None:
    with Shopper(shop, folder, adapter=adapter) as buyer, Shopper(shop, folder, adapter=adapter) as other:
        buyer.log_in("buyer_a")
        tea = buyer.done("list_products")["products"][0]
        assert (tea["name"], tea["price"]["amount"], tea["price"]["currency"]) == (CATALOGUE[0].name, "128.00", "CNY")
        read = buyer.done("read_product", url=tea["url"])
        buyer.done("add_to_cart", url=tea["url"], ref=read["ref"], quantity=2)
        cart = buyer.done("read_cart")
        assert [(line["name"], line["quantity"]) for line in cart["lines"]] == [(tea["name"], 2)]
        assert cart["total"]["amount"] == "256.00"
        sums = buyer.done("check_out", **ADDRESS)
        shown = [sums[name]["amount"] for name in ("goods_total", "delivery_fee", "grand_total")]
        assert shown == ["256.00", "10.00", "266.00"]
        number = buyer.done("confirm_order")["number"]
        order = buyer.done("read_order", number=number)
        assert (order["number"], order["total"]["amount"], "南京西路1266号" in order["address"]) == (
            number,
            "266.00",
            True,
        )
        other.log_in("buyer_b")
        assert other.came("read_order", number=number) == "denied"
        assert other.came("operator_list_orders") == "denied"
        other.log_in("operator")
        assert number in {row["number"] for row in other.done("operator_list_orders")["orders"]}


@pytest.mark.parametrize("adapter", ["miniature", "miniature_json", "miniature_graphql"])
def test_refusals_through_the_engine(shop: MiniatureShop, folder: Path, adapter: str) -> None:
    with Shopper(shop, folder, adapter=adapter) as visitor:
        assert visitor.came("who_am_i") == "denied"
        assert visitor.came("read_order", number="100002") == "denied"
        username = shop.username("buyer_a")
        assert visitor.came("log_in", username=username, password="not-the-password") == "denied"
        assert visitor.came("log_in", username=username, password=shop.accounts["buyer_a"]) == "done"
        assert visitor.done("who_am_i")["email"] == username
        assert visitor.came("check_out", **ADDRESS) == "denied"


def test_the_cart_through_the_engine(shop: MiniatureShop, folder: Path) -> None:
    with Shopper(shop, folder) as buyer:
        buyer.log_in("buyer_b")
        first, second = buyer.done("list_products")["products"][:2]
        buyer.done("add_to_cart", url=first["url"], ref="1", quantity=1)
        buyer.done("add_to_cart", url=second["url"], ref="2", quantity=1)
        keys = {line["name"]: line["key"] for line in buyer.done("read_cart")["lines"]}
        buyer.done("change_quantity", key=keys[first["name"]], quantity=3)
        buyer.done("remove_line", key=keys[second["name"]])
        lines = buyer.done("read_cart")["lines"]
        assert [(line["name"], line["quantity"]) for line in lines] == [(first["name"], 3)]
        buyer.done("empty_cart")
        assert not buyer.done("read_cart")["lines"]
        buyer.done("empty_cart")


def test_a_member_from_registering_to_leaving(shop: MiniatureShop, folder: Path) -> None:
    with Shopper(shop, folder) as member:
        member.done("register", phone="13800138000", **PERSON)
        assert member.came("register", phone="13800138000", **PERSON) == "denied"
        member.done("log_in", username=PERSON["email"], password=PERSON["password"])
        assert member.done("read_profile")["fields"]["phone"] == "13800138000"
        member.done("change_profile", first_name="莉", last_name="陈", email="new@example.com", password=None)
        assert member.done("who_am_i") == {"email": "new@example.com", "name": "陈 莉"}
        member.done("add_address", **ADDRESS)
        key = member.done("list_addresses")["addresses"][0]["key"]
        member.done("change_address", key=key, **(ADDRESS | {"city": "苏州"}))
        assert member.done("read_address", key=key)["fields"]["city"] == "苏州"
        member.done("delete_address", key=key)
        assert not member.done("list_addresses")["addresses"]
        member.done("log_out")
        assert member.came("who_am_i") == "denied"
        member.done("log_in", username="new@example.com", password=PERSON["password"])
        assert member.came("delete_account", password="wrong-password") == "denied"
        member.done("delete_account", password=PERSON["password"])
        assert member.came("log_in", username="new@example.com", password=PERSON["password"]) == "denied"


def test_staff_through_the_engine(folder: Path) -> None:
    with MiniatureShop() as shop, Shopper(shop, folder) as staff, Shopper(shop, folder) as buyer:
        buyer.log_in("buyer_a")
        number = buyer.done("list_orders")["orders"][0]["number"]
        staff.log_in("operator")
        before = staff.done("operator_read_order", number=number)["status"]
        staff.done("operator_ship", number=number)
        assert staff.done("operator_read_order", number=number)["status"] != before
        assert buyer.came("cancel_order", number=number) == "broken"
        staff.done("set_price", url="/goods/1/", price="99.90")
        assert staff.done("read_product", url="/goods/1/")["price"]["amount"] == "99.90"
        assert buyer.came("set_price", url="/goods/1/", price="0.01") != "done"
        staff.log_in("seller_a")
        assert [row["number"] for row in staff.done("seller_list_orders")["orders"]] == [number]
        assert staff.done("seller_read_order", number=number)["lines"][0]["name"] == CATALOGUE[0].name
        goods = staff.done("seller_list_goods")["goods"]
        assert [row["name"] for row in goods] == [item.name for item in CATALOGUE if item.seller == "seller_a"]
        assert staff.done("seller_read_goods", url=goods[0]["url"])["name"] == CATALOGUE[0].name
        staff.log_in("seller_b")
        assert staff.came("seller_read_goods", url=goods[0]["url"]) == "denied"
        buyer.log_in("buyer_b")
        buyer.done("cancel_order", number=buyer.done("list_orders")["orders"][0]["number"])


def test_the_rest_of_the_visitors_verbs(shop: MiniatureShop, folder: Path) -> None:
    with Shopper(shop, folder) as visitor:
        visitor.done("home")
        found: list[Any] = [row["name"] for row in visitor.done("search", term="茶")["products"]]
        assert found == [item.name for item in CATALOGUE if "茶" in item.name]
        prices = visitor.done("read_delivery_prices")["prices"]
        assert [price["text"] for price in prices] == ["¥10.00"]


@pytest.mark.parametrize("adapter", ["miniature_json"])
def test_the_json_face_keeps_a_cart(shop: MiniatureShop, folder: Path, adapter: str) -> None:
    with Shopper(shop, folder, adapter=adapter) as buyer:
        buyer.done("register", phone="", **(PERSON | {"email": "json@example.com"}))
        buyer.done("log_in", username="json@example.com", password=PERSON["password"])
        buyer.done("add_to_cart", url="1", ref="1", quantity=1)
        buyer.done("change_quantity", key="1", quantity=3)
        assert buyer.done("read_cart")["lines"][0]["quantity"] == 3
        buyer.done("remove_line", key="1")
        assert not buyer.done("read_cart")["lines"]
        assert not buyer.done("list_orders")["orders"]
        buyer.done("log_out")
        assert buyer.came("read_cart") == "denied"


def test_the_graphql_face_names_a_rule_of_the_shop(shop: MiniatureShop, folder: Path) -> None:
    with Shopper(shop, folder, adapter="miniature_graphql") as buyer:
        buyer.log_in("buyer_b")
        assert buyer.came("add_to_cart", url="1", ref="1", quantity=0) == "denied"
        assert buyer.came("confirm_order") == "denied"
        assert buyer.came("read_product", url="99") == "denied"
