"""A database server killed for good: a real PostgreSQL, and servers that show what must not be taken for one."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from profiles.drills.deadman import HELD
from tests.awaiting import until
from tests.miniatures.postgres import PostgresServer
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import end_time_of, state_of, wait_for_end_of

pytestmark = pytest.mark.integration

LISTENING = """
import os, socket, sys
pidfile, family, address = sys.argv[1:]
server = socket.socket(getattr(socket, family))
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if family == "AF_UNIX" and os.path.exists(address): os.unlink(address)
server.bind(address if family == "AF_UNIX" else ("127.0.0.1", int(address)))
server.listen()
open(pidfile + ".new", "w").write(f"{os.getpid()}\\n")
os.rename(pidfile + ".new", pidfile)
while True: server.accept()
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def pid_in(pidfile: Path) -> int:
    return int(pidfile.read_text().splitlines()[0])


@contextmanager
def listener(folder: Path, port: int, family: str = "AF_INET", *, again: bool = False) -> Iterator[dict[str, object]]:
    """Run a server that does nothing but listen; with ``again`` whoever ends it finds it started anew."""
    pidfile, script = folder / "server.pid", folder / "server.py"
    script.write_text(LISTENING)
    address = str(folder / f".s.PGSQL.{port}") if family == "AF_UNIX" else str(port)
    start = [sys.executable, str(script), str(pidfile), family, address]
    words = ["sh", "-c", 'while [ -e "$0" ]; do "$@"; done', str(script), *start] if again else start
    with subprocess.Popen(words, start_new_session=True) as process:
        try:
            until(pidfile.exists, "the server's pid file", alive=process)
            yield {"pidfile": str(pidfile), "start": start, "port": port}
        finally:
            script.unlink()
            for pid in (process.pid, *([pid_in(pidfile)] if pidfile.exists() else [])):
                with suppress(ProcessLookupError):
                    os.killpg(os.getpgid(pid), signal.SIGKILL)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as running:
        yield running
        left = pid_in(running.pidfile) if running.pidfile.exists() else 0
        if state_of(left):
            os.kill(left, signal.SIGINT)
            wait_for_end_of(left)


def crash_of(server: PostgresServer, folder: Path) -> Drilled:
    entry = {"pidfile": str(server.pidfile), "start": server.start_command, "port": server.port}
    return drilled("database-crash", entry, folder)


def rows_in(server: PostgresServer) -> int:
    """Return how many rows are there, once it answers."""

    def counted() -> tuple[Any, ...] | None:
        with suppress(psycopg.OperationalError), psycopg.connect(server.dsn("postgres"), connect_timeout=60) as asked:
            return asked.execute("SELECT count(*) FROM kept").fetchone()
        return None

    return int(until(counted, "the database answers")[0])


def test_a_real_server_is_killed_and_what_it_committed_is_there_again(server: PostgresServer, tmp_path: Path) -> None:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as busy:
        busy.execute("CREATE TABLE kept (id serial)")
        for _ in range(20):
            busy.execute("INSERT INTO kept DEFAULT VALUES")
        run, before = crash_of(server, tmp_path), pid_in(server.pidfile)
        run.arm()
        assert run.inject()[0] == 0
        status, how = run.effect()
        assert (status, how.endswith(f"processes ended, and nothing listens on port {server.port}")) == (0, True), how
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.dsn("postgres"))
    server.wait()  # it would count as running for PostgreSQL
    assert server.pidfile.exists()  # as after any crash: it names a process that is not there
    status, how = run.heal()
    assert (status, how) == (0, f"process {pid_in(server.pidfile)} runs, and listens on port {server.port}")
    assert pid_in(server.pidfile) != before
    assert rows_in(server) == 20
    run.done()


def test_nobody_comes_back_so_the_dead_man_starts_the_server(server: PostgresServer, tmp_path: Path) -> None:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as busy:
        busy.execute("CREATE TABLE kept (id serial)")
    run = crash_of(server, tmp_path)
    run.arm()
    assert run.inject()[0] == 0
    server.wait()
    end_time_of(Path(run.place.folder))
    run.wait_for_the_dead_man()
    assert rows_in(server) == 0


def test_a_server_that_is_back_at_once_was_killed_all_the_same(tmp_path: Path) -> None:
    with listener(tmp_path, free_port(), again=True) as entry:
        pidfile = tmp_path / "server.pid"
        run, before = drilled("database-crash", entry, tmp_path), pid_in(pidfile)
        run.arm()
        assert run.inject()[0] == 0
        until(lambda: pid_in(pidfile) != before, "the server is started anew")
        assert run.effect() == (0, f"all 1 processes ended; another server listens on port {entry['port']} by now")
        run.done()


def test_a_server_may_listen_on_a_socket_of_postgresql_alone(tmp_path: Path) -> None:
    with listener(tmp_path, free_port(), "AF_UNIX") as entry:
        run = drilled("database-crash", entry, tmp_path)
        run.arm()
        assert run.inject()[0] == 0
        assert run.effect() == (0, f"all 1 processes ended, and nothing listens on port {entry['port']}")
        assert run.heal()[0] == 0
        run.done()


def test_a_port_that_is_not_the_servers_is_refused_and_nothing_is_hit(tmp_path: Path) -> None:
    with listener(tmp_path, free_port()) as entry, socket.socket() as pooler:
        pid = pid_in(tmp_path / "server.pid")
        pooler.bind(("127.0.0.1", 0))
        port = pooler.getsockname()[1]
        for listening in (False, True):
            if listening:
                pooler.listen()
            run = drilled("database-crash", {**entry, "port": port}, tmp_path)
            run.arm()
            said = "who listens on port {} is not the declared process, nor below it"
            assert run.inject() == (HELD, (said if listening else "nothing listens on port {}").format(port))
            assert run.effect()[0] != 0
            assert state_of(pid) == "S"
            run.done()
