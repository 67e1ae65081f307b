"""The one table of judges: requirement id to what it needs and who judges it.

A check that is not here is undetermined, cause ``not-built``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from conformance.judges import (
    completeness,
    encryption,
    fees,
    functions,
    identification,
    network,
    orders,
    own_data,
    prices,
    qualification,
    rights,
    sellers,
    tampering,
)
from conformance.judges.judgement import Judgement

_SHOP = ("platform.adapter",)
_WRITES = (*_SHOP, "platform.authorised")
_OPERATOR = (*_WRITES, "roles.operator")
_SELLERS = (*_OPERATOR, "roles.seller_a", "roles.seller_b")

JUDGEMENTS: Mapping[str, Judgement] = MappingProxyType(
    {
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
            parts={"shop.order": completeness.complete, "shop.tampering": tampering.price_kept}, declares=_OPERATOR
        ),
        "SBT-3.1.3.1-identified": Judgement(
            parts={
                "shop.identity": identification.taken_for_themselves,
                "shop.wrong_credentials": identification.strangers_refused,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3.2-vertical": Judgement(parts={"access.operator_pages": rights.operator_only}, declares=_OPERATOR),
        "SBT-3.1.3.2-horizontal": Judgement(
            parts={"access.peers": rights.own_things_only, "access.shared_order": sellers.own_lines_only},
            declares=_SELLERS,
        ),
        "SBT-3.1.3.3-plain-web": Judgement(parts={"web.plain": encryption.plain_entry}, declares=_SHOP),
        "SBT-3.1.3.3-ssl128": Judgement(parts={"net.tls": encryption.encrypted_access}),
        "SBT-3.2.1-register": Judgement(parts={"shop.register": functions.registration}, declares=_WRITES),
        "SBT-3.2.1-cart": Judgement(parts={"shop.cart": functions.cart}, declares=_WRITES),
        "SBT-3.2.1-display": Judgement(parts={"shop.catalogue": functions.display}, declares=_SHOP),
        "SBT-3.2.1-orders": Judgement(parts={"shop.order": orders.handling}, declares=_OPERATOR),
        "SBT-3.2.5-page": Judgement(parts={"web.qualification": qualification.dedicated_page}),
        "SBT-4.1.2.1.1-goods-price": Judgement(parts={"shop.catalogue": prices.goods_priced}, declares=_SHOP),
        "SBT-4.1.2.1.1-delivery-price": Judgement(
            parts={"shop.catalogue": prices.delivery_priced, "shop.order": prices.delivery_as_charged}, declares=_WRITES
        ),
        "SBT-4.1.2.1.1-fee-separate": Judgement(parts={"shop.order": fees.fee_apart}, declares=_WRITES),
        "SBT-7.2.3-view": Judgement(parts={"privacy.own_data": own_data.viewable}, declares=_WRITES),
        "SBT-7.2.3-modify": Judgement(parts={"privacy.own_data": own_data.changeable}, declares=_WRITES),
    }
)
