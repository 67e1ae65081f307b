"""How many orders a run may place, and for whom they are kept.

Orders are the harness's heaviest mark on a platform, so each look that places some has its share fixed beforehand: the
first looks of the table get theirs first, and none eats another's. ``[shop] max_orders`` bounds the sum.
"""

from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

from probes.errors import NotPermitted
from probes.look import Look

ORDERS_OF: Mapping[str, int] = MappingProxyType(
    {
        "shop.order": 1,
        "access.shared_order": 1,
        "access.matrix_writes": 2,
        "audit.operations": 2,
        "browser.walk": 1,
        "interface.logistics": 1,
        "trade.forgery": 9,
        "trade.fields": 4,
        "trade.race": 4,
        "payment.notices": 4,
        "payment.refund": 1,
        "trade.at_random": 53,
        "payment.hundred": 100,
    }
)
"""Probe to the number of orders it may place, in order of precedence."""

UP_TO: Mapping[str, int] = MappingProxyType(dict(zip(ORDERS_OF, accumulate(ORDERS_OF.values()), strict=True)))
"""Probe to the least ``[shop] max_orders`` that lets it place its share."""


def may_order(given: Look, probe: str) -> int:
    """Return how many orders the probe may place in this run.

    Raises:
        NotPermitted: ``[shop] max_orders`` does not reach as far as this probe's share.
    """
    allowed, needed = given.target.shop.max_orders, UP_TO[probe]
    if allowed < needed:
        raise NotPermitted(
            f"[shop] max_orders = {allowed} leaves no order for {probe}; with max_orders = {needed} it may place "
            f"{ORDERS_OF[probe]}"
        )
    return ORDERS_OF[probe]
