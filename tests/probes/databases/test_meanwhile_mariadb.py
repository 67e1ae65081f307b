"""What a real MariaDB goes through: statements and errors by its audit log, connections and slow ones by itself."""

import subprocess
from pathlib import Path

import pytest

from probes.clock import Deadline, SystemClock
from probes.databases.declared import declared_databases
from probes.databases.meanwhile import WatchedDatabase
from probes.redaction import Redactor
from probes.target_file import read_target
from probes.transports.local import LocalShell
from tests.miniatures.mariadb import MariadbServer, binary

pytestmark = pytest.mark.integration


def watched(server: MariadbServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> WatchedDatabase:
    monkeypatch.setenv("AUDITOR_PASSWORD", server.password)
    path = folder / "duheng.toml"
    path.write_text(
        '[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\nenvironment = "staging"\n'
        '[[hosts]]\nname = "here"\naddress = "local"\nroles = ["database"]\n'
        f'[[databases]]\nname = "orders"\nhost = "here"\nkind = "mariadb"\naccount = "{server.user}"\n'
        f'database = "mysql"\nport = {server.port}\npassword_env = "AUDITOR_PASSWORD"\nlog = "{server.log}"\n',
        encoding="utf-8",
    )
    target = read_target(path)
    (declared,) = declared_databases(target).values()
    return WatchedDatabase(target, declared, clock=SystemClock(), redactor=Redactor())


def ask(server: MariadbServer, statement: str) -> None:
    """Run a statement, which may fail, as the account that the server knows."""
    subprocess.run(
        ["mariadb", "--no-defaults", "--host=127.0.0.1", "--protocol=TCP", f"--port={server.port}",
         f"--user={server.user}", "-e", statement],
        check=False, capture_output=True, env={"MYSQL_PWD": server.password, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


@pytest.mark.parametrize("audited", [True, False])
def test_errors_need_an_audit_log_and_slow_statements_bound_the_percentile(
    audited: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    binary("mariadb")
    with MariadbServer(audited=audited) as server:
        if not audited:
            server.log.touch()
        database = watched(server, tmp_path, monkeypatch)
        shell, deadline = LocalShell(), Deadline.after(SystemClock(), 60)
        database.begin(shell, deadline)
        ask(server, "select 1;" * 40)
        ask(server, "select nothing from nowhere")
        database.end(shell, deadline)
        told = database.told()
    assert told["state"] == "read", told
    assert (told["errors"], told["refused"]) == ((1, 0) if audited else (None, 0)), told
    assert ("QUERY" in told["why"]) is not audited
    assert 1 <= told["connections_peak"] < told["connections_max"]
    assert told["query_ms"]["p95_at_most"] == 10_000  # long_query_time, as MariaDB comes
    assert told["query_ms"]["count"] >= 40
