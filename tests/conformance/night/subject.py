"""A small subject for `duheng night`: the miniature shop, a process that is drilled, a load of two seconds."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.shop.trail import read
from tests.awaiting import until
from tests.conformance.drilling.subject import Subject, subject
from tests.conformance.running import PATIENCE_S, recorded, start
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.web import Answer, Call
from tests.profiles.drills.host import Victim

LOAD = "load:short.toml"
DRILL = "drill:hang"
EXAMINE = "examine:3.1.2.3"
_PROFILE = """
arrivals = "even"
think_s = 0
drain_s = 20
[[stages]]
rate_per_s = 4
seconds = 2
[mix]
read = 1.0
"""


class Hanging(MiniatureShop):
    """A shop that answers nobody while the process that is drilled stands still: its drill ends when it is told to."""

    hit: Victim | None = None

    def _answer(self, call: Call) -> Answer:
        if self.hit is not None and self.hit.state() == "T":
            raise ConnectionAbortedError("the process behind it stands still")
        return super()._answer(call)


@dataclass(frozen=True, kw_only=True)
class Nights:
    """One folder with a target file that declares a night."""

    folder: Path
    drilled: Subject

    def declare(self, *steps: str, further: str = "") -> None:
        """Declare these steps, in place of those before."""
        path = self.folder / "duheng.toml"
        text = path.read_text(encoding="utf-8").partition("[night]\n")[0]
        path.write_text(f"{text}[night]\nsteps = {json.dumps(steps)}\n{further}", encoding="utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a night."""
        return start("night", *words, folder=self.folder)

    def held(self, out: str = "duheng-out") -> dict[str, Any]:
        """Return what the lock tells of who holds it; empty while nobody does."""
        try:
            told: dict[str, Any] = json.loads((self.folder / out / "nights" / "miniature.lock").read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return told

    def drilling(self, night: subprocess.Popen[str]) -> int:
        """Wait until the fault of the drill is in, and return the id of the drill's process."""
        until(lambda: self.drilled.has_begun("watch"), "the fault is in", alive=night)
        return int(until(lambda: self.held().get("step_pid"), "the lock names the step", alive=night))

    def runs(self) -> list[dict[str, Any]]:
        """Return the last that the ledger tells of each night, the newest first."""
        with recorded(self.folder / "duheng.db") as store:
            told = [entry.value()["data"] for entry in store.newest_entries("miniature", "night.run", most=99)]
        newest = {run["run_id"]: run for run in reversed(told)}
        return sorted(newest.values(), key=lambda run: -run["started_ms"])

    def journal(self) -> tuple[str, ...]:
        """Return the kinds of entries of the only journal, in order."""
        (path,) = (self.folder / "duheng-out" / "nights").glob("*.jsonl")
        return tuple(entry.kind for entry in read(path.read_bytes()).entries)


def states(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return each step of a night with how it ended, and its cause."""
    return [(step["step"], step["ended"], step["cause"]) for step in run["steps"]]


@contextmanager
def nights(shop: MiniatureShop, folder: Path) -> Iterator[Nights]:
    """Give a subject whose drill is permitted and whose load is allowed."""
    with subject(shop, folder, deadman_s=600) as drilled:
        if isinstance(shop, Hanging):
            shop.hit = drilled.hit
        (folder / "short.toml").write_text(_PROFILE, encoding="utf-8")
        with (folder / "duheng.toml").open("a", encoding="utf-8") as file:
            file.write("[load]\nmax_rate_per_s = 50\nmax_orders = 20\n")
        yield Nights(folder=folder, drilled=drilled)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit status of a night and what it said."""
    out, err = process.communicate(timeout=4 * PATIENCE_S)
    return process.returncode, out + err


def rows(folder: Path) -> list[str]:
    """Return the rows of the table of nights in the newest report, in English."""
    page = (folder / "duheng-out" / "latest" / "report.html").read_text(encoding="utf-8")
    section = page.partition('<section id="nights">')[2].partition("</section>")[0]
    english = re.sub(r'<span lang="zh">.*?</span>', "", section, flags=re.DOTALL)
    plain = re.sub(r"<[^>]*>", " ", english.partition("<tbody>")[2])
    parts = re.split(r"(?=\b20\d\d-\d\d-\d\d \d\d:\d\d\b)", plain)
    return [re.sub(r"\s+", " ", row).strip() for row in parts if row.strip()]
