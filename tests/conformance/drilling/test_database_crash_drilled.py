"""A shop whose orders stand in a real PostgreSQL, which is killed: what it acknowledged is there again, or it is not.

With asynchronous commit an order is acknowledged before it is written down. How soon PostgreSQL then writes it depends
on the machine, so the process that would is kept from it: what is lost must be the last orders, on any machine.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conformance.judges.drill_power import cuts_power
from conformance.judges.drill_run import Drill
from tests.conformance.drilling.stored import StoredOrders, kept_running
from tests.conformance.drilling.whole import Whole, whole
from tests.miniatures.postgres import PostgresServer
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

CHECK = "SBT-3.1.3.4-physical-power"
# Nothing but a commit, or who writes behind it, has anything written.
QUIET = ("autovacuum = off", "bgwriter_lru_maxpages = 0", "checkpoint_timeout = '1h'", "wal_writer_delay = '10s'")


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as running, psycopg.connect(running.dsn("postgres"), autocommit=True) as asked:
        for setting in QUIET:
            asked.execute(f"ALTER SYSTEM SET {setting}".encode())
        asked.execute("SELECT pg_reload_conf()")
        asked.close()
        with kept_running(running):
            yield running


def crashed(server: PostgresServer, folder: Path) -> tuple[Whole, dict[str, Any]]:
    """Let a shop keep its orders there, and drill."""
    entry = {"pidfile": str(server.pidfile), "start": server.start_command, "port": server.port}
    with MiniatureShop() as shop:
        kept = StoredOrders(server.dsn("postgres"))
        kept.update(shop.state.orders)
        shop.state.orders = kept  # type: ignore[assignment]
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as asked:
            asked.execute("CHECKPOINT")
        drilled = whole(shop, folder, "database-crash", entry, depth="order")
        return drilled, drilled.drill()


def test_a_shop_that_waits_for_its_commits_loses_nothing(server: PostgresServer, tmp_path: Path) -> None:
    _, data = crashed(server, tmp_path)
    assert data["proof_of_effect"]["proved"] is True
    assert f"listens on port {server.port}" in data["proof_of_effect"]["how"]
    assert (data["ended"], data["complete"], data["kind"]) == ("planned", True, "software")
    assert data["recovery_s"] > 0  # its own supervisor brought it back
    assert data["orders"]["acknowledged"] == data["orders"]["found"] > 0
    assert (data["orders"]["lost"], data["orders"]["degree_percent"]) == ([], 100)
    assert not cuts_power(Drill(data=data))  # a mere crash that lost nothing shows nothing of a power cut


def test_a_shop_that_commits_asynchronously_loses_its_last_orders(server: PostgresServer, tmp_path: Path) -> None:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as asked:
        asked.execute("ALTER DATABASE postgres SET synchronous_commit = off")
        row = asked.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'").fetchone()
    assert row is not None
    os.kill(row[0], signal.SIGSTOP)
    drilled, data = crashed(server, tmp_path)
    assert (data["ended"], data["complete"], data["proof_of_effect"]["proved"]) == ("planned", True, True)
    lost = data["orders"]["lost"]
    assert lost
    assert data["orders"]["degree_percent"] < 100
    found = drilled.finding(CHECK, "3.1.3.4")
    assert found["verdict"] == "violates"
    said = f"{len(lost)} of {data['orders']['acknowledged']} acknowledged orders did not come back whole"
    assert f"{said} after a mere crash (a power cut loses no less)" in found["reason"]
    assert all(str(number) in found["reason"] for number in lost[:10])
