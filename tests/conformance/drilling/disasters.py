"""A shop whose orders lie in a real PostgreSQL with a real pgBackRest beside it, and drills that take its data away."""

import json
import os
import secrets
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conformance.drilling.subject import ended
from tests.conformance.running import recorded, start
from tests.examining import examine
from tests.miniatures.postgres import binary
from tests.miniatures.shop.kept_orders import KeptOrders, PostgresOrders
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.backups.stanza import ACCOUNT, PORT, Stanza, stanza

AS_ACCOUNT = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
_HOST = """
[[hosts]]
name = "db1"
address = "local"
[drill]
token_path = {token}
journey_s = 60
[[drills]]
"""
_RESTORE = """
set -e
mkdir -m 700 {data}
pgbackrest --config={config} --stanza=shop --log-level-console=error {how} restore
rm -f {socket}/.s.PGSQL.*  # of the killed one, which the first process of a container may not have reaped yet
{control} -o {options} start || {{ tail -n 20 {socket}/log/server; exit 1; }}
until [ "$(psql -XAt -h {socket} -p {port} -d postgres -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done
echo restored
"""


@dataclass(frozen=True, kw_only=True)
class OrdersInPostgres:
    """The cluster, the place of its data, and the shop that keeps its orders there."""

    made: Stanza
    shop: MiniatureShop

    @property
    def data(self) -> Path:
        """Where the data lie."""
        return self.made.folder / "data"

    @property
    def control(self) -> list[str]:
        """The command that starts and stops it, without its verb."""
        return [str(word) for word in (binary("pg_ctl"), "-D", self.data, "-w", "-l", self.made.folder / "log/server")]

    @property
    def entry(self) -> dict[str, Any]:
        """Its keys of a ``[[drills]]`` entry."""
        return {
            "pidfile": str(self.data / "postmaster.pid"),
            "start": [*AS_ACCOUNT, *self.control, "start"],
            "data": str(self.data),
        }

    def back(self, *, config: Path | None = None, how: str = "", options: str = "") -> list[str]:
        """Return the way back: restore by a configuration of pgBackRest, start, wait until all of the log is in."""
        script = self.made.folder / f"restore-{secrets.token_hex(3)}.sh"
        script.write_text(
            _RESTORE.format(
                data=self.data,
                config=config or self.made.config,
                how=how,
                control=shlex.join(self.control),
                options=shlex.quote(options),
                socket=self.made.folder,
                port=PORT,
            )
        )
        return [*AS_ACCOUNT, "sh", str(script)]

    def runs(self) -> bool:
        """Tell whether it takes orders."""
        asked = ["psql", "-XAt", "-h", str(self.made.folder), "-p", PORT, "-d", "postgres", "-c", "SELECT 1"]
        return subprocess.run([*AS_ACCOUNT, *asked], check=False, capture_output=True, cwd="/").returncode == 0

    @property
    def first_backup(self) -> str:
        """The label of the only full backup in the first repository."""
        (label,) = [
            path.name for path in (self.made.repository(1) / "backup/shop").iterdir() if path.name.endswith("F")
        ]
        return label

    def config_of(self, repository: Path) -> Path:
        """Write a configuration of pgBackRest that knows one repository alone; return it."""
        lines = [
            line
            for line in self.made.config.read_text(encoding="ascii").splitlines()
            if not line.startswith(("repo1-", "repo2-"))
        ]
        at = lines.index("[global]") + 1
        text = [*lines[:at], f"repo1-path={repository}", "repo1-retention-full=9", *lines[at:]]
        path = self.made.folder / f"{repository.name}.conf"
        path.write_text("\n".join(text) + "\n", encoding="ascii")
        return path


@contextmanager
def orders_in_postgres() -> Iterator[OrdersInPostgres]:
    """Start the cluster, back it up into both repositories, and open the shop."""
    with stanza("--wal-segsize", "1") as made:
        kept = PostgresOrders(f"host={made.folder} port={PORT} user=postgres dbname=postgres", archived=True)
        for repository in (2, 1):  # who restores the later one alone leaves the earlier one a line of time to follow
            made.backup("full", repository=repository)
        shop = MiniatureShop()
        shop.state.orders = KeptOrders(kept)  # type: ignore[assignment]
        with shop:
            found = OrdersInPostgres(made=made, shop=shop)
            try:
                yield found
            finally:
                kept.close()
                if not found.runs():  # the stanza stops what runs
                    (found.data / "postmaster.pid").unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """One drill that came to its end: exit status, what it said, its data, and what an examination made of it."""

    status: int
    said: str
    told: Mapping[str, Any]
    verdicts: Mapping[str, Any]


def drill(shop: MiniatureShop, folder: Path, fault: str, entry: Mapping[str, Any]) -> Drilled:
    """Drill once in a folder, to depth order, and have the disaster recovery examined afterwards."""
    token, until = folder / "token.json", (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    keys = {"name": fault, "host": "db1", "depth": "order", "deadman_s": 600, **entry}
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    target = shop.target_toml(folder, further=_HOST.format(token=json.dumps(str(token))) + lines)
    place = str(folder / "drill")
    permission = {"platform": "miniature", "host": "db1", "allows": [fault], "until": until, "place": place}
    token.write_text(json.dumps(permission))
    token.chmod(0o600)
    status, said = ended(start("drill", fault, folder=folder))
    with recorded(folder / "duheng.db") as store:
        (told,) = [entry.value()["data"] for entry in store.newest_entries("miniature", "drill.run", most=10)]
    assert not list(folder.glob("drill.*")), said
    verdicts = examine(target, folder / "out", clauses="3.1.1.4", write=False).findings
    return Drilled(status=status, said=said, told=told, verdicts=verdicts)
