"""The statistics of reliability: bounds of a mean time between failures, trends, and how much a clean record shows.

Pure functions of numbers. Hours are operating hours of the service's own clock, known to be so. The exponential model
behind the bounds holds for a constant failure rate only, so a trend test comes first (``laplace``, ``crow_amsaa``).

Sources: MIL-HDBK-781A and IEC 60605-4 (bounds by chi-squared), NIST/SEMATECH e-Handbook 8.2.2 to 8.4.5 (trend tests,
power law), Clopper and Pearson 1934 (share).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass


def _chi2_quantile(share: float, degrees: int) -> float:
    return 2.0 * _special("gammaincinv", degrees / 2, share)


def _special(name: str, *arguments: float) -> float:
    """Return a function of ``scipy.special``, which is loaded with the first number that is asked for.

    It takes most of a second and 40 MB, and an examination of a platform that nobody watches needs none.
    """
    from scipy import special  # noqa: PLC0415

    return float(getattr(special, name)(*arguments))


def _checked(operating_h: float, failures: int, confidence: float) -> None:
    if not (math.isfinite(operating_h) and operating_h > 0):
        raise ValueError(f"operating time must be positive hours, not {operating_h}")
    if failures < 0:
        raise ValueError(f"failures cannot be {failures}")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")


def mtbf_lower_h(operating_h: float, failures: int, confidence: float) -> float:
    """Return the one-sided lower bound of the MTBF in hours, of a record that ended by the clock.

    ``2T / chi2_CL(2r + 2)``; without a failure that is ``T / -ln(1 - CL)``.

    Raises:
        ValueError: no operating time, a negative count, or a confidence outside 0 to 1.
    """
    _checked(operating_h, failures, confidence)
    return 2 * operating_h / _chi2_quantile(confidence, 2 * failures + 2)


def mtbf_upper_h(operating_h: float, failures: int, confidence: float) -> float:
    """Return the one-sided upper bound of the MTBF in hours: ``2T / chi2_(1-CL)(2r)``; infinite without a failure.

    Raises:
        ValueError: as ``mtbf_lower_h``.
    """
    _checked(operating_h, failures, confidence)
    return 2 * operating_h / _chi2_quantile(1 - confidence, 2 * failures) if failures else math.inf


def confidence_at_least(mtbf_h: float, operating_h: float, failures: int) -> float:
    """Return the confidence that the MTBF is at least so many hours: ``chi2.cdf(2T / m, 2r + 2)``.

    Raises:
        ValueError: as ``mtbf_lower_h``, or an MTBF that is not positive.
    """
    _checked(operating_h, failures, 0.5)
    if mtbf_h <= 0:
        raise ValueError(f"an MTBF must be positive hours, not {mtbf_h}")
    return _special("gammainc", failures + 1, operating_h / mtbf_h)


def hours_needed(mtbf_h: float, failures: int, confidence: float) -> float:
    """Return the operating hours with so many failures in them that would show the MTBF with this confidence.

    Raises:
        ValueError: as ``mtbf_lower_h``.
    """
    _checked(mtbf_h, failures, confidence)
    return mtbf_h * _chi2_quantile(confidence, 2 * failures + 2) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLaw:
    """A power-law process (Crow-AMSAA): ``failures(t) = scale * t ** growth``; growth above 1 is getting worse."""

    growth: float
    scale: float
    cumulative_mtbf_h: float
    instantaneous_mtbf_h: float


def _failure_times(times_h: Sequence[float], least: int) -> None:
    ordered = all(earlier <= later for earlier, later in itertools.pairwise(times_h))
    if len(times_h) < least or times_h[0] <= 0 or not ordered:
        raise ValueError(f"a trend needs at least {least} failure times in hours, positive and ascending")


def laplace(times_h: Sequence[float], *, ended_h: float | None = None) -> float:
    """Return Laplace's U of failure times: about normal without a trend, above 0 where failures come ever closer.

    Args:
        times_h: cumulative operating hours of each failure, ascending.
        ended_h: when the record ended by the clock; None where it ended with its last failure.

    Raises:
        ValueError: too few times (two by the clock, three by failure), not ascending, or after the end.
    """
    _failure_times(times_h, 2 if ended_h is not None else 3)
    counted = times_h if ended_h is not None else times_h[:-1]
    end = times_h[-1] if ended_h is None else ended_h
    if end < times_h[-1]:
        raise ValueError(f"the record ends at {end} h, before its last failure at {times_h[-1]} h")
    mean = math.fsum(counted) / len(counted)
    return (mean - end / 2) / (end * math.sqrt(1 / (12 * len(counted))))


def crow_amsaa(times_h: Sequence[float]) -> PowerLaw:
    """Return the power law fitted by maximum likelihood to a record that ended with its last failure.

    Raises:
        ValueError: fewer than three times, not ascending, or all at one instant.
    """
    _failure_times(times_h, 3)
    end, count = times_h[-1], len(times_h)
    spread = math.fsum(math.log(end / time) for time in times_h)
    if spread <= 0:
        raise ValueError("all failures at one instant show no trend")
    growth = count / spread
    return PowerLaw(
        growth=growth,
        scale=count / end**growth,
        cumulative_mtbf_h=end / count,
        instantaneous_mtbf_h=end / count / growth,
    )


def share_upper(failed: int, tried: int, confidence: float) -> float:
    """Return the one-sided upper bound of a share of failures (Clopper and Pearson); 1 where all failed.

    Raises:
        ValueError: nothing was tried, more failed than were tried, or a confidence outside 0 to 1.
    """
    _checked(tried, failed, confidence)
    if failed > tried:
        raise ValueError(f"{failed} failures of {tried} tries")
    return 1.0 if failed == tried else _special("betaincinv", failed + 1, tried - failed, confidence)


def tries_needed(share: float, failed: int, confidence: float) -> int:
    """Return the least number of tries with so many failures whose upper bound lies below the share.

    Raises:
        ValueError: a share or confidence outside 0 to 1, or a negative count.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    low, high = failed, failed + 1
    while share_upper(failed, high, confidence) >= share:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if share_upper(failed, middle, confidence) < share else (middle, high)
    return high


def drills_confidence(drills: int, percentile: float = 0.9) -> float:
    """Return the confidence, from so many drills all under a limit, that this percentile lies under it: ``1 - p**n``.

    Raises:
        ValueError: a negative number of drills, or a percentile outside 0 to 1.
    """
    if drills < 0 or not 0 < percentile < 1:
        raise ValueError(f"{drills} drills at percentile {percentile}")
    return float(1 - percentile**drills)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Two tests of a record that ended by the clock: Laplace's U, and the power law's growth, with two-sided p."""

    laplace_u: float
    laplace_p: float
    growth: float
    growth_p: float

    def significant(self, level: float) -> bool:
        """Tell whether either test finds a trend at this level."""
        return min(self.laplace_p, self.growth_p) < level

    @property
    def worse(self) -> bool:
        """Tell whether failures come ever closer, by the test that is surer of it."""
        return self.laplace_u > 0 if self.laplace_p <= self.growth_p else self.growth > 1


def trend(times_h: Sequence[float], ended_h: float) -> Trend:
    """Return whether failures come ever closer, or ever further apart.

    Laplace's U is about normal; ``2 sum(ln(T / t))`` of the power law is chi-squared with 2r degrees (MIL-HDBK-189).

    Raises:
        ValueError: fewer than two times, not ascending, or the record does not end after the last of them.
    """
    u = laplace(times_h, ended_h=ended_h)
    spread = math.fsum(math.log(ended_h / time) for time in times_h)
    if spread <= 0:
        raise ValueError("all failures at the end of the record show no trend")
    below = _special("gammainc", len(times_h), spread)
    return Trend(
        laplace_u=u,
        laplace_p=math.erfc(abs(u) / math.sqrt(2)),
        growth=len(times_h) / spread,
        growth_p=min(1.0, 2 * min(below, 1 - below)),
    )
