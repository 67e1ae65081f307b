"""Why a run of load must not begin: authority, windows, ceilings, journeys. Pure; every reason at once."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conformance.windows import covered_until
from probes.shop.journey import Adapter
from probes.target import Target
from probes.target_load import LoadLimits
from profiles.shoppers import SHOPPERS

NO_ADAPTER = (
    "[platform] adapter: shoppers need one; name a built-in adapter or a journey file of your own "
    "(a locustfile of your own needs none)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """What a run would do: highest rate of arrivals, orders that it plans, accounts that it makes.

    ``lasts_s`` is all that it may take, from preparing to cleaning up (``lasting.py``). ``mix`` is the share of each
    shopper; empty for a locustfile of the user's own, of which only the time is known, and how fast its users come.
    """

    name: str
    rate_per_s: float
    lasts_s: float
    orders: int
    accounts: int
    mix: Mapping[str, float]

    @property
    def shoppers(self) -> tuple[str, ...]:
        """The shoppers that come at all."""
        return tuple(name for name, share in self.mix.items() if share > 0)

    @property
    def verbs(self) -> tuple[str, ...]:
        """The business verbs that it cannot do without."""
        needed = [verb for name in self.shoppers for verb in SHOPPERS[name].verbs]
        if self.accounts:
            needed += ["register", "log_in"]
        return tuple(dict.fromkeys(needed))


def refusals(
    what: Undertaking, *, target: Target, limits: LoadLimits, adapter: Adapter | None, now: datetime
) -> tuple[str, ...]:
    """Return every reason why it must not begin, each a sentence with what to do; none where it may."""
    return (
        *_authority(what, target, now),
        *_ceilings(what, limits),
        *(_journeys(what, adapter) if what.mix else ()),
    )


def _authority(what: Undertaking, target: Target, now: datetime) -> Iterator[str]:
    if not target.platform.authorised:
        yield (
            "[platform] authorised: load is put on a platform only where its owner agreed; once they have, "
            "write authorised = true"
        )
    if target.platform.environment != "production":
        return
    lasts = timedelta(seconds=math.ceil(what.lasts_s))
    ends = now + timedelta(seconds=what.lasts_s)
    until = _said(now + lasts)
    open_until = covered_until(target.windows, now)
    if open_until is None:
        yield (
            f"[[windows]]: production takes load in a declared window only, and none is open at {_said(now)}; "
            f"{what.name} may take up to {lasts} in all: declare one that lasts until {until}, agreed with operations"
        )
    elif open_until < ends:
        yield (
            f"[[windows]]: {what.name} may take up to {lasts} in all, until {until} (preparing and cleaning up "
            f"included), and the open window ends at {_said(open_until)}; start earlier, take a shorter run, or "
            "declare a longer window"
        )


def _ceilings(what: Undertaking, limits: LoadLimits) -> Iterator[str]:
    if what.rate_per_s > limits.max_rate_per_s and not what.mix:
        yield (
            f"[load] max_rate_per_s: {what.name} starts {what.rate_per_s:g} users a second, and the ceiling is "
            f"{limits.max_rate_per_s:g}; ask for fewer with --users-per-s, or raise it once the platform's owner agrees"
        )
    elif what.rate_per_s > limits.max_rate_per_s:
        yield (
            f"[load] max_rate_per_s: {what.name} comes to {what.rate_per_s:g} shoppers a second, and the ceiling is "
            f"{limits.max_rate_per_s:g}; raise it once the platform's owner agrees, or take a gentler profile"
        )
    if what.orders > limits.max_orders:
        yield (
            f"[load] max_orders: {what.name} plans {what.orders} orders, and the ceiling is {limits.max_orders}; "
            "raise it once the platform's owner agrees, or take a mix with fewer"
        )


def _journeys(what: Undertaking, adapter: Adapter | None) -> Iterator[str]:
    if adapter is None:
        yield NO_ADAPTER
        return
    lacking = [verb for verb in what.verbs if not adapter.describes(verb)]
    if lacking:
        yield (
            f"the adapter {adapter.name} describes no {', '.join(lacking)}: the shoppers {', '.join(what.shoppers)} "
            "need that; add the journey, or take a mix without them"
        )


def _said(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
