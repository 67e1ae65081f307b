"""Bytes a sample of raw latencies: days as a shop's pages have them, and requests that were really made."""

import http.client
import ssl
import struct
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from reports.latency_codec import Chunk, decode, encode
from tests.bench.latency_series import days_of
from tests.bench.table import Row
from tests.miniatures.shop.miniature import MiniatureShop

GOAL_B: Final = 1.5
_MEDIANS_MS: Final = (30, 120, 800)
_REQUESTS: Final = 1200


def latency_rows(_: Path) -> list[Row]:
    """Measure days of probes each second and each minute, and the miniature shop's own latencies on loopback."""
    return [
        *(_modelled(every_ms, name) for every_ms, name in ((1000, "each second"), (60_000, "each minute"))),
        _row("latencies kept: the miniature shop, asked in earnest, to 0.1 ms", [(0, _asked())], unit_us=100),
    ]


def _modelled(every_ms: int, name: str) -> Row:
    hours = [
        hour
        for seed, median in enumerate(_MEDIANS_MS)
        for hour in days_of(every_ms=every_ms, median_ms=median, seed=seed)
    ]
    medians = ", ".join(map(str, _MEDIANS_MS))
    return _row(f"latencies kept: days of probes {name}, medians {medians} ms", hours, unit_us=1000)


def _row(what: str, hours: Sequence[tuple[int, Mapping[int, int]]], *, unit_us: int) -> Row:
    count = sum(len(samples) for _, samples in hours)
    ours = sum(_size(Chunk(unit_us=unit_us, samples=samples), begins_ms) for begins_ms, samples in hours)
    plain = sum(len(zlib.compress(_as_numbers(samples), 9)) for _, samples in hours)
    return Row(
        what=what,
        value=ours / count,
        unit="B",
        at_most=GOAL_B,
        absolute=f"{count:,} samples in {ours:,} B, planned starts with them; zlib on the latencies alone: {plain:,} B",
    )


def _size(chunk: Chunk, begins_ms: int) -> int:
    content = encode(chunk, begins_ms)
    if decode(content, begins_ms) != chunk:
        raise AssertionError("a chunk did not come back as it was")
    return len(content)


def _as_numbers(samples: Mapping[int, int]) -> bytes:
    return struct.pack(f"<{len(samples)}H", *samples.values())


def _asked() -> dict[int, int]:
    """Return real latencies in units of 0.1 ms, as if asked for each second."""
    samples = {}
    with MiniatureShop() as shop:
        place, trusted = urlsplit(shop.base_url).netloc, ssl.create_default_context(cafile=shop.ca_file)
        for number in range(_REQUESTS):
            began = time.perf_counter()
            connection = http.client.HTTPSConnection(place, context=trusted)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            samples[1000 * number] = round((time.perf_counter() - began) * 10_000)
    return samples
