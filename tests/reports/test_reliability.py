"""The statistics of reliability against published numbers, and against what must hold for any."""

import math
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import reliability as r

AIR_CONDITIONING = (
    104, 131, 1597, 59, 4, 503, 157, 6, 118, 173, 114, 62, 101, 216, 106, 140, 1, 102, 3, 393, 96, 232, 89, 61, 37, 293,
    7, 165, 87, 99,
)  # fmt: skip
"""Hours between failures, as published with their Laplace and Crow-AMSAA figures."""

GROWING = (10400, 26900, 43400, 66400, 89400, 130400, 163400, 232000, 242000, 340700)

NEEDED_FOR_8500 = {
    0: (7788, 13680, 19572, 25464),
    1: (17190, 25452, 33063, 40323),
    2: (26396, 36372, 45240, 53514),
    3: (35490, 46878, 56787, 65906),
}

hours = st.floats(min_value=1, max_value=1e7)
counts = st.integers(min_value=0, max_value=200)
confidences = st.floats(min_value=0.01, max_value=0.99)


@pytest.mark.parametrize(("failures", "needed"), NEEDED_FOR_8500.items())
def test_hours_needed_to_show_8500_h(failures: int, needed: tuple[int, ...]) -> None:
    found = tuple(round(r.hours_needed(8500, failures, confidence)) for confidence in (0.6, 0.8, 0.9, 0.95))
    assert found == needed


def test_published_lower_bounds() -> None:
    assert r.mtbf_lower_h(19520, 7, 0.9) == pytest.approx(1658.3248534993454, rel=1e-12)  # 80 %, two-sided
    assert r.mtbf_lower_h(10000, 6, 0.8) == pytest.approx(1101.8815940201118, rel=1e-12)
    assert r.mtbf_lower_h(14 * 24, 0, 0.9) == pytest.approx(146, abs=0.5)


@pytest.mark.parametrize(
    ("failures", "lower", "upper"), [(0, 3804, math.inf), (1, 2252, 83143), (2, 1646, 16472), (3, 1311, 7949)]
)
def test_one_year_two_sided_80_percent(failures: int, lower: int, upper: float) -> None:
    assert round(r.mtbf_lower_h(8760, failures, 0.9)) == lower
    found = r.mtbf_upper_h(8760, failures, 0.9)
    assert found == upper if math.isinf(upper) else round(found) == upper


def test_published_trends() -> None:
    times = tuple(accumulate(AIR_CONDITIONING))
    assert r.laplace(times) == pytest.approx(2.4094382960447107, rel=1e-12)
    fitted = r.crow_amsaa(times)
    assert fitted.growth == pytest.approx(1.5880533880966818, rel=1e-12)
    assert fitted.scale == pytest.approx(3.702728848984535e-05, rel=1e-9)
    growing = r.crow_amsaa(GROWING)
    assert growing.growth == pytest.approx(0.741656619656656, rel=1e-12)
    assert growing.scale == pytest.approx(0.00078864142, rel=1e-7)
    assert growing.cumulative_mtbf_h == 34070
    assert growing.instantaneous_mtbf_h == pytest.approx(45937.70, abs=0.01)


def test_a_trend_shows_its_direction() -> None:
    worse = tuple(accumulate(range(20, 0, -1)))
    better = tuple(accumulate(range(1, 21)))
    assert r.laplace(worse) > 0 > r.laplace(better)
    assert r.laplace(worse, ended_h=worse[-1] + 0.1) > 0
    assert r.crow_amsaa(worse).growth > 1 > r.crow_amsaa(better).growth


@pytest.mark.parametrize(("failed", "tries"), [(0, 299), (1, 473), (2, 628), (3, 773), (4, 913), (5, 1049)])
def test_tries_that_show_less_than_one_percent(failed: int, tries: int) -> None:
    assert r.tries_needed(0.01, failed, 0.95) == tries
    assert r.share_upper(failed, tries, 0.95) < 0.01 <= r.share_upper(failed, tries - 1, 0.95)


def test_drills_that_show_a_percentile() -> None:
    assert r.drills_confidence(21) < 0.9 < r.drills_confidence(22)
    assert r.drills_confidence(28) < 0.95 < r.drills_confidence(29)
    assert r.drills_confidence(0) == 0


@given(hours, counts, confidences)
def test_the_bound_is_where_the_confidence_is_reached(operating: float, failures: int, confidence: float) -> None:
    lower = r.mtbf_lower_h(operating, failures, confidence)
    assert r.confidence_at_least(lower, operating, failures) == pytest.approx(confidence, rel=1e-6)
    assert r.hours_needed(lower, failures, confidence) == pytest.approx(operating, rel=1e-9)


@given(hours, counts, st.floats(min_value=0.51, max_value=0.99))
def test_the_bounds_enclose_each_other(operating: float, failures: int, confidence: float) -> None:
    assert r.mtbf_lower_h(operating, failures, confidence) < r.mtbf_upper_h(operating, failures, confidence)
    assert r.mtbf_lower_h(operating, failures + 1, confidence) < r.mtbf_lower_h(operating, failures, confidence)
    assert r.mtbf_lower_h(operating, failures, 0.995) < r.mtbf_lower_h(operating, failures, confidence)


@given(st.integers(1, 2000), st.data())
def test_the_share_s_bound_lies_above_the_share(tried: int, data: st.DataObject) -> None:
    failed = data.draw(st.integers(0, tried))
    assert failed / tried <= r.share_upper(failed, tried, 0.95) <= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: r.mtbf_lower_h(0, 1, 0.9), "positive hours"),
        (lambda: r.mtbf_lower_h(math.nan, 1, 0.9), "positive hours"),
        (lambda: r.mtbf_upper_h(10, -1, 0.9), "cannot be -1"),
        (lambda: r.mtbf_lower_h(10, 1, 1.0), "between 0 and 1"),
        (lambda: r.confidence_at_least(0, 10, 0), "MTBF must be positive"),
        (lambda: r.laplace([5, 3, 4]), "ascending"),
        (lambda: r.laplace([1, 2], ended_h=1.5), "before its last failure"),
        (lambda: r.crow_amsaa([4, 4, 4]), "one instant"),
        (lambda: r.crow_amsaa([4, 5]), "at least 3"),
        (lambda: r.share_upper(2, 1, 0.9), "2 failures of 1"),
        (lambda: r.share_upper(0, 0, 0.9), "positive"),
        (lambda: r.tries_needed(1, 0, 0.9), "share lies"),
        (lambda: r.drills_confidence(-1), "-1 drills"),
    ],
)
def test_what_cannot_be_is_refused(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call()
