"""A PostgreSQL on a machine of its own whose power can be cut: what it had not synchronised is gone then.

Its data lie on an ext4 in a file. The tests need root for it, and loop devices.
"""

import os
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.awaiting import until
from tests.miniatures.lab.lab import open_folder
from tests.miniatures.postgres import binary
from tests.probes.backups.asking import needs, run
from tests.profiles.drills import switched

ACCOUNT = "postgres"
_AS_ITS_ACCOUNT = f"setpriv --reuid={ACCOUNT} --regid={ACCOUNT} --clear-groups"
_SIZE = 256 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Powered:
    """The machine; ``port`` is where its PostgreSQL listens, on 127.0.0.1."""

    folder: Path
    port: int

    def asking(self, *words: str) -> list[str]:
        """Return a command that asks it."""
        program, *rest = words
        return [program, "-h", "127.0.0.1", "-p", str(self.port), "-U", ACCOUNT, "-d", "shop", *rest]

    def psql(self, command: str) -> list[str]:
        """Return the command of psql that runs one command, and prints bare values."""
        return self.asking("psql", "-XqAt", "-c", command)

    def entry(self, *, first: str = "") -> dict[str, object]:
        """Return the keys of a ``[[drills]]`` entry that cut its power; ``first`` is done before the load."""
        row = "INSERT INTO marked DEFAULT VALUES RETURNING id"
        return {
            **switched.entry_of(self.folder),
            "writes": ["sh", "-c", f'{first}\nwhile "$@"; do :; done', "writer", *self.psql(row)],
            "reads": self.psql("SELECT id FROM marked"),
            "check": [binary("pg_amcheck"), *self.asking("")[1:]],
        }

    @property
    def settled(self) -> str:
        """What in sh puts all that it has on its disk."""
        disk = f"/proc/$(cat {self.folder}/pid)/root{self.folder}/disk"
        return f"{shlex.join(self.psql('CHECKPOINT'))}; sync -f {disk}"


@contextmanager
def powered(*settings: str) -> Iterator[Powered]:
    """Make the machine, with further settings of PostgreSQL, and switch it on; take it away in the end."""
    needs(("mkfs.ext4", "e2fsprogs"), ("losetup", "mount"), ("psql", "postgresql-client"))
    switched.need_namespaces()
    with open_folder() as below, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Powered(folder=below / "machine", port=free.getsockname()[1])
        free.close()
        disk = made.folder / "disk"
        mount = f"mount -o loop,commit=300 {made.folder}/image {disk}"
        options = (
            "listen_addresses=127.0.0.1", f"port={made.port}", "unix_socket_directories=", "shared_buffers=16MB",
            "dynamic_shared_memory_type=mmap", "autovacuum=off", "bgwriter_lru_maxpages=0", *settings,
        )  # fmt: skip
        postgres = f"{_AS_ITS_ACCOUNT} {binary('postgres')}"
        server = f"exec {postgres} -D {disk}/data {' '.join(f'-c {each}' for each in options)}"
        switched.make(made.folder, f"set -e\n{mount}\nBOOTED\n{server}")
        disk.mkdir()
        with (made.folder / "image").open("wb") as image:
            image.truncate(_SIZE)
        run(["mkfs.ext4", "-q", made.folder / "image"])
        initdb = f"{_AS_ITS_ACCOUNT} {binary('initdb')} -D {disk}/data -A trust -U {ACCOUNT} --locale C -k --no-sync"
        shop = f"echo CREATE DATABASE shop | {postgres} --single -D {disk}/data postgres"
        _in_its_place(f"set -e\n{mount}\nchown {ACCOUNT} {disk}\n{initdb}\n{shop}")
        switched.switch_now(made.folder, "on")
        try:
            _await_answer(made)
            run(made.psql("CREATE TABLE marked (id uuid PRIMARY KEY DEFAULT gen_random_uuid())"))
            run(made.psql("CREATE EXTENSION amcheck"))
            yield made
        finally:
            switched.switch_now(made.folder, "off")


def _in_its_place(text: str) -> None:
    """Run a text of sh where a file system may be mounted; it is not any more afterwards."""
    words = ["unshare", "--mount", "--ipc", "sh", "-c", text]
    made = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")
    if "loop" in made.stderr and os.environ.get("CI") != "true":
        pytest.skip(f"no loop devices: {made.stderr}")
    assert made.returncode == 0, made.stderr


def _await_answer(made: Powered) -> None:
    def answers() -> bool:
        return subprocess.run(made.psql("SELECT 1"), capture_output=True, check=False).returncode == 0

    until(lambda: answers() or not switched.running(made.folder), "its PostgreSQL answers")
    assert switched.running(made.folder), (made.folder / "console").read_text()
