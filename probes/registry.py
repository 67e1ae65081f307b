"""The one explicit table of probes: name to probe. A test says that each probe file is in it."""

from collections.abc import Mapping
from types import MappingProxyType

from probes import (
    cart,
    crawl,
    goods_pages,
    identity,
    order,
    own_data,
    plain_web,
    registration,
    tampering,
    tcp,
    tls_trust,
)
from probes.access import operator_pages, outsiders, peers, shared_order
from probes.look import Probe

PROBES: Mapping[str, Probe] = MappingProxyType(
    {
        "net.tcp": tcp.PROBE,
        "net.tls": tls_trust.PROBE,
        "web.plain": plain_web.PROBE,
        "web.qualification": crawl.PROBE,
        "shop.catalogue": goods_pages.PROBE,
        "shop.register": registration.PROBE,
        "shop.identity": identity.IDENTITY,
        "shop.wrong_credentials": identity.WRONG_CREDENTIALS,
        "shop.cart": cart.PROBE,
        "shop.tampering": tampering.PROBE,
        "shop.order": order.PROBE,
        "access.outsiders": outsiders.PROBE,
        "access.peers": peers.PROBE,
        "access.shared_order": shared_order.PROBE,
        "access.operator_pages": operator_pages.PROBE,
        "privacy.own_data": own_data.PROBE,
    }
)
