"""The business verbs as typed methods, over one ``do``. Outputs are those of ``probes.shop.verbs``."""

from abc import abstractmethod
from typing import Any

from probes.shop.interface_words import InterfaceWords
from probes.shop.object_words import ObjectWords
from probes.shop.outcome import Outcome


class Words(InterfaceWords, ObjectWords):
    """A shopper's vocabulary; whoever can ``do`` a verb by name can say all of these."""

    @abstractmethod
    def do(self, verb: str, **inputs: Any) -> Outcome:
        """Do a verb; see ``probes.shop.session``."""

    def home(self) -> Outcome:
        """Open the front page."""
        return self.do("home")

    def register(self, *, email: str, password: str, first_name: str, last_name: str, phone: str) -> Outcome:
        """Make an account."""
        return self.do(
            "register", email=email, password=password, first_name=first_name, last_name=last_name, phone=phone
        )

    def log_in(self, *, username: str, password: str) -> Outcome:
        """Log in."""
        return self.do("log_in", username=username, password=password)

    def log_out(self) -> Outcome:
        """Log out."""
        return self.do("log_out")

    def who_am_i(self) -> Outcome:
        """Ask the shop whom it takes this session for."""
        return self.do("who_am_i")

    def list_products(self) -> Outcome:
        """List goods."""
        return self.do("list_products")

    def search(self, *, term: str) -> Outcome:
        """Search goods."""
        return self.do("search", term=term)

    def read_product(self, *, url: str) -> Outcome:
        """Read a product's page."""
        return self.do("read_product", url=url)

    def add_to_cart(self, *, url: str, ref: str, quantity: int) -> Outcome:
        """Put goods in the cart."""
        return self.do("add_to_cart", url=url, ref=ref, quantity=quantity)

    def read_cart(self) -> Outcome:
        """Read the cart."""
        return self.do("read_cart")

    def change_quantity(self, *, key: str, quantity: int) -> Outcome:
        """Change how many of a cart line."""
        return self.do("change_quantity", key=key, quantity=quantity)

    def remove_line(self, *, key: str) -> Outcome:
        """Take a line out of the cart."""
        return self.do("remove_line", key=key)

    def empty_cart(self) -> Outcome:
        """Take everything out of the cart."""
        return self.do("empty_cart")

    def check_out(
        self,
        *,
        first_name: str,
        last_name: str,
        line1: str,
        city: str,
        postcode: str,
        country: str,
        phone: str,
        note: str | None = None,
    ) -> Outcome:
        """Go to the cash desk, up to the page that asks for the confirmation."""
        address = {"first_name": first_name, "last_name": last_name, "line1": line1, "city": city}
        return self.do("check_out", **address, postcode=postcode, country=country, phone=phone, note=note)

    def confirm_order(self) -> Outcome:
        """Confirm the order."""
        return self.do("confirm_order")

    def list_orders(self) -> Outcome:
        """List one's own orders."""
        return self.do("list_orders")

    def read_order(self, *, number: str) -> Outcome:
        """Read one of one's own orders."""
        return self.do("read_order", number=number)

    def operator_list_orders(self) -> Outcome:
        """List all orders, as the operator."""
        return self.do("operator_list_orders")

    def operator_read_order(self, *, number: str) -> Outcome:
        """Read an order, as the operator."""
        return self.do("operator_read_order", number=number)

    def operator_ship(self, *, number: str) -> Outcome:
        """Mark an order as shipped."""
        return self.do("operator_ship", number=number)

    def operator_read_audit(self) -> Outcome:
        """Read the audit trail, as the operator."""
        return self.do("operator_read_audit")

    def operator_set_rights(self, *, username: str, granted: str | None = None) -> Outcome:
        """Give an account further rights, or take them back where nothing is granted."""
        return self.do("operator_set_rights", username=username, granted=granted)

    def seller_list_orders(self) -> Outcome:
        """List the orders of a seller's own goods."""
        return self.do("seller_list_orders")

    def seller_read_order(self, *, number: str) -> Outcome:
        """Read an order, as a seller."""
        return self.do("seller_read_order", number=number)

    def seller_list_goods(self) -> Outcome:
        """List a seller's own goods."""
        return self.do("seller_list_goods")

    def seller_read_goods(self, *, url: str) -> Outcome:
        """Read goods in the seller's view."""
        return self.do("seller_read_goods", url=url)

    def read_profile(self) -> Outcome:
        """Read one's own profile."""
        return self.do("read_profile")

    def change_profile(
        self,
        *,
        first_name: str,
        last_name: str,
        email: str | None = None,
        phone: str | None = None,
        password: str | None = None,
    ) -> Outcome:
        """Change one's own profile; ``password`` is the present one, which some shops ask for."""
        names = {"first_name": first_name, "last_name": last_name}
        return self.do("change_profile", **names, email=email, phone=phone, password=password)

    def ask_password_reset(self, *, email: str) -> Outcome:
        """Ask for a mailed link that sets a new password; needs the harness's own mailbox."""
        return self.do("ask_password_reset", email=email)

    def reset_password(self, *, link: str, new_password: str) -> Outcome:
        """Set a new password by a mailed link."""
        return self.do("reset_password", link=link, new_password=new_password)

    def change_password(self, *, password: str, new_password: str) -> Outcome:
        """Change one's own password; ``password`` is the present one."""
        return self.do("change_password", password=password, new_password=new_password)

    def list_addresses(self) -> Outcome:
        """List one's own addresses."""
        return self.do("list_addresses")

    def read_address(self, *, key: str) -> Outcome:
        """Read one of one's own addresses."""
        return self.do("read_address", key=key)

    def add_address(
        self, *, first_name: str, last_name: str, line1: str, city: str, postcode: str, country: str, phone: str
    ) -> Outcome:
        """Add an address."""
        names = {"first_name": first_name, "last_name": last_name, "line1": line1}
        return self.do("add_address", **names, city=city, postcode=postcode, country=country, phone=phone)

    def change_address(self, *, key: str, **fields: str) -> Outcome:
        """Change fields of an address."""
        return self.do("change_address", key=key, **fields)

    def delete_address(self, *, key: str) -> Outcome:
        """Delete an address."""
        return self.do("delete_address", key=key)

    def read_delivery_prices(self) -> Outcome:
        """Read what delivery costs, where a visitor can."""
        return self.do("read_delivery_prices")

    def set_price(self, *, url: str, price: str) -> Outcome:
        """Set a price, as the operator or seller; ``price`` a decimal text."""
        return self.do("set_price", url=url, price=price)

    def read_stock(self, *, url: str) -> Outcome:
        """Read how many pieces can be sold, as the operator."""
        return self.do("read_stock", url=url)

    def set_stock(self, *, url: str, stock: int, was: int | None = None) -> Outcome:
        """Set how many pieces there are, as the operator; ``was`` is noted, so that it can be set back."""
        return self.do("set_stock", url=url, stock=stock, was=was)

    def cancel_order(self, *, number: str) -> Outcome:
        """Cancel an order."""
        return self.do("cancel_order", number=number)

    def delete_account(self, *, password: str) -> Outcome:
        """Delete one's own account."""
        return self.do("delete_account", password=password)

    def pay_order(self, *, number: str) -> Outcome:
        """Pay an order by the provider's sandbox, with a card that pays."""
        return self.do("pay_order", number=number)

    def decline_payment(self, *, number: str) -> Outcome:
        """Try to pay an order by the provider's sandbox, with a card that is declined."""
        return self.do("decline_payment", number=number)

    def read_payment(self, *, number: str) -> Outcome:
        """Read how one of one's own orders was paid; ``paid`` and ``failed`` hold the shop's words, or nothing."""
        return self.do("read_payment", number=number)

    def operator_read_payment(self, *, number: str) -> Outcome:
        """Read how an order was paid, as the operator."""
        return self.do("operator_read_payment", number=number)

    def operator_refund(self, *, number: str, amount: str) -> Outcome:
        """Give money back for an order, as the operator; ``amount`` a decimal text."""
        return self.do("operator_refund", number=number, amount=amount)

    def read_refund(self, *, number: str) -> Outcome:
        """Read what was given back for one of one's own orders."""
        return self.do("read_refund", number=number)

    def send_notice(
        self,
        *,
        number: str,
        reference: str,
        amount: str,
        amount_minor: str,
        event: str,
        sent_at: str | None = None,
        signature: str | None = None,
    ) -> Outcome:
        """Tell the shop that an order was paid, as the provider would; without ``signature`` unsigned."""
        money = {"amount": amount, "amount_minor": amount_minor}
        proof = {"event": event, "sent_at": sent_at, "signature": signature}
        return self.do("send_notice", number=number, reference=reference, **money, **proof)

    def provider_list_payments(self, *, provider: str | None = None, key: str | None = None) -> Outcome:
        """List the provider's own records of payments; ``provider`` is its address, ``key`` the merchant's."""
        return self.do("provider_list_payments", provider=provider, key=key)

    def provider_list_refunds(self, *, provider: str | None = None, key: str | None = None) -> Outcome:
        """List the provider's own records of refunds."""
        return self.do("provider_list_refunds", provider=provider, key=key)

    def provider_read_notice(self, *, reference: str, provider: str | None = None, key: str | None = None) -> Outcome:
        """Read, at the provider, the notice that it sent the shop about a payment."""
        return self.do("provider_read_notice", reference=reference, provider=provider, key=key)

    def provider_resend_notice(self, *, reference: str, provider: str | None = None, key: str | None = None) -> Outcome:
        """Have the provider send the notice about a payment once more."""
        return self.do("provider_resend_notice", reference=reference, provider=provider, key=key)
