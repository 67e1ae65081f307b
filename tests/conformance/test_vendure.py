"""Vendure, the second real shop: it starts, is spoken to by its adapter, examined, and what it violates is told.

Its packages are installed once, into pytest's own cache; a checkout that was never tested waits two to three minutes.
"""

import shutil
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.demo import lifecycle
from conformance.demo.folder import Folder
from conformance.demo.lifecycle import Running
from conformance.demo.vendure.start import start
from conformance.examination import Examination, Order, begin
from conformance.judges.disclosure import personal_kept, trade_kept
from conformance.judges.table import JUDGEMENTS
from conformance.observing import observe
from conformance.session import redactor_of
from probes.access.cells import state_of
from probes.clock import Deadline, SystemClock
from probes.errors import SettingsError
from probes.interfaces.api_key import key_in, showing
from probes.observation import Observation
from probes.redaction import Redactor
from probes.scene import Scene
from probes.shop.compose import origin
from probes.shop.opening import adapter_of
from probes.shop.outcome import Denied, Done
from probes.shop.session import ShopSession
from probes.shop.shop import ScriptedShop
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from reports.ledger.memory import MemoryStore
from reports.verdict import Undetermined, Verdict, Violates, word
from tests.conformance.demo_tables import ADDRESS
from tests.conformance.judges.backup_subjects import BACKUPS
from tests.conformance.judges.host_subjects import HOSTS
from tests.conformance.judges.standing_subjects import LONG_RUN
from tests.probes.playing import Play

TOLD = {
    **dict.fromkeys(LONG_RUN, "undetermined stale"),
    **dict.fromkeys((*BACKUPS, *HOSTS), "undetermined settings"),  # it declares neither hosts nor backups
    "SBT-3.1.2.3-tcpip": "conforms",
    "SBT-3.1.3-authenticable": "conforms",
    "SBT-3.1.3-complete": "conforms",
    "SBT-3.1.3-confidential": "violates",
    "SBT-3.1.3-non-repudiable": "undetermined settings",
    "SBT-3.1.3-unforgeable": "undetermined settings",
    "SBT-3.1.3.1-identified": "conforms",
    "SBT-3.1.3.1-no-intrusion": "violates",
    "SBT-3.1.3.2-horizontal": "conforms",
    "SBT-3.1.3.2-vertical": "undetermined target",
    "SBT-3.1.3.3-personal-no-leak": "conforms",
    "SBT-3.1.3.3-plain-web": "conforms",
    "SBT-3.1.3.3-ssl128": "conforms",
    "SBT-3.1.3.3-trade-no-leak": "conforms",
    "SBT-3.1.3.4-logical-field": "violates",
    "SBT-3.1.3.5-operations": "undetermined settings",
    "SBT-3.1.5-accounting": "conforms",
    "SBT-3.1.5-analytics": "undetermined settings",
    "SBT-3.1.5-crm": "conforms",
    "SBT-3.1.5-e-bank": "undetermined settings",
    "SBT-3.1.5-identity": "undetermined settings",
    "SBT-3.1.5-logistics": "conforms",
    "SBT-3.1.5-sales-payment": "conforms",
    "SBT-3.1.5-stock": "conforms",
    "SBT-3.2.1-cart": "conforms",
    "SBT-3.2.1-display": "conforms",
    "SBT-3.2.1-orders": "conforms",
    "SBT-3.2.1-register": "conforms",
    "SBT-3.2.5-page": "undetermined target",
    "SBT-4.1.2.1.1-delivery-price": "conforms",
    "SBT-4.1.2.1.1-fee-separate": "conforms",
    "SBT-4.1.2.1.1-goods-price": "undetermined settings",
    "SBT-6-refund-help": "undetermined settings",
    "SBT-6-reliable": "undetermined settings",
    "SBT-6-safe": "undetermined settings",
    "SBT-7.2.3-modify": "conforms",
    "SBT-7.2.3-view": "conforms",
}
"""What each check is told to be; ``conformance/demo/vendure/README.md`` says why."""


def _session(up: Running, who: str) -> ShopSession:
    target, clock, redactor = read_target(up.folder.target), SystemClock(), Redactor()
    adapter = adapter_of(target)
    assert adapter is not None
    shop = ScriptedShop(
        adapter=adapter,
        target=target,
        redactor=redactor,
        clock=clock,
        open_http=lambda: RequestsHttp(target, clock, redactor),
    )
    session = shop.session(who, deadline=Deadline.after(clock, 120))
    if who in target.roles:
        login = shop.declared_login(who)
        _done(session, "log_in", username=login.username, password=login.password)
    return session


def _done(session: ShopSession, verb: str, **inputs: Any) -> Any:
    outcome = session.do(verb, **inputs)
    assert isinstance(outcome, Done), outcome
    return outcome.outputs


def _examined(folder: Folder, out: Path) -> Examination:
    target, clock, catalogue = read_target(folder.target), SystemClock(), load_catalogue()
    order = Order(
        target=target,
        adapter=adapter_of(target),
        catalogue=catalogue,
        scope=catalogue.select(None),
        scope_words="all",
        accepted=(),
        lang="en",
        out=out,
    )
    examination = begin(order, clock)
    observe(examination, MemoryStore(clock=clock), redactor_of(target), lambda *_: None)
    return examination


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Running]:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js or npm is not installed")
    root = tmp_path_factory.mktemp("vendure") / "shop"
    running = start(root, installed=pytestconfig.cache.mkdir("vendure"))
    yield running
    assert lifecycle.stop(root)
    assert not any(process.runs() for process in running.processes)


@pytest.mark.integration
def test_it_keeps_its_secrets_and_speaks_tls_on_the_loopback_address_alone(up: Running) -> None:
    kept = [*(up.folder.root / "secrets").iterdir(), up.folder.tls / "shop.key"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    for path in (up.folder.target, up.folder.log, up.folder.state):
        assert up.folder.password("operator").read_text().strip() not in path.read_text(encoding="utf-8")
    context = ssl.create_default_context(cafile=up.folder.tls / "ca.pem")
    with (
        socket.create_connection(("127.0.0.1", up.https)) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as tls,
    ):
        assert tls.version() == "TLSv1.3"
    with pytest.raises(SettingsError, match="already runs"):
        start(up.folder.root)


@pytest.mark.integration
def test_the_adapter_walks_every_verb_that_it_describes(up: Running) -> None:
    buyer, operator = (_session(up, who) for who in ("visitor", "operator"))
    walked: set[str] = {"log_in"}

    def done(session: ShopSession, verb: str, **inputs: Any) -> Any:
        walked.add(verb)
        return _done(session, verb, **inputs)

    email, password, name = "walker@example.com", "correct-horse-9", "Cast iron wok 32 cm"
    done(buyer, "home")
    products = done(buyer, "list_products")["products"]
    assert len(products) == 12
    assert {product["price"]["currency"] for product in products} == {"CNY"}
    wok = next(product for product in products if product["name"] == name)
    assert done(buyer, "search", term="wok")["products"][0]["url"] == wok["url"]
    assert [price["amount"] for price in done(buyer, "read_delivery_prices")["prices"]] == ["12.00", "28.00"]
    done(buyer, "register", email=email, password=password, first_name="Li", last_name="Ming", phone="1")
    assert isinstance(buyer.do("who_am_i"), Denied)
    assert isinstance(buyer.do("log_in", username=email, password=password + "x"), Denied)
    buyer = _session(up, "buyer_a")
    done(buyer, "log_in", username=email, password=password)
    assert done(buyer, "who_am_i")["email"] == email
    ref = done(buyer, "read_product", url=wok["url"])["ref"]
    for goods, quantity in ((ref, 2), ("1", 1)):
        done(buyer, "add_to_cart", url="", ref=goods, quantity=quantity)
    keys = {line["name"]: line["key"] for line in done(buyer, "read_cart")["lines"]}
    done(buyer, "change_quantity", key=keys.pop(name), quantity=3)
    done(buyer, "remove_line", key=keys.popitem()[1])
    assert [line["quantity"] for line in done(buyer, "read_cart")["lines"]] == [3]
    before = done(operator, "read_stock", url=wok["url"])["stock"]
    number = _orders(buyer, done)
    assert done(operator, "read_stock", url=wok["url"])["stock"] == before - 3
    _works(operator, done, number, wok)
    done(buyer, "add_to_cart", url="", ref=ref, quantity=1)
    done(buyer, "empty_cart")
    assert not done(buyer, "read_cart")["lines"]
    _cancelled(buyer, operator, done, ref)
    _for_partners(up, done, _bought(buyer, done, ref), ref)
    _keeps_own_data(buyer, done)
    done(buyer, "change_password", password=password, new_password="another-horse-9")
    done(buyer, "log_out")
    done(operator, "log_out")
    assert isinstance(operator.do("who_am_i"), Denied)
    adapter = adapter_of(read_target(up.folder.target))
    assert adapter is not None
    assert walked == set(adapter.journeys)


def _orders(buyer: ShopSession, done: Any) -> str:
    preview = done(buyer, "check_out", **ADDRESS)
    sums = [preview[name]["amount"] for name in ("goods_total", "delivery_fee", "grand_total")]
    assert sums == ["777.00", "12.00", "789.00"]
    number = str(done(buyer, "confirm_order")["number"])
    assert [order["number"] for order in done(buyer, "list_orders")["orders"]] == [number]
    order = done(buyer, "read_order", number=number)
    assert [order[name]["amount"] for name in ("goods_total", "delivery_fee", "total")] == sums
    assert order["address"] == "12 Long Street"
    return number


def _works(operator: ShopSession, done: Any, number: str, goods: Any) -> None:
    assert done(operator, "who_am_i")["email"] == "operator@demo.invalid"
    assert number in {order["number"] for order in done(operator, "operator_list_orders")["orders"]}
    assert done(operator, "operator_read_order", number=number)["status"] == "PaymentSettled"
    done(operator, "operator_ship", number=number)
    assert done(operator, "operator_read_order", number=number)["status"] == "Shipped"
    done(operator, "set_price", url=goods["url"], price="260.50")
    assert done(operator, "operator_read_price", url=goods["url"])["price"]["amount"] == "260.50"
    done(operator, "set_price", url=goods["url"], price="259.00")
    done(operator, "set_stock", url=goods["url"], stock=500)
    assert done(operator, "read_stock", url=goods["url"])["kept"] == 500
    users = done(operator, "operator_list_users")["users"]
    assert "walker@example.com" in done(operator, "operator_read_user", key=users[0]["key"])["text"]
    done(operator, "operator_add_voucher", name="Spring", code="spring-1")
    key = next(each["key"] for each in done(operator, "operator_list_vouchers")["vouchers"] if "Spring" in each["text"])
    done(operator, "operator_change_voucher", key=key, name="Summer")
    assert "Summer" in done(operator, "operator_read_voucher", key=key)["text"]
    done(operator, "operator_delete_voucher", key=key)


def _bought(buyer: ShopSession, done: Any, ref: str) -> str:
    done(buyer, "add_to_cart", url="", ref=ref, quantity=1)
    done(buyer, "check_out", **ADDRESS)
    return str(done(buyer, "confirm_order")["number"])


def _for_partners(up: Running, done: Any, number: str, ref: str) -> None:
    target, partner = read_target(up.folder.target), _session(up, "api client")
    key, where = key_in(target, Redactor()), frozenset({origin(target.platform.base_url)})
    with showing(partner, key, where):
        assert done(partner, "interface_accounting_read", order=number)["state"]["totalWithTax"] == 27100
        assert done(partner, "interface_sales_payment_read", order=number)["state"]["payments"][0]["amount"] == 27100
        pieces = done(partner, "interface_stock_read", ref=ref)["state"]
        done(partner, "interface_stock_act", ref=ref, level=pieces + 1)
        assert done(partner, "interface_stock_read", ref=ref)["state"] == pieces + 1
        made = done(partner, "interface_logistics_act", order=number, mark="W-1")["made"]
        assert done(partner, "interface_logistics_read", order=number, made=made)["state"]["state"] == "Pending"
        done(partner, "interface_crm_act", customer="walker@example.com", mark="likes woks")
        assert "likes woks" in str(done(partner, "interface_crm_read", customer="walker@example.com")["state"])
        assert isinstance(partner.do("operator_list_vouchers"), Denied)
    with showing(partner, None, where):
        assert isinstance(partner.do("interface_stock_read", ref=ref), Denied)


def _cancelled(buyer: ShopSession, operator: ShopSession, done: Any, ref: str) -> None:
    number = _bought(buyer, done, ref)
    done(operator, "cancel_order", number=number)
    assert done(buyer, "read_order", number=number)["status"] == "Cancelled"


def _keeps_own_data(buyer: ShopSession, done: Any) -> None:
    done(buyer, "change_profile", first_name="Wang", last_name="Fang", phone="2")
    assert dict(done(buyer, "read_profile")["fields"]) == {
        "first_name": "Wang", "last_name": "Fang", "email": "walker@example.com", "phone": "2"
    }  # fmt: skip
    done(buyer, "add_address", **(ADDRESS | {"line1": "5 New Road"}))
    key = next(entry["key"] for entry in done(buyer, "list_addresses")["addresses"] if "5 New" in entry["text"])
    done(buyer, "change_address", key=key, line1="6 New Road", first_name="Fang", last_name="Wang")
    read = done(buyer, "read_address", key=key)["fields"]
    assert (read["line1"], read["first_name"], read["country"]) == ("6 New Road", "Fang", "CN")
    done(buyer, "delete_address", key=key)
    assert all(entry["key"] != key for entry in done(buyer, "list_addresses")["addresses"])


@pytest.mark.integration
def test_what_stock_vendure_is_told_to_be(up: Running, tmp_path: Path) -> None:
    examination, catalogue = _examined(up.folder, tmp_path), load_catalogue()
    verdicts = {name: examination.judge(catalogue.by_id[name]) for name in JUDGEMENTS}
    told = {name: _told(verdict) for name, verdict in verdicts.items()}
    assert told == TOLD, {name: verdicts[name] for name in told if told[name] != TOLD.get(name)}
    leak = verdicts["SBT-3.1.3-confidential"]
    assert isinstance(leak, Violates)
    assert "visitor: order" in leak.reason.en
    assert any("/shop-api orderByCode -> 200" in line for line in leak.repeat)
    seen = {reading.header.kind: reading.data for reading in examination.readings if isinstance(reading, Observation)}
    _assert_the_matrix([*seen["access.matrix"]["cells"], *seen["access.matrix_writes"]["cells"]])
    _assert_the_random_walk(seen["trade.at_random"])


def _assert_the_matrix(cells: list[Any]) -> None:
    """Ten kinds of objects; what opens is the order whose number is known, and every other refusal is proven."""
    assert {cell["kind"] for cell in cells} == {
        "order", "order list", "address", "cart", "profile", "operator's order", "operator's order list",
        "operator's user", "operator's user list", "voucher"
    }  # fmt: skip
    told = Counter((cell["verb"], state_of(cell)) for cell in cells)
    assert told == {
        ("read", "refused"): 20,
        ("read", "shown"): 1,
        ("read", "pointer"): 1,
        ("change", "refused"): 8,
        ("delete", "refused"): 8,
    }
    assert {(cell["kind"], cell["who"]) for cell in cells if state_of(cell) != "refused"} == {
        ("order", "visitor"), ("order", "ended")
    }  # fmt: skip


def _assert_the_random_walk(data: Any) -> None:
    assert (data["steps"], data["stopped"], data["journey"]) == (300, None, None)
    did = Counter(record["did"] for records in data["rounds"] for record in records)
    assert did["add"] > did["confirm"] > 0, did


@pytest.mark.integration
def test_a_storefront_that_tells_a_partner_of_its_buyers_is_found_out(up: Running) -> None:
    partner = up.folder.root / "partner.txt"
    partner.write_text("https://partner.invalid\n", encoding="utf-8")
    with Play.of(up.folder.target) as play:
        play.scene = Scene(run_token="partner", shop=play.shop)
        play.prepare("shop.catalogue")
        reading = play.read("browser.walk", "buyer")
    partner.unlink()
    assert isinstance(reading, Observation), reading
    found = {(hit["step"], hit["canary"], hit["encoding"]) for hit in reading.data["hits"]}
    assert found == {
        ("register", "email", "sha256"),
        ("confirm_order", "order number", "plain"),
        ("confirm_order", "amount", "plain"),
    }
    by_id = load_catalogue().by_id
    for check, judge in (("personal", personal_kept), ("trade", trade_kept)):
        verdict = judge(by_id[f"SBT-3.1.3.3-{check}-no-leak"], reading, {})
        assert isinstance(verdict, Violates)
        assert "https://partner.invalid" in verdict.reason.en


def _told(verdict: Verdict) -> str:
    return f"undetermined {verdict.cause}" if isinstance(verdict, Undetermined) else word(verdict)
