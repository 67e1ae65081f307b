"""Paying through the sandbox: what is sent and recorded, what is never sent, and what stands in the way."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.errors import Unprepared
from probes.observation import Observation, Unobserved
from probes.payment import hundred, notices, refund
from probes.payment.notices import altered, of_amount
from probes.payment.underpaying import UnderpayingHttp
from probes.transports.port import Request
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.playing import Play
from tests.probes.sink import DEADLINE, Sink

KINDS = ("payment.notices", "payment.refund", "payment.hundred")


@pytest.fixture
def shop() -> Iterator[MiniatureShop]:
    with MiniatureShop() as running:
        yield running


def played(shop: MiniatureShop, folder: Path, kind: str, **toml: Any) -> Observation | Unobserved:
    with Play(shop, folder, **toml) as play:
        play.see("shop.catalogue", "catalogue")
        return play.read(kind, "sandbox")


def rewritten(shop: MiniatureShop, old: str, new: str) -> None:
    """Have the target files of the shop say something else about paying."""
    real = shop.target_toml

    def target_toml(*arguments: Any, **keywords: Any) -> Path:
        path = real(*arguments, **keywords)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    shop.target_toml = target_toml  # type: ignore[method-assign]


def test_forged_notices_are_refused_and_the_genuine_one_is_taken(shop: MiniatureShop, tmp_path: Path) -> None:
    reading = played(shop, tmp_path, "payment.notices")
    assert isinstance(reading, Observation), reading
    data: Any = reading.data
    assert data["control"]["owner"]["outputs"]["paid"]
    assert data["control"]["replay"]["outcome"] == "done"
    assert len(data["control"]["owner_after"]["outputs"]["payments"]) == 1
    assert [one["name"] for one in data["attempts"]] == [
        "signature altered",
        "signature of another notice",
        "no signature",
        "declined payment told as paid",
        "notice of another order",
    ]
    assert data["forged"]["sent"] == {"amount": "1"}
    for one in (*data["attempts"], data["forged"]):
        assert not one["before"]["outputs"]["paid"]
        assert not one["owner"]["outputs"]["paid"]
        assert not one["operator"]["outputs"]["paid"]
    assert all(one["answer"]["outcome"] == "denied" for one in data["attempts"][:4])
    paid = [number for number in shop.state.orders if shop.state.till.paid(number)]
    assert paid == [data["control"]["number"]]


def test_neither_signature_nor_merchant_key_stands_in_evidence(shop: MiniatureShop, tmp_path: Path) -> None:
    for kind in ("payment.notices", "payment.refund"):
        reading = played(shop, tmp_path, kind)
        assert isinstance(reading, Observation), reading
        told = json.dumps(reading.data, default=dict)
        assert shop.provider.key not in told
        assert all(notice["signature"] not in told for notice in shop.provider.notices.values())


def test_what_is_believed_is_the_last_that_is_tried_on_its_order(tmp_path: Path) -> None:
    with MiniatureShop.with_defect("wrong-signature-accepted") as shop:
        reading = played(shop, tmp_path, "payment.notices")
    assert isinstance(reading, Observation), reading
    names = [one["name"] for one in reading.data["attempts"]]
    assert names == ["signature altered", "notice of another order"]


def test_a_refund_is_followed_to_the_provider(shop: MiniatureShop, tmp_path: Path) -> None:
    reading = played(shop, tmp_path, "payment.refund")
    assert isinstance(reading, Observation), reading
    own, earlier = reading.data["listed"]["outputs"]["refunds"]
    assert own["order"] == reading.data["number"]
    assert own["amount"]["amount"] == reading.data["refunded"]
    assert own["completed"]
    assert earlier["order"] == "earlier-test"
    assert reading.data["listed"]["rows"] == 2


def test_a_hundred_payments_end_on_both_sides(shop: MiniatureShop, tmp_path: Path) -> None:
    reading = played(shop, tmp_path, "payment.hundred", payments=True)
    assert isinstance(reading, Observation), reading
    data: Any = reading.data
    ends = [one["meant"] for one in data["payments"]]
    assert (ends.count("paid"), ends.count("failed")) == (80, 20)
    assert sum("resent" in one for one in data["payments"]) == 10
    assert len({one["number"] for one in data["payments"]}) == 100
    assert data["listed"]["rows"] == len(data["listed"]["outputs"]["payments"]) == 100
    assert data["stopped"] is None
    # Ten payments are told twice and counted once, in the shop's books as well.
    assert all(len(payments) == 1 for payments in shop.state.till.payments.values())


def test_a_row_that_breaks_off_is_told_as_far_as_it_came(shop: MiniatureShop, tmp_path: Path) -> None:
    def stop_after_ten(notice: Any, real: Any = shop.provider.deliver) -> bool:
        if len(shop.provider.charges) == 10:
            shop.state.till.provider_url = "https://127.0.0.1:1"  # the next pay form leads to where nobody may go
        return bool(real(notice))

    shop.provider.deliver = stop_after_ten
    reading = played(shop, tmp_path, "payment.hundred", payments=True)
    assert isinstance(reading, Observation), reading
    assert reading.data["stopped"]
    assert reading.data["stopped_cause"] == "permission"
    paid = [one for one in reading.data["payments"] if "pay" in one]
    assert 10 <= len(paid) < 20
    assert all(one["read"]["outcome"] == "done" for one in paid)


# ---- what stands in the way ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("sandbox = true", "sandbox = false"), "does not say sandbox = true"),
        (("sandbox = true\n", ""), "does not say sandbox = true"),
        (('hosts = ["127', '#hosts = ["127'), "names no hosts"),
        (("provider.key", "elsewhere.key"), "elsewhere.key"),
    ],
)
def test_without_a_declared_sandbox_nothing_is_paid(
    shop: MiniatureShop, tmp_path: Path, kind: str, change: tuple[str, str], says: str
) -> None:
    rewritten(shop, *change)
    reading = played(shop, tmp_path, kind, payments=True)
    assert isinstance(reading, Unobserved)
    assert reading.cause == "settings"
    assert says in reading.detail
    assert not shop.provider_log
    assert not any("register" in path for _, path, _ in shop.request_log)


@pytest.mark.parametrize("kind", KINDS)
def test_in_production_nothing_is_paid(shop: MiniatureShop, tmp_path: Path, kind: str) -> None:
    reading = played(shop, tmp_path, kind, environment="production", payments=True)
    assert isinstance(reading, Unobserved)
    assert reading.cause == "permission"
    assert not shop.provider_log
    assert all(method in {"GET", "HEAD"} for method, _, _ in shop.request_log)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shop_without_a_way_to_pay_is_a_matter_of_settings(shop: MiniatureShop, tmp_path: Path, kind: str) -> None:
    reading = played(shop, tmp_path, kind, adapter="miniature_json", payments=True)
    assert isinstance(reading, Unobserved)
    assert reading.cause == "settings"
    assert "describes no pay_order" in reading.detail


@pytest.mark.parametrize("kind", KINDS)
def test_a_provider_that_is_away_is_a_matter_of_the_target(shop: MiniatureShop, tmp_path: Path, kind: str) -> None:
    shop._pay.stop()
    reading = played(shop, tmp_path, kind, payments=True)
    assert isinstance(reading, Unobserved)
    assert reading.cause == "target"


def test_a_provider_without_encryption_is_seen_as_that(shop: MiniatureShop, tmp_path: Path) -> None:
    rewritten(shop, shop.state.till.provider_url.removeprefix("https://"), shop.plain_url[7:])
    with Play(shop, tmp_path) as play:
        (subject,) = hundred.subjects(play.target)
        reading = play.read("payment.tls", f"https://{subject}")
    assert isinstance(reading, Observation)
    assert reading.data["speaks_tls"] is False


def test_the_provider_s_hosts_are_looked_at_one_by_one_and_in_production_too(
    shop: MiniatureShop, tmp_path: Path
) -> None:
    with Play(shop, tmp_path, environment="production") as play:
        reading = play.read("payment.tls", shop.state.till.provider_url)
        nowhere = play.read("payment.tls", "sandbox")
    assert isinstance(reading, Observation)
    assert reading.data["trusted"]
    assert isinstance(nowhere, Unobserved)
    assert nowhere.cause == "settings"


def test_each_payer_is_somebody_else() -> None:
    assert len({notices.PAYER, refund.PAYER, *hundred.PAYERS}) == 2 + len(hundred.PAYERS)


# ---- paying too little ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "altered_body"),
    [
        ("application/x-www-form-urlencoded", "order=1&amount=13800&x=", "order=1&amount=1&x="),
        ("application/x-www-form-urlencoded", "total=138.00&short=138", "total=0.01&short=0.01"),
        ("application/json", '{"a": [{"minor": 13800}, "138.00", true]}', '{"a": [{"minor": 1}, "0.01", true]}'),
        ("application/json", "not JSON", "not JSON"),
        ("text/plain", "amount=13800", "amount=13800"),
    ],
)  # fmt: skip
def test_the_total_is_forged_in_its_own_shape(kind: str, body: str, altered_body: str) -> None:
    sink = Sink()
    http = UnderpayingHttp(sink, "138.00", 13800)
    request = Request(method="POST", url="https://pay.example/?sum=138.00&n=2", headers=(("Content-Type", kind),))
    http.send(Request(method="POST", url=request.url, headers=request.headers, body=body.encode()), deadline=DEADLINE)
    assert sink.last.body == altered_body.encode()
    assert sink.last.url == "https://pay.example/?sum=0.01&n=2"
    assert "sum" in http.sent
    assert http.cookie("sid") == "cookie sid"
    assert (sink.forgotten, sink.closed) == (False, False)


def test_what_carries_no_total_stays_as_it_is() -> None:
    sink = Sink()
    http = UnderpayingHttp(sink, "138.00", 13800)
    http.send(Request(method="GET", url="https://pay.example/?a=1%202"), deadline=DEADLINE)
    assert sink.last.url == "https://pay.example/?a=1%202"
    assert not http.sent
    assert (sink.forgotten, sink.closed) == (False, False)


@pytest.mark.parametrize(
    ("text", "other"), [("ab9", "ab0"), ("ab0", "ab1"), ("aba", "abb"), ("xyz==", "xya=="), ("", "0"), ("--", "--0")]
)
def test_an_altered_text_keeps_its_length_and_kind(text: str, other: str) -> None:
    assert altered(text) == other


def test_an_amount_that_nobody_can_read_stops_the_look() -> None:
    assert of_amount({"amount": "1.50", "currency": "CNY"}) == {"amount": "1.50", "amount_minor": "150"}
    for nothing in (None, "1.50", {"amount": None}, {"amount": "1.505", "currency": "CNY"}):
        with pytest.raises(Unprepared):
            of_amount(nothing)
