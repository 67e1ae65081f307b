"""Latencies as an HDR histogram: 1 us to 1 h, three significant digits, merged by adding. The one room of ``hdrh``.

A value that has three significant digits comes back as itself: 147 ms is 147 ms, not 150 ms. What lies beyond an hour
counts as an hour, so that a hanging shop is not left out.
"""

import base64
import math
import weakref
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, Final

from hdrh.codec import HdrCookieException, HdrHistogramEncoder, HdrLengthException
from hdrh.histogram import HdrHistogram

from probes.errors import EvidenceError

LOWEST_US: Final = 1
HIGHEST_US: Final = 3_600_000_000
DIGITS: Final = 3
_BUCKET_BITS: Final = 11  # of the 2,048 values that a bucket of three digits tells apart
_MOST_TEXT: Final = 400_000  # characters; every counter of a histogram at its longest stays below
_US: Final = 1_000_000
_BOUNDS: Final = (LOWEST_US, HIGHEST_US, DIGITS)
_NOT_OURS: Final = (
    HdrCookieException,
    HdrLengthException,
    AssertionError,  # hdrh says so of a payload without data
    IndexError,
    OverflowError,
    TypeError,
    ValueError,
    zlib.error,
)


class Latencies:
    """Latencies in microseconds, counted in buckets whose middle is within 0.05 % of each value."""

    __slots__ = ("_counted",)

    def __init__(self) -> None:
        """Begin with none."""
        self._counted: Any = _uncircled(HdrHistogram(*_BOUNDS))

    def __eq__(self, other: object) -> bool:
        """Tell whether both count the same in every bucket."""
        if not isinstance(other, Latencies):
            return NotImplemented
        return bytes(self._counted.counts) == bytes(other._counted.counts)

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._counted.total_count)

    def record(self, seconds: float) -> None:
        """Count one latency; below a microsecond is none, above an hour an hour.

        Raises:
            ValueError: it is negative, or no number: nothing takes less than no time.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"a step cannot take {seconds} s")
        value = min(HIGHEST_US, round(seconds * _US))
        # What hdrh's own record_value does, without its six calls: a generator counts with each request.
        bucket = max(0, value.bit_length() - _BUCKET_BITS)
        counted = self._counted
        counted.counts[(bucket << (_BUCKET_BITS - 1)) + (value >> bucket)] += 1
        counted.total_count += 1
        if value < counted.min_value:  # noqa: PLR1730 - as above
            counted.min_value = value
        if value > counted.max_value:  # noqa: PLR1730
            counted.max_value = value

    def add(self, other: "Latencies") -> None:
        """Count all that another has, without rounding anew."""
        if other.count:
            self._counted.add(other._counted)  # noqa: SLF001 - of the same class

    def percentile_ms(self, percent: float) -> float | None:
        """Return the latency in ms that this share took at most (nearest rank), to three digits; None where none is.

        ``percent`` is above 0 and at most 100; 100 is the longest.
        """
        return self.percentiles_ms((percent,))[0]

    def percentiles_ms(self, percents: Sequence[float]) -> tuple[float | None, ...]:
        """Return several percentiles, as ``percentile_ms``, in one pass."""
        if not self.count:
            return tuple(None for _ in percents)
        low, high = self._ends()
        reach = list(accumulate(self._counted.counts[low : high + 1]))
        ranks = [min(self.count, max(1, math.ceil(percent * self.count / 100 - 1e-9))) for percent in percents]
        return tuple(self._at(low + bisect_left(reach, rank)) for rank in ranks)

    def encode(self) -> str:
        """Return HDR's own compressed form (V2), in base64."""
        return str(self._counted.encode().decode("ascii"))

    def _ends(self) -> tuple[int, int]:
        counted = self._counted
        return (
            counted.get_counts_array_index(counted.get_min_value()),
            counted.get_counts_array_index(min(counted.max_value, HIGHEST_US)),
        )

    def _at(self, index: int) -> float:
        """Return the middle of a bucket in ms, to three digits."""
        lowest = self._counted.get_value_from_index(index)
        middle = (lowest + self._counted.get_highest_equivalent_value(lowest)) / 2
        return three_digits(middle / 1000)


def _uncircled(counted: Any) -> Any:
    """Return a histogram that goes when nobody holds it any more.

    hdrh's own holds itself by its encoder: 90 kB a step and second would stay until the collector comes by.
    """
    counted.encoder.histogram = weakref.proxy(counted)
    return counted


def three_digits(value: float) -> float:
    """Return a number rounded to three significant digits."""
    return float(f"{value:.{DIGITS}g}")


def merged(parts: Iterable[Latencies]) -> Latencies:
    """Return all latencies of several together."""
    total = Latencies()
    for part in parts:
        total.add(part)
    return total


def decode_latencies(text: str, *, place: str) -> Latencies:
    """Return what ``Latencies.encode`` wrote.

    Raises:
        EvidenceError: it is something else; ``place`` names where it stands.
    """
    try:
        payload = HdrHistogramEncoder.decode(base64.b64encode(base64.b64decode(text[:_MOST_TEXT], validate=True)))
        header = payload.payload
        bounds = (header.lowest_trackable_value, header.highest_trackable_value, header.significant_figures)
        counted = HdrHistogram(*bounds, hdr_payload=payload) if bounds == _BOUNDS else None
    except _NOT_OURS as error:
        raise EvidenceError(f"{place}: not latencies as `duheng load` writes them; the file was altered") from error
    if counted is None:
        raise EvidenceError(f"{place}: latencies of another resolution than `duheng load` writes")
    found = Latencies()
    found._counted = _uncircled(counted)  # noqa: SLF001 - of the same room
    return found
