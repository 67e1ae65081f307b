"""Runs ``duheng import`` in this process, and reads what the ledger then holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.main import main
from conformance.importing.keeping import IMPORTED
from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import standing
from reports.standing import Interval

TARGET = """[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
timezone = "{zone}"
"""


@dataclass(frozen=True, slots=True)
class Importing:
    """A working folder with a target file and its ledger."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str | Path) -> tuple[int, str]:
        """Run the verb; return the exit status and all that was printed."""
        status = main(["import", *map(str, words), "--target", str(self.folder / "shop.toml")])
        told = self.capsys.readouterr()
        return status, told.out + told.err

    def csv(self, text: str | bytes, *words: str, every: str = "60", name: str = "history.csv") -> tuple[int, str]:
        """Write a file and import it."""
        file = self.folder / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.run("csv", file, "--check", "front", "--every", every, *words)

    @property
    def ledger(self) -> Path:
        """Where the ledger is, once there is one."""
        return self.folder / "shop.duheng.db"

    def store(self) -> SqliteStore:
        """Open the ledger."""
        return SqliteStore(self.ledger, clock=SystemClock())

    def intervals(self) -> Sequence[Interval]:
        """Return what the standing record holds; nothing where there is no ledger."""
        if not self.ledger.exists():
            return ()
        with self.store() as store:
            return standing(store, "shop").intervals

    def said(self) -> list[tuple[str, int, int, str, int, int]]:
        """Return (state, starts, ends, day, tried, failed) of each interval; seconds."""
        return [
            (each.state, each.starts_ms // 1000, each.ends_ms // 1000, each.day, each.tried, each.failed)
            for each in self.intervals()
        ]

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries of imports; the chain verifies."""
        with self.store() as store:
            assert store.verify().ok
            return [entry.value() for entry in store.entries(kind=IMPORTED)]


def importing(folder: Path, capsys: pytest.CaptureFixture[str], *, zone: str = "Asia/Shanghai") -> Importing:
    """Write a target file into a folder."""
    (folder / "shop.toml").write_text(TARGET.format(zone=zone), encoding="utf-8")
    return Importing(folder, capsys)
