"""Oscar's checkout with this folder's ``views`` before its own."""

from oscar.apps.checkout.apps import CheckoutConfig as Stock


class CheckoutConfig(Stock):
    """The forked checkout."""

    name = "conformance.demo.shop.checkout"
