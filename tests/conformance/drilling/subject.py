"""A small subject for `duheng drill`: the miniature shop is what is watched, a process beside it is what is hit."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from probes.shop.trail import Entry, read
from tests.conformance.running import PATIENCE_S, recorded, start
from tests.miniatures.shop.miniature import MiniatureShop
from tests.profiles.drills.host import Victim, state_of, victim, wait_for_end_of

_DRILLS = """
[[hosts]]
name = "web1"
{address}
[drill]
token_path = {token}
stop_file = "stop-drills"
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

    def record(self, out: str = "duheng-out") -> tuple[Entry, ...]:
        """Return the record of the only drill, as far as it goes."""
        files = list((self.folder / out / "drills").glob("*.jsonl"))
        return read(files[0].read_bytes()).entries if files else ()

    def started_at(self, step: str, process: subprocess.Popen[str]) -> None:
        """Return as soon as a step of the drill has begun."""
        while not any((entry.kind, entry.id) == ("begin", step) for entry in self.record()):
            assert process.poll() is None, process.communicate()

    def runs(self) -> list[dict[str, Any]]:
        """Return the data of the drills in the ledger, the newest first."""
        with recorded(self.folder / "duheng.db") as store:
            entries = store.newest_entries("miniature", "drill.run", most=10)
            return [entry.value()["data"] for entry in entries]

    def wait_until_it_heals_itself(self) -> None:
        """Wait for the end of the watchdog, where one was armed."""
        for folder in self.folder.glob("drill.drill-*"):
            noted = folder / "watchdog.pid"
            while folder.exists() and not (noted.exists() and noted.read_text().strip()):
                continue  # the host goes on arming, though nobody waits for it any more
            if folder.exists():
                wait_for_end_of(int(noted.read_text()))

    def stands_still(self) -> bool:
        """Tell whether the victim stands still."""
        return state_of(self.hit.pid()) == "T"

    def untouched(self) -> bool:
        """Tell whether nothing of a drill is on the host, and the victim runs."""
        return not list(self.folder.glob("drill.*")) and not self.stands_still()


@contextmanager
def subject(
    shop: MiniatureShop,
    folder: Path,
    *,
    deadman_s: float = 60,
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
