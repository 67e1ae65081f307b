"""Marked sessions in a real PostgreSQL's own log: with connections logged, without, and where nobody may look."""

import os
from pathlib import Path

import pytest

from probes.clock import Deadline, SystemClock
from probes.databases.audit_log import entry_of, newest_file
from probes.databases.declared import Declared, Told
from probes.databases.marked_session import PROBE
from probes.observation import Observation, Reading, Unobserved
from probes.runner import run_probe
from probes.target import Target
from probes.target_file import read_target
from probes.transports.local import LocalShell
from tests.miniatures.postgres import PostgresServer, binary
from tests.probes.databases.auditing import SECRET, setting
from tests.probes.looking import looking

pytestmark = pytest.mark.integration


def declared(folder: Path, server: PostgresServer, **changes: object) -> Target:
    entry: dict[str, object] = {
        "name": "orders", "host": "here", "kind": "postgresql", "account": "auditor", "database": "postgres",
        "address": server.host, "port": server.port, "password_env": "AUDITOR_PASSWORD",
        "log": str(server.folder / "log"), "settle_s": 4.0,
    }  # fmt: skip
    lines = [
        f"{name} = {value if isinstance(value, int | float) else chr(34) + str(value) + chr(34)}"
        for name, value in (entry | changes).items()
    ]
    path = folder / "duheng.toml"
    path.write_text(
        '[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\nenvironment = "staging"\n'
        '[[hosts]]\nname = "here"\naddress = "local"\nroles = ["database"]\n[[databases]]\n' + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    return read_target(path)


def looked(target: Target, monkeypatch: pytest.MonkeyPatch) -> Reading:
    monkeypatch.setenv("AUDITOR_PASSWORD", SECRET)
    monkeypatch.setenv("WRONG_PASSWORD", "another-secret")
    (subject,) = PROBE.subjects(target)
    given = looking(target, subject)
    reading, _ = run_probe(PROBE, given, run_id="test")
    return reading


def test_a_logged_session_is_found_with_account_source_and_time(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(server, log_connections="on", log_timezone="Asia/Shanghai", log_line_prefix="%m [%p] ")
    reading = looked(declared(tmp_path, server), monkeypatch)
    assert isinstance(reading, Observation), reading
    data = reading.data
    assert data["found"]
    assert data["account_found"]
    assert data["source_found"]
    assert abs(int(str(data["written_ms"])) - data["session"]["at_ms"]) < 60_000
    assert data["settings"]["log_connections"] == "on"
    assert all(SECRET not in line for line in data["lines"])
    assert any("connection received" in line for line in data["lines"])


def test_without_logged_connections_the_session_is_nowhere(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(server, log_connections="off")
    reading = looked(declared(tmp_path, server, settle_s=0.4), monkeypatch)
    assert isinstance(reading, Observation), reading
    assert not reading.data["found"]
    assert reading.data["settings"]["log_connections"] == "off"


def test_a_session_is_found_by_its_statement_where_only_those_are_logged(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(server, log_connections="off", log_statement="all", log_line_prefix="%t %u@%h ")
    reading = looked(declared(tmp_path, server), monkeypatch)
    setting(server, log_statement="none")
    assert isinstance(reading, Observation), reading
    assert (reading.data["account_found"], reading.data["source_found"]) == (True, True)
    assert reading.data["written_ms"] is not None


def test_a_prefix_without_time_tells_no_time(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(server, log_connections="on", log_line_prefix="[%p] ")
    reading = looked(declared(tmp_path, server), monkeypatch)
    assert isinstance(reading, Observation), reading
    assert reading.data["found"]
    assert reading.data["written_ms"] is None


@pytest.mark.parametrize(
    "refused",
    [
        ({"password_env": "WRONG_PASSWORD"}, "permission", "refuses the account"),
        ({"log": "/nowhere/log"}, "settings", "there is no /nowhere/log"),
        ({"port": 1}, "target", "no session"),
        ({"password_env": "NOT_EXPORTED"}, "settings", "is not set"),
    ],
)
def test_what_keeps_a_session_from_being_traced_is_told_with_its_cause(
    server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refused: tuple[dict[str, object], str, str],
) -> None:
    changes, cause, says = refused
    reading = looked(declared(tmp_path, server, **changes), monkeypatch)
    assert isinstance(reading, Unobserved), reading
    assert reading.cause == cause
    assert says in reading.detail


def test_no_secret_stands_on_a_command_line(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    client = folder / "psql"
    client.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/arguments\nexec {binary("psql")} "$@"\n')
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    setting(server, log_connections="on")
    assert isinstance(looked(declared(tmp_path, server), monkeypatch), Observation)
    arguments = (tmp_path / "arguments").read_text(encoding="utf-8")
    assert "--username=auditor" in arguments
    assert SECRET not in arguments
    assert "duheng-" not in arguments  # a log of commands would hold the mark, and prove no audit


def test_a_name_with_a_line_break_names_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "audit.log").write_text("own\n", encoding="utf-8")
    (tmp_path / "x\n9999999999.0 ").mkdir()
    (tmp_path / "y\n9999999999.0 elsewhere").write_text("", encoding="utf-8")
    os.utime(tmp_path / "y\n9999999999.0 elsewhere", (1, 1))
    entry = Declared(
        name="orders", host="here", kind="postgresql", account="auditor", database="shop", log=str(tmp_path)
    )
    assert newest_file(LocalShell(), entry, Deadline.after(SystemClock(), 10)) == str(tmp_path / "audit.log")


def test_an_earlier_session_of_the_same_number_tells_nothing_of_this_one() -> None:
    told = Told(
        account="auditor", address="192.0.2.7", port=None, session=31, at_ms=1_795_320_000_000, offset_s=0, settings={}
    )
    earlier = "2026-11-20 10:00:00 UTC [31] connection authorized: user=auditor host=192.0.2.7"
    now = "2026-11-22 04:00:00 UTC [31] statement: select 'duheng-1'"
    entry = entry_of([earlier, now], "duheng-1", told, ["[31]"])
    assert entry is not None
    assert entry.lines == (now,)
    assert (entry.account, entry.source) == (False, False)
