"""Runs `duheng` as its users do: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from reports.ledger.store import LedgerStore

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT / "conformance"
ENTRY = (
    # A build server may start us deaf to Ctrl-C.
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from conformance.cli.main import entry; entry()"
)
PATIENCE_S = 120


def environment(further: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a run: this test's home, the checkout on the path, eighty columns."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CONFIG_HOME") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"} | dict(further or {})


def command(*words: str | Path) -> list[str]:
    """Return the command line of `duheng`, which needs no installation."""
    return [sys.executable, "-c", ENTRY, *map(str, words)]


def duheng(
    *words: str | Path, folder: Path, further: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `duheng` in a folder to its end; ``further`` adds to the environment."""
    return run(command(*words), folder=folder, further=further)


def run(
    words: list[str], *, folder: Path, further: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run any command in a folder to its end, with the environment of a run."""
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(further),
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
        timeout=PATIENCE_S,
    )


def start(*words: str | Path, folder: Path, further: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start `duheng` in a folder and return the process."""
    return subprocess.Popen(
        command(*words),
        cwd=folder,
        env=environment(further),
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def report_of(folder: Path) -> dict[str, Any]:
    """Return ``report.json`` of the latest run below a working folder."""
    found = json.loads((folder / "duheng-out" / "latest" / "report.json").read_bytes())
    assert isinstance(found, dict)
    return found


def verdicts_of(folder: Path) -> dict[str, str]:
    """Return the verdicts of the latest run below a working folder, by id."""
    return {finding["id"]: finding["verdict"] for finding in report_of(folder)["findings"]}


def pytest_of(*words: str | Path) -> list[str]:
    """Return the command line of `pytest conformance/` with these words."""
    return [sys.executable, "-m", "pytest", str(SUITES), *map(str, words)]


def recorded(ledger: Path) -> LedgerStore:
    """Open a ledger that a run has left; its chain verifies."""
    store = SqliteStore(ledger, clock=SystemClock())
    found = store.verify()
    assert found.ok, found.problems
    return store


def plugin(folder: Path, text: str) -> dict[str, str]:
    """Write a pytest plugin `meddling` and return the further environment that lets ``-p meddling`` find it."""
    (folder / "meddling.py").write_text(text, encoding="utf-8")
    return {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
