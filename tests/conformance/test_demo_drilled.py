"""`duheng drill software-crash` on the demo shop, as the README says it, and what the next examination makes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.demo import lifecycle
from conformance.demo.lifecycle import Running
from probes.shop.trail import read
from reports.stock_moves import PHASES
from tests.conformance.running import duheng, recorded, report_of

pytestmark = pytest.mark.integration


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    pytest.importorskip("oscar", reason="the extra `demo` is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUHENG_DEMO_HASH_ROUNDS", "1000")
        running = lifecycle.start(tmp_path / "shop")
    text = running.folder.target.read_text(encoding="utf-8")  # a busy machine may be slow
    running.folder.target.write_text(text.replace("[drill]\n", "[drill]\njourney_s = 60\n"), encoding="utf-8")
    try:
        yield running
    finally:
        assert lifecycle.stop(running.folder.root)
        assert not list(running.folder.root.glob("*.pid"))  # no keeper has started a server again


def test_a_crash_of_the_demo_shop_stands_in_the_next_report(up: Running) -> None:
    root = up.folder.root
    done = duheng("drill", "software-crash", "--target", up.folder.target, folder=root)
    assert done.returncode == 0, done.stdout + done.stderr
    with recorded(root / "duheng.db") as store:
        (entry,) = store.newest_entries("demo-oscar", "drill.run", most=9)
        data = entry.value()["data"]
    assert (data["ended"], data["complete"], data["reverted_by"]) == ("planned", True, "harness")
    assert data["proof_of_effect"]["proved"] is True
    assert data["proof_of_revert"]["proved"] is True
    phases = data["phases"]
    times = [phases[f"{name}_ms"] for name in ("injected", "detected", "decided", "acted", "first_good", "verified")]
    assert times == sorted(times)  # the keeper's own log says when it detected, decided, acted
    assert data["recovery_s"] == recovery_s(root / "duheng-out" / "drills" / f"{data['run_id']}.jsonl", data)
    assert data["orders"]["acknowledged"] == data["orders"]["found"] > 0
    assert data["orders"]["degree_percent"] == 100
    assert [look["phase"] for look in data["stock"]["looks"]] == list(PHASES)
    assert all(isinstance(look["stock"], int) for look in data["stock"]["looks"])
    # A confirmation that the crash broke off may have made an order, which nobody can find; no other is left.
    assert all(words.startswith("order (without a number) stays") for words in data["left_behind"])
    assert len(data["left_behind"]) <= data["journeys"]["during"]["failed"]
    assert not list(root.glob("drill.*"))

    duheng("examine", "--clauses", "3.1.1.2", "--target", "duheng.toml", folder=root)
    found = {each["id"]: each for each in report_of(root)["findings"]}
    assert "Drill software-crash, ended" in found["SBT-3.1.1.2-sw-mttr"]["reason"]


def recovery_s(record: Path, data: dict[str, Any]) -> float:
    """Return the time to the first good journey by the record's monotonic clock, which no busy machine reads late."""
    entries = read(record.read_bytes()).entries
    (injected_s,) = (entry.facts["injected_s"] for entry in entries if (entry.kind, entry.id) == ("end", "inject"))
    first_ms = data["phases"]["first_good_ms"]
    (good,) = (entry.facts for entry in entries if entry.kind == "journey" and entry.facts["ended_ms"] == first_ms)
    return round(float(good["ended_s"]) - float(injected_s), 3)


def test_a_hang_that_nobody_notices_ends_with_the_error_budget_and_is_no_recovery(up: Running) -> None:
    root = up.folder.root
    text = up.folder.target.read_text(encoding="utf-8").replace("[drill]\n", "[drill]\nmax_down_s = 6\n")
    up.folder.target.write_text(text, encoding="utf-8")
    done = duheng("drill", "hang", "--target", up.folder.target, folder=root)
    assert done.returncode == 2, done.stdout + done.stderr
    with recorded(root / "duheng.db") as store:
        (entry,) = store.newest_entries("demo-oscar", "drill.run", most=9)
        data = entry.value()["data"]
    assert (data["ended"], data["complete"], data["recovery_s"]) == ("stopped", True, None)
    assert data["stopped"] == "the error budget is used up: 6 s without a good journey"
    assert data["proof_of_effect"]["proved"] is True
    assert data["proof_of_revert"]["proved"] is True
    assert data["journeys"]["after"] == {"tried": 5, "failed": 0}
    assert data["reverted_by"] == "harness"


def test_a_recovery_beyond_a_stricter_limit_violates(up: Running) -> None:
    root = up.folder.root
    text = up.folder.target.read_text(encoding="utf-8").replace("limit_s = 20", "limit_s = 4")
    up.folder.target.write_text(text, encoding="utf-8")
    done = duheng("drill", "hang", "--target", up.folder.target, folder=root)
    assert done.returncode == 0, done.stdout + done.stderr
    with recorded(root / "duheng.db") as store:
        (entry,) = store.newest_entries("demo-oscar", "drill.run", most=9)
        data = entry.value()["data"]
    assert (data["ended"], data["complete"], data["recovery_s"], data["limit_s"]) == ("planned", True, None, 4)
    duheng("examine", "--clauses", "3.1.1.2", "--target", "duheng.toml", folder=root)
    found = {each["id"]: each for each in report_of(root)["findings"]}
    assert found["SBT-3.1.1.2-sw-mttr"]["verdict"] == "violates"
