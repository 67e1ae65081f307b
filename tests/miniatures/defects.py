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
        operator_view_other_quantity="the operator's view shows one more of the first article; the sums stay right",
        buyer_order_total_altered="the buyer's stored order shows a total 1.00 lower than preview and operator's view",
        three_pieces_cost_less="a line of three pieces costs 0.01 less than three times its price",
        order_lost_when_another_cancels="a cancelled order takes along others' orders with three pieces of an article",
    ),
    *_of(
        "SBT-3.1.3-unforgeable",
        price_from_form="the hidden field `price` of the form that fills the cart is believed",
        discount_field_believed="a field `discount` added to the confirmation is taken off the total",
        total_from_form="a field `total` added to the confirmation is the order's total",
        currency_from_form="a field `currency` added to the confirmation is the order's currency",
        order_number_from_form="a field `order_number` added to the confirmation makes that order free of charge",
        order_doubled_on_replay="the same confirmation sent again makes a second order",
        order_doubled_in_parallel="each session confirms what it was shown, though another has bought it already",
        notice_amount_not_compared="a payment of another amount than the order's counts as its payment",
        replayed_notice_pays_other_order="notices are signed without their order number: one order's pays another",
    ),
    *_of(
        "SBT-3.1.3.1-identified",
        any_password_accepted="any password opens an existing account",
        password_prefix_accepted="the first eight characters of the password suffice",
        sessions_mix="from a session's second look on, the account page comes from a cache that all buyers share",
        old_password_still_works="a changed password opens the account, and so does the one before",
    ),
    *_of(
        "SBT-3.1.3.1-no-intrusion",
        no_lockout="wrong passwords are not counted",
        lock_message_only="after five wrong passwords a page says that the account is locked; the right one opens it",
        lock_too_late="the account is locked after fifteen wrong passwords",
        unknown_user_told="logging in as somebody unknown is refused in other words than with a wrong password",
        session_fixation="the session's id stays the same when it logs in",
        made_up_session_adopted="a session id that the shop never gave out is taken over, at log-in as well",
        session_survives_logout="logging out takes the browser's cookie away, and leaves the session open",
        session_id_sequential="session ids are counted up",
        session_id_short="session ids have eight hexadecimal digits",
        password_change_keeps_sessions="a changed password leaves the account's other sessions open",
        cookie_without_secure="the session's cookie lacks Secure",
        cookie_not_httponly="the session's cookie lacks HttpOnly",
        cookie_without_samesite="the session's cookie lacks SameSite",
        hash_in_profile_page="the profile page holds the password's hash in a comment",
    ),
    *_of(
        "SBT-3.1.3.2-vertical",
        operator_orders_open_to_buyers="the operator's list of orders opens for buyers",
        operator_orders_open_to_visitors="the operator's list of orders opens without log-in",
        operator_body_behind_redirect="who is not the operator is redirected to the log-in, with the page in the body",
        operator_orders_open_to_sellers="the operator's list of orders opens for sellers",
        invoice_open_by_id="an invoice opens, without any session, to whoever knows its key",
        price_form_takes_any_post="the operator's price form is refused to others, and what they post to it is taken",
        user_record_open_to_sellers="the operator's page of a user opens for sellers",
    ),
    *_of(
        "SBT-3.1.3.2-horizontal",
        order_by_number_readable="a buyer reads another buyer's order by its number",
        order_list_of_others="each buyer's list of orders holds everybody's",
        address_by_key_readable="a buyer reads another buyer's address by its key",
        seller_reads_other_sellers_order="a seller reads, by number, an order that holds nothing of theirs",
        seller_reads_whole_shared_order="who sold one line of an order reads all of its lines",
        address_of_others_changeable="another buyer's address cannot be read, and can be changed by its key",
        order_of_others_cancelled_despite_403="who cancels another buyer's order is told 403, and it is cancelled",
        wish_list_of_others_deletable="another buyer's wish list cannot be read, and can be deleted by its key",
        price_of_other_sellers_changeable="a seller sets the price of another seller's goods",
        order_record_open_by_number="the machine interface gives any member any order's record by its number",
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
        anonymous_suite_offered="besides TLS 1.3, TLS 1.2 is offered with a suite that authenticates no one",
        null_suite_offered="besides TLS 1.3, TLS 1.2 is offered with a suite that does not encrypt",
        old_protocol_offered="besides TLS 1.3, TLS 1.0 is offered",
        short_dh_prime_offered="besides TLS 1.3, TLS 1.2 is offered over a Diffie-Hellman prime of 1024 bit",
    ),
    *_of(
        "SBT-3.1.3-authenticable",
        order_record_without_account="the operator's record of an order names no account",
        order_record_names_another="the operator's record of each order names one and the same account",
        order_record_without_time="the operator's record of an order names no time",
    ),
    *_of(
        "SBT-3.1.3-non-repudiable",
        log_line_altered="a line of the log no longer has the hash of what stands in it",
        order_missing_in_log="an order that was placed is not in the log",
        log_rewritten_with_new_hashes="the log's first line changes from reading to reading, and all hashes with it",
    ),
    *_of(
        "SBT-3.1.3.5-operations",
        rights_change_untraced="a change of rights leaves no entry in the audit trail",
        price_trace_lacks_old_value="the audit trail's entry of a changed price lacks the old one",
        cancellation_traced_to_system="the audit trail says that the system cancelled what a buyer cancelled",
        operator_log_in_untraced="the operator's log-in leaves no entry in the audit trail",
    ),
    *_of(
        "SBT-3.1.3.3-personal-no-leak",
        email_in_analytics_pixel="the account page asks a third party for a picture, with the e-mail in its address",
        email_hashed_to_analytics="a script of the account page sends the SHA-256 of the e-mail to a third party",
        phone_in_beacon="sending the checkout form sends the phone number in base64 to a third party, as a beacon",
        address_posted_to_third_party="the preview posts the delivery address to a third party, from a hidden form",
        name_sent_on_leaving="leaving the account page sends the customer's name to a third party, as a beacon",
    ),
    *_of(
        "SBT-3.1.3.3-trade-no-leak",
        order_in_advert_pixel="the acknowledgement asks a third party for a picture, with order number and total",
        order_link_in_referer="the order's own address goes to a third party as the Referer of a picture",
        amount_over_websocket="the acknowledgement tells a third party the order's total over a WebSocket",
        order_hashed_in_css="the acknowledgement's style asks a third party for a picture named by the number's MD5",
    ),
    *_of(
        "SBT-3.1.3.4-logical-field",
        negative_quantity_accepted="a cart takes a quantity below nothing, and asks less for it",
        fractional_quantity_accepted="a cart takes one piece and a half",
        huge_quantity_overflows="a quantity beyond 32 bits wraps around to one below nothing",
        oversold_in_parallel="stock is looked at when the cart is filled, and not again when the order is confirmed",
        order_total_follows_price_change="an order's pages show its lines and sums at today's prices",
        order_address_follows_address_book="an order's address changes with the entry of the address book",
        order_changeable_by_patch="a PATCH to an order sets its total",
        long_text_cut="an address longer than its column is accepted and cut",
    ),
    *_of(
        "SBT-3.1.5-accounting",
        interface_accounting_open="the account lines of an order are given without any key",
        interface_accounting_canned="the account lines are those of the first order, whichever is asked for",
    ),
    *_of(
        "SBT-3.1.5-stock",
        interface_stock_receipt_not_counted="a receipt of goods is acknowledged, and the stock stays as it was",
        interface_stock_any_key="the stock's interface takes any key for a right one",
    ),
    *_of(
        "SBT-3.1.5-sales-payment",
        interface_sales_payment_undocumented="the interface of the proceeds is not in the API description",
        interface_sales_payment_behind_401="without a key the proceeds are answered 401, and stand in the body",
    ),
    *_of(
        "SBT-3.1.5-identity",
        interface_identity_confirms_anyone="any name and telephone of a customer are confirmed",
        interface_identity_wrong_schema="the answer says yes or no where the API description promises a boolean",
    ),
    *_of(
        "SBT-3.1.5-logistics",
        interface_logistics_waybill_lost="a waybill is acknowledged with its number and kept nowhere",
        interface_logistics_orders_open="waybills are made without any key",
    ),
    *_of(
        "SBT-3.1.5-e-bank",
        interface_e_bank_not_there="the documented interface of bank payments answers 501",
        interface_e_bank_any_key="the interface of bank payments takes any key for a right one",
    ),
    *_of(
        "SBT-3.1.5-crm",
        interface_crm_update_ignored="a customer's update is acknowledged and not kept",
        interface_crm_writes_before_asking="a customer's update without a key is refused, and kept all the same",
    ),
    *_of(
        "SBT-3.1.5-analytics",
        interface_analytics_canned="the totals of every day are those of today",
        interface_analytics_wrong_schema="the answer lacks the total that the API description promises",
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
        "SBT-6-reliable",
        payment_charged_twice="the provider's list holds one charge twice",
        failed_payment_shown_paid="the shop shows a declined payment as paid",
        notice_counted_twice="a notice that the provider sends again counts as a second payment",
        amount_differs_by_1_fen="the provider charges 0.01 more than the order costs",
        payment_vanishes="the shop takes one notice in thirty and forgets it",
    ),
    *_of(
        "SBT-6-safe",
        unsigned_notice_accepted="a payment notice without signature is believed",
        wrong_signature_accepted="any signature of the right length is believed",
        payment_host_tls_expired="the certificate of the payment provider's host ran out",
    ),
    *_of(
        "SBT-6-refund-help",
        refund_never_completes="refunds stay pending at the provider, an earlier one for 30 days",
        refund_amount_wrong="the provider gives 1.00 less back than the operator asked for",
        refund_accepted_but_not_kept="the shop accepts a refund and never asks the provider for it",
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
