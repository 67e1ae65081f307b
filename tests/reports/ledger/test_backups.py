"""The commands of the README back a ledger up while a process writes to it, and what is restored goes on."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from probes.clock import SystemClock
from reports.history import history
from reports.ledger.entry import Head
from reports.ledger.location import open_ledger
from reports.ledger.run_index import merged_runs
from reports.ledger.standing_record import open_intervals, standing
from reports.ledger.store import LedgerStore
from tests.miniatures.postgres import PostgresServer, binary
from tests.reports.ledger.processes import ROOT

pytestmark = pytest.mark.integration

_LATER_MS = 10**9
_SHELL = "import sqlite3, sys; sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])"


def commands(program: str) -> list[str]:
    """Return the commands of the README that start with a program."""
    text = (ROOT / "reports/ledger/README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith(f"{program} ")]


@contextmanager
def writing(url: str, begins_ms: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Let a process keep a standing record; it has sealed something when this begins, and is killed when it ends."""
    command = [sys.executable, "-m", "tests.reports.ledger.standing_writer", url, str(begins_ms), "7"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        _await_sealed(writer)
        yield writer
        _await_sealed(writer)  # it went on all the while
        writer.kill()


def _await_sealed(writer: subprocess.Popen[str]) -> None:
    assert writer.stdout is not None
    assert any(line.startswith("sealed ") for line in writer.stdout)


def _head(url: str) -> Head:
    with open_ledger(url, base=Path(), clock=SystemClock()) as store:
        return store.head()


def _assert_goes_on(url: str, before: Head, after: Head) -> None:
    """What was there before the backup is in it, and a watcher takes it up."""
    with open_ledger(url, base=Path(), clock=SystemClock()) as store:
        assert store.verify(head=before.hash).problems == ()
        assert not store.verify(head=after.hash).ok
        kept = _record(store)
        assert open_intervals(store, "shop")
    with writing(url, begins_ms=_LATER_MS):
        pass
    with open_ledger(url, base=Path(), clock=SystemClock()) as store:
        assert store.verify(head=before.hash).problems == ()
        assert _record(store)[: len(kept)] == kept
        (series,) = merged_runs(store, "shop").values()
        assert series.tally(kept[-1][2], _LATER_MS).unknown_ms == _LATER_MS - kept[-1][2]


def _record(store: LedgerStore) -> list[tuple[str, int, int]]:
    intervals = standing(store, "shop").intervals
    assert history(each.run for each in intervals)  # refuses what is there twice
    return [(each.state, each.starts_ms, each.ends_ms) for each in intervals]


@pytest.mark.parametrize("way", ["backup", "vacuum"])
def test_an_sqlite_ledger_while_a_watcher_writes(tmp_path: Path, way: str) -> None:
    path = tmp_path / "duheng.db"
    url = f"sqlite:///{path}"
    with writing(url):
        before = _head(url)
        if way == "backup":
            (command,) = commands("python")
            subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=tmp_path, check=True)
        else:
            (command,) = commands("sqlite3")
            _, file, statement = shlex.split(command)
            subprocess.run([sys.executable, "-c", _SHELL, file, statement], cwd=tmp_path, check=True)
    with open_ledger(url, base=Path(), clock=SystemClock()) as store:
        store.put_attachment("run-1", b"after the backup")
        after = store.head()
    aside = tmp_path / "aside"
    aside.mkdir()
    for suffix in ("", "-wal", "-shm"):
        if (file_ := path.with_name(path.name + suffix)).exists():
            shutil.move(file_, aside)
    shutil.move(tmp_path / ("copy.db" if way == "backup" else "compact.db"), path)
    _assert_goes_on(url, before, after)


def test_a_postgresql_ledger_while_a_watcher_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with PostgresServer() as server:
        passwords = tmp_path / "pgpass"
        passwords.write_text(f"{server.host}:{server.port}:*:{server.user}:{server.password}\n", encoding="ascii")
        passwords.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(passwords))
        url, restored = server.url("postgres"), server.url("restored")
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
        with writing(url):
            before = _head(url)
            _run(commands("pg_dump"), tmp_path, {"ledger": url})
        after = _head(url)
        _run(commands("pg_restore"), tmp_path, {"restored": restored})
        refused = pytest.raises(psycopg.errors.RaiseException, match="never updated or deleted")
        with psycopg.connect(server.dsn("restored"), autocommit=True) as connection, refused:
            connection.execute("DELETE FROM duheng.entries")
        _assert_goes_on(restored, before, after)


def _run(lines: list[str], folder: Path, urls: dict[str, str]) -> None:
    (line,) = lines
    for database, url in urls.items():
        line = line.replace(f"postgresql://duheng@db.example/{database}", url)
    assert "db.example" not in line
    program, *arguments = shlex.split(line)
    subprocess.run([binary(program), *arguments], cwd=folder, check=True)
