"""What the trail costs: orders of buyers side by side, each noted on disk before the next step, and not noted."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from conformance.watch.buying import Way, walk
from conformance.watch.heard import Heard
from conformance.watch.opening import Opening
from probes.clock import Deadline, SystemClock
from probes.order import recipient
from probes.patience import Patience
from probes.redaction import Redactor
from probes.shop.credentials import Login
from probes.shop.opening import adapter_of
from probes.shop.outcome import Done
from probes.shop.person import invent_person
from probes.shop.session import ShopSession
from probes.shop.trail import DUE, Trail
from probes.target_file import read_target
from tests.bench.table import Row
from tests.miniatures.shop.miniature import MiniatureShop

ROUNDS = 150
BUYERS = 4
_PATIENCE_S = 600

_Buyer: TypeAlias = tuple[ShopSession, Way]


def trail_rows(folder: Path) -> list[Row]:
    """Measure the orders a second of buyers side by side, with one trail for all of them, and without any.

    By turns, an order each: the shop gets slower with the orders that it holds.
    """
    with MiniatureShop() as shop, ExitStack() as stack:
        target = read_target(shop.target_toml(folder))
        adapter = adapter_of(target)
        assert adapter is not None
        opening = Opening(target=target, adapter=adapter, clock=SystemClock())
        trail = stack.enter_context(closing(Trail(folder / "trail.jsonl", opening.clock)))
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=BUYERS))
        both = [
            [_buyer(opening, kept, BUYERS * which + number, stack) for number in range(BUYERS)]
            for which, kept in enumerate((None, trail))
        ]
        spent: tuple[list[float], list[float]] = ([], [])
        for number in range(ROUNDS + 1):
            for which in (0, 1) if number % 2 else (1, 0):
                spent[which].append(_seconds(pool, both[which]))
    plain, noted = (each[1:] for each in spent)  # with the first order everybody logs in
    plain_rate, noted_rate = (BUYERS / statistics.median(each) for each in (plain, noted))
    return [
        Row(
            what="trail: orders take longer by",
            value=100 * (statistics.median(late / soon for late, soon in zip(noted, plain, strict=True)) - 1),
            unit="%",
            at_most=5,
            absolute=f"{noted_rate:.0f} orders a second with it, {plain_rate:.0f} without, medians of {ROUNDS}",
        )
    ]


def _seconds(pool: ThreadPoolExecutor, buyers: Sequence[_Buyer]) -> float:
    """Return what an order of each buyer took, side by side."""
    began_s = time.perf_counter()
    list(pool.map(walk, *zip(*buyers, strict=True)))
    return time.perf_counter() - began_s


def _buyer(opening: Opening, trail: Trail | None, number: int, stack: ExitStack) -> _Buyer:
    """Return a session of somebody who has registered, and the way to an order."""
    person = invent_person("bench", number, country="CN")
    deadline = Deadline.after(opening.clock, _PATIENCE_S)
    session = opening.shop(Redactor(), Heard(), trail).session(f"buyer {number}", deadline=deadline)
    stack.callback(session.close)
    came = session.register(
        email=person.email,
        password=person.password,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
    )
    assert isinstance(came, Done)
    login = Login(username=person.email, password=person.password)
    patience = Patience(settle_s=1, deadline=deadline)
    way = Way(depth="order", url="", recipient=recipient(person), login=login, patience=patience)
    if trail is None:
        return session, way
    return session, replace(way, due=lambda facts: trail.append(who="buyer", kind=DUE, id="", facts=facts, wait=False))
