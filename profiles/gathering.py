"""What the workers of a run told, put together second by second. Pure: the master feeds it."""

from collections.abc import Iterator

from profiles.tally import Slice

Gathered = tuple[int, Slice, tuple[float | None, ...]]
"""A second, what all workers counted in it, and each worker's CPU in percent of a core."""


class Gathering:
    """Seconds of several workers; one comes out when every worker that is still there has told it, in order."""

    def __init__(self, workers: int) -> None:
        """Begin with nothing told; workers are counted from 0."""
        self._next = 0
        self._told: list[dict[int, tuple[Slice, float | None]]] = [{} for _ in range(workers)]
        self._there = set(range(workers))

    @property
    def there(self) -> frozenset[int]:
        """The workers from which more may come."""
        return frozenset(self._there)

    @property
    def second(self) -> int:
        """The second that comes next."""
        return self._next

    def due(self, worker: int) -> int:
        """Return the second that a worker tells next."""
        return self._next + len(self._told[worker])

    def tell(self, worker: int, second: int, counted: Slice, cpu_percent: float | None) -> None:
        """Take what a worker counted in a second; of one that is no more waited for, nothing is taken."""
        if worker in self._there and second >= self._next:
            self._told[worker].setdefault(second, (counted, cpu_percent))

    def gone(self, worker: int) -> None:
        """Wait no more for a worker: it is over or lost. What it told stays."""
        self._there.discard(worker)

    def take(self) -> Iterator[Gathered]:
        """Yield the seconds that are whole now; none twice, and none left out."""
        while self._whole():
            counted, cpu = Slice(), []
            for told in self._told:
                part = told.pop(self._next, None)
                if part is not None:
                    counted.add(part[0])
                cpu.append(part[1] if part is not None else None)
            self._next += 1
            yield self._next - 1, counted, tuple(cpu)

    def _whole(self) -> bool:
        if any(self._next not in self._told[worker] for worker in self._there):
            return False
        return bool(self._there) or any(told for told in self._told)
