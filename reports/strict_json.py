"""Reading JSON that others hand over: strict where the standard library is lenient."""

import json
import math
from typing import Any

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError

_EXACT = 2**53


def load(raw: bytes, *, what: str) -> Any:
    """Return the JSON value in ``raw``; ``what`` names it in messages.

    Whole numbers beyond 2**53 come back as floats: RFC 8785 writes 1e20 as digits, and a float it was.

    Raises:
        EvidenceError: if ``raw`` is not UTF-8 JSON, names a key twice, holds NaN or an infinity, or nests too deep.
    """
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_whole,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{what}: not JSON that can be trusted: {error}") from error


def load_canonical(raw: bytes, *, what: str) -> Any:
    """Return the JSON value in ``raw``, which must be its canonical encoding (RFC 8785), byte for byte.

    Raises:
        EvidenceError: as ``load``, and where the bytes are not canonical.
    """
    value = load(raw, what=what)
    try:
        canonical = canonical_bytes(value)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{what}: has no canonical encoding: {error}") from error
    if canonical != raw:
        raise EvidenceError(f"{what}: not in its canonical encoding (RFC 8785)")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key stands twice")
    return record


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int | float:
    number = int(digits)
    return number if abs(number) < _EXACT else _finite(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is beyond every float")
    return number
