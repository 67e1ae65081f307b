"""The coordinated omission oracle, live: what a shop that stands still for 6 s does to those who would have come.

100 arrivals a second for 60 s, 10 ms each, a gate shut for 6 s: p95 3.00 s, p99 5.40 s, the longest 6.0 s.
"""

from pathlib import Path

import pytest

from tests.profiles.gated import gated
from tests.profiles.pushing import planned, pushed

pytestmark = pytest.mark.integration

WITHIN = 0.05


@pytest.mark.parametrize("workers", [1, 4])
def test_who_would_have_come_is_counted(tmp_path: Path, workers: int) -> None:
    with gated(service_s=0.01, shut_after_s=20.0, shut_s=6.0) as server:
        planned(tmp_path, server.port, rate=100, seconds=60, workers=workers)
        record = pushed(tmp_path)
    assert record.complete, record.stopped
    assert record.latencies().count == 6000
    p95_ms, p99_ms, longest_ms = record.latencies().percentiles_ms((95, 99, 100))
    assert p95_ms == pytest.approx(3000, rel=WITHIN)
    assert p99_ms == pytest.approx(5400, rel=WITHIN)
    assert longest_ms == pytest.approx(6000, rel=WITHIN)
