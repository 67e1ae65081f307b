"""Every way in which the miniature shop can be made wrong, and the one check that must then be told violated.

Each defect is a switch of its own in the shop's code, and breaks that check's clause and no other, as far as an
examiner can tell who looks carefully: where a defect takes away what another check stands on (a certificate that
nobody trusts, a registration that registers nobody), that other check is undetermined, never violated.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One way to be wrong: its name, the check that must be told violated, and what the shop then does."""

    name: str
    check: str
    explanation: str


def _of(check: str, **explained: str) -> tuple[Defect, ...]:
    return tuple(
        Defect(name=name.replace("_", "-"), check=check, explanation=explanation)
        for name, explanation in explained.items()
    )


DEFECTS: tuple[Defect, ...] = (
    *_of(
        "SBT-3.1.2.3-tcpip",
        front_end_away="a published front end, 127.0.0.2, where nothing listens",
        published_ipv6_dead="a published IPv6 address, ::1, where nothing listens",
    ),
    *_of(
        "SBT-3.1.3-confidential",
        login_form_in_clear="the plain http port serves the log-in form itself",
        order_open_to_visitors="an order's page opens without any session, by its number",
        checkout_in_clear="the plain http port serves the checkout page with its address form",
    ),
    *_of(
        "SBT-3.1.3-complete",
        operator_view_lacks_line="the operator's view of an order lacks its last line; the sums stay right",
        price_from_form="the hidden field `price` of the form that fills the cart is believed",
        operator_view_other_quantity="the operator's view shows one more of the first article; the sums stay right",
        buyer_order_total_altered="the buyer's stored order shows a total 1.00 lower than preview and operator's view",
    ),
    *_of(
        "SBT-3.1.3.1-identified",
        any_password_accepted="any password opens an existing account",
        password_prefix_accepted="the first eight characters of the password suffice",
        sessions_mix="from a session's second look on, the account page comes from a cache that all buyers share",
    ),
    *_of(
        "SBT-3.1.3.2-vertical",
        operator_orders_open_to_buyers="the operator's list of orders opens for buyers",
        operator_orders_open_to_visitors="the operator's list of orders opens without log-in",
        operator_body_behind_redirect="who is not the operator is redirected to the log-in, with the page in the body",
        operator_orders_open_to_sellers="the operator's list of orders opens for sellers",
    ),
    *_of(
        "SBT-3.1.3.2-horizontal",
        order_by_number_readable="a buyer reads another buyer's order by its number",
        order_list_of_others="each buyer's list of orders holds everybody's",
        address_by_key_readable="a buyer reads another buyer's address by its key",
        seller_reads_other_sellers_order="a seller reads, by number, an order that holds nothing of theirs",
        seller_reads_whole_shared_order="who sold one line of an order reads all of its lines",
    ),
    *_of(
        "SBT-3.1.3.3-plain-web",
        no_hsts="no Strict-Transport-Security header",
        plain_port_404="http:// answers 404 instead of leading to https://",
        plain_redirects_elsewhere="http:// leads to another http:// page, which answers 410, and never to https://",
        plain_redirect_to_broken="http:// leads to an https:// page that answers 500",
    ),
    *_of(
        "SBT-3.1.3.3-ssl128",
        wrong_host_certificate="the certificate is for another host",
        expired_certificate="the certificate ran out",
        self_signed_certificate="the certificate is signed by itself, and nobody trusts it",
    ),
    *_of(
        "SBT-3.2.1-register",
        mails_but_does_not_register="registering says that all is well and a mail is on its way; there is no account",
        registered_cannot_log_in="the new account is kept but never opened",
        empty_200_on_register="registering answers 200 with nothing in it, and there is no account",
    ),
    *_of(
        "SBT-3.2.1-cart",
        quantity_change_ignored="a changed quantity is accepted and not kept",
        removed_line_stays="a removed line is still in the cart",
        cart_empty_after_add="the cart's page stays empty, though the checkout has the goods",
    ),
    *_of(
        "SBT-3.2.1-display",
        detail_page_empty_200="the detail page of one article answers 200 with nothing in it",
        list_page_empty="the list of goods is empty",
        detail_shows_other_product="the detail page of one article shows another",
    ),
    *_of(
        "SBT-3.2.1-orders",
        order_acknowledged_not_kept="an order is acknowledged with a number and kept nowhere",
        order_never_reaches_operator="the buyer has the order; the operator never sees it",
        shipping_does_not_stick="shipping is accepted, and the order's status stays as it was",
    ),
    *_of(
        "SBT-3.2.5-page",
        qualification_three_clicks_away="the qualification page is three clicks from the home page",
        qualification_page_empty="the qualification page answers 200 with nothing in it",
        qualification_behind_login="the qualification page opens after log-in only",
        qualification_only_footer_text="licence and credit code stand in each page's footer; they have no page",
    ),
    *_of(
        "SBT-4.1.2.1.1-goods-price",
        price_on_request="the detail page of one article says to ask for the price",
        price_without_currency="list and detail pages show bare numbers, with no currency",
        list_without_prices="the list of goods shows no prices",
    ),
    *_of(
        "SBT-4.1.2.1.1-delivery-price",
        delivery_fee_hidden_before_checkout="no page before the checkout says what delivery costs",
        delivery_fee_other_than_charged="the pages say 10.00 for delivery; checkout and order charge 20.00",
    ),
    *_of(
        "SBT-4.1.2.1.1-fee-separate",
        fee_hidden_in_total="the preview shows the grand total only",
        preview_sum_wrong="the preview's grand total is 1.00 above goods and delivery; the order's is right",
        fee_added_after_confirmation="delivery is 3.00 dearer in the order than in the preview, in every view",
    ),
    *_of(
        "SBT-7.2.3-view",
        phone_not_shown="the phone number that registering took is shown nowhere, in the profile or beside an address",
        address_not_shown="kept addresses are counted, but their text is not shown",
    ),
    *_of(
        "SBT-7.2.3-modify",
        profile_change_ignored="a changed profile is accepted and not kept",
        email_not_changeable="the e-mail address cannot be changed",
        address_change_ignored="a changed address is accepted and not kept",
    ),
)
NAMES = frozenset(defect.name for defect in DEFECTS)
