"""A whole `duheng drill` of an attack, or of the test virus: the miniature shop is what is watched meanwhile."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.catalogue.load import load_catalogue
from conformance.judges.drill_run import Drill
from conformance.judges.drill_runs import DrillJudge, fault_of_record
from conformance.judges.hosts import Tell
from probes.canonical import freeze
from tests.conformance.drilling.subject import ended
from tests.conformance.running import recorded, start
from tests.miniatures.shop.miniature import MiniatureShop

LOCAL: Mapping[str, Any] = {"address": "local"}


def run_drill(
    shop: MiniatureShop,
    folder: Path,
    fault: str,
    *,
    host: Mapping[str, Any] = LOCAL,
    listed: str = "",
    **entry: Any,
) -> tuple[int, str, dict[str, Any]]:
    """Return the exit status of a drill, what it said, and its data in the ledger.

    Args:
        shop: what is watched.
        folder: where everything is, on the host too.
        fault: what is put in.
        host: how the host is reached, as keys of ``[[hosts]]``.
        listed: a host and port that the target file lists besides.
        entry: further keys of its ``[[drills]]`` entry.
    """
    permitted(shop, folder, fault, host=host, listed=listed, **entry)
    status, said = ended(start("drill", fault, folder=folder))
    return status, said, recorded_in(folder, said)


def recorded_in(folder: Path, said: str) -> dict[str, Any]:
    """Return the data of the only drill in the ledger of a folder."""
    with recorded(folder / "duheng.db") as store:
        entries = store.newest_entries("miniature", "drill.run", most=2)
        assert len(entries) == 1, said
        data: dict[str, Any] = entries[0].value()["data"]
        return data


def permitted(
    shop: MiniatureShop, folder: Path, fault: str, *, host: Mapping[str, Any] = LOCAL, listed: str = "", **entry: Any
) -> None:
    """Write target file and permission; see ``run_drill``."""
    token = folder / "token.json"
    tables = [
        ("[[hosts]]", {"name": "edge", **host}),
        ("[drill]", {"token_path": str(token)}),
        ("[[drills]]", {"name": fault, "host": "edge", "depth": "page", "deadman_s": 600, **entry}),
    ]
    lines = [line for head, keys in tables for line in (head, *(f"{key} = {_toml(keys[key])}" for key in keys))]
    target = shop.target_toml(folder, further="\n".join(lines))
    target.write_text(
        target.read_text().replace(
            "authorised = true", f"authorised = true\nhosts = {_toml([listed] if listed else [])}"
        )
    )
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    permission = {"platform": "miniature", "host": "edge", "allows": [fault], "until": until}
    token.write_text(json.dumps({**permission, "place": str(folder / "drill")}))
    token.chmod(0o600)


def judged(data: Mapping[str, Any], own_id: str, judge: DrillJudge) -> Tell:
    """Return what a judge tells of a recorded drill, which must tell something."""
    drill = Drill(data=freeze(dict(data)))
    fault = fault_of_record(drill)
    assert fault is None, fault
    return judge(load_catalogue("SBT").by_id[own_id], drill)


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
