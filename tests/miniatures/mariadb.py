"""A real MariaDB of its own in a temporary folder, with or without its audit plugin, which writes to ``audit.log``."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

_SERVER = "mariadbd"
_INSTALL = "mariadb-install-db"
_RUNS_AS = "mysql"
_PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
_AUDIT = ("--plugin-load-add=server_audit", "--server-audit-logging=ON", "--server-audit-events=CONNECT,QUERY")


def binary(name: str) -> str:
    """Return where a program of MariaDB is; without it the test is skipped by name, and under CI it fails."""
    found = shutil.which(name, path=_PATH)
    if found is not None:
        return found
    missing = f"{name} is not installed (Debian: mariadb-server)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


class MariadbServer:
    """A server on one port of the loopback address, with an account ``auditor`` that has a password."""

    def __init__(self, *, audited: bool) -> None:
        self.user = "auditor"
        self.password = secrets.token_urlsafe(12)
        self.folder = Path(tempfile.mkdtemp(prefix="duheng-maria-"))
        self.log = self.folder / "audit.log"
        self._audited = audited
        self._process: subprocess.Popen[bytes] | None = None
        self._account = [f"--user={_RUNS_AS}"] if os.geteuid() == 0 else []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def __enter__(self) -> Self:
        server, install = binary(_SERVER), binary(_INSTALL)
        if self._account:
            os.chown(self.folder, pwd.getpwnam(_RUNS_AS).pw_uid, -1)
        data = f"--datadir={self.folder}/data"
        made = ["--no-defaults", data, *self._account, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run([install, *made], check=True, capture_output=True)
        start = self.folder / "start.sql"
        start.write_text(
            f"create user '{self.user}'@'127.0.0.1' identified by '{self.password}';\n"
            f"grant select on mysql.* to '{self.user}'@'127.0.0.1';\n",
            encoding="ascii",
        )
        audit = (*_AUDIT, f"--server-audit-file-path={self.log}") if self._audited else ()
        self._process = subprocess.Popen(
            [server, "--no-defaults", data, *self._account, f"--socket={self.folder}/socket", f"--port={self.port}",
             "--bind-address=127.0.0.1", f"--init-file={start}", f"--pid-file={self.folder}/pid",
             "--innodb-buffer-pool-size=8M", *audit],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._await_ready()
        return self

    def _await_ready(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        told = b""
        while b"ready for connections" not in told:
            line = self._process.stderr.readline()
            told += line
            assert line, f"MariaDB ended: {told.decode()[-2000:]}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)
