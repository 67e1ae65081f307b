"""Oscar's shipping with this folder's ``repository`` before its own."""

from oscar.apps.shipping.apps import ShippingConfig as Stock


class ShippingConfig(Stock):
    """The forked shipping."""

    name = "conformance.demo.shop.shipping"
