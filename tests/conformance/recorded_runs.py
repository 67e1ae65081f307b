"""Runs of load and of drills, put into a ledger as ``duheng load`` and ``duheng drill`` would record them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from probes.canonical import freeze
from probes.clock import rfc3339
from probes.observation import Header, Observation
from reports.ledger.store import LedgerStore


def keep_load(store: LedgerStore, platform: str, *, ended: datetime, **differs: Any) -> None:
    """Keep a valid run at the peak of 2/s, held half an hour; ``differs`` replaces fields of its data."""
    data: Mapping[str, Any] = {
        "run_id": "load-1", "profile": "peak", "model": "open", "complete": True, "valid": True, "stopped": None,
        "ended_ms": round(ended.timestamp() * 1000), "planned": {"peak_rate_per_s": 2, "held_s": 1800},
    }  # fmt: skip
    _keep(store, _header(platform, "load.run", "peak", f"load-{rfc3339(ended)}", ended), {**data, **differs})


def keep_drill(store: LedgerStore, platform: str, run_id: str, *, ended: datetime, seen: datetime) -> None:
    """Keep the run of a drill; ``seen`` is when it was recorded, which may be long after its end."""
    data = {"run_id": run_id, "drill": "crash", "ended_ms": round(ended.timestamp() * 1000)}
    _keep(store, _header(platform, "drill.run", "crash", run_id, seen), data)


def _keep(store: LedgerStore, header: Header, data: Mapping[str, Any]) -> None:
    store.append_readings(header.run_id, (Observation(header=header, data=freeze(data)),))


def _header(platform: str, kind: str, subject: str, run_id: str, seen: datetime) -> Header:
    return Header(
        platform_id=platform, kind=kind, subject=subject, observed_at=rfc3339(seen),
        clock_offset_s=None, vantage="here", probe_version="1", run_id=run_id,
    )  # fmt: skip
