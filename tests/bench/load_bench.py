"""Load: requests a second on one core beside bare Locust, six steps as data beside the same by hand, workers, memory.

One machine plays both sides, so what is compared is what the generator itself spends of the processor: requests for
each second of it, which is what one core of its own would send.
"""

import os
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from profiles.launch import run_load
from profiles.plan import Stage
from tests.bench.children import child_result
from tests.bench.load_plan import plan_of
from tests.bench.load_shop import bench_shop, nginx_there
from tests.bench.table import Row

ROUNDS = 15
SECONDS = 2
MEMORY_S = 60
WORKERS_S = 10
WORKERS_RATE = 25.0
PAGE_GOAL, JOURNEY_GOAL, MEMORY_GOAL_MB = 0.85, 0.5, 5.0
_PATIENCE_S = 300
_MB = 1_000_000


def load_rows(folder: Path) -> list[Row]:
    """Measure ours and bare Locust by turns, on the same pages of the same nginx."""
    if nginx_there() is None:
        sys.stderr.write("load: left out, since nginx is not installed\n")
        return []
    with bench_shop(folder) as url:
        rows = [_compared(folder, url, "page"), _compared(folder, url, "journey")]
        rows += _workers(folder)
        rows.append(_memory(folder))
        rows += _ceiling(url)
    return rows


def _compared(folder: Path, url: str, what: str) -> Row:
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(_rate(child_result(folder, "tests.bench.load_bare", url, what, str(SECONDS))))
        ours.append(_rate(child_result(folder, "tests.bench.load_ours", str(folder), what, str(SECONDS))))
    named = {
        "page": ("load: one page, against bare Locust FastHttpUser", PAGE_GOAL),
        "journey": ("load: six steps as data, against the same by hand in Locust", JOURNEY_GOAL),
    }
    name, goal = named[what]
    told = f"{statistics.median(ours):,.0f} / {statistics.median(bare):,.0f} requests a second of one core"
    # Turn by turn: a machine's speed drifts by more than the two differ.
    value = statistics.median(own / other for own, other in zip(ours, bare, strict=True))
    return Row(what=name, value=value, unit="x", at_least=goal, absolute=f"{told}, medians of {ROUNDS}")


def _rate(found: Mapping[str, Any]) -> float:
    if found["failed"]:
        raise RuntimeError(f"{found['failed']} of {found['requests']} requests failed, or found no room")
    return float(found["requests"]) / float(found["cpu_s"])


def _workers(folder: Path) -> list[Row]:
    """Run the whole of it, master and workers, and tell how many shoppers a core of a worker carries."""
    rates = {workers: _carried(folder, workers) for workers in (1, 2)}
    return [
        Row(
            what=f"load: shoppers of seven requests a second, {workers} worker{'s' if workers > 1 else ''}",
            value=rate,
            unit="/s",
            absolute=f"at a full core each; {WORKERS_RATE * workers:.0f}/s were asked for, and delivered",
        )
        for workers, rate in rates.items()
    ]


def _carried(folder: Path, workers: int) -> float:
    own = folder / f"workers-{workers}"
    own.mkdir()
    plan = replace(
        plan_of(folder, WORKERS_RATE, WORKERS_S),
        workers=workers,
        stages=(Stage(rate_per_s=WORKERS_RATE * workers, seconds=WORKERS_S),),
        record=str(own / "record.jsonl"),
        trails=str(own / "trails"),
    )
    path = own / "plan.json"
    path.write_bytes(plan.encode())
    seconds: list[Mapping[str, Any]] = []
    record = run_load(path, secret="bench", on_second=seconds.append, stop=threading.Event())
    if not record.complete:
        raise RuntimeError(f"the run with {workers} workers is not complete")
    whole = [second for second in seconds if 1 <= second["second"] < WORKERS_S]
    done = sum(second["done"] for second in whole)
    cores: float = sum(sum(second["cpu_percent"]) for second in whole) / 100
    return float(done / cores * workers)


def _memory(folder: Path) -> Row:
    found = child_result(folder, "tests.bench.load_ours", str(folder), "memory", str(MEMORY_S))
    if found["failed"]:
        raise RuntimeError(f"{found['failed']} shoppers failed")
    early, late = found["early_b"] / _MB, found["late_b"] / _MB
    return Row(
        what="load: memory of a worker at the end of a run, above that after a fifth of it",
        value=late - early,
        unit="MB",
        at_most=MEMORY_GOAL_MB,
        absolute=f"{late:.1f} MB / {early:.1f} MB resident; {found['shoppers']:,} shoppers",
    )


def _ceiling(url: str) -> list[Row]:
    """Return what wrk, which looks at nothing, gets out of the same page; nothing where it is not installed."""
    program = shutil.which("wrk")
    if program is None:
        sys.stderr.write("load: no ceiling, since wrk is not installed\n")
        return []
    before = os.times()
    told = subprocess.run(
        [program, "--threads", "1", "--connections", "4", "--duration", f"{SECONDS}s", f"{url}/trivial"],
        check=True,
        timeout=_PATIENCE_S,
        capture_output=True,
        text=True,
    ).stdout
    after = os.times()
    spent_s = after.children_user + after.children_system - before.children_user - before.children_system
    rate = float(next(line.split()[1] for line in told.splitlines() if line.startswith("Requests/sec:")))
    return [
        Row(
            what="load: the ceiling, wrk on the same page",
            value=rate * SECONDS / spent_s,
            unit="/s",
            absolute=f"for a second of one core; {rate:,.0f} a second with one thread",
        )
    ]
