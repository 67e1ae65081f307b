"""From what was asked for to the plan of a run; everything that stands against it is told at once."""

import math
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from conformance.loading.lasting import after_s, longest_s
from conformance.loading.refusing import Undertaking, refusals
from conformance.windows import covered_until
from probes.errors import SettingsError
from probes.shop.journey import Adapter
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.target_load import LoadLimits, load_limits
from profiles.arrivals import orders_planned
from profiles.catalogue import Profile, load_profile
from profiles.plan import Budgets, Closed, LoadPlan, plan_faults
from profiles.shoppers import SHOPPERS

_COUNTED: Final = 1_000_000
"""Arrivals up to which those who order are counted one by one."""

MOST_ACCOUNTS: Final = 500
"""More than that are made where the target file says so only."""

_STEPS: Final = 8  # of a purchase
_STEP_S: Final = 1.0  # that a shop under pressure may take for one
_MORE: Final = 1.5
_SPARE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for; ``users`` to ``seconds`` are for a locustfile of the user's own."""

    name: str
    workers: int = 1
    seed: int | None = None
    users: int = 1
    users_per_s: float = 1.0
    seconds: float = 60.0

    @property
    def own(self) -> bool:
        """Whether it names a locustfile of the user's own."""
        return self.name.endswith(".py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The target, what it says of load, its adapter, and the folders of the run."""

    target: Target
    limits: LoadLimits
    adapter: Adapter | None
    run_id: str
    folder: Path
    trails: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A plan without its accounts and goods, and how many accounts and orders it needs."""

    plan: LoadPlan
    accounts: int
    orders: int


def draw(asked: Asked, where: Where, now: datetime) -> Drawn:
    """Return the plan of what was asked for; ``now`` is what the windows are held against.

    A backup that is started beside it is the platform's own work: how long that may take needs no window.

    Raises:
        SettingsError: it must not begin, or cannot; every reason at once.
    """
    faults: list[str] = []
    with noting(faults):
        plan = _closed(asked, where) if asked.own else _open(asked, where)
        drawn = _counted(plan, where)
        what = Undertaking(
            name=plan.profile,
            rate_per_s=plan.peak_rate_per_s if plan.closed is None else plan.closed.users_per_s,
            lasts_s=longest_s(where.target, plan, accounts=drawn.accounts, orders=drawn.orders),
            orders=drawn.orders,
            accounts=drawn.accounts,
            mix=plan.mix,
        )
        faults += refusals(what, target=where.target, limits=where.limits, adapter=where.adapter, now=now)
        faults += plan_faults(plan)
    if faults:
        raise SettingsError(*faults)
    ending_s = after_s(where.target, plan, orders=drawn.orders)
    return replace(drawn, plan=replace(plan, must_end_ms=_must_end_ms(where.target, now, ending_s)))


@contextmanager
def noting(faults: list[str]) -> Iterator[None]:
    """Add the faults of a ``SettingsError`` to a list, and go on."""
    try:
        yield
    except SettingsError as error:
        faults += error.faults


def _open(asked: Asked, where: Where) -> LoadPlan:
    profile = load_profile(asked.name)
    peak = where.limits.peak_rate_per_s
    return replace(
        _bare(asked, where, profile.name),
        stages=profile.stages_at(peak),
        arrivals=profile.arrivals,
        mix=profile.mix,
        max_orders=where.limits.max_orders,
        max_in_flight=max(asked.workers, profile.room(peak)),
        think_s=profile.think_s,
        drain_s=profile.drain_s,
        budgets=_budgets(profile, where),
    )


def _closed(asked: Asked, where: Where) -> LoadPlan:
    path = Path(asked.name).resolve()
    try:
        compile(path.read_bytes(), str(path), "exec")
    except OSError as error:
        raise SettingsError(f"{asked.name}: cannot read the locustfile: {error.strerror}") from error
    except (SyntaxError, ValueError) as error:
        raise SettingsError(f"{asked.name}: not Python: {error}; put it right, and try it with locust alone") from error
    own = Closed(locustfile=str(path), users=asked.users, users_per_s=asked.users_per_s, seconds=asked.seconds)
    budgets = Budgets(error_share=where.limits.error_share, latency_p99_s=_seconds(where.limits.latency_p99_ms))
    return replace(_bare(asked, where, path.name), closed=own, budgets=budgets)


def _bare(asked: Asked, where: Where, name: str) -> LoadPlan:
    return LoadPlan(
        run_id=where.run_id,
        platform_id=where.target.platform.id,
        target_toml=where.target.path.read_text(encoding="utf-8-sig"),
        target_folder=str(where.target.path.parent),
        profile=name,
        seed=secrets.randbits(32) if asked.seed is None else asked.seed,
        workers=asked.workers,
        stop_file=str(where.folder / "stop"),
        record=str(where.folder / "record.jsonl"),
        trails=str(where.trails),
    )


def _budgets(profile: Profile, where: Where) -> Budgets:
    """Return what the target file declares, and what the profile says of the rest."""
    usual, limits = profile.budgets, where.limits
    declared = where.target.declared("load", "error_share") is not None
    return Budgets(
        dropped_share=usual.dropped_share,
        error_share=limits.error_share if declared else usual.error_share,
        latency_p99_s=_seconds(limits.latency_p99_ms) or usual.latency_p99_s,
    )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _counted(plan: LoadPlan, where: Where) -> Drawn:
    return Drawn(plan=plan, accounts=_accounts(plan, where), orders=_orders(plan))


def foreseen(name: str, target: Target) -> Drawn:
    """Return the run of a profile as far as it is known before it is drawn: its orders are those to be expected.

    Where no peak is declared, and the profile counts in shares of it, nobody comes: it will be refused.

    Raises:
        SettingsError: profile or adapter cannot be read.
    """
    declared = load_limits(target)
    limits = replace(declared, peak_rate_per_s=declared.peak_rate_per_s or 0.0)
    where = Where(target=target, limits=limits, adapter=adapter_of(target), run_id="", folder=Path(), trails=Path())
    plan = _open(Asked(name=name), where)
    return Drawn(plan=plan, accounts=_accounts(plan, where), orders=min(limits.max_orders, _expected(plan)))


def _accounts(plan: LoadPlan, where: Where) -> int:
    known = where.adapter is not None and where.adapter.describes("log_in")
    # Some shops want people to log in before they fill a cart.
    wanted = known and any(SHOPPERS[name].account or SHOPPERS[name].writes for name, share in plan.mix.items() if share)
    accounts = max(where.limits.accounts or accounts_for(plan), plan.workers)
    return accounts if wanted else 0


def accounts_for(plan: LoadPlan) -> int:
    """Return how many accounts those who fill carts use at once at the highest rate, and half as many more."""
    share = math.fsum(share for name, share in plan.mix.items() if SHOPPERS[name].writes)
    visit_s = _STEPS * (plan.think_s + _STEP_S)
    return min(MOST_ACCOUNTS, _SPARE + math.ceil(_MORE * share * plan.peak_rate_per_s * visit_s))


def _orders(plan: LoadPlan) -> int:
    return orders_planned(plan) if _come(plan) <= _COUNTED else _expected(plan)


def _expected(plan: LoadPlan) -> int:
    share = math.fsum(share for name, share in plan.mix.items() if SHOPPERS[name].orders)
    return math.ceil(_come(plan) * share)


def _come(plan: LoadPlan) -> float:
    return math.fsum(stage.rate_per_s * stage.seconds for stage in plan.stages)


def _must_end_ms(target: Target, now: datetime, ending_s: float) -> int | None:
    """Return when nobody may come any more, so that what follows is over within the window; None where none binds."""
    until = covered_until(target.windows, now) if target.platform.environment == "production" else None
    return None if until is None else round((until - timedelta(seconds=ending_s)).timestamp() * 1000)
