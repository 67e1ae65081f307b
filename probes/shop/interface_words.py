"""The verbs of the platform interfaces (SB/T 10469, 3.1.5) as methods: what reads, and what acts.

A read gives ``state``, what the interface says at that moment; an act may give ``made``, the number of what it made.
All of them are given what the look knows, and a journey takes what it needs: ``order`` (number), ``day`` (ISO),
``ref`` (article), ``customer`` (user name), ``name``, ``phone``, ``made``, and ``mark``, a word of this act alone. For
interfaces that set a stock instead of adding to it, ``level`` is one piece more than was read; ``known`` is what an
earlier journey with leave gave under that name, so that who has no leave can be seen to fail at the act itself and not
at looking something up for it.
"""

from abc import abstractmethod
from typing import Any

from probes.shop.outcome import Outcome


class InterfaceWords:
    """The vocabulary of the platform's API client."""

    @abstractmethod
    def do(self, verb: str, **inputs: Any) -> Outcome:
        """Do a verb; see ``probes.shop.session``."""

    def interface_accounting_read(self, **facts: str) -> Outcome:
        """Read the account lines of an order."""
        return self.do("interface_accounting_read", **facts)

    def interface_stock_read(self, **facts: str) -> Outcome:
        """Read how many pieces of an article there are."""
        return self.do("interface_stock_read", **facts)

    def interface_stock_act(self, **facts: str) -> Outcome:
        """Post the receipt of one piece, or set the stock to ``level``."""
        return self.do("interface_stock_act", **facts)

    def interface_sales_payment_read(self, **facts: str) -> Outcome:
        """Read the proceeds of an order."""
        return self.do("interface_sales_payment_read", **facts)

    def interface_identity_read(self, **facts: str) -> Outcome:
        """Ask whether a customer is who they say."""
        return self.do("interface_identity_read", **facts)

    def interface_logistics_read(self, **facts: str) -> Outcome:
        """Read a waybill's status."""
        return self.do("interface_logistics_read", **facts)

    def interface_logistics_act(self, **facts: str) -> Outcome:
        """Create a waybill."""
        return self.do("interface_logistics_act", **facts)

    def interface_e_bank_read(self, **facts: str) -> Outcome:
        """Read the callback that a payment led to."""
        return self.do("interface_e_bank_read", **facts)

    def interface_e_bank_act(self, **facts: str) -> Outcome:
        """Create a payment in the bank's sandbox."""
        return self.do("interface_e_bank_act", **facts)

    def interface_crm_read(self, **facts: str) -> Outcome:
        """Read a customer."""
        return self.do("interface_crm_read", **facts)

    def interface_crm_act(self, **facts: str) -> Outcome:
        """Update a customer."""
        return self.do("interface_crm_act", **facts)

    def interface_analytics_read(self, **facts: str) -> Outcome:
        """Read the number of orders of a day."""
        return self.do("interface_analytics_read", **facts)
