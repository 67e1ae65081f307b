"""What is watched: the checks of a target file, with their defaults, and what a probe of one of them tells."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from conformance.watch.confirm import Outcome
from conformance.watch.grid import Grid, spread
from conformance.watch.incidents import Rule
from probes.target import Target
from probes.target_keys import TABLES
from probes.target_tables.key import DEPTHS
from probes.target_watch import MOST_INTERVALS, PLACING

Kind = Literal["page", "journey", "payment"]
DEFAULT_DEPTH: Final = "checkout"
_CHECKS = TABLES["checks"].keys
_WATCH = TABLES["watch"].keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is watched; ``url`` is absolute, or empty where a journey takes any article."""

    name: str
    kind: Kind
    url: str
    shows: re.Pattern[str] | None
    deadline_s: float
    depth: str
    grid: Grid

    @property
    def places_orders(self) -> bool:
        """Tell whether it places orders."""
        return self.depth in PLACING


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one probe; ``started_ms`` and ``ended_ms`` by the wall clock, ``elapsed_ms`` without what it waited.

    ``why`` says in a few words what failed, or why nothing is known; ``depth`` how far it was meant to go this time.
    """

    check: str
    planned_ms: int
    started_ms: int
    ended_ms: int
    elapsed_ms: float
    outcome: Outcome
    why: str
    depth: str


def checks_of(target: Target) -> tuple[Check, ...]:
    """Return the declared checks; without any the front page and, with an adapter, the way to the checkout."""
    declared = target.declared("checks") or _default_checks(target)
    grids = spread([round(_of(each, "every_s") * 1000) for each in declared])
    return tuple(_check(target, each, grid) for each, grid in zip(declared, grids, strict=True))


def _default_checks(target: Target) -> tuple[Mapping[str, Any], ...]:
    buying = ({"name": "buying", "kind": "journey"},) if target.platform.adapter else ()
    return ({"name": "front", "kind": "page"}, *buying)


def _of(declared: Mapping[str, Any], key: str) -> Any:
    return declared.get(key, _CHECKS[key].default)


def _check(target: Target, declared: Mapping[str, Any], grid: Grid) -> Check:
    kind, shows = _of(declared, "kind"), _of(declared, "shows")
    usual = {"page": "page", "payment": "payment"}.get(kind, DEFAULT_DEPTH)
    page = _of(declared, "url") or ("/" if kind == "page" else product_of(target))
    return Check(
        name=declared["name"],
        kind=kind,
        url=target.url(page) if page else "",
        shows=re.compile(shows) if shows else None,
        deadline_s=min(float(_of(declared, "deadline_s")), MOST_INTERVALS * grid.every_ms / 1000),
        depth=_of(declared, "depth") or usual,
        grid=grid,
    )


def product_of(target: Target) -> str:
    """Return the test product's page as the target file writes it; empty where it names none."""
    return str(target.declared("watch", "product") or next(iter(target.shop.product_urls), ""))


def vantage_of(target: Target) -> str:
    """Return the name of this vantage point."""
    return str(target.declared("watch", "vantage") or socket.gethostname())


def service_of(target: Target) -> str:
    """Return the check that stands for the service: as declared, else the deepest journey, else the first check."""
    checks = checks_of(target)
    deepest = max(checks, key=lambda check: DEPTHS.index(check.depth) if check.kind == "journey" else -1)
    return str(target.declared("watch", "service") or deepest.name)


def watch_value(target: Target, key: str) -> Any:
    """Return a value of ``[watch]``, or its default."""
    declared = target.declared("watch", key)
    return _WATCH[key].default if declared is None else declared


def rules_of(target: Target) -> tuple[Rule, ...]:
    """Return the declared rules on incidents, in their order."""
    declared = target.declared("incident_rules") or ()
    return tuple(Rule(match=re.compile(each["match"]), incident_class=each["class"]) for each in declared)


def shallower(check: Check, depth: str) -> Check:
    """Return the check, going no deeper than that."""
    return replace(check, depth=min(check.depth, depth, key=DEPTHS.index))
