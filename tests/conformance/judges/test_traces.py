"""3.1.3 and 3.1.3.5, traces: each answer on order records, audit trail and log; times as shops write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judges.instants import apart_s, instants
from probes.clock import rfc3339
from tests.conformance.judges.evidence import SEEN_AT, broken
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

RECORDS, OPERATIONS, LOG = "SBT-3.1.3-authenticable", "SBT-3.1.3.5-operations", "SBT-3.1.3-non-repudiable"
LATER = rfc3339(SEEN_AT + timedelta(seconds=301))
NEARLY = rfc3339(SEEN_AT + timedelta(seconds=300))
OWN = "own/outputs/"

RECORD_WAYS = [
    Way("no account", put(OWN + "account", ""), "violates", "no account"),
    Way("no time", put(OWN + "placed_at", None), "violates", "no time"),
    Way("no channel", put(OWN + "channel", " "), "violates", "no channel"),
    Way("an earlier order without account", put("sample/0/account", False), "undetermined", "have left since"),
    Way("an earlier order without time", put("sample/0/placed_at", False), "violates", "no time"),
    Way("someone else's e-mail", put(OWN + "account", "bo@example.com"), "violates", "another account"),
    Way("nobody's name", put(OWN + "account", "系统"), "violates", "another account"),
    Way("the person's name", put(OWN + "account", "Ms Ann Lee"), "conforms", "2 order records"),
    Way("a number that nobody knows", put(OWN + "account", "4711"), "undetermined", "cannot be told", "settings"),
    Way("a starred e-mail", put(OWN + "account", "a***@example.com"), "undetermined", "cannot be told", "settings"),
    Way("five minutes off", put(OWN + "placed_at", NEARLY), "conforms"),
    Way("more than that", put(OWN + "placed_at", LATER), "violates", "301 s away"),
    Way("a time that is none", put(OWN + "placed_at", "just now"), "undetermined", "cannot be read", "settings"),
    Way(
        "the adapter reads no channel",
        put("described", ["account", "placed_at"]),
        "undetermined",
        "channel",
        "settings",
    ),
    Way("the adapter reads no time", put("described", ["account", "channel"]), "undetermined", "time", "settings"),
    Way("the record cannot be read", put("own", broken()), "undetermined", "could not be read", "target"),
    Way("the order did not come about", all_of(put("own", None), put("confirm", broken())), "undetermined", "got 500"),
    Way("no number", all_of(put("own", None), put("number", None)), "undetermined", "without a number"),
    Way("an unreadable one in the sample", put("sample", [None]), "conforms", "1 order records"),
]


@pytest.mark.parametrize("way", RECORD_WAYS, ids=lambda way: way.name)
def test_order_records(way: Way) -> None:
    assert_told(RECORDS, "audit.records", way)


def entry(number: int, name: str) -> str:
    return f"operations/{number}/entries/0/{name}"


OPERATION_WAYS = [
    *(Way(f"{n} leaves no entry", put(f"operations/{n}/entries", []), "violates", "no entry") for n in range(4)),
    *(Way(f"{n} by somebody else", put(entry(n, "who"), "System"), "violates", "somebody else") for n in range(4)),
    *(Way(f"{n} by nobody", put(entry(n, "who"), ""), "violates", "somebody else") for n in range(4)),
    *(Way(f"{n} without time", put(entry(n, "when"), ""), "violates", "no time") for n in range(4)),
    *(Way(f"{n} at another time", put(entry(n, "when"), LATER), "violates", "301 s") for n in range(4)),
    *(Way(f"{n} without old value", put(entry(n, "old"), None), "violates", "the old value") for n in (1, 3)),
    *(Way(f"{n} without new value", put(entry(n, "new"), ""), "violates", "new value") for n in (1, 2, 3)),
    Way("neither value", all_of(put(entry(2, "old"), ""), put(entry(2, "new"), "")), "violates", "neither"),
    Way("another old price", put(entry(1, "old"), "12.00"), "violates", "old value"),
    Way("another new price", put(entry(1, "new"), "12.80"), "violates", "new value"),
    Way("prices as texts", put(entry(1, "new"), "CNY 13.930"), "conforms"),
    Way("an entry about something else", put(entry(1, "what"), "Price of Cup"), "conforms"),
    Way("no rights before", put(entry(2, "old"), ""), "undetermined", "there were none", "settings"),
    Way("nothing in it is ours", put(entry(3, "what"), "Read 1"), "violates", "no entry"),
    Way("a number within another", put(entry(3, "what"), "Read 2100009"), "violates", "no entry"),
    Way("an order by its own key", put(entry(3, "what"), "Cancel 1"), "undetermined", "names what", "settings"),
    Way("an account by its own key", put(entry(2, "what"), "权限变更 57"), "undetermined", "names what", "settings"),
    Way("another's name that holds the own", put(entry(1, "who"), "cooperators"), "undetermined", "", "settings"),
    Way("a time in words", put(entry(1, "when"), "刚刚"), "undetermined", "cannot be read", "settings"),
    Way("a log-in of one unknown", put(entry(0, "who"), "*"), "undetermined", "cannot be told", "settings"),
    Way("logging out is not logging in", put(entry(0, "what"), "Logged out"), "violates", "no entry"),
    Way("minor units", all_of(put(entry(1, "old"), "1280"), put(entry(1, "new"), "1393")), "conforms"),
    Way("a decimal comma", all_of(put(entry(1, "old"), "12,80 €"), put(entry(1, "new"), "13,93 €")), "conforms"),
    Way("thousands", put(entry(1, "old"), "1,280"), "violates", "old value"),
    Way("a display name", put(entry(0, "who"), "Li Lei"), "undetermined", "cannot be told", "settings"),
    Way("the operation failed", put("operations/1/done", broken()), "undetermined", "got 500", "target"),
    Way("the trail could not be read", put("operations/2/read", broken()), "undetermined", "got 500", "target"),
    Way(
        "no journey for rights",
        all_of(put("operations/2/done", None), put("operations/2/missing", "the adapter describes no such journey")),
        "undetermined",
        "no such journey",
        "settings",
    ),
    Way("one was never tried", drop("operations/3"), "undetermined", "not tried", "settings"),
    Way("nothing was", put("operations", []), "undetermined", "not tried", "settings"),
]  # fmt: skip


@pytest.mark.parametrize("way", OPERATION_WAYS, ids=lambda way: way.name)
def test_operations(way: Way) -> None:
    assert_told(OPERATIONS, "audit.operations", way)


def test_what_is_missing_is_told_before_what_could_not_be_tried() -> None:
    change = all_of(put("operations/1/done", broken()), put("operations/2/entries", []))
    assert_told(OPERATIONS, "audit.operations", Way("both", change, "violates", "change of rights"))


LOG_WAYS = [
    Way("all is well", lambda _: None, "undetermined", "takes a document", "attestation"),
    Way("a line is bad at first", put("first/bad_line", 3), "violates", "line 3"),
    Way("a line is bad at last", put("second/bad_line", 8), "violates", "line 8"),
    Way("rewritten", put("grew_only", False), "violates", "rewritten"),
    Way("neither chained nor signed", put("chained", False), "violates", "no trace"),
    Way("signed only", all_of(put("chained", False), put("signed", True)), "undetermined", "", "attestation"),
    Way("the order is missing", put("order_found", False), "violates", "does not stand in the log"),
    Way("no order came about", put("number", None), "undetermined", "No order", "target"),
    Way("no line verifies", all_of(put("first/bad_line", 1), put("first/verified", 0)), "undetermined", "", "settings"),
    Way(
        "no line has a hash",
        all_of(put("first/bad_line", 1), put("first/verified", 0), put("chained", False)),
        "violates",
        "no trace",
    ),
    Way(
        "a view of the latest",
        all_of(put("grew_only", False), put("latest_only", True)),
        "undetermined",
        "",
        "settings",
    ),
    Way(
        "a copy made before",
        all_of(put("source", "file"), put("second/entries", 7), put("order_found", False)),
        "undetermined",
        "a copy",
        "settings",
    ),
    Way("no consent", put("account_found", False), "undetermined", "consent", "attestation"),
]


@pytest.mark.parametrize("way", LOG_WAYS, ids=lambda way: way.name)
def test_the_log(way: Way) -> None:
    assert_told(LOG, "audit.log", way)


SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 21, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T14:05:09Z",
        "2026-11-21T14:05:09.123456+00:00",
        "2026-11-21 22:05:09 +0800",
        "Sat, 21 Nov 2026 14:05:09 GMT",
        "2026-11-21 22:05:09",
        "2026-11-21 14:05:09",
        "2026/11/21 22:05:09",
        "2026年11月21日 22时05分09秒",
        "2026年11月21日22:05:09",
        "Nov. 21, 2026, 10:05:09 p.m.",
        "21 November 2026 14:05:09",
        "ordered 2026-11-21 at 02:05:09 PM",
        "2026年11月21日 下午10:05:09",
        "2026-11-21 22:05:09 GMT+8",
        "2026-11-21 22:05:09 (UTC+08:00)",
        "2026-11-21T22:05:09+08",
        "21/11/2026 22:05:09",
        "11/21/2026, 10:05:09 PM",
        "21.11.2026 14:05:09 UTC",
        "20261121220509",
        "1795269909",
        "1795269909123",
    ],
)
def test_a_time_is_read_however_it_is_written(text: str) -> None:
    assert AT in instants(text, SHANGHAI)


def test_midnight_and_noon_of_half_days() -> None:
    for noon in ("12:00 p.m.", "12 p.m.", "noon"):
        assert datetime(2026, 11, 21, 12, tzinfo=UTC) in instants(f"Nov. 21, 2026, {noon}", SHANGHAI)
    for midnight in ("12:00 a.m.", "midnight"):
        assert datetime(2026, 11, 21, tzinfo=UTC) in instants(f"Nov. 21, 2026 {midnight}", SHANGHAI)
    assert datetime(2026, 11, 21, 23, tzinfo=UTC) in instants("Nov. 21, 2026 11 p.m.", SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just now",
        "2026-11-21",
        "22:05",
        "2026-13-41 22:05",
        "2026-11-21 29:05",
        "31/31/2026 10:00",
        "0001-01-01 00:00:00+14:00",
        "9999-12-31 23:59:59-12:00",
    ],
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    assert instants(text, SHANGHAI) == ()
    assert apart_s(text, SHANGHAI, rfc3339(AT), rfc3339(AT)) is None


@given(st.text(alphabet="0123456789-+/.:年月日时分秒上下午 TZUGMCapm", max_size=40))
def test_whatever_is_written_as_a_time_is_read_or_not_and_nothing_stumbles(written: str) -> None:
    assert all(each.tzinfo is UTC for each in instants(written, SHANGHAI))


def test_an_instant_lies_inside_a_span_or_so_many_seconds_outside() -> None:
    began, ended = rfc3339(AT), rfc3339(AT + timedelta(seconds=10))
    assert apart_s("2026-11-21T14:05:12Z", SHANGHAI, began, ended) == 0
    assert apart_s("2026-11-21T14:05:00Z", SHANGHAI, began, ended) == 9
    assert apart_s("2026-11-21T14:05:29Z", SHANGHAI, began, ended) == 10
