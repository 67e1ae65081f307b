"""Which verbs of the shop each probe cannot do without; ``duheng doctor`` compares them with the adapter."""

from collections.abc import Mapping
from types import MappingProxyType

_BUYS = ("register", "add_to_cart", "read_cart", "check_out", "confirm_order", "read_order")

VERBS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shop.catalogue": ("list_products", "read_product"),
        "shop.register": ("register", "log_in", "who_am_i"),
        "shop.identity": ("log_in", "who_am_i"),
        "shop.wrong_credentials": ("log_in", "who_am_i"),
        "auth.cookies": ("log_in", "who_am_i"),
        "auth.sessions": ("register", "log_in", "log_out", "who_am_i"),
        "auth.brute_force": ("register", "log_in", "who_am_i"),
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
        "access.matrix_writes": ("add_to_cart", "check_out", "confirm_order", "who_am_i"),
        "access.matrix": ("home", "who_am_i"),
        "access.operator_pages": ("home", "who_am_i", "operator_list_orders", "operator_read_order"),
        "privacy.own_data": ("read_profile", "change_profile"),
        "trade.forgery": (*_BUYS, "list_orders"),
        "trade.fields": (*_BUYS, "change_quantity"),
        "trade.race": (*_BUYS, "read_stock", "set_stock"),
        "trade.at_random": (*_BUYS, "change_quantity", "remove_line", "empty_cart"),
        "payment.notices": (
            "pay_order",
            "decline_payment",
            "read_payment",
            "operator_read_payment",
            "send_notice",
            "provider_read_notice",
            "provider_list_payments",
        ),
        "payment.refund": ("pay_order", "read_payment", "operator_refund", "read_refund", "provider_list_refunds"),
        "payment.hundred": ("pay_order", "decline_payment", "read_payment", "provider_list_payments"),
        "audit.records": ("register", "log_in", "confirm_order", "operator_read_order"),
        "audit.operations": ("operator_read_audit", "set_price", "operator_set_rights", "cancel_order"),
        "audit.log": ("register", "log_in", "confirm_order"),
        "browser.walk": ("register", "log_in", "add_to_cart", "check_out", "confirm_order", "read_order"),
        "interface.accounting": ("interface_accounting_read",),
        "interface.stock": ("interface_stock_read", "interface_stock_act"),
        "interface.sales-payment": ("interface_sales_payment_read",),
        "interface.identity": ("interface_identity_read",),
        "interface.logistics": ("interface_logistics_read", "interface_logistics_act"),
        "interface.e-bank": ("interface_e_bank_read", "interface_e_bank_act"),
        "interface.crm": ("interface_crm_read", "interface_crm_act"),
        "interface.analytics": ("interface_analytics_read",),
    }
)
