"""A fault that refuses itself on the host: the drill is broken off, says why, and nothing was put in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conformance.drilling.subject import ended
from tests.conformance.running import recorded, start
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


def test_a_drill_whose_fault_must_not_be_put_in_is_broken_off(running_shop: MiniatureShop, tmp_path: Path) -> None:
    token = {"platform": "miniature", "host": "web1", "allows": ["disk-full"], "place": str(tmp_path / "drill")}
    token["until"] = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    (tmp_path / "token.json").write_text(json.dumps(token))
    (tmp_path / "token.json").chmod(0o600)
    running_shop.target_toml(
        tmp_path,
        further=f"""
[[hosts]]
name = "web1"
address = "local"
[drill]
token_path = "{tmp_path}/token.json"
[[drills]]
name = "disk-full"
host = "web1"
path = "{tmp_path}"
depth = "page"
""",
    )
    status, said = ended(start("drill", "disk-full", folder=tmp_path))
    assert status == 2, said
    assert f"broken off: the fault was not put in: {tmp_path} shares the space of " in said
    assert not list(tmp_path.glob("drill.*"))
    assert not list(tmp_path.glob("duheng-drill-fill*"))
    with recorded(tmp_path / "duheng.db") as store:
        (entry,) = store.newest_entries("miniature", "drill.run", most=10)
    told = entry.value()["data"]
    assert (told["fault"], told["ended"], told["complete"]) == ("disk-full", "aborted", False)
    assert told["proof_of_effect"] is None
