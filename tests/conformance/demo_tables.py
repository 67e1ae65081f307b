"""The demo shop: what stock Oscar violates and lacks, what cannot be told of it, and the batches of its defects."""

from conformance.demo.defects import DEFECTS
from conformance.judges.table import JUDGEMENTS
from tests.conformance.judges.standing_subjects import LONG_RUN

CHECKS = {defect.name: defect.check for defect in DEFECTS}
PAGE, HORIZONTAL, INTRUSION = "SBT-3.2.5-page", "SBT-3.1.3.2-horizontal", "SBT-3.1.3.1-no-intrusion"
STOCK = frozenset({PAGE, HORIZONTAL, INTRUSION})
"""What stock Oscar truly violates: no page of qualifications, sellers who see each other's lines of an order, and
passwords that anybody may guess at full speed."""
OF_THE_MACHINE = frozenset(
    name
    for name, judgement in JUDGEMENTS.items()
    if set(judgement.needs) & {"host.facts", "host.ports", "host.peers", "db.marked_session"}
)
"""What is told of whichever machine the demo runs on: nothing of it is the shop's."""
KEPT_HERE = frozenset(
    {
        *("SBT-3.1.1.3.1-differential", "SBT-3.1.1.3.1-offline", "SBT-3.1.1.3.2-remote", "SBT-3.1.1.3.5-image"),
        *("SBT-3.1.3.4-physical-fire", "SBT-3.1.4.4-offsite"),
    }
)
"""What the demo's backups violate: they lie on the machine itself, are full and incremental, and image nothing."""
UNTOLD = frozenset(
    {
        *("SBT-3.1.3-confidential", "SBT-3.1.3-authenticable", "SBT-3.1.3-unforgeable", "SBT-3.1.3-non-repudiable"),
        *("SBT-3.1.3.3-personal-no-leak", "SBT-3.1.3.3-trade-no-leak", "SBT-3.1.3.5-operations"),
        *(name for name in JUDGEMENTS if name.startswith(("SBT-3.1.5-", "SBT-6-"))),
        *LONG_RUN,
        *("SBT-3.1.1.3.1-online", "SBT-3.1.1.3.5-media", "SBT-3.1.1.3.3-by-flow", "SBT-3.1.1.3.3-by-importance"),
        *("SBT-3.1.1.3.3-incremental", "SBT-3.1.1.3.3-full"),
    }
)
"""What cannot be told of it: see the demo's README."""
LEAKS = {
    "order-by-number-readable": "buyer_b: order",
    "order-list-of-others": "buyer_b: order list",
    "address-by-key-readable": "buyer_b: address",
    "goods-of-other-sellers-open": "seller_b: goods",
}
"""How a defect is told beside what stock Oscar violates on the same check."""
ADDRESS = {
    "first_name": "Li",
    "last_name": "Ming",
    "line1": "12 Long Street",
    "city": "Hangzhou",
    "postcode": "310000",
    "country": "CN",
    "phone": "13800138000",
}
LACKS = {
    *("request_return", "list_returns", "read_return", "change_return", "cancel_return"),
    *("list_invoices", "read_invoice", "read_order_record", "operator_set_rights", "operator_read_audit"),
    *("pay_order", "decline_payment", "read_payment", "operator_read_payment", "operator_refund", "read_refund"),
    *("send_notice", "provider_list_payments", "provider_list_refunds", "provider_read_notice"),
    "provider_resend_notice",
    *(f"operator_{doing}_voucher" for doing in ("add", "read", "change", "delete")),
    "operator_list_vouchers",
}
"""What stock Oscar has no pages for: returns, invoices, an audit trail, payment; its vouchers want an offer first."""
BATCHES = (
    (),
    (
        *("order-open-to-visitors", "operator-view-lacks-line", "any-password-accepted", "no-hsts"),
        *("operator-orders-open-to-buyers", "order-by-number-readable", "cart-forgets-quantity", "price-on-request"),
        *("detail-shows-other-product", "delivery-price-hidden", "fee-hidden-in-total", "profile-hides-phone"),
        "address-change-ignored",
    ),
    (
        *("login-served-plain", "seller-view-lacks-line", "password-case-ignored", "operator-body-behind-redirect"),
        *("order-list-of-others", "cart-keeps-removed-line", "detail-page-empty", "list-without-prices"),
        *("delivery-price-other-than-charged", "preview-sum-wrong", "profile-hides-addresses"),
        *("profile-change-ignored", "shipping-does-not-stick"),
    ),
    (
        *("plain-port-404", "operator-view-other-quantity", "address-by-key-readable", "price-without-currency"),
        "dearer-delivery-after-confirming",
    ),
    ("order-lost", "goods-of-other-sellers-open"),
    ("order-never-reaches-operator",),
    ("register-mails-only",),
    ("registered-not-activated",),
)
RESTARTED = (("front-end-away",), ("expired-certificate",), ("wrong-host-certificate",))
WITH_DEFECTS = ",".join(sorted({PAGE, *CHECKS.values()}))
"""The checks that this shop has defects for: the batches look at these; the stock shop is looked at whole, once."""
NETWORK = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-ssl128"
