"""Three watchers of one PostgreSQL ledger, in network namespaces: one cut off, one alone blind, the ledger killed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from reports.history import History, history, vote
from reports.standing import Interval
from tests.conformance.running import ROOT
from tests.conformance.watch.lab import AROUND, SHOP, VANTAGES
from tests.miniatures.postgres import binary

pytestmark = pytest.mark.integration


def _need(holds: bool, missing: str) -> None:
    if not holds:
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _joined(core: str, name: str, address: str) -> None:
    """Make a namespace whose one interface ends at the bridge of the core."""
    _ip("netns", "add", name)
    _ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", f"to-{name[-2:]}", "netns", core)
    _ip("-n", core, "link", "set", f"to-{name[-2:]}", "master", "br0", "up")
    _ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")
    _ip("-n", name, "link", "set", "lo", "up")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    _need(os.geteuid() == 0, "network namespaces need root")
    _need(shutil.which("ip") is not None, "ip is not installed (Debian: iproute2)")
    binary("initdb")
    folder, prefix = tmp_path_factory.mktemp("lab"), f"dh{os.getpid()}"
    core = f"{prefix}core"
    try:
        _ip("netns", "add", core)
        _ip("-n", core, "link", "add", "br0", "type", "bridge")
        for address in (SHOP, AROUND):
            _ip("-n", core, "address", "add", f"{address}/24", "dev", "br0")
        for device in ("br0", "lo"):
            _ip("-n", core, "link", "set", device, "up")
        for number, name in enumerate(VANTAGES, start=11):
            _joined(core, f"{prefix}{name}", f"10.177.0.{number}")
        acted = subprocess.run(
            ["ip", "netns", "exec", core, sys.executable, "-m", "tests.conformance.watch.lab", prefix, str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert acted.returncode == 0, acted.stdout + acted.stderr
        yield json.loads((folder / "record.json").read_text(encoding="utf-8"))
    finally:
        for name in (*(f"{prefix}{each}" for each in VANTAGES), core):
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def _intervals(record: dict[str, Any], vantage: str) -> list[Interval]:
    found = [Interval(**each) for each in record["intervals"] if each["vantage"] == vantage]
    return sorted(found, key=lambda each: each.starts_ms)


def _known(record: dict[str, Any], vantage: str) -> History:
    return history(each.run for each in _intervals(record, vantage))


def test_the_chain_is_whole_and_nobody_s_record_has_a_hole(record: dict[str, Any]) -> None:
    assert record["verified"]
    for vantage in VANTAGES:
        found = _intervals(record, vantage)
        assert [each.starts_ms for each in found[1:]] == [each.ends_ms for each in found[:-1]]
        # The ledger was away for seconds, and what was seen meanwhile is there all the same.
        away = record["away_ms"]
        assert found[0].starts_ms < away[0]
        assert found[-1].ends_ms > away[1]


def test_one_that_is_cut_off_knows_nothing_and_says_so(record: dict[str, Any]) -> None:
    unknown = [each for each in _intervals(record, "w3") if each.state == "unknown"]
    assert {each.why for each in unknown} == {"own network"}
    assert record["cut_ms"][0] - 2000 < unknown[0].starts_ms < unknown[-1].ends_ms <= record["cut_ms"][1] + 1000
    for vantage in ("w1", "w2"):
        assert [each for each in _intervals(record, vantage) if each.state == "unknown"] == []


def test_one_that_alone_is_blind_is_kept_and_outvoted(record: dict[str, Any]) -> None:
    split, outage = record["split_ms"], record["outage_ms"]
    alone = [each for each in _intervals(record, "w2") if each.state == "down" and each.ends_ms <= outage[0]]
    assert [split[0] - 2000 < each.starts_ms < split[1] for each in alone] == [True]


def test_the_platform_was_down_in_the_true_outage_and_at_no_other_time(record: dict[str, Any]) -> None:
    histories = [_known(record, vantage) for vantage in VANTAGES]
    starts, ends = max(each[0].starts_ms for each in histories), min(each[-1].ends_ms for each in histories)
    together = vote(histories, at_least=2, starts_ms=starts, ends_ms=ends)
    assert [run.state for run in together] == ["up", "down", "up"]
    outage = record["outage_ms"]
    assert outage[0] - 2000 < together[1].starts_ms < together[1].ends_ms <= outage[1] + 1000
