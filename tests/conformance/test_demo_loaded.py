"""`duheng load smoke` on the demo shop, as the README says it, and what the next examination makes of it."""

from pathlib import Path
from typing import Any

import pytest

from conformance.demo import lifecycle
from probes.canonical import thaw
from probes.observation import Observation
from tests.conformance.loading.running import OF_THE_GENERATOR
from tests.conformance.running import duheng, recorded, report_of

pytestmark = pytest.mark.integration


def test_smoke_on_the_demo_shop_stands_in_the_next_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("oscar", reason="the extra `demo` is not installed")
    monkeypatch.setenv("DUHENG_DEMO_HASH_ROUNDS", "1000")
    root = tmp_path / "shop"
    up = lifecycle.start(root)
    try:
        done = duheng("load", "smoke", "--target", up.folder.target, folder=root)
        assert done.returncode in {0, 2}, done.stdout + done.stderr
        with recorded(root / "duheng.db") as store:
            reading = store.latest("demo-oscar", "load.run", "smoke")
        assert isinstance(reading, Observation), done.stdout
        data: dict[str, Any] = thaw(reading.data)
        # Only a busy machine makes it tell nothing; of trade it tells in any case.
        assert {reason["code"] for reason in data["invalid"]} <= OF_THE_GENERATOR, done.stdout
        orders = data["business"]["orders"]
        assert orders["acknowledged"] == orders["found"] > 0
        assert data["cleaned"] == {"cancelled": orders["acknowledged"], "left": 0}

        duheng("examine", "--clauses", "3.1.1.1", "--target", "duheng.toml", folder=root)
        found = {each["id"]: each for each in report_of(root)["findings"]}
        peak = found["SBT-3.1.1.1-peak-utilisation"]
        assert peak["verdict"] == "undetermined"  # twenty seconds are no half hour
        assert peak["reason"].startswith("Load run smoke, ended ")
    finally:
        assert lifecycle.stop(root)
