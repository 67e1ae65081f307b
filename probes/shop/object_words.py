"""Words for what else a shop keeps: invoices, returns, wish lists, sellers' goods, users, vouchers."""

from abc import abstractmethod
from typing import Any

from probes.shop.outcome import Outcome


class ObjectWords:
    """The verbs by which the access matrix makes, reads, changes and takes away what a shop keeps."""

    @abstractmethod
    def do(self, verb: str, **inputs: Any) -> Outcome:
        """Do a verb; see ``probes.shop.session``."""

    def read_order_record(self, *, number: str) -> Outcome:
        """Read the record of one of one's own orders, as the shop's own programs do."""
        return self.do("read_order_record", number=number)

    def list_invoices(self) -> Outcome:
        """List one's own invoices."""
        return self.do("list_invoices")

    def read_invoice(self, *, key: str) -> Outcome:
        """Read one of one's own invoices."""
        return self.do("read_invoice", key=key)

    def request_return(self, *, number: str, text: str) -> Outcome:
        """Ask to send goods of an order back; ``text`` is the reason."""
        return self.do("request_return", number=number, text=text)

    def list_returns(self) -> Outcome:
        """List one's own requests to send goods back."""
        return self.do("list_returns")

    def read_return(self, *, key: str) -> Outcome:
        """Read one of one's own requests to send goods back."""
        return self.do("read_return", key=key)

    def change_return(self, *, key: str, text: str) -> Outcome:
        """Give another reason for sending goods back."""
        return self.do("change_return", key=key, text=text)

    def cancel_return(self, *, key: str) -> Outcome:
        """Take back a request to send goods back."""
        return self.do("cancel_return", key=key)

    def add_wish_list(self, *, name: str) -> Outcome:
        """Make a wish list that nobody else sees."""
        return self.do("add_wish_list", name=name)

    def list_wish_lists(self) -> Outcome:
        """List one's own wish lists."""
        return self.do("list_wish_lists")

    def read_wish_list(self, *, key: str) -> Outcome:
        """Read one of one's own wish lists."""
        return self.do("read_wish_list", key=key)

    def change_wish_list(self, *, key: str, name: str) -> Outcome:
        """Give a wish list another name."""
        return self.do("change_wish_list", key=key, name=name)

    def delete_wish_list(self, *, key: str) -> Outcome:
        """Delete a wish list."""
        return self.do("delete_wish_list", key=key)

    def seller_add_goods(self, *, name: str, price: str) -> Outcome:
        """Enter goods as a seller, not yet on offer where the shop knows such; ``price`` a decimal text."""
        return self.do("seller_add_goods", name=name, price=price)

    def seller_change_goods(self, *, url: str, price: str) -> Outcome:
        """Set another price on a seller's own goods, in the seller's view."""
        return self.do("seller_change_goods", url=url, price=price)

    def seller_delete_goods(self, *, url: str) -> Outcome:
        """Take a seller's own goods away, in the seller's view."""
        return self.do("seller_delete_goods", url=url)

    def operator_read_price(self, *, url: str) -> Outcome:
        """Read the price of goods, by the address of their public page, in the operator's view."""
        return self.do("operator_read_price", url=url)

    def operator_list_users(self) -> Outcome:
        """List the users, as the operator."""
        return self.do("operator_list_users")

    def operator_read_user(self, *, key: str) -> Outcome:
        """Read a user's record, as the operator."""
        return self.do("operator_read_user", key=key)

    def operator_add_voucher(self, *, name: str, code: str) -> Outcome:
        """Make a voucher that nobody has been given, as the operator."""
        return self.do("operator_add_voucher", name=name, code=code)

    def operator_list_vouchers(self) -> Outcome:
        """List the vouchers, as the operator."""
        return self.do("operator_list_vouchers")

    def operator_read_voucher(self, *, key: str) -> Outcome:
        """Read a voucher, as the operator."""
        return self.do("operator_read_voucher", key=key)

    def operator_change_voucher(self, *, key: str, name: str) -> Outcome:
        """Give a voucher another name, as the operator."""
        return self.do("operator_change_voucher", key=key, name=name)

    def operator_delete_voucher(self, *, key: str) -> Outcome:
        """Delete a voucher, as the operator."""
        return self.do("operator_delete_voucher", key=key)
