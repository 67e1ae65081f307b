"""A real MariaDB with tables of trades and merchants, on a socket of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.probes.backups.asking import needs, run


@dataclass(frozen=True)
class Maria:
    """A running server; its folder holds the socket."""

    folder: Path

    def words(self, program: str, *words: str) -> list[str]:
        connection = ["--no-defaults", f"--socket={self.folder}/s", "--user=root", "--default-character-set=utf8mb4"]
        return [program, *connection, *words]

    def query(self, text: str) -> str:
        return run(self.words("mariadb", "-N", "-B", "--database=shop", "-e", text))


@contextmanager
def maria() -> Iterator[Maria]:
    """Start a server with a shop's tables; end it and take all away."""
    needs(("mariadbd", "mariadb-server"), ("mysqldump", "mariadb-client"))
    made = Maria(Path(tempfile.mkdtemp(prefix="duheng-maria-")))
    owner = "mysql" if os.geteuid() == 0 else str(os.getuid())
    if os.geteuid() == 0:
        shutil.chown(made.folder, owner)
    common = ["--no-defaults", f"--datadir={made.folder}/data", *([f"--user={owner}"] if os.geteuid() == 0 else ())]
    run(["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"])
    server = ["mariadbd", *common, f"--socket={made.folder}/s", "--skip-networking", f"--pid-file={made.folder}/pid"]
    with (made.folder / "log").open("wb") as log:
        process = subprocess.Popen([*server, "--innodb-buffer-pool-size=16M"], stdout=log, stderr=log)
    try:
        run(made.words("mariadb-admin", "--wait=60", "ping"))
        run(made.words("mariadb", "-e", "CREATE DATABASE shop CHARACTER SET utf8mb4"))
        made.query("CREATE TABLE trades (id INT PRIMARY KEY, note TEXT)")
        made.query("INSERT INTO trades VALUES (1, 'tea'), (2, '茶\\n\\tgreen'), (3, NULL)")
        yield made
    finally:
        process.kill()
        process.wait(timeout=60)
        shutil.rmtree(made.folder)
