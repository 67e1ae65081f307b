"""Two real PostgreSQL, the second a streaming standby of the first, without which nothing is acknowledged."""

import os
import pwd
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from tests.awaiting import until
from tests.miniatures.postgres import PostgresServer, binary


class StandbyServer(PostgresServer):
    """The standby of a server that runs; it has the other's accounts and passwords."""

    def __init__(self, primary: PostgresServer) -> None:
        """Take a base backup of the primary; the standby is not started yet."""
        self._primary = primary
        super().__init__()

    def _make(self) -> None:
        self.user, self.password = self._primary.user, self._primary.password
        if self._uid is not None and self._gid is not None:
            os.chown(self.folder, self._uid, self._gid)
        words = [
            binary("pg_basebackup"), "--pgdata", str(self.data), "--host", self._primary.host,
            "--port", str(self._primary.port), "--username", self.user, "--no-password", "--write-recovery-conf",
            "--checkpoint", "fast", "--no-sync",
        ]  # fmt: skip
        environment = {"PGPASSWORD": self.password, "PATH": os.environ["PATH"], "LC_ALL": "C"}
        subprocess.run(
            words, check=True, capture_output=True, cwd=self.folder, env=environment, user=self._uid, group=self._gid
        )


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both; whoever writes goes to the one that takes writes."""

    primary: PostgresServer
    standby: PostgresServer

    @property
    def place(self) -> str:
        """How psycopg gets to the one of both that takes writes."""
        both = (self.primary, self.standby)
        return (
            f"host={','.join(each.host for each in both)} port={','.join(str(each.port) for each in both)} "
            f"user={self.primary.user} password={self.primary.password} dbname=postgres target_session_attrs=read-write"
        )

    @property
    def promoted(self) -> list[str]:
        """Return what has status 0 where the standby has taken over, and 1 where it has not."""
        state = shlex.join([binary("pg_controldata"), str(self.standby.data)])
        told = "case $STATE in *'in production'*) exit 0 ;; *'in archive recovery'*) exit 1 ;; *) exit 2 ;; esac"
        return ["sh", "-c", f"STATE=$({state})\n{told}"]

    @property
    def promote(self) -> list[str]:
        """Return the way back: the standby takes over."""
        account = ["runuser", "-u", _name_of(self.standby.data), "--"] if os.geteuid() == 0 else []
        act = shlex.join([*account, binary("pg_ctl"), "-D", str(self.standby.data), "-w", "promote"])
        return ["sh", "-c", f"cd / && {act} && until {shlex.join(self.promoted)}; do sleep 0.1; done; echo promoted"]


def _name_of(path: Path) -> str:
    return pwd.getpwuid(path.stat().st_uid).pw_name


@contextmanager
def pair() -> Iterator[Pair]:
    """Start both, and have the first wait for the second."""
    with PostgresServer() as primary, StandbyServer(primary) as standby:
        with psycopg.connect(primary.dsn("postgres"), autocommit=True) as asked:
            asked.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            asked.execute("SELECT pg_reload_conf()")
            state = partial(asked.execute, "SELECT sync_state FROM pg_stat_replication")
            until(lambda: state().fetchone() == ("sync",), "the standby is synchronous")
        yield Pair(primary=primary, standby=standby)
