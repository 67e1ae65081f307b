"""What stands for a database on a machine that is switched: it answers while that is on, and keeps what it got."""

from pathlib import Path
from typing import Any

from tests.profiles.drills import switched


class Store:
    """A file beside the machine; ``reads`` prints it while the machine is on."""

    def __init__(self, machine: Path) -> None:
        self.alive = f"kill -0 $(cat {machine}/pid) 2>/dev/null"
        self.kept = machine.parent / "kept"
        self.kept.touch()
        self.reads = ["sh", "-c", f"{self.alive} && cat {self.kept}"]

    def writes(self, then: str = "exit 1", *, first: str = "") -> list[str]:
        """Return a writer: ``first``, then a row after the other while the machine is on, then ``then``."""
        row = f"n=$((n + 1)); echo new$n >>{self.kept}; echo new$n; sleep 0.02"
        return ["sh", "-c", f"n=0; {first}\nwhile {self.alive}; do {row}; done\n{then}"]

    def entry(self, machine: Path, **changed: Any) -> dict[str, Any]:
        """Return the keys of a ``[[drills]]`` entry that cuts the power of its machine."""
        check = ["sh", "-c", 'echo "all is \\"whole\\""']
        own = {"writes": self.writes(), "reads": self.reads, "check": check}
        return {**switched.entry_of(machine), **own, **changed}
