"""Latencies: three significant digits, merging is adding, and whatever is not ours is refused."""

import base64
import gc
import math
import weakref
import zlib
from collections.abc import Callable

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import example, given
from hypothesis import strategies as st

from probes.errors import EvidenceError
from profiles.histogram import HIGHEST_US, Latencies, decode_latencies, merged, three_digits

microseconds = st.integers(0, HIGHEST_US)
many = st.lists(microseconds, max_size=40)


def counted(values_us: list[int]) -> Latencies:
    """Return these latencies, counted."""
    found = Latencies()
    for value in values_us:
        found.record(value / 1_000_000)
    return found


@given(digits=st.integers(100, 999), power=st.integers(0, 6))
@example(digits=147, power=3)
@example(digits=999, power=6)
def test_a_value_of_three_digits_comes_back_as_itself(digits: int, power: int) -> None:
    value_us = digits * 10**power
    if value_us <= HIGHEST_US:
        found = counted([value_us])
        assert found.percentiles_ms((1, 50, 100)) == (value_us / 1000,) * 3
        assert decode_latencies(found.encode(), place="here").percentile_ms(99) == value_us / 1000


@given(value_us=st.integers(1, HIGHEST_US))
def test_no_value_is_off_by_more_than_three_digits_allow(value_us: int) -> None:
    told = counted([value_us]).percentile_ms(100)
    assert told is not None
    # Half a bucket of the histogram, and half of the third digit.
    assert abs(told - value_us / 1000) <= value_us / 1000 / 2048 + 0.5 * 10 ** (math.floor(math.log10(told)) - 2)


@given(values=st.lists(st.integers(1, HIGHEST_US), min_size=1, max_size=60), percent=st.floats(0.01, 100))
def test_a_percentile_is_the_one_of_nearest_rank(values: list[int], percent: float) -> None:
    ranked = sorted(values)[max(1, math.ceil(percent * len(values) / 100 - 1e-9)) - 1]
    assert counted(values).percentile_ms(percent) == counted([ranked]).percentile_ms(100)


@given(values=many)
@example(values=[0, 1, 2047, 2048, 4095, 4096, HIGHEST_US])
def test_counting_by_ourselves_is_what_the_library_does(values: list[int]) -> None:
    theirs = HdrHistogram(1, HIGHEST_US, 3)
    assert all(theirs.record_value(value) for value in values)
    assert counted(values).encode() == theirs.encode().decode()
    ours = counted(values)._counted
    assert (ours.total_count, ours.min_value, ours.max_value) == (
        theirs.total_count,
        theirs.min_value,
        theirs.max_value,
    )


@given(left=many, right=many)
def test_merging_is_adding(left: list[int], right: list[int]) -> None:
    one = merged((counted(left), counted(right)))
    assert one == counted(left + right) == merged((counted(right), counted(left)))
    assert one.count == len(left) + len(right)
    assert one.percentiles_ms((50, 95, 99, 100)) == counted(left + right).percentiles_ms((50, 95, 99, 100))
    assert merged((one, Latencies())) == one


@given(left=many, right=many)
def test_what_was_sent_is_what_arrives_and_can_be_added_to(left: list[int], right: list[int]) -> None:
    sent = counted(left)
    arrived = decode_latencies(sent.encode(), place="worker 1")
    assert arrived == sent
    assert arrived.count == sent.count
    arrived.add(counted(right))
    assert arrived == counted(left + right)
    arrived.record(0.147)
    assert arrived.count == len(left) + len(right) + 1


def test_nothing_has_no_percentile() -> None:
    assert Latencies().percentiles_ms((50, 100)) == (None, None)
    assert decode_latencies(Latencies().encode(), place="here").percentile_ms(50) is None


def test_zero_is_a_latency() -> None:
    found = counted([0, 0, 1000])
    assert found.percentiles_ms((50, 100)) == (0.0, 1.0)
    assert decode_latencies(found.encode(), place="here") == found


def test_longer_than_an_hour_counts_as_an_hour() -> None:
    found = counted([1000, 3 * HIGHEST_US])
    assert found.count == 2
    assert found.percentiles_ms((1, 100)) == (1.0, 3_600_000.0)


@pytest.mark.parametrize("seconds", [-1e-9, -1.0, math.nan, math.inf])
def test_less_than_no_time_is_a_bug_of_ours(seconds: float) -> None:
    with pytest.raises(ValueError, match="cannot take"):
        Latencies().record(seconds)


def reshaped(*, highest: int) -> str:
    """Return an encoding that says another range than ours."""
    raw = base64.b64decode(counted([1000]).encode())
    body = bytearray(zlib.decompress(raw[8:]))
    body[24:32] = highest.to_bytes(8, "big")
    packed = zlib.compress(bytes(body))
    return base64.b64encode(raw[:4] + len(packed).to_bytes(4, "big") + packed).decode()


WHOLE = counted([147_000, 1]).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "AAAA",
        WHOLE[:-4],
        WHOLE[:40] + "AAAA" + WHOLE[44:],
        base64.b64encode(base64.b64decode(WHOLE)[:8] + zlib.compress(b"")).decode(),
        reshaped(highest=2**62),
        "A" * 1_000_000,
    ],
)
def test_what_nobody_wrote_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(EvidenceError, match="second 7"):
        decode_latencies(text, place="second 7")


@pytest.mark.parametrize("make", [Latencies, lambda: decode_latencies(WHOLE, place="second 7")])
def test_what_nobody_holds_is_gone_without_the_collector(make: Callable[[], Latencies]) -> None:
    latencies = make()
    latencies.record(0.147)
    assert decode_latencies(latencies.encode(), place="second 7") == latencies
    held = weakref.ref(latencies._counted)
    gc.disable()
    try:
        del latencies
        assert held() is None
    finally:
        gc.enable()


def test_rounding_to_three_digits() -> None:
    values = [three_digits(value) for value in (0, 0.0012345, 9.999, 147.4, 2999.9, 123456)]
    assert values == [0, 0.00123, 10.0, 147, 3000, 123000]
