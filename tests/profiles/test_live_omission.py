"""The coordinated omission oracle, live: what a shop that stands still for 6 s does to those who would have come.

100 arrivals a second for 60 s, 10 ms each, a gate shut for 6 s: p95 3.00 s, p99 5.40 s, the longest 6.0 s. No machine
is so fast that less is true. On one that is busy with other things more is: the gate opens later, the answers come
later and are read later. So what is told is held against what happened, as each shopper noted it for itself.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.profiles.gated import Gate, gated
from tests.profiles.pushing import CROWDS, planned, pushed
from tests.profiles.test_coordinated_omission import exactly

pytestmark = pytest.mark.integration

TOLD = CROWDS / "told.py"
PERCENTS = (50, 95, 99, 100)
DIGITS = 0.01  # three of them: 101 ms may be 101.9
LEAST_MS = {95: 3000, 99: 5400, 100: 6000}
APART_MS = 10  # the gate shuts at any moment between two arrivals


@pytest.mark.parametrize("workers", [1, 4])
def test_who_would_have_come_is_counted(tmp_path: Path, workers: int) -> None:
    with gated(service_s=0.01, shut_after_s=20.0, shut_s=6.0) as server:
        planned(tmp_path, server.port, rate=100, seconds=60, workers=workers, max_in_flight=6000, drain_s=60)
        record = pushed(tmp_path, shoppers=TOLD)
    assert record.complete, record.stopped
    assert record.latencies().count == 6000
    told = {percent: record.latencies().percentile_ms(percent) or 0.0 for percent in PERCENTS}
    noted = [shoppers_of(file) for file in sorted(tmp_path.glob("shoppers-*.jsonl"))]
    assert [len(shoppers) for _, shoppers in noted] == [6000 // workers] * workers
    before, after = ([each[which] - each[0] for _, shoppers in noted for each in shoppers] for which in (1, 2))
    for percent in PERCENTS:
        least_ms, most_ms = 1000 * exactly(before, percent), 1000 * exactly(after, percent)
        assert least_ms * (1 - DIGITS) <= told[percent] <= most_ms * (1 + DIGITS), percent
    for percent, least_ms in LEAST_MS.items():
        assert told[percent] >= (least_ms - APART_MS) * (1 - DIGITS), percent
    for zero_s, shoppers in noted:
        assert waited_for_the_gate(server, zero_s, shoppers) >= 600 // workers - 1


def waited_for_the_gate(gate: Gate, zero_s: Sequence[float], shoppers: Sequence[Sequence[float]]) -> int:
    """Return how many were to come while the gate was shut; each of them was there until it opened."""
    shut = [
        each for each in shoppers if gate.shut_at_s < zero_s[0] + each[0] and zero_s[1] + each[0] < gate.opened_at_s
    ]
    assert all(zero_s[1] + after_s >= gate.opened_at_s for _, _, after_s in shut)
    return len(shut)


def shoppers_of(file: Path) -> tuple[Sequence[float], list[Sequence[float]]]:
    """Return between which instants a worker's start lies, and what its shoppers noted."""
    zero, *shoppers = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return zero, shoppers
