"""The demo shop's defects by name: which check each violates, and what it does. ``shop/defects.py`` holds the doing."""

from dataclasses import dataclass

from probes.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One way of being wrong: the check that must be told violated, and no other; ``restart``: chosen at the start."""

    name: str
    check: str
    does: str
    restart: bool = False


def _of(check: str, does: dict[str, str], *, restart: bool = False) -> tuple[Defect, ...]:
    return tuple(Defect(name=name, check=check, does=text, restart=restart) for name, text in does.items())


DEFECTS: tuple[Defect, ...] = (
    *_of(
        "SBT-3.1.2.3-tcpip",
        {
            "front-end-away": "the target file publishes a second front end, 127.0.0.2, where nothing listens",
        },
        restart=True,
    ),
    *_of(
        "SBT-3.1.3-confidential",
        {
            "login-served-plain": "the plain http port serves the log-in form",
            "order-open-to-visitors": "an order's page opens without log-in, by its number",
        },
    ),
    *_of(
        "SBT-3.1.3-complete",
        {
            "operator-view-lacks-line": "the operator's view of an order lacks its last line",
            "operator-view-other-quantity": "the operator's view shows one more of the first line",
            "seller-view-lacks-line": "the seller's view of an order lacks its last line",
        },
    ),
    *_of(
        "SBT-3.1.3.1-identified",
        {
            "any-password-accepted": "any password opens an existing account",
            "password-case-ignored": "the password with upper and lower case exchanged opens the account as well",
        },
    ),
    *_of(
        "SBT-3.1.3.2-vertical",
        {
            "operator-orders-open-to-buyers": "the operator's order list and order pages open to buyers",
            "operator-body-behind-redirect": "visitors are sent to the log-in, with the operator's page in the body",
        },
    ),
    *_of(
        "SBT-3.1.3.2-horizontal",
        {
            "order-by-number-readable": "a buyer reads another buyer's order by its number",
            "order-list-of-others": "a buyer's order list holds everybody's",
            "address-by-key-readable": "a buyer reads another buyer's address by its key",
            "goods-of-other-sellers-open": "a seller opens another seller's goods by their key",
        },
    ),
    *_of(
        "SBT-3.1.3.3-plain-web",
        {
            "no-hsts": "no Strict-Transport-Security header",
            "plain-port-404": "the plain http port answers 404 instead of leading to https",
        },
    ),
    *_of(
        "SBT-3.1.3.3-ssl128",
        {
            "expired-certificate": "the certificate ran out a week ago",
            "wrong-host-certificate": "the certificate names another host",
        },
        restart=True,
    ),
    *_of(
        "SBT-3.2.1-register",
        {
            "register-mails-only": "registering says thank you and mails; no account is made",
            "registered-not-activated": "the account is made and never opened",
        },
    ),
    *_of(
        "SBT-3.2.1-cart",
        {
            "cart-forgets-quantity": "a changed quantity is accepted and not kept",
            "cart-keeps-removed-line": "a removed line stays",
        },
    ),
    *_of(
        "SBT-3.2.1-display",
        {
            "detail-page-empty": "one product's page answers 200 with nothing in it",
            "detail-shows-other-product": "one product's page shows another product",
        },
    ),
    *_of(
        "SBT-3.2.1-orders",
        {
            "order-lost": "an order is acknowledged with its number and kept nowhere",
            "order-never-reaches-operator": "the buyer has the order, the operator never sees it",
            "shipping-does-not-stick": "a changed status is accepted and not kept",
        },
    ),
    *_of(
        "SBT-4.1.2.1.1-goods-price",
        {
            "price-on-request": "one product's page says to ask for the price",
            "list-without-prices": "the product list shows no prices",
            "price-without-currency": "list and product pages show bare numbers",
        },
    ),
    *_of(
        "SBT-4.1.2.1.1-delivery-price",
        {
            "delivery-price-hidden": "the basket page does not say what delivery costs",
            "delivery-price-other-than-charged": "the basket page says 8.00, the checkout charges 12.00",
        },
    ),
    *_of(
        "SBT-4.1.2.1.1-fee-separate",
        {
            "fee-hidden-in-total": "the last page before confirming shows the grand total only",
            "preview-sum-wrong": "the last page before confirming shows 1.00 more than goods and delivery",
            "dearer-delivery-after-confirming": "standard delivery was shown, express delivery is ordered",
        },
    ),
    *_of(
        "SBT-7.2.3-view",
        {
            "profile-hides-phone": "the address form does not show the phone number that is kept",
            "profile-hides-addresses": "the address book shows no address",
        },
    ),
    *_of(
        "SBT-7.2.3-modify",
        {
            "profile-change-ignored": "a changed profile is accepted and not kept",
            "address-change-ignored": "a changed address is accepted and not kept",
        },
    ),
)


def at_start() -> frozenset[str]:
    """Return the names of the defects that only a start can choose."""
    return frozenset(defect.name for defect in DEFECTS if defect.restart)


def checked(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names as they are.

    Raises:
        SettingsError: one of them is no defect; the message lists them all.
    """
    known = {defect.name for defect in DEFECTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SettingsError(f"no such defect: {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    return names
