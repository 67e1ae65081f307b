"""What a child of the load bench spent: seconds of the processor and of the clock, memory."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

USERS = 4
"""Who ask at the same time, ours and bare Locust's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Where the clocks stood."""

    cpu_s: float
    wall_s: float

    @classmethod
    def now(cls) -> "Spent":
        """Look at the clocks."""
        return cls(cpu_s=time.process_time(), wall_s=time.monotonic())

    def write(self, result: str, **counted: float) -> None:
        """Write what was spent since then, and what it was spent on."""
        now = Spent.now()
        told = {"cpu_s": now.cpu_s - self.cpu_s, "wall_s": now.wall_s - self.wall_s, **counted}
        Path(result).write_text(json.dumps(told), encoding="utf-8")


def warm_s(seconds: float) -> float:
    """Return how long to run before it counts: caches are filled, connections open."""
    return max(0.2, seconds / 4)


def resident_b() -> int:
    """Return the bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
