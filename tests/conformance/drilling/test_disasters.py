"""Disasters on a real PostgreSQL with pgBackRest: all orders back, some lost, the remote copy alone, a bad backup."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.verdict import Conforms, Undetermined, Violates
from tests.conformance.drilling.disasters import OrdersInPostgres, drill, orders_in_postgres
from tests.probes.backups.asking import flip, largest

pytestmark = pytest.mark.integration
TIME, DEGREE = "SBT-3.1.1.4.1", "SBT-3.1.1.4.2"


@pytest.fixture(scope="module")
def orders() -> Iterator[OrdersInPostgres]:
    with orders_in_postgres() as found:
        yield found


def beside(data: Path) -> list[Path]:
    """Return what drills left beside the data."""
    return sorted(data.parent.glob("data.duheng-*"))


def test_all_orders_come_back_from_backup_and_archive(orders: OrdersInPostgres, tmp_path: Path) -> None:
    before = beside(orders.data)
    done = drill(orders.shop, tmp_path, "data-lost", {**orders.entry, "recover": orders.back()})
    assert done.status == 0, done.said
    told = done.told
    assert (told["kind"], told["disaster"]) == ("general", "general")
    assert told["proof_of_revert"]["how"].startswith("held: "), told["proof_of_revert"]
    assert told["orders"]["acknowledged"] == told["orders"]["found"] >= 10
    assert told["journeys"]["during"]["failed"] > 0
    phases = told["phases"]
    assert phases["injected_ms"] <= phases["decided_ms"] <= phases["acted_ms"]
    assert phases["decided_ms"] <= phases["first_good_ms"]
    (kept,) = set(beside(orders.data)) - set(before)
    assert (kept / "PG_VERSION").exists()  # the data from before, which nobody wrote over
    assert str(kept) in done.said
    assert isinstance(done.verdicts[f"{TIME}-general"].verdict, Conforms), done.verdicts[f"{TIME}-general"]
    assert isinstance(done.verdicts[f"{DEGREE}-general"].verdict, Conforms), done.verdicts[f"{DEGREE}-general"]
    assert orders.runs()


def test_a_backup_without_its_archive_loses_the_orders_since(orders: OrdersInPostgres, tmp_path: Path) -> None:
    back = orders.back(how=f"--set={orders.first_backup} --type=immediate --target-action=promote")
    done = drill(orders.shop, tmp_path, "data-lost", {**orders.entry, "recover": back})
    assert done.status == 0, done.said
    lost = done.told["orders"]["lost"]
    assert len(lost) >= 5
    assert isinstance(done.verdicts[f"{TIME}-general"].verdict, Conforms), done.verdicts[f"{TIME}-general"]
    degree = done.verdicts[f"{DEGREE}-general"].verdict
    assert isinstance(degree, Violates), degree
    assert all(number in degree.reason.en for number in lost[:5])


def test_the_remote_copy_alone_serves_when_all_here_is_gone(orders: OrdersInPostgres, tmp_path: Path) -> None:
    local, remote = orders.made.repository(1), orders.config_of(orders.made.repository(2))
    archive = f"pgbackrest --config={remote} --stanza=shop archive-push %p"
    entry = {**orders.entry, "local_backup": [str(local)]}
    entry["recover"] = orders.back(config=remote, options=f"-c archive_command='{archive}'")
    done = drill(orders.shop, tmp_path, "medium-lost", entry)
    assert done.status == 0, done.said
    assert (done.told["kind"], done.told["disaster"]) == ("severe", "severe")
    assert local.is_dir()
    assert not list(local.parent.glob("repo1.duheng-*"))
    assert done.told["orders"]["acknowledged"] == done.told["orders"]["found"] >= 10
    for check in (TIME, DEGREE):
        assert isinstance(done.verdicts[f"{check}-severe"].verdict, Conforms), done.verdicts[f"{check}-severe"]
    assert not isinstance(done.verdicts[f"{TIME}-general"].verdict, Conforms)


def test_a_damaged_backup_brings_nothing_back_and_loses_nothing(orders: OrdersInPostgres, tmp_path: Path) -> None:
    damaged = orders.made.folder / "damaged"
    shutil.copytree(orders.made.repository(1), damaged)
    flip(largest(damaged / "backup/shop" / orders.first_backup / "pg_data" / "base"))
    back = orders.back(config=orders.config_of(damaged), how=f"--set={orders.first_backup}")
    done = drill(orders.shop, tmp_path, "data-lost", {**orders.entry, "recover": back, "limit_s": 8})
    assert "the way back FAILED" in done.said
    assert done.status == 0, done.said
    told = done.told
    assert (told["recovery_s"], told["phases"]["acted_ms"]) == (None, None)
    assert not told["proof_of_revert"]["how"].startswith("held")
    assert told["orders"]["acknowledged"] == told["orders"]["found"] >= 10  # what was there before is there again
    verdict = done.verdicts[f"{TIME}-general"].verdict
    assert isinstance(verdict, Violates), verdict
    assert "not less than 8 s" in verdict.reason.en
    degree = done.verdicts[f"{DEGREE}-general"].verdict  # what the drill itself gave back is no recovery
    assert isinstance(degree, Undetermined), degree
    assert "that shows no recovery" in degree.reason.en
    assert orders.runs()
