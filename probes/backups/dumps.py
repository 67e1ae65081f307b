"""Dumps loaded into a scratch database server of their own kind; archives of files unpacked into a scratch folder."""

from collections.abc import Iterator
from contextlib import contextmanager

from probes.backups.asking import Asked
from probes.backups.contents import Tree
from probes.backups.form import Backup
from probes.backups.manifest import File, Manifest
from probes.backups.restored import Restored, failed
from probes.backups.scratch import Scratch
from probes.backups.servers import mariadb, postgres, postgres_binaries
from probes.errors import NotSet
from probes.transports.command import Ran

_UNPACK = """set -e
case $1 in
  *.gz) gzip -dc -- "$1" > "$2" ;;
  *.xz) xz -dc -- "$1" > "$2" ;;
  *.zst) zstd -qdc -- "$1" > "$2" ;;
  *) cp -- "$1" "$2" ;;
esac
"""
_FEED = 'in=$1; shift; exec "$@" < "$in"'
_DATABASE = "shop"


@contextmanager
def dumped(asked: Asked, backup: Backup, manifest: Manifest | None, scratch: Scratch) -> Iterator[Restored]:
    """Restore what a manifest's files hold.

    Raises:
        NotSet: no manifest says which files they are.
        LookFailed: the scratch server does not start.
    """
    if manifest is None or not manifest.files:
        raise NotSet(f"no manifest says which files {backup.id} is")
    if manifest.format == "tree":
        yield _tree(asked, manifest, scratch)
        return
    dumps = [_unpacked(asked, file, number, scratch) for number, file in enumerate(manifest.files)]
    if bad := next((ran for _, ran in dumps if ran.status != 0), None):
        yield failed(bad)
        return
    paths = [path for path, _ in dumps]
    database = next((one.database for each in manifest.holds.values() for one in each if one.database), _DATABASE)
    if manifest.format == "mysqldump":
        yield from _mariadb(scratch, paths, database)
    else:
        yield from _postgres(scratch, paths, database, custom=manifest.format == "pg_restore")


def _unpacked(asked: Asked, file: File, number: int, scratch: Scratch) -> tuple[str, Ran]:
    path = f"{scratch.folder}/dump{number}"
    ran = scratch.run(["sh", "-c", _UNPACK, "sh", f"{asked.declared.path}/{file.path}", path])
    if ran.status == 0 and scratch.account is not None:
        scratch.must(["chown", "--", scratch.account, path])
    return path, ran


def _tree(asked: Asked, manifest: Manifest, scratch: Scratch) -> Restored:
    root = scratch.make("data")
    for file in manifest.files:
        source, name = f"{asked.declared.path}/{file.path}", file.path.rpartition("/")[2]
        unpack = (
            ["tar", "-C", root, "-xf", source]
            if ".tar" in name or name.endswith(".tgz")
            else ["cp", "--", source, root]
        )
        ran = scratch.run(unpack)
        if ran.status != 0:
            return failed(ran)
    return Restored(ok=True, content=Tree(scratch=scratch, root=root), root=root)


def _postgres(scratch: Scratch, paths: list[str], database: str, *, custom: bool) -> Iterator[Restored]:
    binaries, data = postgres_binaries(scratch), scratch.make("data")
    initdb = [
        f"{binaries}/initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    scratch.must(scratch.as_account(initdb))
    with postgres(scratch, data, binaries) as server:
        scratch.must(server.client("createdb", "--", database))
        for path in paths:
            # A role that is not there costs a message, not the data: what came back is counted.
            plain = server.client("psql", "-X", "-q", "-o", "/dev/null", "-d", database, "-f", path)
            packed = server.client("pg_restore", "--no-owner", "--no-privileges", "-d", database, path)
            ran = scratch.run(packed if custom else plain)
            if ran.status != 0:
                yield failed(ran)
                return
        yield Restored(ok=True, content=server)


def _mariadb(scratch: Scratch, paths: list[str], database: str) -> Iterator[Restored]:
    with mariadb(scratch) as server:
        scratch.must(server.client("-e", f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4"))
        for path in paths:
            ran = scratch.run(["sh", "-c", _FEED, "sh", path, *server.client(f"--database={database}")])
            if ran.status != 0:
                yield failed(ran)
                return
        yield Restored(ok=True, content=server)
