"""A day of watching on virtual time with a real ledger file, in a process of its own that tells how its memory grew.

``python -m tests.bench.watched_day FOLDER RESULT`` writes JSON into the file RESULT.
"""

import gc
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from conformance.watch.checks import Check
from reports.ledger.sqlite import SqliteStore
from tests.conformance.watch.simulation import HOUR_MS, Seems, Simulation, VirtualClock, check

CHECKS = 20
EVERY_MS = 10_000
COMMIT_MS = 10_000
HOURS = 24
START_MS = 1_795_276_800_000
_PAGE_BYTES = 4096


def resident_bytes() -> int:
    """Return what this process holds in memory just now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES


def probe(_: Check, planned_ms: int) -> Seems:
    """Find an outage of five minutes in each hour, for checks of all kinds."""
    down = planned_ms % HOUR_MS < HOUR_MS // 12
    return Seems(outcome="failed", why="answered 503") if down else Seems()


def main(folder: str, result: str) -> None:
    """Watch for a day; write what was resident at the end of each hour."""
    held: list[int] = []
    clock = VirtualClock(wall_ms=START_MS)

    def weigh(_: Simulation) -> None:
        gc.collect()
        held.append(resident_bytes())

    simulation = Simulation(
        clock=clock,
        probe=probe,
        zone=ZoneInfo("Asia/Shanghai"),
        checks=tuple(check(f"c{number}", every_ms=EVERY_MS) for number in range(CHECKS)),
        script=[(START_MS + hour * HOUR_MS - 1, weigh) for hour in range(1, HOURS + 1)],
        commit_ms=COMMIT_MS,
    )
    with SqliteStore(Path(folder) / "day.db", clock=clock) as store:
        simulation.store = store  # type: ignore[assignment]
        simulation.live(START_MS + HOURS * HOUR_MS)
        intervals = sum(1 for _ in store.entries(kind="interval"))
    Path(result).write_text(json.dumps({"held": held, "intervals": intervals}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
