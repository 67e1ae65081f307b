"""What stands before the first shopper comes, on miniature shops; and what is read back with nobody to ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.loading.book import Acknowledged, OrderBook
from conformance.loading.charges import charges
from conformance.loading.preparing import Prepared, prepare
from conformance.loading.reading_back import read_back
from conformance.loading.venue import Venue, opened, trail_at
from probes.clock import SystemClock
from probes.errors import LookFailed, Unprepared
from probes.redaction import Redactor
from probes.shop.opening import adapter_of
from probes.target_file import read_target
from tests.miniatures.shop.miniature import MiniatureShop

SECRET = "0123456789abcdef"
GHOST = OrderBook(orders=(Acknowledged(number="999999", account="nobody@example.com", at=""),))


@contextmanager
def _venue(shop: MiniatureShop, folder: Path, further: str = "") -> Iterator[Venue]:
    target, clock = read_target(shop.target_toml(folder, further=further)), SystemClock()
    adapter, trail = adapter_of(target), trail_at(folder / "trails" / "run.jsonl", clock)
    assert adapter is not None
    place = opened(target, adapter, clock=clock, redactor=Redactor(), run_id="load-1", secret=SECRET, trail=trail)
    with place as venue:
        yield venue


def _prepared(venue: Venue, *, accounts: int = 2, orders: int = 10, products: tuple[str, ...] = ()) -> Prepared:
    return prepare(venue, accounts=accounts, orders=orders, products=products, deadline=venue.within(60))


def test_accounts_goods_and_stock_are_there(tmp_path: Path) -> None:
    with MiniatureShop() as shop, _venue(shop, tmp_path) as venue:
        ready = _prepared(venue)
        members = {account.username for account in shop.state.accounts.values()}
        assert len(set(ready.accounts)) == 2
        assert set(ready.accounts) <= members
        assert [article.name.split()[0] for article in ready.articles][:2] == ["明前龙井茶", "青花瓷茶杯"]
        assert set(ready.stock.values()) == {5000}
        assert (ready.search_terms, ready.remarks) == (("茶",), ())
        made = [entry for entry in venue.trail.standing() if entry.kind == "account"]
        assert {entry.id for entry in made} == set(ready.accounts)
        with venue.as_buyer(ready.accounts[1], venue.within(10)) as session:
            assert session.do("list_orders").outputs["orders"] == ()  # type: ignore[union-attr]


def test_goods_of_which_few_are_left_are_not_bought_where_there_are_others(tmp_path: Path) -> None:
    with MiniatureShop() as shop, _venue(shop, tmp_path) as venue:
        shop.state.stall.stock["1"] = 12
        names = [article.url for article in _prepared(venue, accounts=0).articles]
        assert names
        assert not any(url.endswith("/goods/1/") for url in names)
        for goods in ("2", "3", "4", "5", "6"):
            shop.state.stall.stock[goods] = 3
        few = _prepared(venue, accounts=0)
        assert few.articles[0].available == 12
        assert len(few.remarks) == 5
        assert few.remarks[0].endswith("a refusal for want of stock counts as a failed step")


def test_without_orders_nobody_asks_the_operator(tmp_path: Path) -> None:
    with MiniatureShop() as shop, _venue(shop, tmp_path) as venue:
        assert _prepared(venue, accounts=0, orders=0).stock == {}
        assert not [path for _, path, who in shop.request_log if who == "operator"]


@pytest.mark.parametrize(
    ("defect", "products", "told", "cause"),
    [
        ("mails-but-does-not-register", (), "could not log in", "target"),
        ("empty-200-on-register", (), "no account could be made for the load", "target"),
        ("list-page-empty", (), "no goods are listed|no article", "target"),
        (None, ("/goods/1/", "/goods/77/"), "the test product /goods/77/ cannot be bought", "settings"),
        ("price-on-request", ("/goods/5/",), "the test product /goods/5/ cannot be bought", "settings"),
    ],
)
def test_what_does_not_come_about_ends_it_with_its_cause(
    tmp_path: Path, defect: str | None, products: tuple[str, ...], told: str, cause: str
) -> None:
    with (
        MiniatureShop(frozenset({defect} if defect else ())) as shop,
        _venue(shop, tmp_path) as venue,
        pytest.raises(Unprepared, match=told) as ended,
    ):
        _prepared(venue, products=products)
    assert ended.value.cause == cause


def test_an_order_that_nobody_knows_is_lost_for_the_operator_and_unread_for_a_buyer_who_is_none(tmp_path: Path) -> None:
    with MiniatureShop() as shop, _venue(shop, tmp_path) as venue:
        (seen,), lists = read_back(venue, GHOST, venue.within(60))
        assert (seen.buyer.state, seen.operator and seen.operator.state) == ("unread", "absent")
        assert seen.buyer.why.startswith("nobody@example.com could not log in")
        assert lists == {"nobody@example.com": None}


def test_without_an_operator_the_buyers_view_is_the_only_one(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        path = shop.target_toml(tmp_path)
        text = path.read_text(encoding="utf-8")
        head, _, rest = text.partition("[roles.operator]\n")
        path.write_text(head + rest.partition("\n")[2].partition("\n")[2], encoding="utf-8")
        target, clock = read_target(path), SystemClock()
        adapter = adapter_of(target)
        assert adapter is not None
        trail = trail_at(tmp_path / "run.jsonl", clock)
        parts = opened(target, adapter, clock=clock, redactor=Redactor(), run_id="x", secret=SECRET, trail=trail)
        with parts as venue:
            ready = _prepared(venue, accounts=1)
            assert ready.stock == {}
            assert ready.remarks == ("overselling cannot be told: the target file declares no [roles.operator]",)
            (seen,), _ = read_back(venue, GHOST, venue.within(60))
            assert seen.operator is None


def test_the_charges_of_a_sandbox_are_read_and_a_dead_shop_is_no_answer(tmp_path: Path) -> None:
    with MiniatureShop() as shop, _venue(shop, tmp_path) as venue:
        assert charges(venue, venue.within(10)) == ()
    with pytest.raises(LookFailed):
        _prepared(venue)
    assert isinstance(charges(venue, venue.within(10)), str)
