"""Whether adapter and target file have what the checks need: told before anything is watched, all at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from conformance.watch.checks import Check, watch_value
from probes.errors import SettingsError
from probes.shop.journey import Adapter
from probes.target import Target

_NEEDED: Final = {
    "page": ("list_products", "read_product"),
    "cart": ("add_to_cart", "read_cart"),
    "checkout": ("check_out",),
    "order": ("confirm_order", "cancel_order"),
    "payment": ("pay_order", "read_payment"),
}
_DAY_S: Final = 86_400


def refuse_unfit(checks: Sequence[Check], adapter: Adapter | None) -> None:
    """Refuse checks that the adapter cannot walk.

    Raises:
        SettingsError: with every fault.
    """
    faults = [fault for check in checks if check.kind != "page" for fault in _lacking(check, adapter)]
    if faults:
        raise SettingsError(*faults)


def _lacking(check: Check, adapter: Adapter | None) -> Iterator[str]:
    depths = list(_NEEDED)
    for depth in depths[: depths.index(check.depth) + 1]:
        for verb in _NEEDED[depth]:
            if adapter is None or not adapter.describes(verb):
                why = "no order is placed that cannot be cancelled" if verb == "cancel_order" else f"depth {depth}"
                yield f"[[checks]] {check.name}: the adapter describes no {verb} journey, which it needs ({why})"


def remarks(checks: Sequence[Check], target: Target, now: datetime) -> Iterator[str]:
    """Yield what a person should know at the start: what the watch will not see, and why."""
    if not watch_value(target, "canaries"):
        yield (
            "no [watch] canaries are declared: an outage of our own network is told from one of the platform only "
            "where this machine has no route or no name service"
        )
    reason = target.why_not_write(now)
    for check in checks:
        if check.depth != "page" and reason is not None:
            yield f"{check.name} only reads (depth page, not {check.depth}): {reason}"
        most = watch_value(target, "max_orders_a_day")
        a_day = _DAY_S * 1000 / check.grid.every_ms
        if check.places_orders and reason is None and a_day > most:
            yield (
                f"{check.name} would place {a_day:,.0f} orders a day; after [watch] max_orders_a_day = {most} it stops "
                "before the order until midnight"
            )
