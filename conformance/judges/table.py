"""The one table of judges: requirement id to what it needs and who judges it.

A check that is not here is undetermined, cause ``not-built``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from conformance.judges import (
    availability,
    completeness,
    credentials,
    daily_failure,
    disclosure,
    encryption,
    fees,
    fields,
    forgery,
    functions,
    identification,
    interfaces,
    intrusion,
    kept,
    matrix,
    mtbf,
    network,
    orders,
    own_data,
    payment_notices,
    payment_stability,
    payments,
    prices,
    qualification,
    random_walk,
    recovery,
    refunds,
    rights,
    sellers,
    sessions,
    suites,
    tampering,
    traces,
)
from conformance.judges.judgement import Judgement

_SHOP = ("platform.adapter",)
_WRITES = (*_SHOP, "platform.authorised")
_INTERFACES = (*_WRITES, "api.description")
_OPERATOR = (*_WRITES, "roles.operator")
_PAYMENT = (*_OPERATOR, "payment.sandbox", "payment.hosts")
_SELLERS = (*_OPERATOR, "roles.seller_a", "roles.seller_b")

_HISTORY = "ledger.history"
_FUNCTIONS = "ledger.functions"

RECALLED = frozenset({_HISTORY, _FUNCTIONS})
"""The kinds that no probe looks for: long-run evidence, read from the ledger (``conformance.recalling``)."""

JUDGEMENTS: Mapping[str, Judgement] = MappingProxyType(
    {
        "SBT-3.1.1.1-availability": Judgement(parts={_HISTORY: availability.yearly}),
        "SBT-3.1.1.2-mtbf": Judgement(parts={_HISTORY: mtbf.mean_time}),
        "SBT-3.1.1.2-sw-mttr": Judgement(parts={_HISTORY: recovery.recovered("software")}),
        "SBT-3.1.1.2-hw-mttr": Judgement(parts={_HISTORY: recovery.recovered("hardware")}),
        "SBT-3.1.1.2-daily-failure": Judgement(parts={_HISTORY: daily_failure.worst_day}),
        "SBT-3.1.2.3-tcpip": Judgement(parts={"net.tcp": network.tcp_in_use}),
        "SBT-3.1.3-confidential": Judgement(
            parts={
                "web.plain": encryption.nothing_in_clear,
                "shop.order": encryption.ordered_encrypted,
                "access.outsiders": rights.closed_to_outsiders,
                "access.peers": rights.no_peer_reads,
                "access.shared_order": sellers.no_seller_reads,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3-complete": Judgement(
            parts={"shop.order": completeness.complete, "trade.at_random": random_walk.nothing_lost}, declares=_OPERATOR
        ),
        "SBT-3.1.3-unforgeable": Judgement(
            parts={
                "shop.tampering": tampering.price_kept,
                "trade.forgery": forgery.orders_genuine,
                "payment.notices": payment_notices.notices_unforgeable,
            },
            declares=_PAYMENT,
        ),
        "SBT-3.1.3-authenticable": Judgement(parts={"audit.records": traces.orders_attributed}, declares=_OPERATOR),
        "SBT-3.1.3-non-repudiable": Judgement(parts={"audit.log": traces.log_kept}, declares=(*_WRITES, "audit.log")),
        "SBT-3.1.3.5-operations": Judgement(parts={"audit.operations": traces.operations_traced}, declares=_OPERATOR),
        "SBT-3.1.3.1-identified": Judgement(
            parts={
                "shop.identity": identification.taken_for_themselves,
                "shop.wrong_credentials": identification.strangers_refused,
                "auth.sessions": identification.recognised_each_time,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3.1-no-intrusion": Judgement(
            parts={
                "auth.cookies": credentials.nothing_given_away,
                "auth.sessions": sessions.sessions_kept,
                "auth.brute_force": intrusion.guessing_stopped,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3.2-vertical": Judgement(
            parts={
                "access.operator_pages": rights.operator_only,
                "access.matrix": matrix.between_roles,
                "access.matrix_writes": matrix.between_roles,
            },
            declares=_OPERATOR,
        ),
        "SBT-3.1.3.2-horizontal": Judgement(
            parts={
                "access.peers": rights.own_things_only,
                "access.shared_order": sellers.own_lines_only,
                "access.matrix": matrix.between_users,
                "access.matrix_writes": matrix.between_users,
            },
            declares=_SELLERS,
        ),
        "SBT-3.1.3.3-plain-web": Judgement(parts={"web.plain": encryption.plain_entry}, declares=_SHOP),
        "SBT-3.1.3.3-ssl128": Judgement(
            parts={
                "net.tls": encryption.encrypted_access,
                "net.tls_suites": suites.every_suite,
                "net.tls_touched": suites.touched_hosts,
            }
        ),
        "SBT-3.1.3.4-logical-field": Judgement(
            parts={"trade.fields": fields.consistent, "trade.race": fields.not_oversold}, declares=_OPERATOR
        ),
        **{
            f"SBT-3.1.5-{kind}": Judgement(
                parts={
                    "interface.description": interfaces.documented(kind),
                    f"interface.{kind}": interfaces.round_trip(kind),
                },
                declares=_INTERFACES,
            )
            for kind in interfaces.KINDS
        },
        "SBT-3.1.3.3-personal-no-leak": Judgement(parts={"browser.walk": disclosure.personal_kept}, declares=_WRITES),
        "SBT-3.1.3.3-trade-no-leak": Judgement(parts={"browser.walk": disclosure.trade_kept}, declares=_WRITES),
        "SBT-3.2.1-register": Judgement(parts={"shop.register": functions.registration}, declares=_WRITES),
        "SBT-3.2.1-cart": Judgement(parts={"shop.cart": functions.cart}, declares=_WRITES),
        "SBT-3.2.1-display": Judgement(parts={"shop.catalogue": functions.display}, declares=_SHOP),
        "SBT-3.2.1-orders": Judgement(parts={"shop.order": orders.handling}, declares=_OPERATOR),
        "SBT-3.2.1-kept": Judgement(parts={_FUNCTIONS: kept.still_works}),
        "SBT-3.2.5-page": Judgement(parts={"web.qualification": qualification.dedicated_page}),
        "SBT-4.1.2.1.1-goods-price": Judgement(parts={"shop.catalogue": prices.goods_priced}, declares=_SHOP),
        "SBT-4.1.2.1.1-delivery-price": Judgement(
            parts={"shop.catalogue": prices.delivery_priced, "shop.order": prices.delivery_as_charged}, declares=_WRITES
        ),
        "SBT-4.1.2.1.1-fee-separate": Judgement(parts={"shop.order": fees.fee_apart}, declares=_WRITES),
        "SBT-6-safe": Judgement(
            parts={"payment.tls": payments.provider_encrypted, "payment.notices": payment_notices.notices_signed},
            declares=_PAYMENT,
        ),
        "SBT-6-stable": Judgement(parts={_HISTORY: payment_stability.stable}),
        "SBT-6-reliable": Judgement(parts={"payment.hundred": payments.each_ends_once}, declares=_PAYMENT),
        "SBT-6-refund-help": Judgement(parts={"payment.refund": refunds.refunded_in_time}, declares=_PAYMENT),
        "SBT-7.2.3-view": Judgement(parts={"privacy.own_data": own_data.viewable}, declares=_WRITES),
        "SBT-7.2.3-modify": Judgement(parts={"privacy.own_data": own_data.changeable}, declares=_WRITES),
    }
)
