"""Reads a CSV file of samples (``at,success``) or runs (``starts,ends,state``): all is sound, or nothing is taken."""

import csv
import io
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar, get_args

from conformance.importing.keeping import Source, instant
from conformance.importing.saying import Runs, Sample, Samples, Says
from probes.errors import SettingsError
from reports.history import Run
from reports.standing import Seen

MOST_BYTES: Final = 200_000_000
MOST_TOLD: Final = 20
SAMPLES: Final = ("at", "success")
RUNS: Final = ("starts", "ends", "state")
_SUCCESS: Final = {"1": True, "0": False, "true": True, "false": False}
_STATES: Final[tuple[Seen, ...]] = get_args(Seen)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_3000_S: Final = 32_503_680_000
_NEXT: Final = "nothing was imported"

Item = TypeVar("Item", Sample, Run)


def read(path: Path, now_ms: int) -> Source:
    """Return what a CSV file says; UTF-8, a header, instants as RFC 3339 with offset or as seconds since the epoch.

    Raises:
        SettingsError: it cannot be read, or has faults: each with its line, the first twenty of them.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(f"{path}: more than {MOST_BYTES:,} bytes; split it by time; {_NEXT}")
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}; {_NEXT}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8; {_NEXT}") from error
    says, rows = _says(path, text, now_ms)
    return Source(content=content, says=says, rows=rows, facts={"from": "csv", "file": path.name})


def _says(path: Path, text: str, now_ms: int) -> tuple[Says, int]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SettingsError(f"{path}:{lines.line_num}: not CSV: {error}; {_NEXT}") from error
    header = tuple(cell.strip().lower() for cell in rows[0][1]) if rows else ()
    if header not in {SAMPLES, RUNS}:
        raise SettingsError(
            f"{path}:{rows[0][0] if rows else 1}: the header is {','.join(header)[:60]!r}, and must be "
            f"{','.join(SAMPLES)} (single answers) or {','.join(RUNS)} (runs); {_NEXT}"
        )
    faults: list[str] = []
    if header == SAMPLES:
        samples = list(_read(rows[1:], lambda row: _sample(row, now_ms), faults))
        _check(path, faults, rows, list(_unordered(samples)))
        return Samples([sample for _, sample in samples]), len(samples)
    runs = list(_read(rows[1:], lambda row: _run(row, now_ms), faults))
    _check(path, faults, rows, list(_overlapping(runs)))
    return Runs([run for _, run in runs]), len(runs)


def _check(path: Path, faults: Sequence[str], rows: Sequence[object], further: Sequence[str]) -> None:
    told = sorted((*faults, *further), key=lambda fault: int(fault.partition(":")[0]))
    if len(rows) == 1:
        told = ["1: there is nothing below the header"]
    if told:
        more = [f"{path}: and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
        raise SettingsError(*(f"{path}:{fault}" for fault in told[:MOST_TOLD]), *more, _NEXT)


def _read(
    rows: Sequence[tuple[int, list[str]]], parse: Callable[[list[str]], Item], faults: list[str]
) -> Iterator[tuple[int, Item]]:
    for line, row in rows:
        try:
            yield line, parse([cell.strip() for cell in row])
        except ValueError as error:
            faults.append(f"{line}: {error}")


def _sample(row: list[str], now_ms: int) -> Sample:
    _require_cells(row, SAMPLES)
    if row[1].lower() not in _SUCCESS:
        raise ValueError(f"success is {row[1][:40]!r}, and must be 1 or 0 (true or false)")
    return _instant_ms(row[0], "at", now_ms), _SUCCESS[row[1].lower()]


def _run(row: list[str], now_ms: int) -> Run:
    _require_cells(row, RUNS)
    state = next((state for state in _STATES if state == row[2].lower()), None)
    if state is None:
        raise ValueError(f"state is {row[2][:40]!r}, and must be one of {', '.join(_STATES)}")
    starts_ms, ends_ms = _instant_ms(row[0], "starts", now_ms), _instant_ms(row[1], "ends", now_ms)
    if ends_ms <= starts_ms:
        raise ValueError(f"it ends at {instant(ends_ms)} and starts at {instant(starts_ms)}: it does not last")
    return Run(state=state, starts_ms=starts_ms, ends_ms=ends_ms)


def _require_cells(row: Sequence[str], header: Sequence[str]) -> None:
    if len(row) != len(header):
        raise ValueError(f"{len(row)} cells, and the header has {len(header)}")


def _instant_ms(text: str, column: str, now_ms: int) -> int:
    """Return the instant that a cell names, in ms since the epoch.

    Raises:
        ValueError: it names none, one without its UTC offset, or one in the future.
    """
    wanted = "an instant with its offset (2026-01-31T08:00:00+08:00) or seconds since 1970"
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{column} is {text[:40]!r}, and must be {wanted}") from None
        if moment.tzinfo is None:
            raise ValueError(f"{column} is {text[:40]!r}, without its UTC offset; write {wanted}") from None
        seconds = (moment - _EPOCH).total_seconds()
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{column} is {text[:40]!r}, and must be {wanted}")
    if seconds * 1000 > now_ms:
        hint = " (milliseconds? they must be seconds)" if seconds < now_ms * 2 and seconds > _YEAR_3000_S else ""
        raise ValueError(f"{column} is {text[:40]!r}, in the future{hint}")
    return round(seconds * 1000)


def _unordered(samples: Sequence[tuple[int, Sample]]) -> Iterator[str]:
    for (before, earlier), (line, later) in itertools.pairwise(samples):
        if later[0] == earlier[0]:
            yield f"{line}: at is {instant(later[0])}, as in line {before}: a sample stands twice"
        elif later[0] < earlier[0]:
            yield (
                f"{line}: at is {instant(later[0])}, before line {before} ({instant(earlier[0])}); "
                "sort the rows by time"
            )


def _overlapping(runs: Sequence[tuple[int, Run]]) -> Iterator[str]:
    for (before, earlier), (line, later) in itertools.pairwise(runs):
        if later.starts_ms < earlier.starts_ms:
            yield (
                f"{line}: starts at {instant(later.starts_ms)}, before line {before} "
                f"({instant(earlier.starts_ms)}); sort the rows by time"
            )
        elif later.starts_ms < earlier.ends_ms:
            ends = instant(earlier.ends_ms)
            yield f"{line}: starts at {instant(later.starts_ms)}, while line {before} lasts to {ends}: they overlap"
