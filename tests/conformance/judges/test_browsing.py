"""3.2.1 cart and display, 3.2.5 the page of qualifications."""

from typing import Any

import pytest

from tests.conformance.judges.evidence import broken, cart_line, denied, done, money
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put


def held(*lines: Any) -> Any:
    return done(lines=list(lines), total=None)


CART = (
    Way("cart unread", put("steps/0/read", broken("500")), "violates", "cannot be read"),
    Way("cart closed", put("steps", [{"name": "open the cart", "read": denied()}]), "violates", "open the cart"),
    Way("empty after adding", put("steps/0/read", held()), "violates", "holds -"),
    Way("adding refused", all_of(put("steps/0/done", denied("sold out")), put("steps/0/read", held())), "violates",
        "sold out"),
    Way("quantity forgotten", put("steps/2/read", held(cart_line("Tea", 1), cart_line("Cup", 2))), "violates",
        "it holds"),
    Way("removed line stays", put("steps/3/read", held(cart_line("Tea", 3), cart_line("Cup", 2))), "violates"),
    Way("something else in it", put("steps/0/read", held(cart_line("Tea", 1), cart_line("Scarf", 1))), "violates"),
    Way("right, though told broken", put("steps/2/done", broken("no redirect")), "undetermined", "no redirect"),
    Way("wrong and told broken", all_of(
        put("steps/2/done", broken("no redirect")), put("steps/2/read", held(cart_line("Tea", 1), cart_line("Cup", 2)))
    ), "violates", "no redirect"),
    Way("no keys", drop("steps/3"), "undetermined", "no key", cause="settings"),
    Way("no steps", put("steps", []), "undetermined", "no key"),
    Way("quantity as text", put("steps/0/read", held(cart_line("Tea", "1 件"))), "conforms"),
    Way("quantity as a fraction that is whole", put("steps/0/read", held(cart_line("Tea", 1.0))), "conforms"),
    Way("quantity not shown", put("steps/0/read", held(cart_line("Tea", None))), "undetermined", cause="settings"),
    Way("one article on two lines", put("steps/2/read", held(
        cart_line("Tea", 1), cart_line("Tea", 2), cart_line("Cup", 2)
    )), "conforms"),
    Way("shortened name", put("steps/3/read", held(cart_line("Te…", 3))), "conforms"),
    Way("a line without a name", put("steps/3/read", held(cart_line("Tea", 3) | {"name": None})), "violates"),
)  # fmt: skip


@pytest.mark.parametrize("way", CART, ids=lambda way: way.name)
def test_cart(way: Way) -> None:
    assert_told("SBT-3.2.1-cart", "shop.cart", way)


OTHER = {"name": "Scarf", "url": "/goods/3/", "price": money("1.00")}

DISPLAY = (
    Way("list broken", put("list", broken("500")), "violates", "500"),
    Way("list empty", put("list/outputs/products", []), "violates", "no goods"),
    Way("nothing sampled", put("details", []), "undetermined", "No detail"),
    Way("detail empty", put("details/1/read", broken("200 without a body")), "violates", "without a body"),
    Way("detail names nothing", put("details/1/read/outputs/name", ""), "violates", "names none"),
    Way("detail name null", put("details/1/read/outputs/name", None), "violates", "names none"),
    Way("another article", put("details/1/read/outputs/name", "Silk scarf"), "violates", "Silk scarf"),
    Way("shortened on the list", put("details/1/listed/name", "PORCELAIN c…"), "conforms"),
    Way("a brand on the detail", put("details/1/read/outputs/name", "【Duheng】Porcelain cup"), "conforms"),
    Way("full-width letters", put("details/0/read/outputs/name", "Ｔｅａ"), "conforms"),
    Way("named by the target file alone", put("details/1/listed/name", None), "conforms"),
    Way("no search", put("search", None), "conforms"),
    Way("search finds nothing", put("search/found", done(products=[])), "violates", "finds nothing"),
    Way("search broken", put("search/found", broken("500")), "undetermined", "500"),
    Way("search finds others", put("search/found", done(products=[OTHER])), "undetermined", "other goods"),
    Way("declared word finds nothing", all_of(
        put("search/of", "target file"), put("search/found", done(products=[]))
    ), "undetermined", "target file", cause="settings"),
    Way("declared word finds something", all_of(
        put("search/of", "target file"), put("search/found", done(products=[OTHER]))
    ), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", DISPLAY, ids=lambda way: way.name)
def test_display(way: Way) -> None:
    assert_told("SBT-3.2.1-display", "shop.catalogue", way)


QUALIFICATION = (
    Way("home page broken", all_of(put("home_ok", False), put("home_status", 500)), "undetermined", "500"),
    Way("no candidate", put("candidates", []), "violates", "none is a page"),
    Way("three clicks away", put("candidates/0/depth", 3), "violates", "nearest candidate"),
    Way("named by the link alone", put("candidates/0/named_by", ["link"]), "violates"),
    Way("empty", put("candidates/0/visible_length", 0), "violates"),
    Way("no number and no picture", put("candidates/0/credit_codes", []), "violates"),
    Way("a picture", all_of(put("candidates/0/credit_codes", []), put("pages/0/images", ["营业执照"])), "conforms",
        "picture"),
    Way("behind a log-in", put("candidates/0/asks_password", True), "violates"),
    Way("not there", put("candidates/0/status", 404), "violates"),
    Way("gone wrong", put("candidates/0/status", 503), "undetermined", "could not be read"),
    Way("timed out", put("candidates/0/status", None), "undetermined", "could not be read"),
    Way("cut short, none found", all_of(put("candidates", []), put("stopped", "pages")), "undetermined", "were not"),
    Way("cut short, links left", all_of(
        put("candidates/0/depth", 3), put("stopped", "time"), put("matching_links_left", 2)
    ), "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", QUALIFICATION, ids=lambda way: way.name)
def test_page_of_qualifications(way: Way) -> None:
    assert_told("SBT-3.2.5-page", "web.qualification", way)
