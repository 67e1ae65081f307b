"""Samples added up: nothing is lost, a minute's percentile is one that was seen, and gaps are what nobody sampled."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.host.sampled import MOST_SERIES, RESOURCES, Sample, added_up, grown, p99, samples_of, since

BEGUN_MS = 1_795_000_000_000
STEP_MS = 500


def samples(cpu: Sequence[float | None], *, step_ms: int = STEP_MS, begun_ms: int = BEGUN_MS) -> list[Sample]:
    others = (50.0, None, 1_000.0)
    return [
        Sample(at_ms=begun_ms + number * step_ms, span_ms=step_ms, values=(value, *others))
        for number, value in enumerate(cpu)
    ]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=500), st.integers(1, 5_000))
def test_means_peaks_and_series_are_of_all_that_was_seen(cpu: list[float], step_ms: int) -> None:
    told = added_up(samples(cpu, step_ms=step_ms))
    found = told["resources"]["cpu"]
    assert found["mean"] == pytest.approx(sum(cpu) / len(cpu), abs=0.001)
    assert found["peak"] == pytest.approx(max(cpu), abs=0.001)
    assert 0 < len(found["series"]) <= MOST_SERIES
    assert max(each[2] for each in found["series"]) == pytest.approx(max(cpu), abs=0.01)
    assert [each[0] for each in found["series"]] == sorted({each[0] for each in found["series"]})
    assert (told["samples"], told["gaps_s"]) == (len(cpu), 0)
    assert told["to_ms"] - told["from_ms"] == len(cpu) * step_ms


def test_what_a_host_went_through_before_the_first_shopper_is_left_out() -> None:
    seen = samples([100.0] * 20 + [40.0] * 130)
    kept = since(reversed(seen), BEGUN_MS + 20 * STEP_MS)
    assert kept == seen[20:]
    assert added_up(kept)["resources"]["cpu"]["p99_minute_peak"] == 40.0
    assert since(seen, BEGUN_MS + 20 * STEP_MS - 1) == seen[19:]  # it reaches into the run
    assert since(seen, None) == seen
    assert since(seen, BEGUN_MS + 150 * STEP_MS) == []


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=300))
def test_p99_is_seen_and_at_most_one_in_a_hundred_lies_above_it(values: list[float]) -> None:
    told = p99(values)
    assert told in values
    assert sum(value > told for value in values) <= 0.01 * len(values)


def test_the_highest_minute_decides() -> None:
    calm, busy = [20.0] * 120, [20.0] * 117 + [90.0, 95.0, 99.0]
    told = added_up(samples([*calm, *busy, *calm]))["resources"]["cpu"]
    assert told["p99_minute_peak"] == 95.0  # of 120 samples the second highest
    assert told["minutes"] == 3
    assert told["peak"] == 99.0


def test_a_minute_that_is_not_whole_has_no_percentile() -> None:
    told = added_up(samples([99.0] * 100))["resources"]["cpu"]
    assert (told["p99_minute_peak"], told["minutes"]) == (None, 0)
    most = added_up(samples([50.0] * 120 + [99.0] * 60))["resources"]["cpu"]
    assert (most["p99_minute_peak"], most["minutes"]) == (50.0, 1)


def test_a_gap_is_told_and_a_slow_clock_taken_off() -> None:
    later = BEGUN_MS + 200 * STEP_MS + 7_000
    rows = [[each.at_ms + 3_600_000, each.span_ms, *each.values] for each in samples([10.0] * 200)]
    rows += [[each.at_ms + 3_600_000, each.span_ms, *each.values] for each in samples([10.0] * 200, begun_ms=later)]
    told = added_up(samples_of(rows, ahead_ms=3_600_000.0))
    assert (told["from_ms"], told["gaps_s"], told["step_s"]) == (BEGUN_MS, 7.0, 0.5)
    assert list(told["resources"]) == ["cpu", "memory", "network_bytes"]  # a host that tells of no disk


@pytest.mark.parametrize("row", [[BEGUN_MS, 500], [BEGUN_MS, 500, 1, 2, 3, 4, 5], [BEGUN_MS, 500, "x", 1, 1, 1], [1]])
def test_a_sample_of_another_form_is_refused(row: list[object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        samples_of([row], ahead_ms=0.0)


def test_nothing_adds_up_to_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        added_up(())
    with pytest.raises(ValueError, match="percentile"):
        p99(())
    assert len(RESOURCES) == 4


def test_counters_are_told_by_what_they_grew_and_not_at_all_where_they_went_back() -> None:
    first = {
        "interfaces": {"eth0": {"rx_dropped": 5, "tx_dropped": 9}, "gone": {"rx_dropped": 0}},
        "softnet_dropped": 3,
        "conntrack": {"insert_failed": 1, "drop": 0},
    }
    last = {
        "interfaces": {"eth0": {"rx_dropped": 8, "tx_dropped": 2}, "new": {"rx_dropped": 4}},
        "softnet_dropped": 3,
        "conntrack": None,
        "hardware": ["eth0"],
    }
    assert grown(first, last) == {
        "interfaces": [{"name": "eth0", "hardware": True, "rx_dropped": 3, "tx_dropped": None}],
        "softnet_dropped": 0,
        "conntrack": None,
    }
    (bridge,) = grown(first, {**last, "hardware": ["gone"]})["interfaces"]
    assert bridge["hardware"] is False
    (untold,) = grown(first, {name: value for name, value in last.items() if name != "hardware"})["interfaces"]
    assert untold["hardware"] is None
