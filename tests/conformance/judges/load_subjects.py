"""Subjects of the load checks: recorded runs, wrong in one named way; the check that is violated by it.

What the miniature shop's defects are to the other checks: at least two a check, each through another code path.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.judges.load_evidence import World

PEAK, HOT = "SBT-3.1.1.1-peak-utilisation", "SBT-3.1.1.3.5-hot"
DATABASE, FIREWALL = "SBT-3.1.2.2-meets-need", "SBT-3.1.4.2-performance"
LOAD: Sequence[str] = (PEAK, HOT, DATABASE, FIREWALL)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A recorded run: the check that it violates, and words that must stand in the reason."""

    name: str
    violates: str
    change: Callable[[World], Any]
    says: str
    also: tuple[str, ...] = field(default=())


def peak_of(host: str, resource: str, value: float | None) -> Callable[[World], None]:
    """Return a change of the highest 1-minute p99 of a host's resource."""
    return lambda world: world.host(host)["resources"][resource].update(p99_minute_peak=value)


def of_run(**changes: Any) -> Callable[[World], None]:
    """Return a change of the run itself."""
    return lambda world: world.run.update(changes)


def of_database(**changes: Any) -> Callable[[World], None]:
    """Return a change of what the database went through."""
    return lambda world: world.host("db1")["databases"][0].update(changes)


def of_queries(**changes: Any) -> Callable[[World], None]:
    """Return a change of its query times."""
    return lambda world: world.host("db1")["databases"][0]["query_ms"].update(changes)


def of_orders(**changes: Any) -> Callable[[World], None]:
    """Return a change of what became of the orders."""
    return lambda world: world.run["business"]["orders"].update(changes)


def of_payments(**changes: Any) -> Callable[[World], None]:
    """Return a change by which the provider's list was read, and tells this of the charges."""
    told = {"paid": 90, "doubled": [], "wrong": []} | changes
    return lambda world: world.run["business"].update(payments=told)


def at_the_gate(**changes: Any) -> Callable[[World], None]:
    """Return a change of the firewall's interface."""
    return lambda world: world.host("gate")["interfaces"][0].update(changes)


def purchases(begun: int, failed: int, unfinished: int = 0) -> Callable[[World], None]:
    """Return a change of the purchases that the backup overlapped."""
    counted = {"begun_during": begun, "failed_during": failed, "unfinished_during": unfinished}
    return lambda world: world.run["backup"].update(purchases=counted)


def failed_steps(count: int, failed: int) -> Callable[[World], None]:
    """Return a change of the shoppers' steps."""
    return of_run(steps={"open_product": {"count": count, "failed": failed, "p95_ms": 80.0}})


def stopped_early(world: World) -> None:
    """The run broke down after five minutes and was stopped."""
    why = {"why": "errors", "detail": "20 % of the steps of the last 30 s failed"}
    world.run.update(stopped=why, ended_ms=world.run["started_ms"] + 300_000, complete=False, valid=False)
    world.run["invalid"] = [{"code": "stopped", **why, "second": 300}]
    failed_steps(10_000, 2_000)(world)


def an_earlier_peak_run(change: Callable[[World], Any]) -> Callable[[World], None]:
    """Return a change by which a newer, good run of another profile stands before the one that is wrong."""

    def changed(world: World) -> None:
        newer = {**World().run, "profile": "nightly", "run_id": "load-2"}
        newer["planned"] = {**newer["planned"], "peak_rate_per_s": 1.0}
        newer["ended_ms"] += 3_600_000
        change(world)
        world.recalled["runs"].append(newer)

    return changed


SUBJECTS: Sequence[Subject] = (
    Subject(name="processors-at-their-limit", violates=PEAK, change=peak_of("web1", "cpu", 100.0), says="web1 CPU 100"),
    Subject(name="memory-of-the-database", violates=PEAK, change=peak_of("db1", "memory", 90.1), says="db1 memory"),
    Subject(name="a-full-wire", violates=PEAK, change=peak_of("gate", "network_bytes", 62_500_001.0), says="Mbit/s"),
    Subject(name="steps-that-fail", violates=PEAK, change=failed_steps(60_000, 3_001), says="5.0 % of the shoppers'"),
    Subject(name="broken-down-after-five-minutes", violates=PEAK, change=stopped_early, says="stopped (20 % of"),
    Subject(name="wrong-before-a-gentler-night", violates=PEAK,
            change=an_earlier_peak_run(peak_of("web1", "disk", 99.0)), says="web1 disk 99.0"),
    Subject(name="errors-in-the-log", violates=DATABASE, change=of_database(errors=7), says="orders: 7 errors"),
    Subject(name="slow-queries", violates=DATABASE, change=of_queries(p95=100.5), says="100.5 ms"),
    Subject(name="connections-refused", violates=DATABASE, change=of_database(refused=3), says="3 refused"),
    Subject(name="all-connections-taken", violates=DATABASE, change=of_database(connections_peak=100),
            says="all 100 connections"),
    Subject(name="deadlocks", violates=DATABASE, change=of_database(deadlocks=1, errors=None), says="1 deadlocks"),
    Subject(name="an-acknowledged-order-is-gone", violates=DATABASE, change=of_orders(lost=["100017"]), says="100017"),
    Subject(name="an-order-twice", violates=DATABASE, change=of_orders(doubled=["100018"]), says="doubled"),
    Subject(name="an-order-with-other-goods", violates=DATABASE, change=of_orders(altered=["100019"]), says="altered"),
    Subject(name="an-order-charged-twice", violates=DATABASE, change=of_payments(doubled=["100020", "100021"]),
            says="2 orders charged twice (100020, 100021)"),
    Subject(name="an-order-charged-too-much", violates=DATABASE, change=of_payments(wrong=["100022"]),
            says="1 orders charged another amount (100022)"),
    Subject(name="more-sold-than-there-was", violates=DATABASE,
            change=lambda world: world.run["business"]["stock"].update(oversold=2), says="more was sold"),
    Subject(name="overrun-interface", violates=FIREWALL, change=at_the_gate(rx_fifo=12), says="gate 12"),
    Subject(name="packets-not-sent-on", violates=FIREWALL, change=at_the_gate(tx_dropped=1), says="gate 1"),
    Subject(name="a-tunnel-that-loses-by-the-second", violates=FIREWALL,
            change=at_the_gate(hardware=False, tx_dropped=4_000), says="gate 4,000"),
    Subject(name="evidence-that-tells-of-no-device", violates=FIREWALL,
            change=at_the_gate(hardware=None, tx_dropped=1), says="gate 1"),
    Subject(name="dropped-by-the-second", violates=FIREWALL, change=at_the_gate(rx_dropped=4_000), says="gate 4,000"),
    Subject(name="kernel-could-not-keep-up", violates=FIREWALL,
            change=lambda world: world.host("gate").update(softnet_dropped=5), says="gate 5"),
    Subject(name="connection-table-full", violates=FIREWALL,
            change=lambda world: world.host("gate").update(conntrack={"insert_failed": 0, "drop": 9}), says="gate 9"),
    Subject(name="a-purchase-failed-in-the-backup", violates=HOT, change=purchases(200, 1), says="200 purchases"),
    Subject(name="closed-for-the-backup", violates=HOT, change=purchases(12, 12), says="12 failed"),
)  # fmt: skip
