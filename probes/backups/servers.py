"""Database servers in a scratch place: on a socket in a folder that nobody else enters, on no network, gone afterwards.

They never read the shop's own configuration: its network, its archive and its jobs are not theirs.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from probes.backups.contents import Counted, counted_lines
from probes.backups.manifest import From
from probes.backups.scratch import CLEANING_S, Scratch
from probes.clock import Deadline
from probes.errors import TargetAway

_FIND_POSTGRES = """for place in /usr/lib/postgresql/$1/bin /usr/pgsql-$1/bin; do
  if [ -x "$place/pg_ctl" ]; then found=$place; fi
done
if [ -z "$found" ]; then found=$(command -v pg_ctl) && found=${found%/*}; fi
printf '%s' "$found"
"""
_MARIADB = """out=$1; shift
setsid "$@" > "$out" 2>&1 < /dev/null &
printf '%s' "$!"
"""
_RECOVERED = """data=$1; shift
while [ -e "$data/postmaster.pid" ]; do
  if [ "$("$@" 2> /dev/null)" = f ]; then exit 0; fi
  sleep 0.1
done
exit 1
"""  # bounded by the look's deadline, which ends it
_SETTINGS = {
    "listen_addresses": "",
    "archive_mode": "off",
    "hot_standby": "off",
    "fsync": "off",
    "ssl": "off",
    "shared_buffers": "16MB",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_preload_libraries": "",
    "logging_collector": "off",
    "primary_conninfo": "",
    "archive_cleanup_command": "",
    "recovery_end_command": "",
}
_STARTING_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running scratch PostgreSQL."""

    scratch: Scratch
    binaries: str
    sockets: str

    def client(self, program: str, *words: str) -> list[str]:
        """Return the command line of a client program, as the superuser."""
        connection = ["-h", self.sockets, "-U", "postgres"]
        return self.scratch.as_account([f"{self.binaries}/{program}", *connection, *words])

    def count(self, form: From, select: str, database: str | None) -> Counted:
        """Return what a table holds now."""
        if form != "table" or database is None:
            return Counted(why="a database holds tables, not files")
        copy = f"COPY (SELECT * FROM {select}) TO STDOUT"  # noqa: S608 - a name that the manifest's reader has checked
        return counted_lines(self.scratch, self.client("psql", "-XAt", "-d", database, "-c", copy))


def postgres_binaries(scratch: Scratch, version: str = "*") -> str:
    """Return the folder of PostgreSQL's programs, of one version or the newest.

    Raises:
        TargetAway: the host has none.
    """
    found = scratch.run(["sh", "-c", _FIND_POSTGRES, "sh", version]).stdout.decode("utf-8", "replace").strip()
    if not found:
        raise TargetAway(f"no PostgreSQL {version.replace('*', '')} is installed on {scratch.asked.shell.name}")
    return found


class DidNotStart(TargetAway):
    """A scratch server does not start on the data that it was given; the end of its log stands in the sentence."""


@contextmanager
def postgres(scratch: Scratch, data: str, binaries: str) -> Iterator[Postgres]:
    """Start a server on a data folder, whose own recovery comes first; it is stopped in the end.

    Raises:
        DidNotStart: it does not start.
    """
    sockets, log = scratch.make("sockets"), f"{scratch.folder}/sockets/log"
    for name, text in (("hba", b"local all all trust\n"), ("ident", b""), ("conf", b"")):
        scratch.must(["sh", "-c", 'cat > "$1"', "sh", f"{scratch.folder}/{name}"], stdin=text)
    files = {"config_file": "conf", "hba_file": "hba", "ident_file": "ident"}
    settings = {name: f"{scratch.folder}/{file}" for name, file in files.items()}
    settings |= _SETTINGS | {"unix_socket_directories": sockets, "port": "5432"}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    control = [f"{binaries}/pg_ctl", "-D", data]
    left_s = max(1, int(min(_STARTING_S, scratch.asked.deadline.remaining_s())))
    start = [*control, "-w", "-t", str(left_s), "-l", log, "-o", options, "start"]
    try:
        server = Postgres(scratch=scratch, binaries=binaries, sockets=sockets)
        asking = server.client("psql", "-XAt", "-d", "postgres", "-c", "SELECT pg_is_in_recovery()")
        started = scratch.run(scratch.as_account(start)).status == 0
        # "Started" says nothing of the recovery, in which nobody may ask.
        if not started or scratch.run(["sh", "-c", _RECOVERED, "sh", data, *asking]).status != 0:
            raise DidNotStart(f"the scratch PostgreSQL does not start: {_end_of(scratch, log)}")
        yield server
    finally:
        _last(scratch, scratch.as_account([*control, "-m", "immediate", "-w", "stop"]))


def _end_of(scratch: Scratch, log: str) -> str:
    """Return what a server's log complains of, else its last lines; at most 400 characters."""
    text = scratch.run(["tail", "-n", "40", "--", log]).stdout.decode("utf-8", "replace")
    worst = [line for line in text.splitlines() if re.search(r"FATAL|PANIC|\[ERROR\]|ERROR:", line)]
    return " ".join(" ".join(worst[-3:] or text.splitlines()[-3:]).split())[-400:]


def _last(scratch: Scratch, argv: list[str]) -> None:
    """Run a command also where the look's own time is over."""
    after = Deadline.after(scratch.asked.deadline.clock, CLEANING_S)
    replace(scratch.asked, deadline=after).run(argv, max_bytes=100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class MariaDb:
    """A running scratch MariaDB."""

    scratch: Scratch
    socket: str

    def client(self, *words: str) -> list[str]:
        """Return the command line of a client, as the superuser."""
        connection = ["--no-defaults", f"--socket={self.socket}", "--user=root", "--default-character-set=utf8mb4"]
        return ["mariadb", *connection, *words]

    def count(self, form: From, select: str, database: str | None) -> Counted:
        """Return what a table holds now."""
        if form != "table" or database is None:
            return Counted(why="a database holds tables, not files")
        query = f"SELECT * FROM {select}"  # noqa: S608 - a name that the manifest's reader has checked
        return counted_lines(self.scratch, self.client("-N", "-B", f"--database={database}", "-e", query))


@contextmanager
def mariadb(scratch: Scratch) -> Iterator[MariaDb]:
    """Start an empty server; it is stopped in the end.

    Raises:
        TargetAway: it cannot be made, or does not start.
    """
    data, run = scratch.make("data"), scratch.make("run")
    socket, pid = f"{run}/s", ""
    owner = scratch.account or scratch.must(["id", "-un"]).strip()
    common = ["--no-defaults", f"--datadir={data}", f"--user={owner}"]
    scratch.must(["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"])
    server = ["mariadbd", *common, f"--socket={socket}", f"--pid-file={run}/pid", "--skip-networking"]
    server += ["--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"]
    try:
        pid = scratch.must(["sh", "-c", _MARIADB, "sh", f"{scratch.folder}/log", *server]).strip()
        ready = ["mariadb-admin", "--no-defaults", f"--socket={socket}", "--user=root", "--wait=60", "ping"]
        if scratch.run(ready).status != 0:
            raise TargetAway(f"the scratch MariaDB does not start: {_end_of(scratch, f'{scratch.folder}/log')}")
        yield MariaDb(scratch=scratch, socket=socket)
    finally:
        if pid.isdecimal():
            _last(scratch, ["sh", "-c", _ENDED, "sh", pid])


_ENDED = """kill -KILL "$1" 2> /dev/null
for turn in 1 2 3 4 5 6 7 8 9 10; do
  kill -0 "$1" 2> /dev/null || exit 0
  sleep 0.2
done
"""
