"""What a drill may take after its fault is out: a window must leave it, and a night reckons with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_named
from conformance.drilling.lasting import LONGEST_AFTER_S, after_s, time_for
from conformance.drilling.task import reasons_against
from conformance.night.planned import planned
from probes.target_file import read_target
from probes.target_night import Night, Step
from tests.probes.shop.walking import HandClock

TARGET = """
[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
environment = "production"
authorised = true
adapter = "builtin:oscar"
[[hosts]]
name = "web1"
address = "local"
[[windows]]
starts = {opens}
ends = {closes}
purpose = "drill"
[drill]
max_orders = 180
[[drills]]
name = "crash"
fault = "software-crash"
host = "web1"
unit = "shop.service"
deadman_s = 600
depth = "{depth}"
"""
AFTER_S = {"page": 120 + 120, "checkout": 120 + 120, "order": 120 + 2 * 300 + 120, "payment": 120 + 3 * 300 + 120}


def test_time_grows_with_the_orders_and_has_an_end() -> None:
    assert [time_for(orders) for orders in (0, 180, 10**9)] == [120, 300, 900]
    assert after_s({"depth": "payment"}, 10**9) == LONGEST_AFTER_S


@pytest.mark.parametrize("depth", AFTER_S)
def test_a_window_must_hold_all_of_it_and_a_night_reckons_with_all_of_it(depth: str, tmp_path: Path) -> None:
    clock, lasts_s = HandClock(), 600 + AFTER_S[depth]
    now = clock.now()
    for short_s in (0, 60):
        closes = now + timedelta(seconds=lasts_s - short_s)
        path = tmp_path / "duheng.toml"
        path.write_text(TARGET.format(opens=_said(now - timedelta(hours=1)), closes=_said(closes), depth=depth))
        target = read_target(path)
        drill = drill_named(target, load_catalogue(), "crash")
        reasons = reasons_against(target, drill, clock)
        assert bool(reasons) is bool(short_s), reasons
        assert all("may last until" in reason for reason in reasons)
    (step,) = planned(Night(steps=(Step(verb="drill", name="crash"),), hours=None), target, recover=False)
    assert step.lasts_s == lasts_s


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
