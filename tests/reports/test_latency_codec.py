"""Raw latencies in few bytes: exactly there and back, few enough, and nothing but what was written is read."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import EvidenceError
from reports.latency_codec import MOST, Chunk, decode, encode
from tests.bench.latency_series import days_of

HOUR = 493_000 * 3_600_000
UNITS = st.sampled_from((100, 1000))
SAMPLES = st.integers(0, 60_000) | st.integers(0, MOST - 1)


def chunk(samples: dict[int, int], unit_us: int = 1000) -> Chunk:
    return Chunk(unit_us=unit_us, samples={HOUR + start: value for start, value in samples.items()})


@given(st.dictionaries(st.integers(0, 3_599_999), SAMPLES, min_size=1, max_size=200), UNITS)
def test_any_samples_come_back_as_they_were(samples: dict[int, int], unit_us: int) -> None:
    given_chunk = chunk(samples, unit_us)
    assert decode(encode(given_chunk, HOUR), HOUR) == given_chunk


@given(
    st.integers(0, 999),
    st.sampled_from((1000, 1500, 7001, 30_000, 60_000)),
    st.lists(st.none() | SAMPLES, min_size=1, max_size=400).filter(any),
)
def test_a_grid_with_holes_comes_back_as_it_was(offset: int, step: int, values: list[int | None]) -> None:
    samples = {offset + step * number: value for number, value in enumerate(values) if value is not None}
    assert decode(encode(chunk(samples), HOUR), HOUR) == chunk(samples)


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=50), st.data())
def test_a_chunk_that_was_cut_or_has_something_behind_it_is_refused(values: list[int], data: st.DataObject) -> None:
    written = encode(chunk({1000 * number: value for number, value in enumerate(values)}), HOUR)
    for wrong in (written[: data.draw(st.integers(0, len(written) - 1))], written + b"\0", written + b"x"):
        with pytest.raises(EvidenceError, match="are no chunk of latencies"):
            decode(wrong, HOUR)


@given(st.binary(max_size=60))
def test_whatever_bytes_are_read_they_are_a_chunk_or_refused(content: bytes) -> None:
    try:
        found = decode(content, HOUR)
    except EvidenceError:
        return
    assert decode(encode(found, HOUR), HOUR) == found


@pytest.mark.parametrize(
    "wrong",
    [
        chunk({}),
        chunk({0: -1}),
        chunk({-1: 5}),
        chunk({0: MOST}),
        chunk({0: 5}, unit_us=7),
    ],
)
def test_what_is_no_chunk_is_not_written(wrong: Chunk) -> None:
    with pytest.raises(ValueError, match="not a chunk of latencies"):
        encode(wrong, HOUR)


@pytest.mark.parametrize("every_ms", [1000, 10_000, 60_000])
@pytest.mark.parametrize("median_ms", [30, 120, 800])
def test_a_realistic_day_takes_at_most_one_and_a_half_bytes_a_sample(every_ms: int, median_ms: int) -> None:
    hours = days_of(every_ms=every_ms, median_ms=median_ms, seed=7)
    written = [encode(Chunk(unit_us=1000, samples=samples), begins_ms) for begins_ms, samples in hours]
    assert sum(map(len, written)) / sum(len(samples) for _, samples in hours) <= 1.5


def test_the_code_is_near_the_entropy_of_a_bell() -> None:
    # Of a normal distribution: log2(sigma * sqrt(2 pi e)) bits a sample.
    drawn = random.Random(1)
    samples = {1000 * number: round(drawn.gauss(500, 40)) for number in range(3600)}
    entropy_bits = math.log2(40 * math.sqrt(2 * math.pi * math.e))
    assert 8 * len(encode(chunk(samples), HOUR)) / 3600 <= entropy_bits * 1.08


def test_a_time_out_among_quick_answers_costs_a_few_bytes() -> None:
    quick = {1000 * number: 20 + number % 5 for number in range(600)}
    slow = quick | {300_000: 20_000}
    assert len(encode(chunk(slow), HOUR)) - len(encode(chunk(quick), HOUR)) <= 12
