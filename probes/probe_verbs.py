"""Which verbs of the shop each probe cannot do without; ``duheng doctor`` compares them with the adapter."""

from collections.abc import Mapping
from types import MappingProxyType

VERBS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shop.catalogue": ("list_products", "read_product"),
        "shop.register": ("register", "log_in", "who_am_i"),
        "shop.identity": ("log_in", "who_am_i"),
        "shop.wrong_credentials": ("log_in", "who_am_i"),
        "shop.cart": ("add_to_cart", "read_cart", "change_quantity", "remove_line"),
        "shop.tampering": ("add_to_cart", "read_cart"),
        "shop.order": (
            "add_to_cart",
            "check_out",
            "confirm_order",
            "list_orders",
            "read_order",
            "operator_list_orders",
            "operator_read_order",
            "operator_ship",
        ),
        "access.outsiders": ("home", "read_order", "list_orders", "who_am_i"),
        "access.peers": ("read_order", "list_orders", "who_am_i"),
        "access.shared_order": ("seller_list_goods", "seller_read_order"),
        "access.operator_pages": ("home", "who_am_i", "operator_list_orders", "operator_read_order"),
        "privacy.own_data": ("read_profile", "change_profile"),
    }
)
