"""``python -m tests.bench``: measures in one run what speed is promised, and prints it against the goals."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import ledger_bench
from tests.bench.children import ROOT, command_rows
from tests.bench.drill_bench import drill_rows
from tests.bench.examinations import demo_rows, miniature_rows
from tests.bench.hosts_bench import hosts_rows
from tests.bench.latency_bench import latency_rows
from tests.bench.load_bench import load_rows
from tests.bench.standing_bench import standing_rows
from tests.bench.table import Row, as_json, text, written_into
from tests.bench.tls_bench import tls_rows
from tests.bench.trail_bench import trail_rows
from tests.bench.watch_bench import watch_rows


def ledger_rows(_: Path) -> list[Row]:
    """Measure the ledger."""
    found = ledger_bench.measure()
    rows = [
        Row(
            what=f"ledger: entries kept, {size} at a time",
            value=found[f"appends_per_s_batch_{size}"],
            unit="/s",
            absolute=f"{found[f'batch_{size}_time_to_plain_table']:.1f}x the time of a plain SQLite table",
        )
        for size in (1, 100)
    ]
    verified = found["verify_100000_s"]
    absolute = f"{100_000 / verified:,.0f} entries a second"
    return [*rows, Row(what="ledger: 100,000 entries verified", value=verified, unit="s", absolute=absolute)]


PARTS: tuple[tuple[str, Callable[[Path], list[Row]]], ...] = (
    ("commands", command_rows),
    ("the miniature shop", miniature_rows),
    ("the demo shop", demo_rows),
    ("the ledger", ledger_rows),
    ("the standing record", standing_rows),
    ("raw latencies", latency_rows),
    ("the watch", watch_rows),
    ("TLS enumeration", tls_rows),
    ("hosts", hosts_rows),
    ("load", load_rows),
    ("the trail", trail_rows),
    ("drills", drill_rows),
)


def machine() -> str:
    """Return on what was measured, without the machine's name."""
    busy = f"{os.getloadavg()[0]:.1f}"
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors, load {busy} before."


def measure() -> list[Row]:
    """Measure everything, saying what is being done."""
    rows: list[Row] = []
    for name, part in PARTS:
        sys.stderr.write(f"measuring {name} ...\n")
        with tempfile.TemporaryDirectory(prefix="duheng-bench-") as folder:
            found = part(Path(folder))
        if not found and part is demo_rows:
            sys.stderr.write(f"{name}: left out, since the extra [demo] is not installed\n")
        rows += found
    return rows


def main() -> None:
    """Print the table; write it as JSON and into README.md where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measures as JSON")
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md")
    asked = parser.parse_args()
    where = machine()
    rows = measure()
    sys.stdout.write(f"{text(rows)}\n\n{where}\n")
    if asked.json is not None:
        asked.json.write_text(json.dumps(as_json(rows, where), indent=1) + "\n", encoding="utf-8")
    if asked.write_readme:
        readme = ROOT / "README.md"
        readme.write_text(written_into(readme.read_text(encoding="utf-8"), rows, where), encoding="utf-8")


if __name__ == "__main__":
    main()
