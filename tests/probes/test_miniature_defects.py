"""Each defect of the miniature shop shows, by the simplest look at it, and the shop without defects shows none.

This looks at the shop alone; that the checks tell each defect, and no other, is the matrix's to prove.
"""

import socket
import ssl
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.judges.table import JUDGEMENTS
from probes.clock import Deadline, SystemClock
from probes.redaction import Redactor
from probes.shop.journey import FormBody
from probes.transports.http import RequestsHttp
from probes.transports.port import Request
from tests.conformance.judges.machine_subjects import MACHINES
from tests.conformance.judges.standing_subjects import LONG_RUN
from tests.miniatures.defects import DEFECTS, NAMES
from tests.miniatures.shop.goods import CATALOGUE, CREDIT_CODE, ODD_ONE
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.shopper import ADDRESS, Shopper
from tests.probes import intruding, matrix_looks, paying, telling_third_parties, tracing, trading
from tests.probes.defect_scene import Scene
from tests.probes.interfaces import office_looks


def as_payer(shows: Callable[[paying.Payer], bool]) -> Callable[[Scene], bool]:
    """A look of somebody who pays."""
    return lambda scene: shows(scene.payer())


def key_of(scene: Scene, role: str) -> str:
    """The number of an account."""
    account = scene.shop.state.find(scene.shop.username(role))
    assert account is not None
    return str(account.key)


def amount(money: Mapping[str, Any] | None) -> str | None:
    return None if money is None else money["amount"]


def refuses(scene: Scene, address: str, family: socket.AddressFamily) -> bool:
    declared = [each for end in scene.target.endpoints for each in end.addresses]
    if address not in declared:
        return False
    with socket.socket(family) as caller:
        caller.settimeout(5)
        return caller.connect_ex((address, urlsplit(scene.shop.base_url).port)) != 0


def untrusted(scene: Scene, told: str) -> bool:
    context = ssl.create_default_context(cafile=str(scene.shop.ca_file))
    place = urlsplit(scene.shop.base_url)
    with socket.create_connection(("127.0.0.1", place.port or 0), timeout=5) as raw:
        try:
            context.wrap_socket(raw, server_hostname="127.0.0.1").close()
        except ssl.SSLCertVerificationError as error:
            return told in str(error)
    return False


def agrees(
    scene: Scene, ciphers: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, *, level: int = 0
) -> str | None:
    """Return the suite that a client with only these agrees on; None where it does not come about."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    context.set_ciphers(f"{ciphers}:@SECLEVEL={level}")
    place = urlsplit(scene.shop.base_url)
    with socket.create_connection(("127.0.0.1", place.port or 0), timeout=5) as raw:
        try:
            with context.wrap_socket(raw) as wrapped:
                used = wrapped.cipher()
                return used[0] if used else None
        except ssl.SSLError:
            return None


def enters(scene: Scene, password: str) -> bool:
    stranger = Shopper(scene.shop, scene.folder)
    came = stranger.came("log_in", username=scene.shop.username("buyer_a"), password=password)
    stranger.__exit__()
    return came == "done"


def mixes(scene: Scene) -> bool:
    first, second = Shopper(scene.shop, scene.folder), Shopper(scene.shop, scene.folder)
    first.log_in("buyer_a")
    first.done("who_am_i")
    second.log_in("buyer_b")
    second.done("who_am_i")
    seen = first.done("who_am_i")["email"]
    first.__exit__()
    second.__exit__()
    return bool(seen != scene.shop.username("buyer_a"))


def leaks_orders(scene: Scene, role: str) -> bool:
    outcome = scene.who(role).do("operator_list_orders")
    return any(exchange.holds("100002") for exchange in outcome.exchanges)


def opens_orders(scene: Scene, role: str) -> bool:
    return scene.who(role).came("operator_list_orders") == "done"


def cart_after(scene: Scene, *changes: tuple[str, dict[str, Any]]) -> dict[str, int]:
    buyer = scene.who("buyer_b")
    for verb, inputs in (("add_to_cart", {"url": "/goods/2/", "ref": "2", "quantity": 1}), *changes):
        outcome = buyer.came(verb, **inputs)
        assert outcome in {"done", "broken"}
    lines = buyer.done("read_cart")["lines"]
    buyer.came("empty_cart")
    scene.shop.state.carts.clear()
    return {line["key"]: line["quantity"] for line in lines}


def forged_price(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    honest = buyer.adapter.journeys["add_to_cart"]
    forged = replace(honest.steps[1], body=FormBody(fields={"price": "0.01", "quantity": "1"}))
    buyer.walk(replace(honest, steps=(honest.steps[0], forged)), url="/goods/1/", ref="1", quantity=1)
    total = amount(buyer.done("read_cart")["total"])
    buyer.done("empty_cart")
    return total == "0.01"


def products(scene: Scene, verb: str = "list_products", **inputs: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.who("visitor").done(verb, **inputs)["products"]
    return found


def odd_one(scene: Scene) -> dict[str, Any]:
    return scene.who("visitor").done("read_product", url=f"/goods/{ODD_ONE}/")


def clicks_to_qualification(scene: Scene) -> int | None:
    from probes.page import visible_links

    seen, edge = {"/"}, ["/"]
    for depth in range(4):
        for path in edge:
            answer = scene.get(path)
            if answer.status == 200 and CREDIT_CODE.encode() in answer.body.split(b"<footer>")[0]:
                return depth
        pages = [scene.text(path) for path in edge]
        links = {urlsplit(link.url).path for text in pages if text for link in visible_links(text, scene.shop.base_url)}
        edge = sorted(links - seen)
        seen |= links
    return None


def shown_to_member(scene: Scene) -> str:
    buyer = scene.who("buyer_b")
    buyer.done("add_address", **ADDRESS)
    rows = buyer.done("list_addresses")["addresses"]
    shown = [buyer.done("read_profile"), rows, buyer.done("read_address", key=rows[-1]["key"])]
    buyer.done("delete_address", key=rows[-1]["key"])
    return str(shown)


def changed(scene: Scene, verb: str) -> dict[str, Any]:
    buyer = scene.who("buyer_b")
    if verb == "change_profile":
        new = {"first_name": "新", "last_name": "名", "email": "changed@example.com", "phone": "021-5550199"}
        buyer.done(verb, **new)
        # The address may not be shown as a field; whoever is logged in knows it all the same.
        found: dict[str, Any] = buyer.done("read_profile")["fields"] | {"email": buyer.done("who_am_i")["email"]}
        buyer.done(verb, first_name="波", last_name="常", email=scene.shop.username("buyer_b"), phone="021-5550100")
        return found
    buyer.done("add_address", **ADDRESS)
    key = buyer.done("list_addresses")["addresses"][-1]["key"]
    buyer.done("change_address", key=key, **(ADDRESS | {"city": "苏州"}))
    fields: dict[str, Any] = buyer.done("read_address", key=key)["fields"]
    buyer.done("delete_address", key=key)
    return fields


def lines_of(view: Mapping[str, Any] | None) -> list[tuple[str, int]]:
    return [] if view is None else [(line["name"], line["quantity"]) for line in view["lines"]]


def ships(scene: Scene) -> bool:
    number = scene.number("buyer_b")
    scene.who("operator").done("operator_ship", number=number)
    return "已发货" in scene.who("operator").done("operator_read_order", number=number)["status"]


def other_address(scene: Scene) -> bool:
    scene.who("buyer_a").done("add_address", **ADDRESS)
    key = scene.who("buyer_a").done("list_addresses")["addresses"][-1]["key"]
    came = scene.who("buyer_b").came("read_address", key=key)
    scene.who("buyer_a").done("delete_address", key=key)
    return came == "done"


def reads_all_lines(scene: Scene) -> bool:
    buyer = scene.who("buyer_b")
    for key in ("1", "2"):
        buyer.done("add_to_cart", url=f"/goods/{key}/", ref=key, quantity=1)
    buyer.done("check_out", **ADDRESS)
    number = buyer.done("confirm_order")["number"]
    return len(lines_of(scene.who("seller_b").done("seller_read_order", number=number))) == 2


def half(scene: Scene) -> str:
    password = scene.shop.accounts["buyer_a"]
    return password[: len(password) // 2]


def cookie_line(scene: Scene) -> str:
    """Return how a visitor's fresh session is set."""
    http = RequestsHttp(scene.target, SystemClock(), Redactor())
    try:
        request = Request(method="GET", url=scene.shop.base_url + "/login/")
        return http.send(request, deadline=Deadline.after(SystemClock(), 10)).header("set-cookie") or ""
    finally:
        http.close()


LOOKS: Mapping[str, Callable[[Scene], bool]] = {
    **office_looks.LOOKS,
    "front-end-away": lambda s: refuses(s, "127.0.0.2", socket.AF_INET),
    "published-ipv6-dead": lambda s: refuses(s, "::1", socket.AF_INET6),
    "login-form-in-clear": lambda s: b'type="password"' in s.get("/login/", plain=True).body,
    "order-open-to-visitors": lambda s: s.get(f"/orders/{s.number('buyer_a')}/").status == 200,
    "checkout-in-clear": lambda s: b'name="line1"' in s.get("/checkout/", plain=True).body,
    "operator-view-lacks-line": lambda s: len(lines_of(s.ordered()["operator"])) == 1,
    "price-from-form": forged_price,
    **trading.LOOKS,
    "operator-view-other-quantity": lambda s: lines_of(s.ordered()["operator"])[0][1] == 3,
    "buyer-order-total-altered": lambda s: amount(s.ordered()["buyer"]["total"]) == "533.50",
    "any-password-accepted": lambda s: enters(s, "something-else"),
    "password-prefix-accepted": lambda s: enters(s, half(s)),
    "sessions-mix": mixes,
    "old-password-still-works": lambda s: intruding.outlives_password(s.shop, s.folder)[1],
    "no-lockout": lambda s: intruding.after_wrong(s.shop, s.folder, 16) == (False, True),
    "lock-message-only": lambda s: intruding.after_wrong(s.shop, s.folder, 6) == (True, True),
    "lock-too-late": lambda s: (
        intruding.after_wrong(s.shop, s.folder, 12)[1] and not intruding.after_wrong(s.shop, s.folder, 16)[1]
    ),
    "unknown-user-told": lambda s: "不存在" in intruding.refusal(s.shop, s.folder, "nobody@example.com"),
    "session-fixation": lambda s: intruding.fixed(s.shop, s.folder, made_up=False),
    "made-up-session-adopted": lambda s: intruding.fixed(s.shop, s.folder, made_up=True),
    "session-survives-logout": lambda s: intruding.outlives_log_out(s.shop, s.folder),
    "session-id-sequential": lambda s: all(
        own[1:].isdecimal() and len(own) < 10 for own in intruding.ids(s.shop, s.folder)
    ),
    "session-id-short": lambda s: (
        [len(own) for own in intruding.ids(s.shop, s.folder)] == [8, 8]
        and not any(own.startswith("s") for own in intruding.ids(s.shop, s.folder))
    ),
    "password-change-keeps-sessions": lambda s: intruding.outlives_password(s.shop, s.folder)[0],
    "cookie-without-secure": lambda s: "Secure" not in cookie_line(s),
    "cookie-not-httponly": lambda s: "HttpOnly" not in cookie_line(s),
    "cookie-without-samesite": lambda s: "SameSite" not in cookie_line(s),
    "hash-in-profile-page": lambda s: "pbkdf2_sha256$" in intruding.profile_body(s.shop, s.folder),
    "operator-orders-open-to-buyers": lambda s: opens_orders(s, "buyer_a"),
    "operator-orders-open-to-visitors": lambda s: opens_orders(s, "visitor"),
    "operator-body-behind-redirect": lambda s: leaks_orders(s, "buyer_a") and not opens_orders(s, "buyer_a"),
    "operator-orders-open-to-sellers": lambda s: opens_orders(s, "seller_a"),
    "order-by-number-readable": lambda s: s.who("buyer_b").came("read_order", number=s.number("buyer_a")) == "done",
    "order-list-of-others": lambda s: s.number("buyer_a") in str(s.who("buyer_b").done("list_orders")),
    "address-by-key-readable": other_address,
    "seller-reads-other-sellers-order": lambda s: (
        s.who("seller_b").came("seller_read_order", number=s.number("buyer_a")) == "done"
    ),
    "seller-reads-whole-shared-order": reads_all_lines,
    "invoice-open-by-id": lambda s: s.who("visitor").came("read_invoice", key=matrix_looks.invoice(s)) == "done",
    "price-form-takes-any-post": matrix_looks.prices_by_a_post,
    "user-record-open-to-sellers": lambda s: (
        s.who("seller_a").came("operator_read_user", key=key_of(s, "buyer_a")) == "done"
    ),
    "address-of-others-changeable": matrix_looks.changes_address,
    "order-of-others-cancelled-despite-403": matrix_looks.cancels,
    "wish-list-of-others-deletable": matrix_looks.deletes_wish_list,
    "price-of-other-sellers-changeable": matrix_looks.prices_others_goods,
    "order-record-open-by-number": lambda s: (
        s.who("buyer_b").came("read_order_record", number=s.number("buyer_a")) == "done"
    ),
    "no-hsts": lambda s: s.get("/").header("strict-transport-security") is None,
    "plain-port-404": lambda s: s.get("/login/", plain=True).status == 404,
    "plain-redirects-elsewhere": lambda s: (
        not str(s.get("/orders/", plain=True).header("location")).startswith("https:")
    ),
    "plain-redirect-to-broken": lambda s: (
        s.get(urlsplit(s.get("/orders/", plain=True).header("location") or "").path).status == 500
    ),
    "wrong-host-certificate": lambda s: untrusted(s, "IP address mismatch"),
    "expired-certificate": lambda s: untrusted(s, "certificate has expired"),
    "self-signed-certificate": lambda s: untrusted(s, "self-signed certificate"),
    "anonymous-suite-offered": lambda s: agrees(s, "AECDH-AES256-SHA") == "AECDH-AES256-SHA",
    "null-suite-offered": lambda s: agrees(s, "ECDHE-ECDSA-NULL-SHA") == "ECDHE-ECDSA-NULL-SHA",
    "old-protocol-offered": lambda s: agrees(s, "ALL", ssl.TLSVersion.TLSv1) is not None,
    "short-dh-prime-offered": lambda s: (
        agrees(s, "DHE+AESGCM") is not None and agrees(s, "DHE+AESGCM", level=2) is None
    ),
    "mails-but-does-not-register": lambda s: s.registered() == ("done", "denied"),
    "registered-cannot-log-in": lambda s: s.registered() == ("done", "denied"),
    "empty-200-on-register": lambda s: s.registered()[0] == "broken",
    "quantity-change-ignored": lambda s: cart_after(s, ("change_quantity", {"key": "2", "quantity": 4})) == {"2": 1},
    "removed-line-stays": lambda s: cart_after(s, ("remove_line", {"key": "2"})) == {"2": 1},
    "cart-empty-after-add": lambda s: cart_after(s) == {},
    "detail-page-empty-200": lambda s: s.get(f"/goods/{ODD_ONE}/").body == b"",
    "list-page-empty": lambda s: not products(s),
    "detail-shows-other-product": lambda s: odd_one(s)["name"] != CATALOGUE[4].name,
    "order-acknowledged-not-kept": lambda s: s.ordered()["buyer"] is None,
    "order-never-reaches-operator": lambda s: s.ordered()["buyer"] is not None and s.ordered()["operator"] is None,
    "shipping-does-not-stick": lambda s: not ships(s),
    "qualification-three-clicks-away": lambda s: clicks_to_qualification(s) == 3,
    "qualification-page-empty": lambda s: s.get("/qualification/").body == b"",
    "qualification-behind-login": lambda s: s.get("/qualification/").status == 302,
    "qualification-only-footer-text": lambda s: CREDIT_CODE in s.text("/") and clicks_to_qualification(s) is None,
    "price-on-request": lambda s: amount(odd_one(s)["price"]) is None,
    "price-without-currency": lambda s: products(s)[0]["price"]["currency"] is None,
    "list-without-prices": lambda s: amount(products(s)[0]["price"]) is None,
    "delivery-fee-hidden-before-checkout": lambda s: not s.who("visitor").done("read_delivery_prices")["prices"],
    "delivery-fee-other-than-charged": lambda s: amount(s.ordered()["preview"]["delivery_fee"]) == "20.00",
    "fee-hidden-in-total": lambda s: amount(s.ordered()["preview"]["delivery_fee"]) is None,
    "preview-sum-wrong": lambda s: amount(s.ordered()["preview"]["grand_total"]) == "535.50",
    "fee-added-after-confirmation": lambda s: amount(s.ordered()["operator"]["total"]) == "537.50",
    "phone-not-shown": lambda s: "021-5550100" not in shown_to_member(s),
    "address-not-shown": lambda s: ADDRESS["line1"] not in shown_to_member(s),
    "profile-change-ignored": lambda s: changed(s, "change_profile")["first_name"] != "新",
    "email-not-changeable": lambda s: (
        (found := changed(s, "change_profile"))["email"] != "changed@example.com" and found["first_name"] == "新"
    ),
    "address-change-ignored": lambda s: changed(s, "change_address")["city"] != "苏州",
    **{name: as_payer(shows) for name, shows in paying.SHOWS.items()},
    **telling_third_parties.shows(ADDRESS),
    **tracing.SHOWS,
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with MiniatureShop() as shop:
        scene = Scene(shop, tmp_path_factory.mktemp("good"))
        yield scene
        scene.close()


def test_each_defect_has_a_look_and_an_explanation() -> None:
    assert set(LOOKS) == NAMES
    assert len(NAMES) == len(DEFECTS)
    assert all(defect.explanation for defect in DEFECTS)


def test_each_check_has_two_defects_at_least() -> None:
    checks = [defect.check for defect in DEFECTS]
    assert set(checks) == set(JUDGEMENTS) - set(LONG_RUN) - MACHINES
    assert all(checks.count(check) >= 2 for check in checks)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_it_shows_where_it_is_and_nowhere_else(name: str, good: Scene, tmp_path: Path) -> None:
    with MiniatureShop.with_defect(name) as shop:
        scene = Scene(shop, tmp_path)
        try:
            assert LOOKS[name](scene)
        finally:
            scene.close()
    assert not LOOKS[name](good)
