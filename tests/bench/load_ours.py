"""``python -m tests.bench.load_ours FOLDER page|journey|memory SECONDS RESULT``: one worker of ours, in this process.

All that a worker does is in it: arrivals planned ahead, sessions opened and closed, steps timed into histograms, and
for a journey the engine that walks it as data.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - nothing may be imported before the process is patched
import time  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from profiles.arrivals import Arrival  # noqa: E402
from profiles.locustfiles.dispatch import GreenTime, OpenPace  # noqa: E402
from profiles.locustfiles.shoppers import Shoppers  # noqa: E402
from profiles.pacing import Visit, Walk  # noqa: E402
from profiles.plan import LoadPlan  # noqa: E402
from profiles.tally import Slice, Tally  # noqa: E402
from tests.bench.load_plan import plan_of  # noqa: E402
from tests.bench.load_spent import USERS, Spent, resident_b, warm_s  # noqa: E402

VERBS = {"page": ("log_out", 1), "journey": ("home", 6)}
"""By what is measured: the verb, and its requests."""

ARRIVE_S = 0.01
"""All come within that time, and then do all that one core can, as Locust's users do."""

MEMORY_RATE = 40.0


@dataclass(frozen=True, slots=True)
class Repeating:
    """Shoppers who do one verb again and again in a session, as Locust's users keep theirs."""

    shoppers: Shoppers
    verb: str
    until_s: float

    def enter(self, arrival: Arrival) -> Visit:
        """Let everybody in."""
        return self._visit

    def _visit(self, walk: Walk) -> None:
        go = self.shoppers.going(walk, "visitor", None)
        try:
            while time.monotonic() < self.until_s:
                go.step(self.verb)
        finally:
            go.session.close()


def run(plan: LoadPlan, shoppers: Shoppers | Repeating) -> Iterable[Slice]:
    """Let them come, and yield what was counted, a second at a time."""
    tally, green = Tally(), GreenTime(starts_at_s=time.monotonic())
    running = gevent.spawn(OpenPace(plan, 0, shoppers, green=green, tally=tally).run)
    while not running.dead:
        running.join(timeout=1.0)
        yield tally.take()
    running.get()


def main(folder: str, what: str, seconds: str, result: str) -> None:
    """Run, and write what it took."""
    if what == "memory":
        _memory(Path(folder), float(seconds), result)
        return
    verb, requests = VERBS[what]
    plan = plan_of(Path(folder), USERS / ARRIVE_S, ARRIVE_S)
    shoppers = Shoppers(plan, 0, 1)
    for _ in run(plan, Repeating(shoppers, verb, time.monotonic() + warm_s(float(seconds)))):
        pass
    spent, steps, failed, dropped = Spent.now(), 0, 0, 0
    for second in run(plan, Repeating(shoppers, verb, time.monotonic() + float(seconds))):
        steps += sum(step.count for step in second.steps.values())
        failed += sum(step.failed for step in second.steps.values())
        dropped += second.dropped
    spent.write(result, requests=steps * requests, failed=failed + dropped)


def _memory(folder: Path, seconds: float, result: str) -> None:
    plan = plan_of(folder, MEMORY_RATE, seconds)
    spent, held, count, failed = Spent.now(), [], 0, 0
    for second in run(plan, Shoppers(plan, 0, 1)):
        held.append(resident_b())
        count += second.done
        failed += second.failed + second.dropped
    early = held[len(held) // 5]
    spent.write(result, early_b=early, late_b=held[-1], shoppers=count, failed=failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
