"""Runs of load for tests: a plan of plain shoppers on a small server, in this process or in one that can be killed."""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from profiles.launch import Place, run_load
from profiles.outcome import LoadRecord
from profiles.plan import LoadPlan, Stage
from tests.profiles.plans import plan

CROWDS = Path(__file__).parent / "crowds"
PLAIN = CROWDS / "plain.py"
SECRET = "canary-3f9ac17c5b"
MARK = "DUHENG_TEST_RUN"

# A harness of its own: it runs the plan in the folder given, says each second, and what came of it.
HARNESS = """
import sys, threading
from pathlib import Path
from profiles.launch import run_load
plan, shoppers = map(Path, sys.argv[1:])
tell = lambda line: print(line["second"], flush=True)
record = run_load(plan, secret="s", on_second=tell, stop=threading.Event(), shoppers=shoppers)
print("complete" if record.complete else "partial", record.stopped.why if record.stopped else "", flush=True)
"""


def planned(
    folder: Path, port: int, *, rate: float = 20, seconds: float = 3, drain_s: float = 5, **more: Any
) -> LoadPlan:
    """Write a plan of plain shoppers into a folder, and return it."""
    made = plan(
        stages=(Stage(rate_per_s=rate, seconds=seconds),) if "closed" not in more else (),
        mix={"browse": 1.0} if "closed" not in more else {},
        product_urls=(f"127.0.0.1:{port}",),
        record=str(folder / "record.jsonl"),
        trails=str(folder),
        drain_s=drain_s,
        **more,
    )
    folder.mkdir(exist_ok=True)
    (folder / "plan.json").write_bytes(made.encode())
    return made


def pushed(
    folder: Path,
    *,
    on_second: Callable[[Mapping[str, Any]], None] = lambda _line: None,
    stop: threading.Event | None = None,
    shoppers: Path = PLAIN,
    web_port: int | None = None,
    host: str | None = None,
    place: Place | None = None,
) -> LoadRecord:
    """Run the plan that lies in a folder."""
    return run_load(
        folder / "plan.json",
        secret=SECRET,
        on_second=on_second,
        stop=stop or threading.Event(),
        shoppers=shoppers,
        web_port=web_port,
        host=host,
        place=place,
    )


def harness(folder: Path, shoppers: Path = PLAIN) -> list[str]:
    """Return the command of a harness of its own that runs the plan of a folder."""
    return [sys.executable, "-c", HARNESS, str(folder / "plan.json"), str(shoppers)]


def lives(process: psutil.Process) -> bool:
    """Tell whether a process is there and not over."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def words(process: psutil.Process) -> list[str]:
    """Return the command line of a process; none of one that is over, reaped or not."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie is one to psutil
        return []


def living(mark: str, harness_pid: int) -> list[psutil.Process]:
    """Return the processes of a harness that are there: by a mark in their environment, or as its keeper."""
    keeper = f"DUHENG_LOAD_KEEPER={harness_pid}"
    found = []
    for process in psutil.process_iter():
        try:
            raw = Path(f"/proc/{process.pid}/environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile, or is none of ours
        if (f"{MARK}={mark}" in raw or keeper in raw) and lives(process):
            found.append(process)
    return found


def marked(mark: str) -> dict[str, str]:
    """Return an environment whose processes can be found again."""
    return {**os.environ, MARK: mark, "PYTHONPATH": str(Path(__file__).parents[2])}
