"""A real PostgreSQL of its own in a temporary folder: started, killed and started again by the tests.

It refuses to run as root, so root gives it another user's id. It asks for a password, as one should.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pytest

from tests.awaiting import until

_BINARIES = "/usr/lib/postgresql"
_RUNS_AS = ("postgres", "nobody")


def binary(name: str) -> str:
    """Return where a program of PostgreSQL is; without it the test is skipped by name, and under CI it fails."""
    found = sorted(Path(_BINARIES).glob(f"*/bin/{name}")) or [Path(each) for each in (shutil.which(name),) if each]
    if found:
        return str(found[-1])
    missing = f"{name} is not installed (Debian: postgresql)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def _account() -> tuple[int, int] | tuple[None, None]:
    """Return the ids that the server takes, of a user and a group; None where it keeps ours."""
    if os.geteuid() != 0:
        return None, None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name].pw_uid, known[name].pw_gid) for name in _RUNS_AS if name in known)


class PostgresServer:
    """A server on one port of a loopback address; its data outlive ``kill`` and ``start``."""

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.host = host
        self.user = "duheng"
        self.password = secrets.token_urlsafe(12)
        self.folder = Path(tempfile.mkdtemp(prefix="duheng-pg-"))
        self._uid: int | None
        self._gid: int | None
        self._uid, self._gid = _account()
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind((host, 0))
            self.port: int = free.getsockname()[1]
        self._make()

    def _make(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="ascii")
        for path in (self.folder, secret):
            if self._uid is not None and self._gid is not None:
                os.chown(path, self._uid, self._gid)
        self._run(
            "initdb", "--pgdata", str(self.data), "--username", self.user, "--pwfile", str(secret),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        # By default only this machine may ask: here, whoever is on a network with it.
        with (self.data / "pg_hba.conf").open("a", encoding="ascii") as allowed:
            allowed.write("host all all samenet scram-sha-256\n")

    @property
    def data(self) -> Path:
        """Where its data lie."""
        return self.folder / "data"

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [binary(name), *arguments],
            check=True, capture_output=True, cwd=self.folder, user=self._uid, group=self._gid,
        )  # fmt: skip

    @property
    def pidfile(self) -> Path:
        """Where its number stands while it runs."""
        return self.data / "postmaster.pid"

    @property
    def command(self) -> list[str]:
        """What starts it, as the account that is to own it."""
        settings = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "40",
            "shared_buffers": "16MB",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [binary("postgres"), "-D", str(self.data), *options]

    @property
    def start_command(self) -> list[str]:
        """What starts it from an account that may be root."""
        account = [] if self._uid is None else ["runuser", "-u", pwd.getpwuid(self._uid).pw_name, "--"]
        return [*account, *self.command]

    def start(self) -> None:
        """Start it; return once it answers."""
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            self.command,
            stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
            user=self._uid, group=self._gid,
        )  # fmt: skip
        log.close()
        until(self._answers, self._last_words, alive=self._process)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _last_words(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")[-2000:]

    def wait(self) -> None:
        """Wait until what was started here is over."""
        assert self._process is not None
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator does, letting nobody finish."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)

    def kill(self) -> None:
        """Kill it and its children outright, as a power cut does."""
        self._signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait(timeout=60)

    def freeze(self) -> None:
        """Let it stand still, as a hung disk does: it keeps its connections, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, number)

    def dsn(self, database: str) -> str:
        """Return how psycopg gets there, with the password."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def url(self, database: str) -> str:
        """Return the URL for ``[ledger] url``, without it."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{database}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, and take its data away."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
