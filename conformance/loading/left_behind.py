"""Orders that an earlier run left, because it was killed before it could clean up: the operator cancels them.

The passwords of that run's accounts died with it, so its accounts stay. A number alone proves nothing: a platform that
was set up anew gives it to somebody else's order. So an order is cancelled only where its page names the recipient that
the run invented, whose name stands nowhere else.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from conformance.loading.afterwards import trails_of
from conformance.loading.book import OrderBook, book_of
from conformance.loading.cleaning import TIDIED, time_for
from conformance.loading.venue import OPERATOR, Venue, trail_at
from probes.clock import Deadline
from probes.errors import EvidenceError, LookFailed
from probes.shop.clean import clean
from probes.shop.outcome import Done
from probes.shop.person import invent_person


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
        plan = _plan(plans / folder.name / "plan.json")
        if plan.get("platform_id") != venue.target.platform.id:
            continue
        try:
            own = trail_at(folder / "run.jsonl", venue.clock)
        except EvidenceError:
            continue  # it is still running, and cleans up itself
        with closing(own):
            yield from _cancelled(venue, folder, _recipients(folder.name, plan))


def _recipients(run_id: str, plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the family names of whom the run's workers bought for, each of them invented."""
    workers = plan.get("workers")
    return frozenset(invent_person(run_id, n).last_name for n in range(workers if isinstance(workers, int) else 1))


def _cancelled(venue: Venue, folder: Path, recipients: frozenset[str]) -> Iterator[str]:
    try:
        book = book_of(trails_of(folder)[1])
    except EvidenceError as altered:
        yield f"{folder.name} was killed, and what it ordered is not known: {altered}"
        return
    left = _clean(venue, book, folder, recipients) if book.orders else []
    if book.orders:
        gone = len(book.orders) - len(left)
        why = f"; {left[0]}" if left else ""
        yield f"{folder.name} was killed and left {len(book.orders)} orders: {gone} are cancelled now{why}"
    (folder / TIDIED).touch()  # it is told once; what stays is noted on the trail


def _clean(venue: Venue, book: OrderBook, folder: Path, recipients: frozenset[str]) -> list[str]:
    """Cancel as the operator; return in words what stays."""
    deadline = venue.within(time_for(len(book.orders)))
    try:
        ours = _ours(venue, book, recipients, deadline)
    except LookFailed as failed:
        return [f"order {order.number} stays: {failed.detail}" for order in book.orders]
    with closing(trail_at(folder / "orders-late.jsonl", venue.clock)) as trail:
        for order in () if trail.entries() else book.orders:
            if order.number in ours:
                trail.append(who=OPERATOR, kind="order", id=order.number, facts={})
        left = clean(venue.shop, trail, deadline=deadline).left
    strange = [order.number for order in book.orders if order.number not in ours]
    return [
        *(f"order {each.entry.id} stays: {each.why}" for each in left),
        *(f"order {number} stays: its page does not name the run's recipient" for number in strange),
    ]


def _ours(venue: Venue, book: OrderBook, recipients: frozenset[str], deadline: Deadline) -> frozenset[str]:
    """Return the numbers of the orders that were placed for the run's own recipients.

    Raises:
        LookFailed: nobody can look as the operator.
    """
    found = set()
    with venue.as_operator(deadline) as session:
        for order in book.orders:
            seen = session.do("operator_read_order", number=order.number)
            shown = f"{dict(seen.outputs)} {session.last_text()}" if isinstance(seen, Done) else ""
            found |= {order.number} if any(name in shown for name in recipients) else set()
    return frozenset(found)


def _plan(path: Path) -> Mapping[str, Any]:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
