"""The kinds of objects of a shop, a row a kind: whose they are, and by which verbs they are made, read and changed.

The eleventh kind is an eleventh row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Does = Literal["read", "change", "delete"]
DOES: tuple[Does, ...] = ("read", "change", "delete")
VISITOR, ENDED = "visitor", "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of objects.

    ``named_by`` is the input of the verbs that names one of them; empty for what has no name of its own: a list, or
    what each session has one of. ``make`` makes one; ``found_in`` is the verb, its list output and the column by which
    those of the owner are found. ``changes`` are the inputs that a change sets (the rest of the pool is not sent).
    ``known_by`` are the words of whoever made it by which it is known in an answer: fields of the invented person or
    of the pool of ``probes.access.making``. ``public``: these words stand in the shop for everybody, so they find the
    thing and give nothing away; what its owner's page says as a whole does.
    """

    name: str
    owner: str
    read: str = ""
    change: str = ""
    delete: str = ""
    named_by: str = ""
    make: str = ""
    found_in: tuple[str, str, str] | None = None
    known_by: tuple[str, ...] = ()
    public: bool = False

    def verb(self, does: Does) -> str:
        """Return the adapter's verb for reading, changing or deleting; empty where the kind knows none."""
        return {"read": self.read, "change": self.change, "delete": self.delete}[does]


_BUYER, _SELLER, _OPERATOR = "buyer_a", "seller_a", "operator"
_RECIPIENT = ("line1", "last_name")
_ORDERS = ("orders", "number")

_ALL = (
    Kind(name="order", owner=_BUYER, read="read_order", delete="cancel_order", named_by="number",
         found_in=("list_orders", *_ORDERS), known_by=_RECIPIENT),
    Kind(name="order list", owner=_BUYER, read="list_orders", known_by=("number",)),
    Kind(name="order record", owner=_BUYER, read="read_order_record", named_by="number",
         found_in=("list_orders", *_ORDERS), known_by=_RECIPIENT),
    Kind(name="invoice", owner=_BUYER, read="read_invoice", named_by="key",
         found_in=("list_invoices", "invoices", "key"), known_by=_RECIPIENT),
    Kind(name="return", owner=_BUYER, read="read_return", change="change_return", delete="cancel_return",
         named_by="key", make="request_return", found_in=("list_returns", "returns", "key"), known_by=("text",)),
    Kind(name="address", owner=_BUYER, read="read_address", change="change_address", delete="delete_address",
         named_by="key", make="add_address", found_in=("list_addresses", "addresses", "key"), known_by=_RECIPIENT),
    Kind(name="wish list", owner=_BUYER, read="read_wish_list", change="change_wish_list", delete="delete_wish_list",
         named_by="key", make="add_wish_list", found_in=("list_wish_lists", "wish_lists", "key"), known_by=("name",)),
    Kind(name="cart", owner=_BUYER, read="read_cart", change="change_quantity", delete="remove_line",
         named_by="key", make="add_to_cart", found_in=("read_cart", "lines", "key")),
    Kind(name="profile", owner=_BUYER, read="read_profile", change="change_profile", known_by=("email",)),
    Kind(name="seller's goods", owner=_SELLER, read="seller_read_goods", change="seller_change_goods",
         delete="seller_delete_goods", named_by="url", make="seller_add_goods",
         found_in=("seller_list_goods", "goods", "url"), known_by=("name",), public=True),
    Kind(name="seller's order", owner=_SELLER, read="seller_read_order", named_by="number",
         found_in=("seller_list_orders", *_ORDERS), known_by=_RECIPIENT),
    Kind(name="seller's order list", owner=_SELLER, read="seller_list_orders", known_by=("number",)),
    Kind(name="operator's order", owner=_OPERATOR, read="operator_read_order", change="operator_ship",
         delete="cancel_order", named_by="number", found_in=("operator_list_orders", *_ORDERS), known_by=_RECIPIENT),
    Kind(name="operator's order list", owner=_OPERATOR, read="operator_list_orders", known_by=("number",)),
    Kind(name="operator's price", owner=_OPERATOR, read="operator_read_price", change="set_price", named_by="url"),
    Kind(name="operator's user", owner=_OPERATOR, read="operator_read_user",
         named_by="key", found_in=("operator_list_users", "users", "key"), known_by=("email",)),
    Kind(name="operator's user list", owner=_OPERATOR, read="operator_list_users", known_by=("email",)),
    Kind(name="voucher", owner=_OPERATOR, read="operator_read_voucher", change="operator_change_voucher",
         delete="operator_delete_voucher", named_by="key", make="operator_add_voucher",
         found_in=("operator_list_vouchers", "vouchers", "key"), known_by=("code",)),
)  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Kind of object by name, in the order of the picture."""

TRIED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        _BUYER: ("buyer_b", "seller_b", VISITOR),
        _SELLER: ("seller_b", "buyer_b", VISITOR),
        _OPERATOR: ("seller_b", "buyer_b", VISITOR),
    }
)
"""Owner to those who must not reach what is the owner's: another of the same role, other and lower roles, nobody.

The ended session of a buyer tries to read the buyer's own things besides.
"""
