"""The plan of a load run: everything that a worker needs to know, in one file without secrets.

``duheng load`` writes it, master and workers read it. Its digest stands in the record, so that a record tells of which
plan it is. The canonical JSON (RFC 8785) has these keys::

    {"schema": "duheng/load-plan/v1", "run_id", "platform_id", "target_toml", "target_folder", "profile",
     "stages": [{"rate_per_s", "seconds", "ramp"}], "arrivals": "poisson"|"even", "seed", "mix": {shopper: share},
     "closed": {"locustfile", "users", "users_per_s", "seconds"}|null,
     "workers", "accounts": [username], "product_urls", "search_terms", "max_orders", "max_in_flight", "think_s",
     "drain_s", "budgets": {"dropped_share", "error_share", "latency_p99_s"|null}, "stop_file"|null,
     "must_end_ms"|null, "started_at_ms"|null, "record", "trails"}

Either ``stages`` and ``mix`` (the open model) or ``closed`` (a locustfile of the user's own), never both.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal

from probes.canonical import canonical_bytes, digest
from probes.errors import SettingsError
from profiles.fields import Fields
from profiles.shoppers import SHOPPERS

SCHEMA: Final = "duheng/load-plan/v1"
SECRET_VARIABLE: Final = "DUHENG_LOAD_SECRET"  # noqa: S105 - the name of the variable, not what it holds
"""The environment variable by which the children learn the run's secret, from which accounts' passwords derive."""

MOST_RATE: Final = 100_000.0
MOST_SECONDS: Final = 7 * 86_400.0
MOST_WORKERS: Final = 1_000
ARRIVALS: Final = ("poisson", "even")
_SHARES_OFF: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """So many seconds at a rate; with ``ramp`` it goes linearly from the rate before (0 at first) to this one."""

    rate_per_s: float
    seconds: float
    ramp: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"rate_per_s": self.rate_per_s, "seconds": self.seconds, "ramp": self.ramp}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """What a run may cost before it is invalid (``dropped_share`` of the planned arrivals) or is stopped.

    ``error_share`` of the steps of the last 30 s; ``latency_p99_s`` of the same, None for no such limit.
    """

    dropped_share: float = 0.001
    error_share: float = 0.05
    latency_p99_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "dropped_share": self.dropped_share,
            "error_share": self.error_share,
            "latency_p99_s": self.latency_p99_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A locustfile of the user's own: so many users, started at ``users_per_s``. A closed model is never judged."""

    locustfile: str
    users: int
    users_per_s: float
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "locustfile": self.locustfile,
            "users": self.users,
            "users_per_s": self.users_per_s,
            "seconds": self.seconds,
        }


def _no_mix() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """One run's plan; see the module for its JSON form. Instants in ms since the epoch.

    ``max_orders`` and ``max_in_flight`` hold for the whole run: ``in_flight_of``, ``accounts_of`` and
    ``profiles.arrivals.orders_of`` say what of it is one worker's, so that no worker has to ask another. ``drain_s`` is
    how long shoppers under way may go on after the last stage. ``must_end_ms``: when nobody may come any more, where
    the run stands in a window of the target's. ``started_at_ms`` is set by the master when all workers are there.
    """

    run_id: str
    platform_id: str
    target_toml: str
    target_folder: str
    profile: str
    stages: tuple[Stage, ...] = ()
    arrivals: Literal["poisson", "even"] = "poisson"
    seed: int = 0
    mix: Mapping[str, float] = field(default_factory=_no_mix)
    closed: Closed | None = None
    workers: int = 1
    accounts: tuple[str, ...] = ()
    product_urls: tuple[str, ...] = ()
    search_terms: tuple[str, ...] = ()
    max_orders: int = 0
    max_in_flight: int = 100
    think_s: float = 1.0
    drain_s: float = 60.0
    budgets: Budgets = field(default_factory=Budgets)
    stop_file: str | None = None
    must_end_ms: int | None = None
    started_at_ms: int | None = None
    record: str
    trails: str

    def __post_init__(self) -> None:
        """Make the mix unchangeable, in one order."""
        object.__setattr__(self, "mix", MappingProxyType({name: self.mix[name] for name in sorted(self.mix)}))

    @property
    def model(self) -> Literal["open", "closed"]:
        """Whether arrivals were planned ahead, or users wait for their answers before they go on."""
        return "open" if self.closed is None else "closed"

    @property
    def seconds(self) -> float:
        """How long arrivals come, in seconds."""
        return self.closed.seconds if self.closed is not None else math.fsum(stage.seconds for stage in self.stages)

    @property
    def peak_rate_per_s(self) -> float:
        """The highest rate of arrivals; 0 for a closed model, whose rate nobody planned."""
        return max((stage.rate_per_s for stage in self.stages), default=0.0)

    @property
    def held(self) -> tuple[tuple[float, float, float], ...]:
        """The stages without a ramp: ``(from_s, to_s, rate_per_s)``, counted from the start."""
        spans, at = [], 0.0
        for stage in self.stages:
            if not stage.ramp and stage.rate_per_s > 0:
                spans.append((at, at + stage.seconds, stage.rate_per_s))
            at += stage.seconds
        return tuple(spans)

    def in_flight_of(self, worker: int) -> int:
        """Return how many shoppers may be under way at once in a worker (counted from 0)."""
        return _part(self.max_in_flight, worker, self.workers)

    def accounts_of(self, worker: int) -> tuple[str, ...]:
        """Return a worker's own accounts."""
        return self.accounts[worker :: self.workers]

    def started(self, at_ms: int) -> "LoadPlan":
        """Return the plan with its start instant."""
        return replace(self, started_at_ms=at_ms)

    def as_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "schema": SCHEMA,
            "run_id": self.run_id,
            "platform_id": self.platform_id,
            "target_toml": self.target_toml,
            "target_folder": self.target_folder,
            "profile": self.profile,
            "stages": [stage.as_json() for stage in self.stages],
            "arrivals": self.arrivals,
            "seed": self.seed,
            "mix": dict(self.mix),
            "closed": None if self.closed is None else self.closed.as_json(),
            "workers": self.workers,
            "accounts": list(self.accounts),
            "product_urls": list(self.product_urls),
            "search_terms": list(self.search_terms),
            "max_orders": self.max_orders,
            "max_in_flight": self.max_in_flight,
            "think_s": self.think_s,
            "drain_s": self.drain_s,
            "budgets": self.budgets.as_json(),
            "stop_file": self.stop_file,
            "must_end_ms": self.must_end_ms,
            "started_at_ms": self.started_at_ms,
            "record": self.record,
            "trails": self.trails,
        }

    def encode(self) -> bytes:
        """Return the canonical JSON."""
        return canonical_bytes(self.as_json())

    def sha256(self) -> str:
        """Return ``sha256:...`` of the plan; the same before and after the start instant was set."""
        return digest(replace(self, started_at_ms=None).encode())


def decode_plan(raw: bytes | str) -> LoadPlan:
    """Return the plan that JSON holds.

    Raises:
        SettingsError: it is no JSON, or no plan; all faults at once.
    """
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"load plan: not JSON: {error}; let `duheng load` write it") from error
    return plan_of(values)


def plan_of(values: object) -> LoadPlan:
    """Return the plan of its plain form.

    Raises:
        SettingsError: all faults at once.
    """
    faults: list[str] = []
    fields = Fields(values, place="load plan", faults=faults)
    fields.one_of("schema", (SCHEMA,))
    plan = LoadPlan(
        run_id=fields.text("run_id"),
        platform_id=fields.text("platform_id"),
        target_toml=fields.text("target_toml"),
        target_folder=fields.text("target_folder"),
        profile=fields.text("profile"),
        stages=read_stages(fields),
        arrivals="even" if fields.one_of("arrivals", ARRIVALS) == "even" else "poisson",
        seed=fields.whole("seed"),
        mix=read_mix(fields.table("mix", default={})) if "mix" in fields else {},
        closed=read_closed(fields.table("closed")) if fields.raw("closed", None) is not None else None,
        workers=fields.whole("workers", least=1, most=MOST_WORKERS),
        accounts=fields.texts("accounts"),
        product_urls=fields.texts("product_urls"),
        search_terms=fields.texts("search_terms"),
        max_orders=fields.whole("max_orders"),
        max_in_flight=fields.whole("max_in_flight", least=1),
        think_s=fields.number("think_s", least=0, most=3600),
        drain_s=fields.number("drain_s", least=0, most=3600),
        budgets=read_budgets(fields.table("budgets")),
        stop_file=None if fields.raw("stop_file", None) is None else fields.text("stop_file"),
        must_end_ms=None if fields.raw("must_end_ms", None) is None else fields.whole("must_end_ms"),
        started_at_ms=None if fields.raw("started_at_ms", None) is None else fields.whole("started_at_ms"),
        record=fields.text("record"),
        trails=fields.text("trails"),
    )
    fields.done()
    faults += plan_faults(plan)
    if faults:
        raise SettingsError(*faults)
    return plan


def plan_faults(plan: LoadPlan) -> list[str]:
    """Return what does not fit together in a plan whose fields are each as they should be."""
    faults = []
    if plan.closed is None and not plan.stages:
        faults.append("load plan: has neither stages nor a locustfile of its own; give [[stages]]")
    if plan.closed is None and not plan.mix:
        faults.append("load plan: has no mix of shoppers; give [mix], such as browse = 1.0")
    if plan.closed is not None and (plan.stages or plan.mix):
        faults.append("load plan: has both stages and a locustfile of its own; give one")
    if plan.stages and not any(stage.rate_per_s > 0 for stage in plan.stages):
        faults.append("load plan: no stage has a rate above 0, so nobody would come")
    if plan.seconds > MOST_SECONDS:
        faults.append(f"load plan: lasts {plan.seconds:,.0f} s; the longest is {MOST_SECONDS:,.0f} s (7 days)")
    if plan.max_in_flight < plan.workers:
        faults.append("load plan.max_in_flight: is less than the number of workers, so one could let nobody in")
    if any(SHOPPERS[name].orders for name, share in plan.mix.items() if share > 0 and name in SHOPPERS):
        if plan.max_orders < 1:
            faults.append("load plan.max_orders: is 0, but shoppers order; raise it, or take a mix without `order`")
        if plan.accounts and len(plan.accounts) < plan.workers:
            faults.append("load plan.accounts: are fewer than the workers; raise [load] accounts")
    return faults


def read_stages(fields: Fields) -> tuple[Stage, ...]:
    """Return ``stages``, a list of tables; its faults go where those of ``fields`` go."""
    stages = []
    for each in fields.tables("stages", default=()):
        stages.append(
            Stage(
                rate_per_s=each.number("rate_per_s", least=0, most=MOST_RATE),
                seconds=each.number("seconds", above=0, most=MOST_SECONDS),
                ramp=each.flag("ramp", default=False),
            )
        )
        each.done()
    return tuple(stages)


def read_mix(fields: Fields) -> Mapping[str, float]:
    """Return shares by shopper; unknown names, and shares that don't add up to 1, are faults."""
    shares = {name: fields.number(name, least=0, most=1) for name in fields.names() if _known(fields, name)}
    total = math.fsum(shares.values())
    if shares and abs(total - 1) > _SHARES_OFF:
        fields.faults.append(f"{fields.place}: the shares add up to {total:.10g}, not to 1; change one of them")
    return shares


def read_budgets(fields: Fields) -> Budgets:
    """Return the budgets; those not given are as ``Budgets`` has them."""
    usual = Budgets()
    budgets = Budgets(
        dropped_share=fields.number("dropped_share", least=0, most=1, default=usual.dropped_share),
        error_share=fields.number("error_share", least=0, most=1, default=usual.error_share),
        latency_p99_s=None
        if fields.raw("latency_p99_s", None) is None
        else fields.number("latency_p99_s", above=0, most=3600),
    )
    fields.done()
    return budgets


def read_closed(fields: Fields) -> Closed:
    """Return what is to be done with a locustfile of the user's own."""
    closed = Closed(
        locustfile=fields.text("locustfile"),
        users=fields.whole("users", least=1, most=1_000_000),
        users_per_s=fields.number("users_per_s", above=0, most=MOST_RATE),
        seconds=fields.number("seconds", above=0, most=MOST_SECONDS),
    )
    fields.done()
    return closed


def _known(fields: Fields, name: str) -> bool:
    if name in SHOPPERS:
        return True
    fields.fault(name, f"is no shopper; known are: {', '.join(SHOPPERS)}")
    return False


def _part(whole: int, worker: int, workers: int) -> int:
    """Return one worker's part of a whole number; the parts add up to it."""
    return whole // workers + (worker < whole % workers)
