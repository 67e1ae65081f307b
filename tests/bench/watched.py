"""A watch as ``duheng watch`` keeps it, on one processor, in a process of its own that tells what it cost.

``python -m tests.bench.watched TARGET SECONDS RESULT`` writes JSON into the file RESULT.
"""

import json
import os
import resource
import sys
from pathlib import Path

from conformance.watch import watching
from conformance.watch.checks import Answer
from conformance.watch.timings import Timings
from conformance.watch.watching import Task, watch
from probes.clock import SystemClock
from probes.target_file import read_target
from reports.ledger.location import open_ledger

WARM_UP_S = 2.0


class _Witness(Timings):
    """Notes of each answer how late its probe began, and what the process had used of the processor by then."""

    rows: list[tuple[float, float, float, bool]]

    def answered(self, answer: Answer) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        late_ms, good = answer.started_ms - answer.planned_ms, answer.outcome == "good"
        self.rows.append((answer.ended_ms / 1000, late_ms, usage.ru_utime + usage.ru_stime, good))
        super().answered(answer)


def main(target_file: str, seconds: str, result: str) -> None:
    """Watch for so many seconds on the first processor, and write what was seen of it after the first two."""
    os.sched_setaffinity(0, {0})
    target = read_target(Path(target_file))
    _Witness.rows = []
    vars(watching)["Timings"] = _Witness
    with open_ledger(target.ledger_url, base=target.path.parent) as store:
        task = Task(
            target=target,
            adapter=None,
            store=store,
            trails=target.path.parent / "trails",
            tool="bench",
            clock=SystemClock(),
            for_s=float(seconds),
        )
        watch(task)
    rows = [row for row in _Witness.rows if row[0] >= _Witness.rows[0][0] + WARM_UP_S]
    measured = {
        "checks": len(rows),
        "good": sum(row[3] for row in rows),
        "seconds": rows[-1][0] - rows[0][0],
        "cpu_s": rows[-1][2] - rows[0][2],
        "late_ms": sorted(row[1] for row in rows),
    }
    Path(result).write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
