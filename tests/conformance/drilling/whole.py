"""A whole drill of any fault: a target file that declares it on this machine, its permission, and what came of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conformance.running import duheng, environment, recorded, report_of
from tests.miniatures.shop.miniature import MiniatureShop
from tests.profiles.drills.host import end_time_of, wait_for_end_of


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One folder with a target file that declares one drill, which is permitted."""

    folder: Path
    fault: str

    def drill(self) -> dict[str, Any]:
        """Drill; return what stands in the ledger of it. All of it came about."""
        done = duheng("drill", self.fault, folder=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return self.data()

    def killed_at(self, point: str) -> None:
        """Drill, and kill the harness at a point of its record (see ``standing``)."""
        heard, pipe = os.pipe()
        words = [sys.executable, "-m", "tests.conformance.drilling.standing", str(pipe), point, "drill", self.fault]
        with subprocess.Popen(
            words, cwd=self.folder, env=environment(), pass_fds=[pipe], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            os.close(pipe)
            with os.fdopen(heard, encoding="utf-8") as said:
                assert said.readline().strip() == point, process.communicate()
            process.kill()
            process.communicate()

    def heals_itself(self) -> None:
        """Let the dead man's time be over, and wait until he has healed the host; then put the drill on record."""
        (run,) = (each for each in self.folder.glob("drill.drill-*") if each.is_dir())
        end_time_of(run)
        wait_for_end_of(int((run / "watchdog.pid").read_text()))
        assert not (self.folder / "drill.lock").exists(), (run / "output").read_text()
        done = duheng("drill", "--recover", folder=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not list(self.folder.glob("drill.*"))

    def data(self) -> dict[str, Any]:
        """Return what stands in the ledger of the newest drill."""
        with recorded(self.folder / "duheng.db") as store:
            (entry, *_) = store.newest_entries("miniature", "drill.run", most=9)
            return dict(entry.value()["data"])

    def finding(self, check: str, clause: str) -> dict[str, Any]:
        """Examine a clause; return what is found of one of its checks."""
        duheng("examine", "--clauses", clause, folder=self.folder)
        return next(found for found in report_of(self.folder)["findings"] if found["id"] == check)


def whole(shop: MiniatureShop, folder: Path, fault: str, entry: Mapping[str, object], *, depth: str) -> Whole:
    """Declare a drill of a shop, and permit it; the host is this machine."""
    token = folder / "token.json"
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    said = {"platform": "miniature", "host": "web1", "allows": [fault], "until": until, "place": str(folder / "drill")}
    token.write_text(json.dumps(said))
    token.chmod(0o600)
    keys = {"name": fault, "host": "web1", "deadman_s": 600, "depth": depth, **entry}
    tables = [
        "[[hosts]]", 'name = "web1"', 'address = "local"',
        "[drill]", f"token_path = {json.dumps(str(token))}", "max_orders = 1000", "journey_s = 60",
        "[[drills]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in keys.items()),
    ]  # fmt: skip
    shop.target_toml(folder, further="\n".join(tables))
    return Whole(folder=folder, fault=fault)
