"""Orders that an earlier run left, because it was killed before it could clean up: the operator cancels them.

The passwords of that run's accounts died with it, so its accounts stay.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from conformance.loading.afterwards import trails_of
from conformance.loading.book import OrderBook, book_of
from conformance.loading.cleaning import TIDIED, time_for
from conformance.loading.venue import OPERATOR, Venue, trail_at
from probes.errors import EvidenceError
from probes.shop.clean import clean


def left_behind(venue: Venue, *, trails: Path, plans: Path) -> Iterator[str]:
    """Cancel what killed runs on this platform ordered; yield in words what came of it, a run at a time.

    Args:
        venue: the shop.
        trails: the folder in which each run has a folder of its trails.
        plans: the folder in which each run has a folder with its plan.
    """
    for folder in sorted(trails.glob("load-*")):
        if folder.name == venue.run_id or (folder / TIDIED).exists():
            continue
        if _platform(plans / folder.name / "plan.json") != venue.target.platform.id:
            continue
        try:
            own = trail_at(folder / "run.jsonl", venue.clock)
        except EvidenceError:
            continue  # it is still running, and cleans up itself
        with closing(own):
            yield from _cancelled(venue, folder)


def _cancelled(venue: Venue, folder: Path) -> Iterator[str]:
    try:
        book = book_of(trails_of(folder)[1])
    except EvidenceError as altered:
        yield f"{folder.name} was killed, and what it ordered is not known: {altered}"
        return
    left = _clean(venue, book, folder) if book.orders else []
    if book.orders:
        gone = len(book.orders) - len(left)
        why = f"; {left[0]}" if left else ""
        yield f"{folder.name} was killed and left {len(book.orders)} orders: {gone} are cancelled now{why}"
    (folder / TIDIED).touch()  # it is told once; what stays is noted on the trail


def _clean(venue: Venue, book: OrderBook, folder: Path) -> list[str]:
    """Cancel as the operator; return in words what stays."""
    with closing(trail_at(folder / "orders-late.jsonl", venue.clock)) as trail:
        for order in () if trail.entries() else book.orders:
            trail.append(who=OPERATOR, kind="order", id=order.number, facts={})
        left = clean(venue.shop, trail, deadline=venue.within(time_for(len(book.orders)))).left
    return [f"order {each.entry.id} stays: {each.why}" for each in left]


def _platform(plan: Path) -> str | None:
    try:
        values = json.loads(plan.read_bytes())
    except (OSError, ValueError):
        return None
    return str(values.get("platform_id")) if isinstance(values, dict) else None
