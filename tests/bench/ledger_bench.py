"""How fast the ledger keeps and verifies, as ratios against a plain table in the same run."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from probes.clock import SystemClock
from reports.ledger.entry import Draft
from reports.ledger.sqlite import SqliteStore

_SINGLES = 300
_BATCHES = 200
_BATCH = 100
_VERIFIED = 100_000
_PAYLOAD = b'{"data":{"status":200,"text":"%s"},"kind":"page","number":%d,"platform_id":"shop","type":"observation"}'


def _draft(number: int) -> Draft:
    return Draft(kind="reading", payload=_PAYLOAD % (b"x" * 300, number))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ledger_s(store: SqliteStore, batches: int, size: int) -> float:
    drafts = [_draft(number) for number in range(size)]
    return _timed(lambda: [store.append("bench", drafts) for _ in range(batches)])


def _plain_s(path: Path, batches: int, size: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS plain (payload BLOB)")
    rows = [(_draft(number).payload,) for number in range(size)]

    def insert() -> None:
        for _ in range(batches):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO plain VALUES (?)", rows)
            connection.execute("COMMIT")

    try:
        return _timed(insert)
    finally:
        connection.close()


def measure() -> dict[str, float]:
    """Return entries a second by size of batch, each with its ratio to a plain table, and seconds to verify 100,000."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with SqliteStore(folder / "ledger.db", clock=SystemClock()) as store:
            single_s, plain_single_s = _ledger_s(store, _SINGLES, 1), _plain_s(folder / "plain.db", _SINGLES, 1)
            batch_s, plain_batch_s = _ledger_s(store, _BATCHES, _BATCH), _plain_s(folder / "plain.db", _BATCHES, _BATCH)
            store.append("bench", [_draft(number) for number in range(_VERIFIED - store.head().seq)])
            found = []
            verify_s = _timed(lambda: found.append(store.verify()))
            if not found[0].ok or found[0].entries != _VERIFIED:
                raise AssertionError(f"the bench's own ledger does not verify: {found[0]}")
    return {
        "appends_per_s_batch_1": _SINGLES / single_s,
        "appends_per_s_batch_100": _BATCHES * _BATCH / batch_s,
        "batch_1_time_to_plain_table": single_s / plain_single_s,
        "batch_100_time_to_plain_table": batch_s / plain_batch_s,
        "verify_100000_s": verify_s,
    }


if __name__ == "__main__":
    for _name, _value in measure().items():
        sys.stdout.write(f"{_name}: {_value:.2f}\n")
