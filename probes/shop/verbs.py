"""The business verbs of a shop: the words that probes speak, and what an adapter's journey must take and give.

One row a verb. ``columns`` names the record fields that a list output must carry; ``makes`` the kind of object that the
verb leaves behind, for the trail; ``writes`` whether it changes anything on the platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One business verb: what it is given (``optional`` may be missing; ``money`` are decimal texts), what it gives."""

    name: str
    inputs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    writes: bool = False
    makes: str | None = None
    money: tuple[str, ...] = ()


def _columns(**columns: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(columns)


_ADDRESS = ("first_name", "last_name", "line1", "city", "postcode", "country", "phone")
_PRODUCTS = _columns(products=("name", "url", "price"))
_ORDERS = _columns(orders=("number",))
_ORDER = ("number", "lines", "goods_total", "delivery_fee", "total", "address", "status")
_PAID = ("total", "paid", "failed", "payments")
_PAYMENTS = _columns(payments=("reference", "amount", "paid", "failed"))
_PROVIDER = ("provider", "key")
_ORDER_LINES = _columns(lines=("name", "quantity", "line_total"))

_INTERFACE = ("order", "day", "ref", "customer", "name", "phone", "made", "mark", "level", "known")

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
    Verb(name="operator_read_audit", outputs=("entries",), columns=_columns(entries=("who", "when", "what"))),
    Verb(name="operator_set_rights", inputs=("username",), optional=("granted",), writes=True),
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
    Verb(name="ask_password_reset", inputs=("email",), outputs=("link",), writes=True),
    Verb(name="reset_password", inputs=("link", "new_password"), writes=True),
    Verb(name="change_password", inputs=("password", "new_password"), writes=True),
    Verb(name="list_addresses", outputs=("addresses",), columns=_columns(addresses=("text", "key"))),
    Verb(name="read_address", inputs=("key",), outputs=("fields",)),
    Verb(name="add_address", inputs=_ADDRESS, writes=True, makes="address"),
    Verb(name="change_address", inputs=("key",), optional=_ADDRESS, writes=True),
    Verb(name="delete_address", inputs=("key",), writes=True),
    Verb(name="read_delivery_prices", outputs=("prices", "texts")),
    Verb(name="set_price", inputs=("url", "price"), writes=True, makes="price", money=("price",)),
    Verb(name="read_stock", inputs=("url",), outputs=("stock",)),
    Verb(name="set_stock", inputs=("url", "stock"), optional=("was",), writes=True, makes="stock"),
    Verb(name="cancel_order", inputs=("number",), writes=True),
    Verb(name="delete_account", inputs=("password",), writes=True),
    Verb(name="read_order_record", inputs=("number",), outputs=("number",)),
    Verb(name="list_invoices", outputs=("invoices",), columns=_columns(invoices=("text", "key"))),
    Verb(name="read_invoice", inputs=("key",), outputs=("text",)),
    Verb(name="request_return", inputs=("number", "text"), writes=True, makes="return"),
    Verb(name="list_returns", outputs=("returns",), columns=_columns(returns=("text", "key"))),
    Verb(name="read_return", inputs=("key",), outputs=("text",)),
    Verb(name="change_return", inputs=("key", "text"), writes=True),
    Verb(name="cancel_return", inputs=("key",), writes=True),
    Verb(name="add_wish_list", inputs=("name",), writes=True, makes="wish list"),
    Verb(name="list_wish_lists", outputs=("wish_lists",), columns=_columns(wish_lists=("text", "key"))),
    Verb(name="read_wish_list", inputs=("key",), outputs=("text",)),
    Verb(name="change_wish_list", inputs=("key", "name"), writes=True),
    Verb(name="delete_wish_list", inputs=("key",), writes=True),
    Verb(name="seller_add_goods", inputs=("name", "price"), writes=True, makes="goods", money=("price",)),
    Verb(name="seller_change_goods", inputs=("url", "price"), writes=True, money=("price",)),
    Verb(name="seller_delete_goods", inputs=("url",), writes=True),
    Verb(name="operator_read_price", inputs=("url",), outputs=("price",)),
    Verb(name="operator_list_users", outputs=("users",), columns=_columns(users=("text", "key"))),
    Verb(name="operator_read_user", inputs=("key",), outputs=("text",)),
    Verb(name="operator_add_voucher", inputs=("name", "code"), writes=True, makes="voucher"),
    Verb(name="operator_list_vouchers", outputs=("vouchers",), columns=_columns(vouchers=("text", "key"))),
    Verb(name="operator_read_voucher", inputs=("key",), outputs=("text",)),
    Verb(name="operator_change_voucher", inputs=("key", "name"), writes=True),
    Verb(name="operator_delete_voucher", inputs=("key",), writes=True),
    Verb(name="pay_order", inputs=("number",), writes=True),
    Verb(name="decline_payment", inputs=("number",), writes=True),
    Verb(name="read_payment", inputs=("number",), outputs=_PAID, columns=_PAYMENTS),
    Verb(name="operator_read_payment", inputs=("number",), outputs=_PAID, columns=_PAYMENTS),
    Verb(name="operator_refund", inputs=("number", "amount"), writes=True),
    Verb(
        name="read_refund", inputs=("number",), outputs=("refunds",), columns=_columns(refunds=("amount", "completed"))
    ),
    Verb(
        name="send_notice",
        inputs=("number", "reference", "amount", "amount_minor", "event"),
        optional=("sent_at", "signature"),
        writes=True,
    ),
    Verb(
        name="provider_list_payments",
        optional=_PROVIDER,
        outputs=("payments",),
        columns=_columns(payments=("order", "reference", "amount", "paid", "failed")),
    ),
    Verb(
        name="provider_list_refunds",
        optional=_PROVIDER,
        outputs=("refunds",),
        columns=_columns(refunds=("order", "amount", "completed", "requested_at", "completed_at")),
    ),
    Verb(
        name="provider_read_notice",
        inputs=("reference",),
        optional=_PROVIDER,
        outputs=("number", "amount", "event", "signature"),
    ),
    Verb(name="provider_resend_notice", inputs=("reference",), optional=_PROVIDER, writes=True),
    *(
        Verb(name=f"interface_{kind}_read", optional=_INTERFACE, outputs=("state",))
        for kind in ("accounting", "stock", "sales_payment", "identity", "logistics", "e_bank", "crm", "analytics")
    ),
    *(
        Verb(name=f"interface_{kind}_act", optional=_INTERFACE, writes=True)
        for kind in ("stock", "logistics", "e_bank", "crm")
    ),
)

VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in _ALL})
