"""What stands before the first shopper comes: accounts, the goods that they read and buy, and how many there are.

A step that does not come about ends the run before it began: pressure on a shop that cannot be bought from tells
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.loading.venue import WHO, Venue
from probes.clock import Deadline
from probes.errors import LookFailed, Unprepared
from probes.goods import ENOUGH
from probes.shop.outcome import Done
from probes.shop.person import Person, invent_person
from probes.shop.session import ShopSession
from profiles.passwords import derived_password

MOST_ARTICLES: Final = 8
LOOKED_AT: Final = 24
_MONEY_OF_CHINA = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article that shoppers read and buy; ``available`` is what its page offers, None where it does not say."""

    name: str
    url: str
    available: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a run finds prepared.

    ``stock`` has, by URL, the pieces that can be sold of the goods of which that is known; ``remarks`` are said aloud.
    """

    accounts: tuple[str, ...]
    articles: tuple[Article, ...]
    search_terms: tuple[str, ...]
    stock: Mapping[str, int]
    remarks: tuple[str, ...] = ()


def prepare(venue: Venue, *, accounts: int, orders: int, products: tuple[str, ...], deadline: Deadline) -> Prepared:
    """Make the accounts, and choose the goods.

    Args:
        venue: the shop.
        accounts: how many accounts to make.
        orders: how many orders are planned, so that no article runs out by itself.
        products: the declared test products; empty takes some of the list.
        deadline: by when all of it must be over.

    Raises:
        LookFailed: an account could not be made, or there are no goods to be bought.
    """
    articles = _declared(venue, products, deadline) if products else _listed(venue, orders, deadline)
    persons = [_person(venue, number) for number in range(accounts)]
    names = venue.side_by_side(lambda person: _register(venue, person, deadline), persons)
    for name in names[:1]:  # all are made in the same way, and logging in costs a shop more than anything else
        with venue.as_buyer(name, deadline):
            pass
    stock, why = _stock(venue, articles, deadline) if orders else ({}, "")
    term = venue.target.shop.search_term or articles[0].name.split()[0]
    return Prepared(
        accounts=names,
        articles=articles,
        search_terms=(term,),
        stock=stock,
        remarks=tuple(remark for remark in (*_scarce(articles, orders), why) if remark),
    )


def _person(venue: Venue, number: int) -> Person:
    sells_in = venue.target.platform.currency or venue.shop.adapter.currency
    return invent_person(venue.run_id, number, country="CN" if sells_in == _MONEY_OF_CHINA else "GB")


def _register(venue: Venue, person: Person, deadline: Deadline) -> str:
    """Make an account, and return its name."""
    password = derived_password(venue.secret, person.email)
    venue.redactor.add(password)
    session = venue.shop.session(WHO, deadline=deadline)
    try:
        came = session.register(
            email=person.email,
            password=password,
            first_name=person.first_name,
            last_name=person.last_name,
            phone=person.phone,
        )
    finally:
        session.close()
    if not isinstance(came, Done):
        raise Unprepared(f"no account could be made for the load: {came.why}", cause="target")
    return person.email


def _declared(venue: Venue, products: tuple[str, ...], deadline: Deadline) -> tuple[Article, ...]:
    found = venue.side_by_side(lambda url: _article(venue, url, deadline), products)
    for url, article in zip(products, found, strict=True):
        if article is None:
            raise Unprepared(
                f"the test product {url} cannot be bought: name another in [load] product_urls", cause="settings"
            )
    return tuple(article for article in found if article is not None)


def _listed(venue: Venue, orders: int, deadline: Deadline) -> tuple[Article, ...]:
    """Return some goods of the list, of which there are enough."""
    session = venue.shop.session(WHO, deadline=deadline)
    try:
        listed = session.do("list_products")
    finally:
        session.close()
    if not isinstance(listed, Done):
        raise Unprepared(f"no goods are listed: {listed.why}", cause="target")
    urls = tuple(dict.fromkeys(str(row["url"]) for row in _rows(listed.outputs.get("products")) if row.get("url")))
    looked_at = venue.side_by_side(lambda url: _article(venue, url, deadline), urls[:LOOKED_AT])
    found = [article for article in looked_at if article is not None]
    if not found:
        raise Unprepared("no article with a name and a price can be bought", cause="target")
    plenty = [article for article in found if article.available is None or article.available >= orders + ENOUGH]
    return tuple((plenty or sorted(found, key=lambda article: -(article.available or 0)))[:MOST_ARTICLES])


def _article(venue: Venue, url: str, deadline: Deadline) -> Article | None:
    session = venue.shop.session(WHO, deadline=deadline)
    try:
        read = session.do("read_product", url=url)
    finally:
        session.close()
    outputs = read.outputs if isinstance(read, Done) else {}
    price, name, available = outputs.get("price"), str(outputs.get("name") or ""), outputs.get("available")
    priced = isinstance(price, Mapping) and price.get("amount")
    if not (name.strip() and priced and outputs.get("ref")):
        return None
    return Article(name=name, url=url, available=available if isinstance(available, int) else None)


def _rows(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, tuple | list) else ()


def _scarce(articles: tuple[Article, ...], orders: int) -> list[str]:
    few = [article for article in articles if article.available is not None and article.available < orders]
    return [
        f"of {article.name} there are {article.available} pieces, and {orders} orders are planned: "
        "a refusal for want of stock counts as a failed step"
        for article in few
    ]


def _stock(venue: Venue, articles: tuple[Article, ...], deadline: Deadline) -> tuple[Mapping[str, int], str]:
    """Return the stock by URL as the operator's page tells it; and why it is not known, where it is not."""
    seen = stock_seen(venue, [article.url for article in articles], deadline)
    if isinstance(seen, str):
        return {}, f"overselling cannot be told: {seen}"
    return {url: pieces for url, pieces in seen.items() if pieces is not None}, ""


def stock_seen(venue: Venue, urls: list[str], deadline: Deadline) -> dict[str, int | None] | str:
    """Return the pieces that can be sold, by URL, as the operator's page tells; or why nobody could look."""
    if not venue.shop.can("read_stock"):
        return "the adapter describes no read_stock journey"
    found: dict[str, int | None] = {}
    try:
        with venue.as_operator(deadline) as operator:
            for url in urls:
                found[url], _ = stock_of(operator, url)
    except LookFailed as failed:
        return failed.detail
    return found


def stock_of(operator: ShopSession, url: str) -> tuple[int | None, str]:
    """Return the pieces of an article that can be sold; None, and why, where its page does not tell.

    Raises:
        LookFailed: as the session does.
    """
    read = operator.do("read_stock", url=url)
    if not isinstance(read, Done):
        return None, read.why
    stock = read.outputs.get("stock")
    return (stock, "") if isinstance(stock, int) else (None, "its page does not tell it")
