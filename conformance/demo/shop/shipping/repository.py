"""Two ways of delivery, each with its fee."""

from decimal import Decimal

from oscar.apps.shipping.methods import FixedPrice
from oscar.apps.shipping.repository import Repository as Stock


class Standard(FixedPrice):
    """By road."""

    code, name = "standard", "Standard delivery"
    description = "Within three to five working days"
    charge_excl_tax = charge_incl_tax = Decimal("12.00")


class Express(FixedPrice):
    """By air."""

    code, name = "express", "Express delivery"
    description = "On the next working day"
    charge_excl_tax = charge_incl_tax = Decimal("28.00")


class Repository(Stock):
    """What the checkout offers."""

    methods = (Standard(), Express())
