"""An hour of raw latencies in few bytes, exactly. Pure.

A chunk holds samples on a grid of planned starts, some of which may be missing, in whole units of 1 ms or 0.1 ms::

    1 byte    format and unit
    varints   the usual step from start to start, and how many runs of starts that are one step apart there are; then
              for each the gap after the last start (the first: after the begin of the hour) and how many starts;
              steps count in seconds and gaps in steps where they are whole (even), else in ms (odd)
    varints   the median and the mean distance from it: what the first sample is compared with
    bits      each sample's distance from a running mean, as an adaptive Golomb-Rice code; zeros up to the byte

Latencies are a hump with a long tail. The running mean follows the hump through the hour, the width of the code follows
the spread, and a distance that is far out is written as an Elias gamma code, so one time-out costs a few bytes.
A general compressor (deflate, LZMA) needs more for sixty samples, and as much for 3,600.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from probes.errors import EvidenceError

UNITS_US: Final[Mapping[int, int]] = MappingProxyType({0x10: 1000, 0x11: 100})
"""The first byte of a chunk, and how many microseconds a unit of its samples has."""

MOST: Final = 2**40
"""Instants and samples are below; 2**40 ms are 34 years within one hour's chunk."""

_FAR: Final = 12  # quotients from here on are written as an Elias gamma code
_VARINT_BITS: Final = 7
_SECOND_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Latencies by planned start; ``unit_us`` microseconds make one unit of a sample."""

    unit_us: int
    samples: Mapping[int, int]

    def values_ms(self) -> tuple[float, ...]:
        """Return the latencies in order of planned start, in milliseconds."""
        return tuple(self.samples[start] * self.unit_us / 1000 for start in sorted(self.samples))


def encode(chunk: Chunk, begins_ms: int) -> bytes:
    """Return the bytes of a chunk whose starts (ms since the epoch) are not before ``begins_ms``.

    Raises:
        ValueError: no sample, one that is negative, a start before the begin, or a unit that is not known: our bug.
    """
    marks = [mark for mark, unit_us in UNITS_US.items() if unit_us == chunk.unit_us]
    starts = sorted(chunk.samples)
    values = [chunk.samples[start] for start in starts]
    if (
        not marks
        or not starts
        or starts[0] < begins_ms
        or min(values) < 0
        or max(*values, starts[-1] - begins_ms) >= MOST
    ):
        raise ValueError(f"not a chunk of latencies that begins at {begins_ms} ms: {chunk}")
    median = sorted(values)[len(values) // 2]
    spread = sum(abs(value - median) for value in values) // len(values)
    bits = "".join(_code(values, median, spread))
    padded = bits + "0" * (-len(bits) % 8)
    head = bytes([marks[0]]) + _grid(starts, _step_ms(starts), begins_ms) + _varint(median) + _varint(spread)
    return head + int("1" + padded, 2).to_bytes(len(padded) // 8 + 1, "big")[1:]


def decode(content: bytes, begins_ms: int) -> Chunk:
    """Return the chunk that the bytes hold.

    Raises:
        EvidenceError: they hold none: cut off, followed by something else, or altered.
    """
    try:
        return _decoded(content, begins_ms)
    except (IndexError, ValueError) as error:
        raise EvidenceError(f"{len(content)} bytes that are no chunk of latencies") from error


def _decoded(content: bytes, begins_ms: int) -> Chunk:
    numbers = _Numbers(content, at=1)
    starts = tuple(_starts(numbers, begins_ms))
    median, spread = numbers.next(), numbers.next()
    rest = content[numbers.at :]
    bits = bin(int.from_bytes(b"\1" + rest, "big"))[3:]
    values, at = _values(bits, len(starts), median, spread)
    if len(bits) - at >= 8 or "1" in bits[at:] or content[0] not in UNITS_US:  # noqa: PLR2004 - bits of a byte
        raise ValueError("no chunk, or more than one")
    samples = dict(zip(starts, values, strict=True))
    if len(samples) < len(values) or not 0 <= min(values) <= max(values) < MOST:
        raise ValueError("two samples at one instant, or samples that nobody wrote")
    return Chunk(unit_us=UNITS_US[content[0]], samples=samples)


# The grid: runs of starts that are one step apart.


def _grid(starts: Sequence[int], step_ms: int, begins_ms: int) -> bytes:
    runs = list(_runs(starts, step_ms))
    written, last = [_varint(_in_units(step_ms, _SECOND_MS)), _varint(len(runs))], begins_ms
    for first, count in runs:
        written += [_varint(_in_units(first - last, step_ms)), _varint(count)]
        last = first + step_ms * (count - 1)
    return b"".join(written)


def _step_ms(starts: Sequence[int]) -> int:
    """Return the usual distance of two starts."""
    return Counter(later - earlier for earlier, later in pairwise(starts)).most_common(1)[0][0] if starts[1:] else 1


def _runs(starts: Sequence[int], step_ms: int) -> Iterator[tuple[int, int]]:
    """Yield the first start of each run, and how many there are."""
    first, count = starts[0], 0
    for start in starts:
        if start != first + step_ms * count:
            yield first, count
            first, count = start, 0
        count += 1
    yield first, count


def _starts(numbers: "_Numbers", begins_ms: int) -> Iterator[int]:
    step_ms = _from_units(numbers.next(), _SECOND_MS)
    last, left = begins_ms, numbers.most
    for _ in range(numbers.next()):
        first, count = last + _from_units(numbers.next(), step_ms), numbers.next()
        left -= count
        if not count or not step_ms or left < 0:
            raise ValueError("a run of no starts, or of too many")
        yield from range(first, first + step_ms * count, step_ms)
        last = first + step_ms * (count - 1)


def _in_units(number: int, unit: int) -> int:
    """Return an even number for whole units, else an odd one: most gaps and steps are whole, and short so."""
    return 2 * (number // unit) if number % unit == 0 else 2 * number + 1


def _from_units(number: int, unit: int) -> int:
    return number // 2 if number % 2 else number // 2 * unit


def _varint(number: int) -> bytes:
    written = bytearray()
    while number >> _VARINT_BITS:
        written.append(number & 0x7F | 0x80)
        number >>= _VARINT_BITS
    return bytes([*written, number])


class _Numbers:
    """Reads varints one after the other."""

    def __init__(self, content: bytes, *, at: int) -> None:
        self._content = content
        self.at = at
        self.most = 8 * len(content)  # samples: each takes a bit at least

    def next(self) -> int:
        number = shift = 0
        while True:
            byte = self._content[self.at]
            self.at += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the bit that says "more"
                if number >= MOST or (shift and not byte):
                    raise ValueError("a number that nobody wrote")
                return number
            shift += _VARINT_BITS


# The samples: an adaptive Golomb-Rice code.


class _Model:
    """What both sides know before each sample: a running mean, and how far samples were from it."""

    def __init__(self, median: int, spread: int) -> None:
        self._mean16 = median << 4
        self._distance8 = max(1, 2 * spread) << 3

    @property
    def mean(self) -> int:
        return self._mean16 >> 4

    @property
    def width(self) -> int:
        # Rice's parameter: the bits of 0.69 times the mean distance.
        return ((self._distance8 * 11) >> 7).bit_length()

    def learn(self, off: int, folded: int) -> None:
        """Take a sample into account; one that is far out is taken as less far out."""
        distance = self._distance8 >> 3
        far = 4 * distance + 4
        self._mean16 += max(-far, min(far, off)) >> 2
        self._distance8 += min(folded, 2 * far) - distance


def _code(values: Iterable[int], median: int, spread: int) -> Iterator[str]:
    model = _Model(median, spread)
    for value in values:
        off, width = value - model.mean, model.width
        folded = 2 * off if off >= 0 else -2 * off - 1
        quotient = folded >> width
        if quotient < _FAR:
            yield "1" * quotient + "0"
        else:
            gamma = f"{quotient - _FAR + 1:b}"
            yield "1" * _FAR + "0" * (len(gamma) - 1) + gamma
        if width:
            yield f"{folded & ((1 << width) - 1):0{width}b}"
        model.learn(off, folded)


def _values(bits: str, count: int, median: int, spread: int) -> tuple[list[int], int]:
    model = _Model(median, spread)
    values: list[int] = []
    at = 0
    for _ in range(count):
        width = model.width
        end = bits.index("0", at, at + _FAR) if "0" in bits[at : at + _FAR] else -1
        if end >= 0:
            quotient, at = end - at, end + 1
        else:
            one = bits.index("1", at + _FAR)
            end = one + (one - at - _FAR) + 1
            quotient, at = int(bits[one:end], 2) + _FAR - 1, end
        if at + width > len(bits):
            raise ValueError("cut off")
        folded = (quotient << width) | (int(bits[at : at + width], 2) if width else 0)
        at += width
        off = -(folded + 1) // 2 if folded & 1 else folded // 2
        values.append(model.mean + off)
        model.learn(off, folded)
    return values, at
