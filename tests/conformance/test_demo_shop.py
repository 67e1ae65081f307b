"""The demo shop: it starts, stops, keeps its secrets, is spoken to by its adapter, and each of its defects is told.

The defects are switched on in batches, one a check at most: a batch must be told violated on exactly the checks of its
defects (and on those that stock Oscar violates by itself), so the matrix takes minutes, not an hour.
"""

import argparse
import ast
import platform
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.cli import demo
from conformance.demo import lifecycle
from conformance.demo.defects import DEFECTS, at_start
from conformance.demo.folder import STAFF, Folder
from conformance.demo.lifecycle import Running
from conformance.demo.processes import Started
from conformance.examination import Order, begin
from conformance.judges.table import JUDGEMENTS
from conformance.observing import observe
from conformance.session import redactor_of
from probes.clock import Deadline, SystemClock
from probes.errors import SettingsError
from probes.order_budget import UP_TO
from probes.redaction import Redactor
from probes.shop import adapter_file
from probes.shop.opening import adapter_of
from probes.shop.outcome import Broken, Denied, Done
from probes.shop.session import ShopSession
from probes.shop.shop import ScriptedShop
from probes.shop.verbs import VERBS
from probes.target import Target
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from reports.ledger.memory import MemoryStore
from reports.verdict import Undetermined, Verdict, Violates
from tests.awaiting import until
from tests.conformance.demo_tables import (
    ADDRESS,
    BATCHES,
    CHECKS,
    HORIZONTAL,
    KEPT_HERE,
    LACKS,
    LEAKS,
    NETWORK,
    OF_THE_MACHINE,
    PAGE,
    RESTARTED,
    STOCK,
    UNTOLD,
    WITH_DEFECTS,
)

SHOP = Path(lifecycle.__file__).parent / "shop"


def _without_the_walk(target: Target) -> Target:
    """Return the target with too few orders for buyers at random: they take minutes, and the stock shop once."""
    return replace(target, shop=replace(target.shop, max_orders=UP_TO["trade.at_random"] - 1))


def _told(folder: Folder, out: Path, clauses: str | None = None, *, whole: bool = False) -> dict[str, Verdict]:
    target, clock, catalogue = read_target(folder.target), SystemClock(), load_catalogue()
    if not whole:
        target = _without_the_walk(target)
    order = Order(
        target=target,
        adapter=adapter_of(target),
        catalogue=catalogue,
        scope=catalogue.select(clauses),
        scope_words=clauses or "all",
        accepted=(),
        lang="en",
        out=out,
    )
    examination = begin(order, clock)
    observe(examination, MemoryStore(clock=clock), redactor_of(target), lambda *_: None)
    return {
        name: examination.judge(catalogue.by_id[name]) for name in JUDGEMENTS if catalogue.by_id[name] in order.scope
    }


def _violated(folder: Folder, out: Path, clauses: str | None = None) -> dict[str, Violates]:
    told = _told(folder, out, clauses)
    return {name: verdict for name, verdict in told.items() if isinstance(verdict, Violates)}


def _session(folder: Folder, who: str) -> ShopSession:
    target, clock, redactor = read_target(folder.target), SystemClock(), Redactor()
    shop = ScriptedShop(
        adapter=adapter_file.load("oscar", beside=folder.root),
        target=target,
        redactor=redactor,
        clock=clock,
        open_http=lambda: RequestsHttp(target, clock, redactor),
    )
    session = shop.session(who, deadline=Deadline.after(clock, 300))
    if who in target.roles:
        password = folder.password(who).read_text(encoding="utf-8").strip()
        assert isinstance(session.do("log_in", username=target.roles[who].username, password=password), Done)
    return session


def _done(session: ShopSession, verb: str, **inputs: Any) -> dict[str, Any]:
    outcome = session.do(verb, **inputs)
    assert isinstance(outcome, Done), (verb, outcome)
    return dict(outcome.outputs)


# ---- without a shop ------------------------------------------------------------------------------------------------


def test_each_defect_by_name_has_its_doing() -> None:
    tree = ast.parse((SHOP / "defects.py").read_text(encoding="utf-8"))
    doings = {
        node.name.replace("_", "-")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any("_hold" in ast.unparse(item) for item in node.decorator_list)
    }
    assert doings == CHECKS.keys() - at_start()
    assert set(CHECKS.values()) < JUDGEMENTS.keys()


def test_the_readme_tells_each_defect_as_the_table_does() -> None:
    told = (SHOP.parent / "README.md").read_text(encoding="utf-8")
    for defect in DEFECTS:
        when = " (start only)" if defect.restart else ""
        assert f"| `{defect.name}` | {defect.check} | {defect.does}{when} |" in told


def test_the_batches_hold_each_defect_once() -> None:
    listed = [name for batch in (*BATCHES, *RESTARTED) for name in batch]
    assert sorted(listed) == sorted(CHECKS)
    assert all(len({CHECKS[name] for name in batch}) == len(batch) for batch in (*BATCHES, *RESTARTED))


def test_the_adapter_knows_every_verb() -> None:
    adapter = adapter_file.load("oscar", beside=Path())
    assert {verb for verb in VERBS if not adapter.describes(verb)} == LACKS | {
        verb for verb in VERBS if verb.startswith("interface_")
    }


def test_an_unknown_defect_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such defect: no-such; there are: address-by-key-readable"):
        lifecycle.start(tmp_path / "demo", defects=("no-such",))
    assert not (tmp_path / "demo").exists()


def test_stopping_leaves_a_process_alone_that_only_has_the_recorded_id(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        mark = Started.of(other.pid)
        record = f'{{"https": 1, "http": 2, "processes": [{{"pid": {mark.pid}, "ticks": {mark.ticks - 1}}}]}}'
        (tmp_path / "running.json").write_text(record)
        assert not lifecycle.stop(tmp_path)
        assert mark.runs()
        mark.end(patience_s=10)
        assert not mark.runs()


def test_a_process_whose_first_thread_ended_before_the_others_is_ended_and_reaped(tmp_path: Path) -> None:
    """As of node and every other server of many threads, for the instant that its end takes."""
    thread_exit = {"x86_64": 60}.get(platform.machine(), 93)
    leaves = (
        f"import ctypes, threading; threading.Thread(target=input).start(); ctypes.CDLL(None).syscall({thread_exit}, 0)"
    )
    with subprocess.Popen([sys.executable, "-c", leaves], stdin=subprocess.PIPE) as other:
        until(lambda: ") Z " in Path(f"/proc/{other.pid}/stat").read_text(), "its first thread is over")
        mark = Started.of(other.pid)
        mark.end(patience_s=10)
        assert not mark.runs()
        assert not Path(f"/proc/{other.pid}").exists(), "reaped"


def test_stop_where_nothing_runs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    demo.configure(parser)
    assert demo.run(parser.parse_args(["stop", "--dir", str(tmp_path)])) == 0
    assert capsys.readouterr().out == f"No demo shop runs in {tmp_path}.\n"


# ---- with it -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    pytest.importorskip("oscar", reason="the extra `demo` is not installed")
    root = tmp_path_factory.mktemp("demo") / "shop"
    with pytest.MonkeyPatch.context() as patch:
        # Django's million rounds would be half of this matrix's time; what is looked at does not depend on them.
        patch.setenv("DUHENG_DEMO_HASH_ROUNDS", "1000")
        running = lifecycle.start(root)
        yield running
        assert lifecycle.stop(root)
    assert not any(process.runs() for process in running.processes)


@pytest.mark.integration
def test_secrets_are_their_owner_s_only_and_stand_in_no_other_file(up: Running) -> None:
    assert up.folder.root.stat().st_mode & 0o077 == 0
    kept = [*(up.folder.root / "secrets").iterdir(), up.folder.tls / "shop.key"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    for path in (up.folder.target, up.folder.log, up.folder.state):
        text = path.read_text(encoding="utf-8")
        assert not [role for role in STAFF if up.folder.password(role).read_text().strip() in text]
    assert read_target(up.folder.target).platform.environment == "disposable"


@pytest.mark.integration
def test_a_second_start_is_refused_and_the_first_goes_on(up: Running) -> None:
    with pytest.raises(SettingsError, match="already runs"):
        lifecycle.start(up.folder.root)
    assert lifecycle.running(up.folder.root) == up


@pytest.mark.integration
def test_the_certificate_is_trusted_by_its_own_authority_alone(up: Running) -> None:
    context = ssl.create_default_context(cafile=up.folder.tls / "ca.pem")
    with (
        socket.create_connection(("127.0.0.1", up.https)) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as tls,
    ):
        assert tls.version() == "TLSv1.3"


@pytest.mark.integration
def test_the_adapter_walks_every_verb(up: Running) -> None:
    folder = up.folder
    buyer, operator, seller = (_session(folder, who) for who in ("visitor", "operator", "seller_a"))
    _done(buyer, "home")
    products = _done(buyer, "list_products")["products"]
    assert len(products) == 12
    assert {product["price"]["currency"] for product in products} == {"CNY"}
    assert _done(buyer, "search", term="wok")["products"][0]["name"] == "Cast iron wok 32 cm"
    assert _done(buyer, "read_delivery_prices")["prices"][0]["amount"] == "12.00"
    email, password = "walker@example.com", "correct-horse-9"
    _done(buyer, "register", email=email, password=password, first_name="Li", last_name="Ming", phone="1")
    _done(buyer, "log_out")
    assert isinstance(buyer.do("who_am_i"), Denied)
    assert isinstance(buyer.do("log_in", username=email, password=password + "x"), Denied)
    _done(buyer, "log_in", username=email, password=password)
    assert _done(buyer, "who_am_i")["email"] == email
    _shops(buyer, products)
    number = _orders(buyer, products)
    _works(operator, seller, number, products)
    _keeps_own_data(buyer)
    assert isinstance(buyer.do("delete_account", password="wrong"), Denied)
    _done(buyer, "delete_account", password=password)
    assert isinstance(buyer.do("log_in", username=email, password=password), Denied)


def _quantities(buyer: ShopSession) -> dict[str, int]:
    return {line["key"]: line["quantity"] for line in _done(buyer, "read_cart")["lines"]}


def _shops(buyer: ShopSession, products: list[dict[str, Any]]) -> None:
    for product in products[:2]:
        ref = _done(buyer, "read_product", url=product["url"])["ref"]
        _done(buyer, "add_to_cart", url=product["url"], ref=ref, quantity=2)
    first, second = _quantities(buyer)
    _done(buyer, "change_quantity", key=first, quantity=3)
    _done(buyer, "remove_line", key=second)
    assert list(_quantities(buyer).values()) == [3]
    _done(buyer, "empty_cart")
    assert _quantities(buyer) == {}


def _orders(buyer: ShopSession, products: list[dict[str, Any]]) -> str:
    _done(buyer, "add_to_cart", url=products[0]["url"], ref="1", quantity=2)
    preview = _done(buyer, "check_out", **ADDRESS)
    sums = [preview[name]["amount"] for name in ("goods_total", "delivery_fee", "grand_total")]
    assert sums == ["336.00", "12.00", "348.00"]
    number = str(_done(buyer, "confirm_order")["number"])
    assert [order["number"] for order in _done(buyer, "list_orders")["orders"]] == [number]
    order = _done(buyer, "read_order", number=number)
    assert [order[name]["amount"] for name in ("goods_total", "delivery_fee", "total")] == sums
    assert "12 Long Street" in str(order["address"])
    return number


def _works(operator: ShopSession, seller: ShopSession, number: str, products: list[dict[str, Any]]) -> None:
    assert number in {order["number"] for order in _done(operator, "operator_list_orders")["orders"]}
    assert _done(operator, "operator_read_order", number=number)["status"] == "Pending"
    _done(operator, "operator_ship", number=number)
    assert _done(seller, "seller_read_order", number=number)["status"] == "Shipped"
    assert number in {order["number"] for order in _done(seller, "seller_list_orders")["orders"]}
    goods = _done(seller, "seller_list_goods")["goods"]
    assert len(goods) == 6
    assert _done(seller, "seller_read_goods", url=goods[0]["url"])["name"] == goods[0]["name"]
    assert isinstance(operator.do("cancel_order", number=number), Broken)  # what is shipped cannot be cancelled
    _done(operator, "set_price", url=products[-1]["url"], price="90.00")
    assert _done(operator, "read_product", url=products[-1]["url"])["price"]["amount"] == "90.00"


def _keeps_own_data(buyer: ShopSession) -> None:
    _done(buyer, "change_profile", first_name="Wang", last_name="Fang")
    assert _done(buyer, "read_profile")["fields"]["name"] == "Wang Fang"
    _done(buyer, "add_address", **(ADDRESS | {"line1": "5 New Road"}))
    key = next(entry["key"] for entry in _done(buyer, "list_addresses")["addresses"] if "5 New" in entry["text"])
    _done(buyer, "change_address", key=key, line1="6 New Road")
    assert _done(buyer, "read_address", key=key)["fields"]["line1"] == "6 New Road"
    _done(buyer, "delete_address", key=key)
    assert all(entry["key"] != key for entry in _done(buyer, "list_addresses")["addresses"])


@pytest.mark.integration
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{len(batch)}-{batch[0]}" if batch else "stock")
def test_defects_are_told_on_their_checks_and_no_other(up: Running, batch: tuple[str, ...], tmp_path: Path) -> None:
    lifecycle.switch(up.folder, batch)
    try:
        if not batch:
            told = _told(up.folder, tmp_path, whole=True)
            own = {name: verdict for name, verdict in told.items() if name not in OF_THE_MACHINE}
            assert {name for name, verdict in own.items() if isinstance(verdict, Violates)} == STOCK | KEPT_HERE
            assert {name for name, verdict in own.items() if isinstance(verdict, Undetermined)} == UNTOLD
            assert "objects of site transaction information came back" in told["SBT-3.1.1.3.4-trades"].reason.en
            assert told.keys() >= OF_THE_MACHINE
            assert "300 steps of two buyers at random" in told["SBT-3.1.3-complete"].reason.en
            assert "kinds of objects" in told["SBT-3.1.3.2-vertical"].reason.en
            assert "ajax.googleapis.com" in told["SBT-3.1.3.3-personal-no-leak"].reason.en
            return
        violated = _violated(up.folder, tmp_path, WITH_DEFECTS)
        # Where a batch takes away the order that the sellers would share, theirs cannot be told.
        reasons = {name: verdict.reason.en for name, verdict in violated.items()}
        assert violated.keys() | {HORIZONTAL} == {PAGE, HORIZONTAL} | {CHECKS[name] for name in batch}, reasons
        for name in LEAKS.keys() & set(batch):
            assert LEAKS[name] in violated[HORIZONTAL].reason.en, violated[HORIZONTAL]
    finally:
        lifecycle.switch(up.folder, ())


@pytest.mark.integration
@pytest.mark.parametrize("batch", RESTARTED, ids=lambda batch: batch[0])
def test_defects_of_the_start_are_told_and_the_shop_keeps_what_it_has(
    tmp_path_factory: pytest.TempPathFactory, up: Running, batch: tuple[str, ...], tmp_path: Path
) -> None:
    root = tmp_path_factory.getbasetemp() / "restarted"
    if not root.exists():
        root.mkdir()
        (root / "shop.sqlite3").write_bytes(up.folder.database.read_bytes())
    running = lifecycle.start(root, defects=batch)
    try:
        assert _violated(running.folder, tmp_path, NETWORK).keys() == {CHECKS[name] for name in batch}
    finally:
        lifecycle.stop(root)


@pytest.mark.integration
def test_a_shop_that_is_away_violates_nothing_and_comes_back_as_it_was(up: Running, tmp_path: Path) -> None:
    before = up.folder.password("operator").read_text(encoding="utf-8")
    lifecycle.stop(up.folder.root)
    try:
        assert _violated(up.folder, tmp_path).keys() <= KEPT_HERE | OF_THE_MACHINE  # these are there all the same
    finally:
        lifecycle.start(up.folder.root)
    assert up.folder.password("operator").read_text(encoding="utf-8") == before
    _done(_session(up.folder, "operator"), "operator_list_orders")


@pytest.mark.integration
def test_defects_are_switched_by_the_verb(up: Running, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    demo.configure(parser)
    for words, told, kept in (
        (["no-hsts"], "Switched on: no-hsts.\n", "no-hsts"),
        (["none"], "All defects are off.\n", ""),
    ):
        assert demo.run(parser.parse_args(["defects", *words, "--dir", str(up.folder.root)])) == 0
        assert capsys.readouterr().out == told
        assert (up.folder.root / "defects").read_text(encoding="utf-8").strip() == kept
