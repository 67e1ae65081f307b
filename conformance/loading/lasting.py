"""How long a run of load takes where each of its phases takes all that it may: one sum, for turn, window and night.

Not counted is what a killed run left behind and is cancelled first (``left_behind.py``), and the time in which workers
on other machines are waited for.
"""

from typing import Final

from conformance.loading.beside import STARTING_S, STOPPING_S
from conformance.loading.cleaning import MOST_S, time_for
from probes.host.declared import hosts_of
from probes.target import Target
from profiles.conducting import LEAD_S, MAY_STOP_S, SLACK_S
from profiles.launch import END_S, UP_S
from profiles.plan import LoadPlan

PREPARING_S: Final = 300.0
ACCOUNT_S: Final = 2.0
"""Seconds that preparing may take: as such, and for each account."""

STOCK_S: Final = 120.0
"""Seconds that reading the stock may take."""

_PARTS: Final = 3
"""Orders are read back, the provider's list of payments is read, and orders are cancelled: each may take as long."""

ORDERLY_S: Final = MAY_STOP_S + SLACK_S + END_S + STOPPING_S + _PARTS * MOST_S + STOCK_S
"""Seconds after which any run that was told to end has read back and cleaned up."""


def preparing_s(accounts: int) -> float:
    """Return the seconds that preparing may take."""
    return PREPARING_S + ACCOUNT_S * accounts


def longest_s(target: Target, plan: LoadPlan, *, accounts: int, orders: int) -> float:
    """Return the seconds that a run may take from its begin to its record.

    Args:
        target: where; its hosts are sampled meanwhile, its payment provider is asked where it declares one.
        plan: how long shoppers come, and may go on.
        accounts: how many accounts it makes.
        orders: how many orders it plans; it places no more than it may.
    """
    sampling = STARTING_S if hosts_of(target) else 0.0
    before = 0.0 if plan.closed is not None else preparing_s(accounts)
    return before + sampling + UP_S + LEAD_S + plan.seconds + after_s(target, plan, orders=orders)


def after_s(target: Target, plan: LoadPlan, *, orders: int) -> float:
    """Return the seconds of it in which nobody comes any more: who is there goes home, then it reads back and cleans.

    Args:
        target: where.
        plan: how long shoppers under way may go on.
        orders: how many orders it plans.
    """
    going = max(plan.drain_s, MAY_STOP_S) + SLACK_S + END_S
    sampling = STOPPING_S if hosts_of(target) else 0.0
    if plan.closed is not None:
        return going + sampling
    parts = _PARTS if target.declared("payment", "sandbox") is True else _PARTS - 1
    back = parts * time_for(min(orders, plan.max_orders)) + (STOCK_S if orders else 0.0)
    return going + sampling + back
