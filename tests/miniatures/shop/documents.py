"""The shop's things as JSON, for its two machine faces; each face has its own way of writing money."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.miniatures.shop.goods import Goods
from tests.miniatures.shop.state import Account, Line, Order, Quote, State

Money = Callable[[int], Any]


def minor(fen: int) -> Any:
    """Write money as an integer of fen with its currency."""
    return {"amount": fen, "currency": "CNY"}


def decimal(fen: int) -> Any:
    """Write money as a decimal text without currency."""
    return f"{fen // 100}.{fen % 100:02d}"


def product(shop: State, goods: Goods, money: Money) -> dict[str, Any]:
    """Return an article."""
    return {"id": goods.key, "name": goods.name, "price": money(shop.prices[goods.key])}


def lines(found: Iterable[Line], money: Money) -> list[dict[str, Any]]:
    """Return the lines of a cart or an order."""
    return [
        {
            "id": line.goods.key,
            "name": line.goods.name,
            "quantity": line.quantity,
            "unitPrice": money(line.unit_fen),
            "total": money(line.total_fen),
        }
        for line in found
    ]


def quote(found: Quote, money: Money) -> dict[str, Any]:
    """Return the three sums."""
    return {
        "goodsTotal": money(found.goods_fen),
        "deliveryFee": money(found.fee_fen),
        "grandTotal": money(found.total_fen),
    }


def order(found: Order, money: Money) -> dict[str, Any]:
    """Return an order."""
    return {
        "number": found.number,
        "status": found.status,
        "lines": lines(found.lines, money),
        "address": dict(found.address),
        **quote(found.quote, money),
    }


def person(account: Account) -> dict[str, Any]:
    """Return who somebody is."""
    name = f"{account.profile['last_name']} {account.profile['first_name']}".strip()
    return {"email": account.username, "name": name}
