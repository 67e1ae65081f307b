"""A small subject for `duheng drill`: the miniature shop is what is watched, a process beside it is what is hit."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from probes.shop.trail import Entry, read
from tests.awaiting import until
from tests.conformance.running import PATIENCE_S, environment, recorded, start
from tests.miniatures.shop.miniature import MiniatureShop
from tests.profiles.drills.host import Victim, end_time_of, state_of, victim, wait_for_end_of

_DRILLS = """
[[hosts]]
name = "web1"
{address}
[drill]
token_path = {token}
stop_file = "stop-drills"
journey_s = 60
max_down_s = {max_down_s}
[[drills]]
name = "hang"
host = "web1"
pidfile = {pidfile}
start = {start}
deadman_s = {deadman_s}
depth = "checkout"
"""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A drill that stands still at points of its record; ``said`` is the pipe on which it says each."""

    process: subprocess.Popen[str]
    said: TextIO

    def at(self, point: str) -> None:
        """Return when it stands still at a point, the next one of those that were asked for."""
        ready, _, _ = select.select([self.said], [], [], PATIENCE_S)
        assert ready, f"it never came to {point}"
        told = self.said.readline().strip()
        assert told == point, (told, self.process.communicate(timeout=PATIENCE_S))

    def go_on(self) -> None:
        """Let it go on."""
        # It says that it will stop, and then does.
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        self.process.send_signal(signal.SIGCONT)

    def ended(self) -> tuple[int, str]:
        """Return its exit status and what it said."""
        self.said.close()
        return ended(self.process)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One folder with its target file, its permission, and its victim."""

    folder: Path
    hit: Victim

    @property
    def token(self) -> Path:
        """The permission on the host."""
        return self.folder / "token.json"

    @property
    def lock(self) -> Path:
        """The lock of the host."""
        return self.folder / "drill.lock"

    def permit(self, **changed: Any) -> None:
        """Put the permission in place."""
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        place = str(self.folder / "drill")
        token = {"platform": "miniature", "host": "web1", "allows": ["hang"], "until": until, "place": place}
        self.token.write_text(json.dumps(token | changed))
        self.token.chmod(0o600)

    def start(self, *, out: str = "duheng-out") -> subprocess.Popen[str]:
        """Start the drill."""
        return start("drill", "hang", "--out", out, folder=self.folder)

    def start_standing(self, *points: str, out: str = "duheng-out") -> "Standing":
        """Start the drill, and let it stand still at points of its record (see ``standing``)."""
        heard, pipe = os.pipe()
        words = [sys.executable, "-m", "tests.conformance.drilling.standing", str(pipe), ",".join(points)]
        process = subprocess.Popen(
            [*words, "drill", "hang", "--out", out],
            cwd=self.folder,
            env=environment(),
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[pipe],
        )
        os.close(pipe)
        return Standing(process=process, said=os.fdopen(heard, encoding="utf-8"))

    def record(self, out: str = "duheng-out") -> tuple[Entry, ...]:
        """Return the record of the only drill, as far as it goes."""
        files = list((self.folder / out / "drills").glob("*.jsonl"))
        return read(files[0].read_bytes()).entries if files else ()

    def has_begun(self, step: str) -> bool:
        """Tell whether the only drill has begun a step."""
        return any((entry.kind, entry.id) == ("begin", step) for entry in self.record())

    def runs(self) -> list[dict[str, Any]]:
        """Return the data of the drills in the ledger, the newest first."""
        with recorded(self.folder / "duheng.db") as store:
            entries = store.newest_entries("miniature", "drill.run", most=10)
            return [entry.value()["data"] for entry in entries]

    def wait_until_it_heals_itself(self) -> None:
        """Let the watchdog's time be over, where one was armed, and wait for its end."""
        for folder in self.folder.glob("drill.drill-*"):
            # The host goes on arming, though nobody waits for it any more.
            until(partial(_armed_or_gone, folder), "it is armed")
            with suppress(FileNotFoundError):  # it was not armed after all
                end_time_of(folder)
                wait_for_end_of(_watchdog_of(folder))

    def stands_still(self) -> bool:
        """Tell whether the victim stands still."""
        return state_of(self.hit.pid()) == "T"

    def untouched(self) -> bool:
        """Tell whether nothing of a drill is on the host, and the victim runs."""
        return not list(self.folder.glob("drill.*")) and not self.stands_still()


def _watchdog_of(folder: Path) -> int:
    return int((folder / "watchdog.pid").read_text())


def _armed_or_gone(folder: Path) -> bool:
    return not folder.exists() or _watchdog_of(folder) > 0


@contextmanager
def subject(
    shop: MiniatureShop,
    folder: Path,
    *,
    deadman_s: float = 600,
    max_down_s: float = 900,
    address: str = 'address = "local"',
    account: int | None = None,
) -> Iterator[Subject]:
    """Give a subject whose drill is permitted.

    Args:
        shop: what is watched.
        folder: where everything is: target file, permission, lock, victim.
        deadman_s: after so long the host heals itself.
        max_down_s: the error budget.
        address: how the host is reached, as keys of ``[[hosts]]``.
        account: whose the victim and the permission are; ours where None.
    """
    with victim(folder, account=account) as hit:
        found = Subject(folder=folder, hit=hit)
        tables = _DRILLS.format(
            address=address,
            token=json.dumps(str(found.token)),
            pidfile=json.dumps(str(hit.pidfile)),
            start=json.dumps(hit.start),
            deadman_s=deadman_s,
            max_down_s=max_down_s,
        )
        shop.target_toml(folder, further=tables)
        found.permit()
        if account is not None:
            os.chown(found.token, account, account)
        yield found


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit status of a drill and what it said."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out + err
