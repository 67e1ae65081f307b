"""What the trail costs: orders of buyers side by side, each noted on disk before the next step, and not noted."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

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
from probes.shop.trail import Trail
from probes.target_file import read_target
from tests.bench.table import Row
from tests.miniatures.shop.miniature import MiniatureShop

ROUNDS = 16
BUYERS = 6
ORDERS = 5
_PATIENCE_S = 60


def trail_rows(folder: Path) -> list[Row]:
    """Measure the orders a second of one buyer, with a trail and without."""
    with MiniatureShop() as shop:
        target = read_target(shop.target_toml(folder))
        adapter = adapter_of(target)
        assert adapter is not None
        opening = Opening(target=target, adapter=adapter, clock=SystemClock())
        plain, noted = [], []
        for number in range(2 * ROUNDS):
            # The shop gets slower with the orders that it holds: each comes first in every other turn.
            if number % 4 in {0, 3}:
                plain.append(_seconds(opening, None, number))
            else:
                with closing(Trail(folder / f"trail-{number}.jsonl", opening.clock)) as trail:
                    noted.append(_seconds(opening, trail, number))
    orders = BUYERS * ORDERS
    plain_rate, noted_rate = (orders / statistics.median(spent) for spent in (plain, noted))
    return [
        Row(
            what="trail: orders take longer by",
            value=100 * (statistics.median(late / soon for late, soon in zip(noted, plain, strict=True)) - 1),
            unit="%",
            at_most=5,
            absolute=f"{noted_rate:.0f} orders a second with it, {plain_rate:.0f} without, medians of {ROUNDS}",
        )
    ]


def _seconds(opening: Opening, trail: Trail | None, number: int) -> float:
    """Return what the orders of all buyers took, from the first to the last; registering is not counted."""
    with ExitStack() as stack:
        buyers = [_buyer(opening, trail, BUYERS * number + each, stack) for each in range(BUYERS)]
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=BUYERS))
        began_s = time.perf_counter()
        list(pool.map(_orders, *zip(*buyers, strict=True)))
        return time.perf_counter() - began_s


def _orders(session: ShopSession, way: Way) -> None:
    for _ in range(ORDERS):
        walk(session, way)


def _buyer(opening: Opening, trail: Trail | None, number: int, stack: ExitStack) -> tuple[ShopSession, Way]:
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
    return session, Way(depth="order", url="", recipient=recipient(person), login=login, patience=patience)
