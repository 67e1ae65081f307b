"""Payments that end once, notices that nobody forged, refunds in time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judges.instants import zone_of
from conformance.judges.refunds import refunded_in_time
from conformance.judges.working_days import day_of, working_days
from reports.verdict import Measured, Violates, word
from tests.conformance.judges.evidence import Data, broken, denied, done, requirement, seen
from tests.conformance.judges.payment_evidence import charge, refund, refunded, view
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

CNY = {"amount": "138.01", "currency": "CNY", "text": "¥138.01"}
USD = {"amount": "138.00", "currency": "USD", "text": "$138.00"}


def _charges(*rows: Data, instead_of: str = "0") -> Callable[[Data], None]:
    """Return a change: the provider's rows about one order are these."""

    def change(data: Data) -> None:
        listed = data["listed"]["outputs"]
        listed["payments"] = [row for row in listed["payments"] if row["order"] != instead_of] + list(rows)
        data["listed"]["rows"] = len(listed["payments"])

    return change


def _only(count: int) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for one in data["payments"][count:]:
            del one["pay"], one["read"]

    return change


def _listed_only(count: int) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["listed"]["outputs"]["payments"] = data["listed"]["outputs"]["payments"][:count]
        data["listed"]["rows"] = count

    return change


def _in_booleans(data: Data) -> None:
    """Have shop and provider say ``true`` and ``false``, as machine interfaces do."""
    shown = [one["read"]["outputs"] for one in data["payments"]]
    for row in [*shown, *(row for one in shown for row in one["payments"]), *data["listed"]["outputs"]["payments"]]:
        row |= {"paid": bool(row["paid"]), "failed": bool(row["failed"])}


def _all_declined(data: Data) -> None:
    for one, row in zip(data["payments"], data["listed"]["outputs"]["payments"], strict=True):
        one["read"] = view("failed")
        row |= {"paid": "", "failed": "failed"}


RELIABLE = (
    Way("charged twice", _charges(charge("0"), charge("0")), "violates", "0 is charged 2 times"),
    Way("charged after a failed attempt", _charges(charge("0", "failed"), charge("0")), "conforms"),
    Way("counted twice", put("payments/0/read", view(times=2)), "violates", "paid 2 times in the shop's books"),
    Way("paid at the provider alone", put("payments/0/read", view("unpaid")), "violates", "is charged, the shop shows"),
    Way("paid at the shop alone", put("payments/4/read", view()), "violates", "4 is not charged, the shop shows it"),
    Way("no end", all_of(put("payments/0/read", view("unpaid")), _charges(charge("0") | {"paid": ""})), "violates",
        "0 has no end"),
    Way("not on the list at all", _charges(), "violates", "0 is not charged, the shop shows it paid"),
    Way("many not on the list", _listed_only(73), "undetermined", "27 of 100", cause="settings"),
    Way("one missing of a whole page", all_of(_charges(charge("another"))), "undetermined", cause="settings"),
    Way("a declined payment that was taken", all_of(put("payments/4/read", view()), _charges(
        charge("4"), instead_of="4")), "conforms", "81 paid, 19 failed"),
    Way("dearer by a fen", _charges(charge("0") | {"amount": CNY}), "violates", "0 costs 138.00 CNY, paid is 138.01"),
    Way("in other money", _charges(charge("0") | {"amount": USD}), "violates", "138.00 CNY, paid is 138.00 USD"),
    Way("booked at another amount", put("payments/0/read/outputs/payments/0/amount", CNY), "violates", "138.01"),
    Way("paid without an amount", _charges(charge("0") | {"amount": None}), "undetermined", "could not be read"),
    Way("preview and page differ", put("payments/0/asked", CNY), "undetermined", "3.1.3 (complete)"),
    Way("total not shown", put("payments/0/read/outputs/total", None), "undetermined"),
    Way("one not read", put("payments/0/read", broken()), "undetermined", "order 0 could not be read"),
    Way("list not read", put("listed", denied()), "undetermined", "own list"),
    Way("too few", all_of(_only(97), _listed_only(97), put("stopped", "it went away"),
                          put("stopped_cause", "network")), "undetermined", "97 of 100", cause="network"),
    Way("too few, since one was not placed", all_of(_only(97), _listed_only(97), put(
        "payments/97/placed", denied("sold out"))), "undetermined", "sold out", cause="target"),
    Way("too few, and one of them wrong", all_of(_only(97), put("payments/0/read", view("unpaid"))), "violates"),
    Way("none", put("payments", []), "undetermined"),
    Way("charged twice, unread at the shop", all_of(put("payments/0/read", broken()), _charges(
        charge("0"), charge("0"))), "violates", "0 is charged 2 times"),
    Way("declined, and the shop waits for another card", put("payments/4/read", view("unpaid")), "conforms"),
    Way("declined, and under way at the shop", put("payments/4/read", view("failed", failed="", payments=[
        {"reference": "p", "amount": None, "paid": "", "failed": ""}])), "violates", "4 has no end"),
    Way("in true and false", _in_booleans, "conforms", "80 paid, 20 failed"),
    Way("false is not paid", all_of(_in_booleans, put("payments/0/read", view("paid", paid=False))), "violates",
        "0 is charged, the shop shows it unpaid"),
    Way("the way to the provider broke off", all_of(put("payments/0/pay", broken("500")), _charges(), put(
        "payments/0/read", view("unpaid"))), "undetermined", "99 of 100", cause="target"),
    Way("broke off, and taken all the same", put("payments/0/pay", broken("500")), "conforms"),
    Way("broke off, and shown as paid", all_of(put("payments/0/pay", broken("500")), _charges()), "violates",
        "0 is not charged"),
    Way("one number for two orders", put("payments/1/number", "0"), "undetermined", "number 0 was given to 2 orders"),
    Way("nobody could pay", _all_declined, "undetermined", "Only 0 of 80", cause="settings"),
)  # fmt: skip


@pytest.mark.parametrize("way", RELIABLE, ids=lambda way: way.name)
def test_reliable(way: Way) -> None:
    assert_told("SBT-6-reliable", "payment.hundred", way)


def test_a_long_row_of_wrong_payments_is_told_by_its_number_and_its_first_six() -> None:
    def change(data: Data) -> None:
        for one in data["payments"][:50]:
            one["read"] = view("unpaid")

    verdict = assert_told("SBT-6-reliable", "payment.hundred", Way("half", change, "violates", "and 34 more"))
    assert "40 did not end" in verdict.reason.en


def test_what_is_measured_is_the_number_of_payments() -> None:
    way = Way("as it is", lambda _: None, "conforms", "80 paid, 20 failed")
    measured = getattr(assert_told("SBT-6-reliable", "payment.hundred", way), "measured", None)
    assert measured == Measured(metric="sandbox_payments", value=100, unit="payment")


def _believed(position: int, who: str = "owner") -> Callable[[Data], None]:
    return put(f"attempts/{position}/{who}", view())


def _stays(count: int) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["attempts"] = data["attempts"][:count]

    return change


def _answered_alike(data: Data) -> None:
    for one in data["attempts"]:
        one["answer"] = done("nobody: POST /notice/ -> 200")


def _charged(*rows: Data, **more: Any) -> Callable[[Data], None]:
    """Return a change: a forged payment was shown as paid, and these are the provider's rows of it."""

    def change(data: Data) -> None:
        told = done("merchant: GET /v1/payments -> 200", payments=list(rows)) | {"rows": 7} | more
        data["forged"] |= {"owner": view(), "charged": told}

    return change


SAFE = (
    Way("nothing forged is believed", lambda _: None, "undetermined", "licence", cause="document"),
    Way("unsigned", _believed(2), "violates", "no signature"),
    Way("unsigned, as the operator sees it", _believed(2, "operator"), "violates", "no signature"),
    Way("wrong signature", all_of(_believed(0), _stays(1)), "violates", "signature altered"),
    Way("believed, whatever it answered", all_of(_believed(1), put("attempts/1/answer", denied())), "violates"),
    Way("paid before", all_of(put("attempts/2/before", view()), _believed(2)), "undetermined", "paid before"),
    Way("not all tried", _stays(1), "undetermined", "no signature"),
    Way("not read before", put("attempts/0/before", broken()), "undetermined"),
    Way("not read by the operator", put("attempts/0/operator", broken("500")), "undetermined", "500"),
    Way("no genuine payment", put("control/owner", view("unpaid")), "undetermined", "genuine sandbox payment"),
    Way("the genuine one is refused as well", put("control/replay", denied()), "undetermined", cause="settings"),
    Way("the genuine one was not sent", put("control/replay", None), "undetermined", cause="settings"),
    Way("content alone is forged", _believed(4), "undetermined", cause="document"),
    Way("all are answered alike", _answered_alike, "undetermined", "answered just as", cause="settings"),
    Way("paid is false", put("attempts/0/owner", view("unpaid", paid=False)), "undetermined", cause="document"),
    Way("paid is true", put("attempts/0/owner", view("unpaid", paid=True)), "violates"),
)


@pytest.mark.parametrize("way", SAFE, ids=lambda way: way.name)
def test_notices_are_signed(way: Way) -> None:
    assert_told("SBT-6-safe", "payment.notices", way)


@pytest.mark.parametrize(
    "way",
    [
        Way("trusted", lambda _: None, "conforms"),
        Way("expired", put("problems", ["expired"]), "violates", "expired"),
        Way("weak", put("secret_bits", 112), "violates", "112 bit"),
        Way("no TLS", lambda data: data.update(speaks_tls=False, answer="220 ftp"), "violates", "no TLS"),
    ],
    ids=lambda way: way.name,
)
def test_the_provider_s_hosts_are_encrypted(way: Way) -> None:
    assert_told("SBT-6-safe", "payment.tls", way)


UNFORGEABLE = (
    Way("nothing forged is believed", lambda _: None, "conforms", "less than its total"),
    Way("all are answered alike", _answered_alike, "undetermined", "answered just as", cause="settings"),
    Way("paid, with nothing taken", _charged(), "violates", "amount=1"),
    Way("paid, with too little taken", _charged(charge("4") | {"amount": {"amount": "0.01", "currency": "CNY"}}),
        "violates", "amount=1"),
    Way("paid in full, whatever an address said", _charged(charge("4")), "conforms"),
    Way("paid, with nothing on a list that may go on", _charged(rows=10), "undetermined", "could not be read"),
    Way("paid, and the list not read", all_of(_charged(), put("forged/charged", broken("500"))), "undetermined", "500"),
    Way("paid, and what was taken not shown", _charged(charge("4") | {"amount": None}), "undetermined"),
    Way("another order's notice", _believed(4), "violates", "notice of another order"),
    Way("a declined payment", _believed(3), "violates", "declined payment told as paid"),
    Way("another amount", put("forged/owner", view()), "violates", "amount=1"),
    Way("another amount, as the operator sees it", put("forged/operator", view()), "violates"),
    Way("no amount goes that way", all_of(put("forged/sent", {}), put("forged/owner", view())), "conforms",
        "no amount was found"),
    Way("paid before", all_of(put("forged/before", view()), put("forged/owner", view())), "undetermined"),
    Way("forged in its signature", all_of(_believed(2), _believed(4)), "undetermined", "6 (safe)"),
    Way("counted twice", put("control/owner_after", view(times=2)), "undetermined", "6 (reliable)"),
    Way("not all tried", _stays(3), "undetermined", "notice of another order"),
    Way("not come so far", all_of(put("forged", None), put("control/owner", view("unpaid")), put("attempts", [])),
        "undetermined", "genuine"),
    Way("forged payment not read", put("forged/owner", broken("500")), "undetermined", "500"),
)  # fmt: skip


@pytest.mark.parametrize("way", UNFORGEABLE, ids=lambda way: way.name)
def test_notices_are_for_their_own_order_and_amount(way: Way) -> None:
    assert_told("SBT-3.1.3-unforgeable", "payment.notices", way)


def _refunds(*rows: Data) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["listed"] = done("merchant: GET /v1/refunds -> 200", refunds=list(rows)) | {"rows": len(rows)}

    return change


OWN = refunded("5", "2026-11-21T09:50:00+00:00", "2026-11-21T09:50:01+00:00")
REFUNDS = (
    Way("over at once", _refunds(OWN), "conforms", "0 working days"),
    Way("an earlier one, a working day later", lambda _: None, "conforms", "1 working days"),
    Way("pending for weeks", _refunds(OWN, refunded("old", "2026-10-23T09:00:00+00:00")), "violates",
        "has been pending for 20 working days"),
    Way("took a week", _refunds(OWN, refunded("old", "2026-11-02T09:00:00+00:00", "2026-11-09T09:00:00+00:00")),
        "violates", "took 5 working days"),
    Way("over the holidays", _refunds(OWN, refunded("old", "2026-09-30T02:00:00+00:00", "2026-10-09T02:00:00+00:00")),
        "conforms", "2 working days"),
    Way("still pending", _refunds(refunded("5", "2026-11-21T09:50:00+00:00")), "undetermined", "3 working days left",
        cause="target"),
    Way("pending since who knows when", _refunds(refunded("5", "soon")), "undetermined", "cannot be told"),
    Way("another pending since who knows when", _refunds(OWN, refunded("old", "")), "undetermined", cause="settings"),
    Way("in a year whose holidays nobody knows", _refunds(OWN, refunded("old", "1999-01-01", "1999-01-02")),
        "undetermined", "old", cause="settings"),
    Way("own without dates, and over", _refunds(OWN | {"requested_at": "", "completed_at": ""}), "conforms"),
    Way("in two parts", _refunds(*(OWN | {"amount": {"amount": "69.00", "currency": "CNY"}} for _ in range(2))),
        "conforms"),
    Way("another amount", _refunds(OWN | {"amount": {"amount": "137.00", "currency": "CNY"}}), "violates", "137.00"),
    Way("in other money", _refunds(OWN | {"amount": USD}), "violates", "gives back 138.00 USD"),
    Way("as an outgoing sum", _refunds(OWN | {"amount": {"amount": "-138.00", "currency": "CNY"}}), "conforms"),
    Way("by an operator who may not", all_of(put("refund", denied("403") | {"status": 403}), drop("listed"), drop(
        "read")), "undetermined", "may give no money back", cause="settings"),
    Way("completed is false", _refunds(OWN | {"completed": False}), "undetermined", "3 working days left"),
    Way("over before it was asked for", _refunds(OWN, refunded("old", "2026-11-20", "2026-11-10")), "undetermined",
        "old", cause="settings"),
    Way("over a moment before it was asked for", _refunds(OWN, refunded(
        "old", "2026-11-10T00:00:05+08:00", "2026-11-09T23:59:59+08:00")), "conforms", "0 working days"),
    Way("in compact dates", _refunds(OWN, refunded("old", "20261102090000", "20261109090000")), "violates",
        "took 5 working days"),
    Way("no amount", _refunds(OWN | {"amount": None}), "undetermined"),
    Way("not kept", _refunds(refunded("old", "2026-11-20", "2026-11-20")), "violates", "knows of none"),
    Way("not on the first page", _refunds(*(refunded(f"old {n}", "2026-11-20", "2026-11-20") for n in range(10))),
        "undetermined", "the list may go on", cause="settings"),
    Way("an empty list", _refunds(), "violates", "knows of none"),
    Way("refused", all_of(put("refund", denied("no refunds")), drop("listed"), drop("read")), "violates", "no refunds"),
    Way("broken", put("refund", broken("500")), "undetermined", "500"),
    Way("list not read", put("listed", denied("401")), "undetermined", "401"),
    Way("not shown to the customer", put("read/outputs/refunds", []), "undetermined", "does not show"),
    Way("never paid", put("paid", view("unpaid")), "undetermined", "stays unpaid"),
    Way("never ordered", all_of(drop("paid"), put("placed", denied("sold out"))), "undetermined", "sold out"),
    Way("no total", drop("refund"), "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", REFUNDS, ids=lambda way: way.name)
def test_refunds(way: Way) -> None:
    assert_told("SBT-6-refund-help", "payment.refund", way)


@pytest.mark.parametrize(
    ("contract", "told"), [(1, "conforms"), (0.5, "violates"), (7, "conforms"), (None, "conforms")]
)
def test_the_contract_s_time_is_the_limit_and_never_more_than_the_reading_s(contract: Any, told: str) -> None:
    declared = {} if contract is None else {"payment": {"refund_time_days": contract}}
    assert word(refunded_in_time(requirement("SBT-6-refund-help"), seen("payment.refund", refund()), declared)) == told


def test_a_contract_of_a_week_does_not_excuse_five_working_days() -> None:
    data = refund()
    _refunds(OWN, refunded("old", "2026-11-02T09:00:00+00:00", "2026-11-09T09:00:00+00:00"))(data)
    declared = {"payment": {"refund_time_days": 7}}
    verdict = refunded_in_time(requirement("SBT-6-refund-help"), seen("payment.refund", data), declared)
    assert isinstance(verdict, Violates)
    assert verdict.measured is not None
    assert verdict.measured.value == 5


# ---- working days --------------------------------------------------------------------------------------------------


def test_make_up_days_count_and_a_year_that_is_not_published_is_not_guessed() -> None:
    assert working_days(date(2026, 9, 24), date(2026, 10, 12)) == 7
    assert working_days(date(2026, 9, 24), date(2026, 10, 11)) == 6
    assert working_days(date(1999, 1, 1), date(1999, 1, 8)) is None
    assert working_days(date(2026, 12, 31), date(2099, 1, 8)) is None
    assert working_days(date(2026, 11, 21), date(2026, 11, 21)) == 0


DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 6, 30))


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up_and_never_exceed_the_days(start: date, first: int, second: int) -> None:
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    whole, parts = working_days(start, end), (working_days(start, middle), working_days(middle, end))
    assert whole is not None
    assert whole == sum(part or 0 for part in parts)
    assert 0 <= whole <= first + second


CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("2026-11-20T20:00:00+00:00", date(2026, 11, 21)),
        ("2026-11-20T20:00:00Z", date(2026, 11, 21)),
        ("2026-11-20 20:00:00", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        ("2026/11/20 20:00:00", date(2026, 11, 20)),
        ("20261120200000", date(2026, 11, 20)),
        ("20261120", date(2026, 11, 20)),
        (20261120, date(2026, 11, 20)),
        ("20261399", date(1970, 8, 23)),
        (datetime(2026, 11, 20, 20, tzinfo=UTC).timestamp(), date(2026, 11, 21)),
        (str(int(datetime(2026, 11, 20, 20, tzinfo=UTC).timestamp() * 1000)), date(2026, 11, 21)),
        ("yesterday", None),
        ("", None),
        ("nan", None),
        ("1e300", None),
        ("9999-12-31T23:59:59-12:00", None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_days_are_read_in_the_platform_s_zone(shown: Any, day: date | None) -> None:
    assert day_of(shown, CHINA) == day


def test_without_a_declared_zone_it_is_china_s() -> None:
    instant = datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert instant.astimezone(zone_of({})).utcoffset() == timedelta(hours=8)
    assert instant.astimezone(zone_of({"platform": {"timezone": "Europe/London"}})).utcoffset() == timedelta(0)
    with pytest.raises(ZoneInfoNotFoundError):
        zone_of({"platform": {"timezone": "Asia/Nowhere"}})
