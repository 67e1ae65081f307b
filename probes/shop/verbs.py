"""The business verbs of a shop: the words that probes speak, and what an adapter's journey must take and give.

One row a verb. ``columns`` names the record fields that a list output must carry; ``makes`` the kind of object that the
verb leaves behind, for the trail; ``writes`` whether it changes anything on the platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One business verb: what it is given (``optional`` may be missing), what it gives back."""

    name: str
    inputs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    writes: bool = False
    makes: str | None = None


def _columns(**columns: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(columns)


_ADDRESS = ("first_name", "last_name", "line1", "city", "postcode", "country", "phone")
_PRODUCTS = _columns(products=("name", "url", "price"))
_ORDERS = _columns(orders=("number",))
_ORDER = ("number", "lines", "goods_total", "delivery_fee", "total", "address", "status")
_ORDER_LINES = _columns(lines=("name", "quantity", "line_total"))

_ALL = (
    Verb(name="home"),
    Verb(
        name="register",
        inputs=("email", "password", "first_name", "last_name", "phone"),
        writes=True,
        makes="account",
    ),
    Verb(name="log_in", inputs=("username", "password")),
    Verb(name="log_out"),
    Verb(name="who_am_i", outputs=("email", "name")),
    Verb(name="list_products", outputs=("products",), columns=_PRODUCTS),
    Verb(name="search", inputs=("term",), outputs=("products",), columns=_PRODUCTS),
    Verb(name="read_product", inputs=("url",), outputs=("name", "price", "ref")),
    Verb(name="add_to_cart", inputs=("url", "ref", "quantity"), writes=True, makes="cart"),
    Verb(name="read_cart", outputs=("lines", "total"), columns=_columns(lines=("name", "quantity", "key"))),
    Verb(name="change_quantity", inputs=("key", "quantity"), writes=True),
    Verb(name="remove_line", inputs=("key",), writes=True),
    Verb(name="empty_cart", writes=True),
    Verb(
        name="check_out",
        inputs=_ADDRESS,
        optional=("note",),
        outputs=("goods_total", "delivery_fee", "grand_total"),
        writes=True,
    ),
    Verb(name="confirm_order", outputs=("number",), writes=True, makes="order"),
    Verb(name="list_orders", outputs=("orders",), columns=_ORDERS),
    Verb(name="read_order", inputs=("number",), outputs=_ORDER, columns=_ORDER_LINES),
    Verb(name="operator_list_orders", outputs=("orders",), columns=_ORDERS),
    Verb(name="operator_read_order", inputs=("number",), outputs=_ORDER, columns=_ORDER_LINES),
    Verb(name="operator_ship", inputs=("number",), writes=True),
    Verb(name="seller_list_orders", outputs=("orders",), columns=_ORDERS),
    Verb(name="seller_read_order", inputs=("number",), outputs=_ORDER, columns=_ORDER_LINES),
    Verb(name="seller_list_goods", outputs=("goods",), columns=_columns(goods=("name", "url"))),
    Verb(name="seller_read_goods", inputs=("url",), outputs=("name",)),
    Verb(name="read_profile", outputs=("fields",)),
    Verb(
        name="change_profile",
        inputs=("first_name", "last_name"),
        optional=("email", "phone", "password"),
        writes=True,
        makes="profile",
    ),
    Verb(name="list_addresses", outputs=("addresses",), columns=_columns(addresses=("text", "key"))),
    Verb(name="read_address", inputs=("key",), outputs=("fields",)),
    Verb(name="add_address", inputs=_ADDRESS, writes=True, makes="address"),
    Verb(name="change_address", inputs=("key",), optional=_ADDRESS, writes=True),
    Verb(name="delete_address", inputs=("key",), writes=True),
    Verb(name="read_delivery_prices", outputs=("prices", "texts")),
    Verb(name="set_price", inputs=("url", "price"), writes=True, makes="price"),
    Verb(name="cancel_order", inputs=("number",), writes=True),
    Verb(name="delete_account", inputs=("password",), writes=True),
)

VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in _ALL})
