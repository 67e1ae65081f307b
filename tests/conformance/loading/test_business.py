"""What trade came to under load, as arithmetic: orders lost, doubled, altered, goods sold that were not there."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.loading.book import Acknowledged, OrderBook, book_of
from conformance.loading.business import Paid, ReadBack, Stock, View, broken, orders, payments, stock
from conformance.loading.purchases import during
from probes.canonical import freeze
from probes.shop.trail import Entry

TEA: Mapping[str, Any] = freeze({"lines": [{"name": "Tea", "quantity": 1}], "total": "138.00"})
ABSENT, UNREAD = View(state="absent"), View(state="unread", why="answered 503")


def _entry(seq: int, kind: str, number: str, *, who: str = "order-1", sure: bool = True, **facts: Any) -> Entry:
    at = f"2027-01-10T00:00:{seq:02d}.000000Z"
    return Entry(seq=seq, at=at, who=who, kind=kind, id=number, acknowledged=sure, facts=freeze(facts))


def _read(**order: Any) -> View:
    return View(state="read", order=freeze({**TEA, **order}))


def _order(number: str, account: str = "a") -> Acknowledged:
    return Acknowledged(number=number, account=account, at="", pieces={"tea": 1}, total="138.00")


BOOK = OrderBook(orders=(_order("1"), _order("2"), _order("3", "b")))


def test_the_book_is_made_of_all_trails_in_order_of_time() -> None:
    first = [
        _entry(1, "account", "a"),
        _entry(2, "due", "", **TEA),
        _entry(3, "order", "11", account="a"),
        _entry(8, "order", "", account="a", sure=False),
    ]
    second = [_entry(5, "order", "12", account="b", who="order-2")]
    book = book_of([second, first])
    assert [order.number for order in book.orders] == ["11", "12"]
    assert book.orders[0].pieces == {"tea": 1}
    assert book.orders[0].total == "138.00"
    assert book.orders[1].pieces is None
    assert (book.unsure, book.repeated, book.accounts) == ({"a": 1}, (), ("a", "b"))


def test_what_is_due_is_that_of_the_same_shopper() -> None:
    trail = [
        _entry(1, "due", "", who="x", **TEA),
        _entry(2, "due", "", who="y", lines=[{"name": "Cup", "quantity": 2}], total=None),
        _entry(3, "order", "1", who="y", account="b"),
        _entry(4, "order", "2", who="x", account="a"),
        _entry(5, "order", "3", who="x", account="a"),
    ]
    book = book_of([trail])
    assert [order.pieces for order in book.orders] == [{"cup": 2}, {"tea": 1}, None]
    assert [order.total for order in book.orders] == [None, "138.00", None]


def test_a_number_that_was_acknowledged_twice_is_one_order_that_stands_twice() -> None:
    book = book_of([[_entry(1, "order", "7", account="a"), _entry(2, "order", "7", account="b")]])
    assert [order.number for order in book.orders] == ["7"]
    assert book.orders[0].account == "a"
    assert book.acknowledged == 2
    told = orders(book, [ReadBack(order=book.orders[0], buyer=_read())], {})
    assert (told["acknowledged"], told["doubled"]) == (2, ["7"])


def test_found_lost_and_unread_are_three_answers() -> None:
    read = [
        ReadBack(order=BOOK.orders[0], buyer=_read(), operator=_read()),
        ReadBack(order=BOOK.orders[1], buyer=_read(), operator=ABSENT),
        ReadBack(order=BOOK.orders[2], buyer=UNREAD, operator=UNREAD),
    ]
    told = orders(BOOK, read, {})
    assert told == {"acknowledged": 3, "found": 1, "lost": ["2"], "doubled": [], "altered": [], "unread": 1}
    assert orders(BOOK, [], {})["unread"] == 3
    assert orders(BOOK, [ReadBack(order=BOOK.orders[0], buyer=UNREAD, operator=_read())], {})["found"] == 1
    assert orders(BOOK, [ReadBack(order=BOOK.orders[0], buyer=ABSENT)], {})["lost"] == ["1"]


def test_an_order_is_altered_against_what_was_confirmed_and_against_the_other_view() -> None:
    def altered(**views: View) -> list[str]:
        found: list[str] = orders(BOOK, [ReadBack(order=BOOK.orders[0], **views)], {})["altered"]
        return found

    two = [{"name": "Tea", "quantity": 2}]
    assert altered(buyer=_read(), operator=_read()) == []
    assert altered(buyer=_read(total="137.00")) == ["1"]
    assert altered(buyer=_read(lines=two)) == ["1"]
    assert altered(buyer=_read(), operator=_read(lines=two)) == ["1"]
    assert altered(buyer=_read(lines=[{"name": "Cup", "quantity": 1}])) == ["1"]
    assert altered(buyer=_read(total="138")) == []
    assert altered(buyer=_read(lines=[{"name": "Tea, green", "quantity": 1}])) == []
    assert altered(buyer=UNREAD, operator=UNREAD) == []


def test_what_the_trail_does_not_say_is_compared_between_views_alone() -> None:
    bare = Acknowledged(number="1", account="a", at="")
    read = ReadBack(order=bare, buyer=_read(), operator=_read(total="1.00"))
    assert read.altered
    assert not ReadBack(order=bare, buyer=_read(total="1.00")).altered


def test_orders_that_nobody_confirmed_stand_twice() -> None:
    assert orders(BOOK, [], {"a": ["1", "2"], "b": ["3", "4"]})["doubled"] == ["4"]
    assert orders(BOOK, [], {"a": None, "b": []})["doubled"] == []


def test_a_confirmation_that_broke_off_explains_one_order() -> None:
    book = OrderBook(orders=(_order("1"),), unsure={"a": 1})
    assert orders(book, [], {"a": ["1", "5"]})["doubled"] == []
    assert orders(book, [], {"a": ["1", "5", "6"]})["doubled"] == ["6"]


def test_a_list_that_writes_numbers_in_another_way_tells_nothing() -> None:
    assert orders(BOOK, [], {"a": ["No. 1", "No. 2", "No. 9"]})["doubled"] == []


@given(st.lists(st.sampled_from(["read", "absent", "unread"]), max_size=20))
def test_found_lost_and_unread_add_up(states: list[Any]) -> None:
    book = OrderBook(orders=tuple(_order(str(number)) for number in range(len(states))))
    read = [
        ReadBack(order=order, buyer=_read() if state == "read" else View(state=state))
        for order, state in zip(book.orders, states, strict=True)
    ]
    told = orders(book, read, {})
    assert told["found"] + len(told["lost"]) + told["unread"] == told["acknowledged"] == len(states)
    assert told["found"] == states.count("read")


def test_no_more_is_sold_than_there_was() -> None:
    assert stock(BOOK, []) is None
    told = stock(BOOK, [Stock(goods="Tea", before=3, after=0)])
    assert told is not None
    assert (told["sold"], told["before"], told["after"], told["oversold"]) == (3, 3, 0, 0)
    few = stock(BOOK, [Stock(goods="Tea", before=2, after=0), Stock(goods="Cup", before=9, after=None)])
    assert few is not None
    assert (few["sold"], few["before"], few["after"], few["oversold"]) == (3, 11, None, 1)
    assert [row["oversold"] for row in few["goods"]] == [1, 0]


def test_what_was_below_nothing_before_is_nobody_s_fault() -> None:
    owing = stock(OrderBook(orders=()), [Stock(goods="Tea", before=-3, after=-3)])
    assert owing is not None
    assert owing["oversold"] == 0
    more = stock(OrderBook(orders=()), [Stock(goods="Tea", before=-3, after=-4)])
    assert more is not None
    assert more["oversold"] == 1


def test_stock_below_nothing_is_oversold() -> None:
    told = stock(OrderBook(orders=()), [Stock(goods="Tea", before=5, after=-2)])
    assert told is not None
    assert told["oversold"] == 2


def test_charges_are_counted_by_order() -> None:
    paid = [
        Paid(number="1", amount="138.00"),
        Paid(number="2", amount="138.0"),
        Paid(number="2", amount="138.00"),
        Paid(number="3", amount="13.80"),
        Paid(number="99", amount="1.00"),
    ]
    assert payments(BOOK, paid) == {"paid": 3, "doubled": ["2"], "wrong": ["3"]}
    assert payments(BOOK, []) == {"paid": 0, "doubled": [], "wrong": []}


def test_what_failed_is_told_in_words() -> None:
    right = {"orders": orders(BOOK, [], {}), "stock": None, "payments": None, "empty_pages": 0}
    assert broken(right) == ()
    many = OrderBook(orders=tuple(_order(str(number)) for number in range(7)))
    lost = orders(many, [ReadBack(order=order, buyer=ABSENT) for order in many.orders], {})
    wrong = {
        "orders": lost,
        "stock": stock(BOOK, [Stock(goods="Tea", before=1, after=None)]),
        "payments": {"paid": 1, "doubled": ["2"], "wrong": []},
        "empty_pages": 4,
    }
    assert broken(wrong) == (
        "7 acknowledged orders are lost: 0, 1, 2, 3, 4 and 2 more",
        "2 pieces were sold that were not there: Tea",
        "1 orders were charged twice: 2",
        "4 pages came back empty, with a status that says all is well",
    )


def test_purchases_are_those_that_overlap_two_instants() -> None:
    def purchase(begun_ms: int, *, bought: bool | None) -> Entry:
        return _entry(1, "purchase", "", begun_ms=begun_ms, ended_ms=begun_ms + 50, bought=bought, why=None)

    trails = [
        [purchase(940, bought=False), purchase(999, bought=True)],
        [purchase(1500, bought=False), _entry(2, "order", "7", account="a"), purchase(2001, bought=False)],
        [purchase(1980, bought=None), purchase(3000, bought=None)],
    ]
    assert during(trails, 1000, 2000) == {"begun_during": 3, "failed_during": 1, "unfinished_during": 1}
    assert during([], 1000, 2000) == {"begun_during": 0, "failed_during": 0, "unfinished_during": 0}
