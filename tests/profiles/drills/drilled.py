"""A run of a fault on a host, taken through its course by hand: armed, put in, proven, healed."""

import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from profiles.drills import deadman
from profiles.drills.deadman import Note, Place
from profiles.drills.fault import Scripts
from profiles.drills.registry import FAULTS
from tests.profiles.drills.host import PATIENCE_S, wait_for_end_of

LONG_S = 600


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """One run of a fault on a host; ``hand`` is what runs sh there, ``environ`` all that it has of an environment."""

    place: Place
    scripts: Scripts
    hand: Sequence[str]
    environ: Mapping[str, str]

    def __enter__(self) -> Self:
        """Give the run; it is armed by whoever wants it armed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no watchdog behind where a test broke off."""
        if Path(self.place.lock).exists():
            self.heal(release=True)

    def sh(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a text on the host."""
        return subprocess.run(
            [*self.hand, "sh", "-s"],
            input=text,
            text=True,
            capture_output=True,
            check=False,
            start_new_session=True,
            env=self.environ,
            timeout=3 * PATIENCE_S,
        )

    def arm(self, *, seconds: float = LONG_S) -> None:
        """Arm the dead man."""
        answer = self.sh(deadman.arming(self.place, self.scripts, owner={"run_id": self.place.run_id}, seconds=seconds))
        assert answer.stdout == "armed\n", answer

    def inject(self) -> tuple[int, str]:
        """Put the fault in; return the status and what was said."""
        return _told(self.sh(deadman.injecting(self.place)))

    def effect(self) -> tuple[int, str]:
        """Ask whether it took effect."""
        return _told(self.sh(deadman.proving(self.place)))

    def heal(self, *, release: bool = False) -> tuple[int, str]:
        """Take it out, as the harness does it."""
        return _told(self.sh(deadman.healing(self.place, who="harness", release=release)))

    def revert(self) -> int:
        """Run the revert alone, as often as one likes."""
        return self.sh(f"cd {self.place.folder} && exec sh ./revert.sh").returncode

    def healed(self) -> tuple[int, str]:
        """Ask alone whether it is gone."""
        return _told(self.sh(f"cd {self.place.folder} && exec sh ./healed.sh"))

    def done(self) -> tuple[Note, ...]:
        """Heal, give the lock back, fetch the journal; nothing of the run is left."""
        assert self.heal(release=True)[0] == 0
        told = deadman.notes(self.sh(deadman.collecting(self.place)).stdout)
        assert not Path(self.place.folder).exists()
        assert not Path(self.place.lock).exists()
        return told

    def wait_for_the_dead_man(self) -> None:
        """Wait until the watchdog is over, which heals when its time is."""
        wait_for_end_of(int((Path(self.place.folder) / "watchdog.pid").read_text()))
        assert not Path(self.place.lock).exists(), self.output()

    def journal(self) -> tuple[Note, ...]:
        """Return the journal of a run whose folder is there."""
        return deadman.notes((Path(self.place.folder) / "journal").read_text())

    def output(self) -> str:
        """Return what the scripts said on the side."""
        return (Path(self.place.folder) / "output").read_text()


def drilled(
    fault: str,
    entry: Mapping[str, Any],
    folder: Path,
    *,
    hand: Sequence[str] = (),
    path: str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    **environ: str,
) -> Drilled:
    """Return a run that stands in a folder; nobody came to the host over SSH unless ``environ`` says so."""
    return Drilled(
        place=Place(place=str(folder / "drill"), run_id=f"run-{secrets.token_hex(4)}"),
        scripts=FAULTS[fault].scripts({"name": fault, **entry}),
        hand=hand,
        environ={"PATH": path, "LC_ALL": "C.UTF-8", **environ},
    )


def _told(answer: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    lines = answer.stdout.splitlines()
    return answer.returncode, lines[-1] if lines else answer.stderr
