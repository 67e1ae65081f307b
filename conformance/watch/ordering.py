"""Orders of the watch: a ceiling a day that outlasts restarts; each is noted before it is needed, cancelled at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from conformance.watch.heard import Heard
from conformance.watch.opening import Opening
from probes.clock import Clock, Deadline
from probes.errors import NotPermitted
from probes.redaction import Redactor
from probes.shop.clean import clean
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail

CANCELLING_S: Final = 30.0
DAYS_BACK: Final = 7
_ORDER: Final = "order"
Made = TypeVar("Made")


@dataclass(slots=True, kw_only=True)
class Orders:
    """The orders of one watcher: a trail a day in ``folder``, whose count of orders is the day's.

    ``stays`` says in words which order could not be cancelled; from then on none is placed.
    """

    folder: Path
    name: str
    most_a_day: int
    clock: Clock
    stays: str | None = None
    told: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def left_today(self, day: str) -> int:
        """Return how many orders may still be placed on a day; none once one could not be cancelled."""
        if self.stays is not None:
            return 0
        file = self._file(day)
        if not file.exists():
            return self.most_a_day
        with self._lock, closing(Trail(file, self.clock)) as trail:
            return self._left(trail)

    def placing(
        self, day: str, open_shop: Callable[[Trail], ScriptedShop], act: Callable[[ScriptedShop], Made]
    ) -> Made:
        """Let ``act`` place an order in a shop that notes it on the day's trail; cancel what it made, whatever came.

        One order at a time: the ceiling holds.

        Raises:
            NotPermitted: the day has had its orders meanwhile.
        """
        with self._lock, closing(Trail(self._file(day), self.clock)) as trail:
            if self._left(trail) <= 0:
                raise NotPermitted(f"[watch] max_orders_a_day = {self.most_a_day} are placed")
            shop = open_shop(trail)
            try:
                return act(shop)
            finally:
                left = clean(shop, trail, deadline=Deadline.after(self.clock, CANCELLING_S)).left
                orders = [each for each in left if each.entry.kind == _ORDER]
                if orders:
                    self.stays = f"order {orders[0].entry.id or '(without a number)'} stays: {orders[0].why}"

    def left_behind(self, opening: Opening | None) -> Iterator[str]:
        """Cancel what a watcher before us placed and could not cancel; yield in words what stays."""
        for file in sorted(self.folder.glob(f"{self.name}-*.jsonl"))[-DAYS_BACK:] if opening else ():
            with self._lock, closing(Trail(file, self.clock)) as trail:
                if opening is not None and any(entry.kind == _ORDER for entry in trail.standing()):
                    shop = opening.shop(Redactor(), Heard(), trail)
                    left = clean(shop, trail, deadline=Deadline.after(self.clock, CANCELLING_S)).left
                    yield from (
                        f"order {each.entry.id} stays: {each.why}" for each in left if each.entry.kind == _ORDER
                    )

    def _left(self, trail: Trail) -> int:
        return self.most_a_day - sum(entry.kind == _ORDER for entry in trail.entries())

    def _file(self, day: str) -> Path:
        return self.folder / f"{self.name}-{day}.jsonl"
