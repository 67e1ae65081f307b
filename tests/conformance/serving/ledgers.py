"""Ledgers with history for `duheng serve`, written as the watch and examinations write them; relative to *now*."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from probes.canonical import freeze
from probes.clock import SystemClock, rfc3339
from probes.observation import Header, Observation
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import open_key, watcher_key
from reports.ledger.store import LedgerStore
from reports.standing import Interval, Maintenance, as_bytes, as_draft
from reports.verdict_record import VerdictRecord
from reports.verdict_record import as_draft as verdicts_draft
from tests.conformance.judges.drill_evidence import drill, orders
from tests.conformance.judges.load_evidence import run as load_run

PLATFORM = "shop-staging"
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
EVERY_MS = 60_000

TARGET = f"""\
[platform]
id = "{PLATFORM}"
name = "Shop, staging"
base_url = "https://shop.invalid"
environment = "staging"
timezone = "UTC"
adapter = "oscar"
authorised = true

[ledger]
url = "sqlite:///evidence.db"
"""


def target_in(folder: Path, further: str = "") -> Path:
    """Write the target file; its ledger is ``evidence.db`` beside it."""
    path = folder / "shop.toml"
    path.write_text(TARGET + further, encoding="utf-8")
    return path


def open_store(folder: Path) -> LedgerStore:
    """Open the ledger that the target names."""
    return SqliteStore(folder / "evidence.db", clock=SystemClock())


def now_ms() -> int:
    """Return the wall clock in whole milliseconds."""
    return int(datetime.now(UTC).timestamp() * 1000)


def interval(check: str, state: Any, starts_ms: int, ends_ms: int, *, vantage: str = "here") -> Interval:
    """Return a run of one state; a page is a page, all else goes to the checkout."""
    tried = 0 if state == "unknown" else max(1, (ends_ms - starts_ms) // EVERY_MS)
    return Interval(
        platform_id=PLATFORM,
        check=check,
        vantage=vantage,
        state=state,
        starts_ms=starts_ms,
        ends_ms=ends_ms,
        day=f"{datetime.fromtimestamp(starts_ms / 1000, UTC):%Y-%m-%d}",
        tried=tried,
        failed=tried if state == "down" else 0,
        every_ms=EVERY_MS,
        depth="page" if check == "front" else "checkout",
        why="502" if state == "down" else "suspended" if state == "unknown" else "",
        source="watch",
    )


def days_of(check: str, states: list[tuple[Any, int, int]]) -> Iterator[Interval]:
    """Yield runs as the watch seals them: cut at each midnight."""
    for state, starts_ms, ends_ms in states:
        begin = starts_ms
        while begin < ends_ms:
            end = min(ends_ms, (begin // DAY_MS + 1) * DAY_MS)
            yield interval(check, state, begin, end)
            begin = end


def with_year(store: LedgerStore, *, days: int = 400) -> None:
    """Keep a record of so many days: `buying` failed three times for an hour and is up; `front` is down for 4 h now."""
    now = now_ms()
    begin = now - days * DAY_MS
    outages = [now - share * days * DAY_MS // 8 for share in (6, 4, 2)]
    states: list[tuple[Any, int, int]] = []
    at = begin
    for outage in outages:
        states += [("up", at, outage), ("down", outage, outage + HOUR_MS)]
        at = outage + HOUR_MS
    states += [("up", at, now - HOUR_MS)]
    down = now - 4 * HOUR_MS
    front: list[tuple[Any, int, int]] = [
        ("up", begin, now - 10 * DAY_MS),
        ("unknown", now - 10 * DAY_MS, now - 10 * DAY_MS + HOUR_MS),
        ("up", now - 10 * DAY_MS + HOUR_MS, down),
    ]
    sealed = [as_draft(run) for run in (*days_of("buying", states), *days_of("front", front))]
    planned = Maintenance(
        platform_id=PLATFORM,
        starts_ms=now + DAY_MS,
        ends_ms=now + DAY_MS + HOUR_MS,
        announced_ms=now,
        reason="new database",
    )
    store.append("watch-1", (*sealed, as_draft(planned)))
    with_open_runs(store, buying=("up", now - HOUR_MS), front=("down", down))


def with_open_runs(store: LedgerStore, **runs: tuple[Any, int]) -> None:
    """Leave what a living watcher leaves: an open run a check, which ends now, and a heartbeat."""
    now = now_ms()
    opened = {
        open_key(PLATFORM, check, "here"): as_bytes(interval(check, state, begin, now))
        for check, (state, begin) in runs.items()
    }
    store.note(opened | {watcher_key(PLATFORM, "here"): heartbeat(now)})


def with_runs(store: LedgerStore) -> None:
    """Keep what a night leaves: a run of load, and two drills, the fault of one of which is still in."""
    wound = drill("hang", "software", 30, ended_ms=now_ms() - HOUR_MS)
    wound["proof_of_revert"] = {"proved": False, "how": "process 1 stands still"}
    crash = drill("crash", "software", 4, ended_ms=now_ms() - 2 * HOUR_MS, limit_s=60, orders=orders(200))
    kept = (
        reading("load.run", "peak", load_run() | {"profile": "peak"}, run_id="load-1", age=timedelta(hours=3)),
        *(reading("drill.run", str(run["drill"]), run, run_id="drill-1", age=timedelta(0)) for run in (wound, crash)),
    )
    store.append_readings("night-1", kept)


def heartbeat(seen_ms: int) -> bytes:
    """Return a watcher's sign of life."""
    told = {"instance": "a", "since_ms": seen_ms - HOUR_MS, "seen_ms": seen_ms, "pid": 1, "host": "here"}
    return json.dumps(told).encode()


def reading(kind: str, subject: str, data: dict[str, Any], *, run_id: str, age: timedelta) -> Observation:
    """Return an observation of so long ago."""
    header = Header(
        platform_id=PLATFORM,
        kind=kind,
        subject=subject,
        observed_at=rfc3339(datetime.now(UTC) - age),
        clock_offset_s=None,
        vantage="here",
        probe_version="1",
        run_id=run_id,
    )
    return Observation(header=header, data=freeze(data))


def certificate(days_left: float) -> dict[str, Any]:
    """Return as much of a ``net.tls`` observation as tells when a chain expires."""
    expires = rfc3339(datetime.now(UTC) + timedelta(days=days_left))
    later = rfc3339(datetime.now(UTC) + timedelta(days=days_left + 1000))
    return {
        "host": "shop.invalid",
        "port": 443,
        "speaks_tls": True,
        "negotiated": True,
        "refusal": None,
        "protocol": "TLSv1.3",
        "cipher": "TLS_AES_128_GCM_SHA256",
        "secret_bits": 128,
        "prohibited_suite": False,
        "trusted": True,
        "verify_error": None,
        "name_matches": True,
        "self_signed": False,
        "chain_complete": True,
        "expires_in_s": int(days_left * 86_400),
        "problems": [],
        "chain": [{"not_after": expires}, {"not_after": later}],
        "hsts": None,
        "hsts_status": 200,
        "hsts_error": None,
    }


def with_examination(
    store: LedgerStore, run_id: str, *, published: bool = True, days_left: float = 40.0, age_h: float = 2.0
) -> None:
    """Keep a finished examination: `SBT-3.1.2.3-tcpip` conforms by it, or violates where an address is dead."""
    age = timedelta(hours=age_h)
    addresses = [address("192.0.2.1", None), address("192.0.2.2", None if published else "refused")]
    seen = (
        reading("net.tcp", "https://shop.invalid", tcp(addresses), run_id=run_id, age=age),
        reading("net.tls", "https://shop.invalid", certificate(days_left), run_id=run_id, age=age),
    )
    store.start_run(run_id, {"tool": "duheng"})
    store.append_readings(run_id, seen)
    store.finish_run(run_id, {"readings": len(seen)})
    told = VerdictRecord(
        platform_id=PLATFORM,
        run_id=run_id,
        ended=rfc3339(datetime.now(UTC) - age),
        verdicts={"SBT-3.2.1-cart": "conforms", "SBT-3.2.1-orders": "conforms"},
        exit=1,
    )
    store.append(run_id, (verdicts_draft(told),))


def address(ip: str, error: str | None) -> dict[str, Any]:
    """Return one address of a ``net.tcp`` observation."""
    connected = error is None
    return {
        "address": ip,
        "family": "ipv4",
        "source": "dns",
        "connected": connected,
        "ms": 1 if connected else None,
        "error": error,
    }


def tcp(addresses: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a ``net.tcp`` observation."""
    return {"host": "shop.invalid", "port": 443, "addresses": addresses, "any_connected": True}
