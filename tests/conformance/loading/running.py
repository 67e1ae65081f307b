"""Runs `duheng load` on a miniature shop, and gives back what it said and what it kept."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.canonical import thaw
from probes.observation import Observation, Reading, Unobserved
from probes.shop.trail import PURCHASE, read
from profiles.plan import LoadPlan, decode_plan
from tests.conformance.running import duheng, recorded
from tests.miniatures.shop.miniature import MiniatureShop

ONLY_ORDERS = "order = 1.0"
READERS = "read = 0.5\nsearch = 0.5"
OF_THE_GENERATOR = {"cpu", "cpu-unknown", "late", "rate", "dropped", "clock-stepped", "behind"}
"""Why a run may tell nothing where tests share two processors."""


def profile(folder: Path, *, rate: float, seconds: float, mix: str, think_s: float = 0.0) -> str:
    """Write a profile of one stage, and return its path."""
    path = folder / "short.toml"
    path.write_text(
        f'arrivals = "even"\nthink_s = {think_s}\ndrain_s = 30\n'
        f"[[stages]]\nrate_per_s = {rate}\nseconds = {seconds}\n[mix]\n{mix}\n",
        encoding="utf-8",
    )
    return path.name


def target(shop: MiniatureShop, folder: Path, further: str = "") -> Path:
    """Write the shop's target file with a generous ``[load]``."""
    load = f"[load]\nmax_rate_per_s = 100\nmax_orders = 200\naccounts = 24\n{further}"
    return shop.target_toml(folder, further=load)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What came of a run."""

    done: subprocess.CompletedProcess[str]
    reading: Reading
    folder: Path

    @property
    def data(self) -> dict[str, Any]:
        """The observation's data."""
        assert isinstance(self.reading, Observation), self.said
        found: dict[str, Any] = thaw(self.reading.data)
        return found

    @property
    def business(self) -> Mapping[str, Any]:
        """What trade came to."""
        found: Mapping[str, Any] = self.data["business"]
        return found

    @property
    def plan(self) -> LoadPlan:
        """What was planned: of a folder with one run."""
        (path,) = self.folder.glob("duheng-out/loads/*/plan.json")
        return decode_plan(path.read_bytes())

    @property
    def purchases(self) -> list[Mapping[str, Any]]:
        """The purchases that were begun, by the workers' own notes: ``{"begun_ms", "ended_ms", "bought", "why"}``."""
        trails = self.folder.glob("duheng-out/trails/*/worker-*.jsonl")
        return [entry.facts for file in trails for entry in read(file.read_bytes()).entries if entry.kind == PURCHASE]

    @property
    def unobserved(self) -> Unobserved:
        """Why no shopper came."""
        assert isinstance(self.reading, Unobserved), self.said
        return self.reading

    @property
    def said(self) -> str:
        """What the terminal showed."""
        return self.done.stdout + self.done.stderr

    @property
    def sound(self) -> bool:
        """Whether the run is valid, but for what a busy machine does to it."""
        return {reason["code"] for reason in self.data["invalid"]} <= OF_THE_GENERATOR


def load(folder: Path, *words: str) -> Loaded:
    """Run `duheng load` to its end, and read what it kept."""
    done = duheng("load", *words, folder=folder)
    return kept(folder, done)


def kept(folder: Path, done: subprocess.CompletedProcess[str]) -> Loaded:
    """Return what a run that is over has kept."""
    assert (folder / "duheng.db").exists(), done.stdout + done.stderr
    with recorded(folder / "duheng.db") as store:
        reading = store.latest("miniature", "load.run")
    assert reading is not None, done.stdout + done.stderr
    return Loaded(done=done, reading=reading, folder=folder)
