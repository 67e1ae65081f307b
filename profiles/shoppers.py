"""The shoppers of a mix, by name: what each does, and what it needs of the shop. One row a shopper."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """One kind of shopper.

    ``verbs``: those of ``probes.shop.verbs`` that it cannot do without. ``account``: it logs in, where the shop knows
    accounts. ``writes``: it changes something on the platform (a cart at least). ``orders``: it places an order.
    """

    name: str
    en: str
    zh: str
    verbs: tuple[str, ...]
    account: bool = False
    writes: bool = False
    orders: bool = False


_ALL = (
    Shopper(
        name="browse",
        en="opens the front page and the list of goods",
        zh="打开首页与商品列表",
        verbs=("list_products",),
    ),
    Shopper(
        name="search",
        en="searches, and opens what was found",
        zh="搜索并打开找到的商品",
        verbs=("search", "read_product"),
    ),
    Shopper(
        name="read", en="reads one article after another", zh="逐一阅读商品", verbs=("list_products", "read_product")
    ),
    Shopper(
        name="cart",
        en="puts an article into the cart and leaves",
        zh="把商品放入购物车后离开",
        verbs=("list_products", "read_product", "add_to_cart", "read_cart"),
        writes=True,
    ),
    Shopper(
        name="order",
        en="buys an article, to the acknowledged order",
        zh="购买一件商品，直至订单得到确认",
        verbs=("list_products", "read_product", "add_to_cart", "read_cart", "check_out", "confirm_order"),
        account=True,
        writes=True,
        orders=True,
    ),
    Shopper(
        name="return",
        en="comes back, logs in and reads earlier orders",
        zh="再次到访，登录并查看以往订单",
        verbs=("log_in", "list_orders"),
        account=True,
    ),
)

SHOPPERS: Mapping[str, Shopper] = MappingProxyType({shopper.name: shopper for shopper in _ALL})
