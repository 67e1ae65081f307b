"""What ``[load]`` declares, as values with their defaults; and what in it does not go with the rest of the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from probes.target import Target
from probes.target_keys import TABLES
from probes.target_values import fault_of
from probes.target_watch import unlisted_place

Fault: TypeAlias = tuple[tuple[str | int, ...], str]

_KEYS = TABLES["load"].keys


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimits:
    """The ``[load]`` table. Rates are shoppers who arrive in a second; the ceilings bound one run.

    ``product_urls`` are those of ``[shop]`` where ``[load]`` names none. None stands for what is not declared.
    """

    peak_rate_per_s: float | None
    max_rate_per_s: float
    max_orders: int
    product_urls: tuple[str, ...]
    accounts: int | None
    query_p95_ms: float | None
    error_share: float
    latency_p99_ms: float | None


def load_limits(target: Target) -> LoadLimits:
    """Return what a target says of load."""
    values = {name: _declared(target, name, key.default) for name, key in _KEYS.items()}
    values["product_urls"] = tuple(values["product_urls"]) or target.shop.product_urls
    return LoadLimits(**values)


def _declared(target: Target, name: str, default: Any) -> Any:
    value = target.declared("load", name)
    return default if value is None else value


def load_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between ``[load]`` and the rest of the file; values wrong alone are told elsewhere."""
    table = written.get("load")
    pages = table.get("product_urls", []) if isinstance(table, dict) else []
    if fault_of("pages", pages) is not None:
        return
    for page in pages:
        if (place := unlisted_place(written, page)) is not None:
            what = f"{place} is not listed; if it belongs to the platform, add it to [platform] hosts"
            yield ("load", "product_urls"), what
