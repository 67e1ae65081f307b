from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.verdict import Operator, Threshold, looser


def bound(operator: Operator, value: float, *, metric: str = "m", unit: str = "h") -> Threshold:
    return Threshold(metric=metric, operator=operator, value=value, unit=unit)


@pytest.mark.parametrize(
    ("own", "standard", "expected"),
    [
        (bound(">=", 8500), bound(">=", 8500), False),
        (bound(">=", 8501), bound(">=", 8500), False),
        (bound(">=", 8499), bound(">=", 8500), True),
        (bound(">", 8500), bound(">=", 8500), False),
        (bound(">=", 98), bound(">", 98), True),
        (bound("<", 4), bound("<", 4), False),
        (bound("<=", 4), bound("<", 4), True),
        (bound("<", 4), bound("<=", 4), False),
        (bound("<", 3), bound("<", 4), False),
        (bound("<", 5), bound("<", 4), True),
        (bound("<=", 4), bound(">=", 4), True),
        (bound("==", 100), bound("==", 100), False),
        (bound("==", 99), bound("==", 100), True),
        (bound(">=", 100), bound("==", 100), True),
        (bound(">=", 9000, unit="min"), bound(">=", 8500), True),
        (bound(">=", 9000, metric="other"), bound(">=", 8500), True),
    ],
)
def test_looser(own: Threshold, standard: Threshold, *, expected: bool) -> None:
    assert looser(own, standard) is expected


_bounds = st.builds(bound, st.sampled_from([">=", "<=", "<", ">", "=="]), st.integers(-5, 5).map(float))


def passes(threshold: Threshold, value: float) -> bool:
    match threshold.operator:
        case ">=":
            return value >= threshold.value
        case "<=":
            return value <= threshold.value
        case "<":
            return value < threshold.value
        case ">":
            return value > threshold.value
        case "==":
            return value == threshold.value


@settings(deadline=None)
@given(own=_bounds, standard=_bounds, value=st.integers(-12, 12).map(lambda number: number / 2))
def test_what_passes_a_threshold_not_looser_passes_the_standard(
    own: Threshold, standard: Threshold, value: float
) -> None:
    if not looser(own, standard) and passes(own, value):
        assert passes(standard, value)


@settings(deadline=None)
@given(own=_bounds)
def test_no_threshold_is_looser_than_itself(own: Threshold) -> None:
    assert not looser(own, replace(own))
