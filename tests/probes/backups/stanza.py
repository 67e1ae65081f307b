"""A real PostgreSQL with a table of customers and two pgBackRest repositories, one of them elsewhere."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.miniatures.postgres import binary
from tests.probes.backups.asking import needs, run

ACCOUNT = "postgres"
PORT = "5433"  # of a socket in a folder of its own; nothing listens on the network
CUSTOMERS = 400


@dataclass(frozen=True)
class Stanza:
    """The cluster and its repositories; ``config`` is pgBackRest's."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "pgbackrest.conf"

    def repository(self, number: int) -> Path:
        return self.folder / f"repo{number}"

    def pgbackrest(self, *words: str) -> str:
        return run(["pgbackrest", f"--config={self.config}", "--stanza=shop", *words], account=ACCOUNT)

    def psql(self, command: str) -> str:
        return run(["psql", "-XAt", "-h", self.folder, "-p", PORT, "-d", "postgres", "-c", command], account=ACCOUNT)

    def backup(self, kind: str, repository: int = 1) -> None:
        self.pgbackrest(f"--repo={repository}", f"--type={kind}", "backup")


@contextmanager
def stanza(*further: str) -> Iterator[Stanza]:
    """Start the cluster (``further`` words are for initdb), make its stanza; take all away in the end."""
    needs(("pgbackrest", "pgbackrest"), ("psql", "postgresql-client"))
    made = Stanza(Path(tempfile.mkdtemp(prefix="duheng-stanza-")))
    made.folder.chmod(0o755)
    for name in ("repo1", "repo2", "log", "lock", "spool"):
        (made.folder / name).mkdir()
    made.config.write_text(_config(made.folder), encoding="ascii")
    if os.geteuid() == 0:
        for path in (made.folder, *made.folder.iterdir()):
            shutil.chown(path, ACCOUNT)
    data = made.folder / "data"
    control: list[str | Path] = [binary("pg_ctl"), "-D", data, "-w", "-l", made.folder / "log" / "server"]
    try:
        initdb: list[str | Path] = [
            binary("initdb"),
            "-D",
            data,
            "--no-sync",
            "-A",
            "trust",
            "-U",
            ACCOUNT,
            "--locale",
            "C",
            "-k",
            *further,
        ]
        run(initdb, account=ACCOUNT)
        with (data / "postgresql.conf").open("a", encoding="ascii") as file:
            file.write(_settings(made))
        run([*control, "start"], account=ACCOUNT)
        made.psql(
            f"CREATE TABLE customers AS SELECT g AS id, md5(g::text) AS name FROM generate_series(1, {CUSTOMERS}) g"
        )
        made.pgbackrest("stanza-create")
        yield made
    finally:
        if (data / "postmaster.pid").exists():
            run([*control, "-m", "immediate", "stop"], account=ACCOUNT)
        shutil.rmtree(made.folder)


def _config(folder: Path) -> str:
    repositories = "".join(f"repo{n}-path={folder}/repo{n}\nrepo{n}-retention-full=9\n" for n in (1, 2))
    return (
        f"[global]\n{repositories}log-path={folder}/log\nlock-path={folder}/lock\nspool-path={folder}/spool\n"
        "start-fast=y\ncompress-level=1\n"
        f"[shop]\npg1-path={folder}/data\npg1-socket-path={folder}\npg1-port={PORT}\npg1-user={ACCOUNT}\n"
    )


def _settings(made: Stanza) -> str:
    push = f"pgbackrest --config={made.config} --stanza=shop archive-push %p"
    return (
        f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '{made.folder}'\nfsync = off\n"
        f"archive_mode = on\narchive_command = '{push}'\nshared_buffers = 16MB\n"
    )
