"""Settings of real servers: PostgreSQL and MariaDB, asked over their sockets and read from their files."""

from typing import Any

import pytest

from tests.miniatures.postgres import binary
from tests.probes.host.agent.apart import need, read_apart

pytestmark = pytest.mark.integration
MADE = """
mount -t tmpfs tmpfs /mnt; chmod 755 /mnt; mkdir -p /run/postgresql; mount -t tmpfs tmpfs /run/postgresql
mkdir /mnt/pg; chown postgres /mnt/pg /run/postgresql; cd /mnt
setpriv --reuid postgres --clear-groups BIN/initdb -D /mnt/pg --auth-local peer --no-sync -A peer MORE >/dev/null
cat >> /mnt/pg/postgresql.conf <<EOF
unix_socket_directories = '/run/postgresql'
shared_buffers = 16MB
SETTINGS
EOF
"""
POSTGRES = (
    MADE
    + """
setpriv --reuid postgres --clear-groups BIN/postgres -D /mnt/pg >/mnt/log 2>&1 & cd - >/dev/null
await setpriv --reuid postgres --clear-groups psql -h /run/postgresql -d postgres -c 'select 1'
"""
)
AUDITED = "log_connections = on\nlog_disconnections = on\nlog_line_prefix = '%m %u %d %h '"
MARIADB = """
mount -t tmpfs tmpfs /mnt; mkdir -p /run/mysqld; mount -t tmpfs tmpfs /run/mysqld; mkdir /mnt/my
mariadb-install-db --no-defaults --user=root --datadir=/mnt/my --auth-root-authentication-method=socket \
  --skip-test-db >/dev/null 2>&1
mariadbd --no-defaults --user=root --datadir=/mnt/my --socket=SOCKET --skip-networking \
  --innodb-buffer-pool-size=8M OPTIONS >/mnt/log 2>&1 &
await mariadb --no-defaults --socket=SOCKET -e 'select 1'
"""
USUAL = "/run/mysqld/mysqld.sock"


def _postgres(settings: str, more: str = "", **options: str) -> Any:
    script = POSTGRES.replace("BIN", binary("postgres").rpartition("/")[0])
    return _one(script.replace("SETTINGS", settings).replace("MORE", more), **options)


def _mariadb(options: str, socket: str = USUAL, **more: str) -> Any:
    return _one(MARIADB.replace("OPTIONS", options).replace("SOCKET", socket), **more)


def _one(script: str, **options: str) -> Any:
    servers = read_apart(script, "databases", **options)["databases"]["data"]["servers"]
    assert len(servers) == 1
    return servers[0]


def test_a_durable_postgresql_that_logs_its_sessions() -> None:
    need(psql="postgresql")
    told = _postgres(AUDITED, "--data-checksums")
    assert (told["kind"], told["settings_from"], told["unread"]) == ("postgresql", "server", None)
    assert told["version"].split(".")[0].isdigit()
    flags = told["durability"]
    assert (flags["fsync"], flags["full_page_writes"], flags["checksums"], flags["flush_at_commit"]) == (True,) * 4
    audit = told["audit"]
    assert (audit["how"], audit["connections"], audit["source"], audit["time"]) == (["log_connections"], *(True,) * 3)


def test_a_postgresql_that_may_lose_what_it_has_confirmed() -> None:
    need(psql="postgresql")
    told = _postgres("fsync = off\nfull_page_writes = off\nsynchronous_commit = off")
    flags = told["durability"]
    assert (flags["fsync"], flags["full_page_writes"], flags["checksums"], flags["flush_at_commit"]) == (False,) * 4
    assert (told["audit"]["connections"], told["audit"]["how"]) == (False, [])


def test_a_server_on_another_socket_is_read_from_its_files_and_what_they_do_not_tell_stays_open() -> None:
    need(psql="postgresql")
    script = POSTGRES.replace("BIN", binary("postgres").rpartition("/")[0]).replace("MORE", "")
    script = script.replace("SETTINGS", AUDITED + "\nport = 5433\nfsync = off").replace("-h /run", "-p 5433 -h /run")
    told = _one(script)
    assert told["settings_from"] == "files"
    assert told["unread"]["state"] == "unread"
    assert (told["durability"]["fsync"], told["durability"]["full_page_writes"]) == (False, True)
    assert told["durability"]["checksums"] is None
    assert told["audit"]["connections"] is True


def test_without_root_nothing_is_told_of_a_closed_server() -> None:
    need(psql="postgresql")
    told = _postgres(AUDITED, account="nobody")
    assert told["settings_from"] is None
    assert told["unread"]["cause"] == "permission"
    assert set(told["durability"].values()) == {None}
    assert told["audit"]["connections"] is None


def test_a_durable_mariadb_that_audits() -> None:
    need(mariadbd="mariadb-server")
    told = _mariadb("--plugin-load-add=server_audit --server-audit-logging=ON --log-bin --sync-binlog=1")
    assert (told["kind"], told["settings_from"]) == ("mariadb", "server")
    flags = told["durability"]
    assert (flags["fsync"], flags["flush_at_commit"], flags["doublewrite"], flags["checksums"]) == (True,) * 4
    assert flags["binlog_sync"] is True
    audit = told["audit"]
    assert (audit["how"], audit["connections"], audit["source"]) == (["server_audit"], True, True)
    assert audit["log"].endswith("server_audit.log")


def test_a_mariadb_that_may_lose_what_it_has_confirmed() -> None:
    need(mariadbd="mariadb-server")
    told = _mariadb("--innodb-flush-log-at-trx-commit=2 --skip-innodb-doublewrite")
    flags = told["durability"]
    assert (flags["flush_at_commit"], flags["doublewrite"]) == (False, False)
    assert (told["audit"]["how"], told["audit"]["connections"]) == ([], False)


def test_a_mariadb_on_another_socket_is_read_by_its_command_line() -> None:
    need(mariadbd="mariadb-server")
    told = _mariadb("--innodb-flush-log-at-trx-commit=0", socket="/mnt/other.sock")
    assert (told["settings_from"], told["unread"]["state"]) == ("files", "unread")
    assert told["durability"]["flush_at_commit"] is False
    assert told["data"] == "/mnt/my"
