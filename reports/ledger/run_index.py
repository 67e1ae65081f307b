"""The index of merged runs, kept as notes in the ledger itself: a copy for quick answers, never evidence.

It catches up with the entries after the last one that it knows, and is built anew where it is missing, damaged, or
ahead of the ledger. Whoever asks first brings it up to date; of two at once, one has its way and both are right.
"""

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from reports.ledger.merged_runs import MergedRuns
from reports.ledger.standing_record import key_of, key_prefix, open_intervals, parts_of
from reports.ledger.store import LedgerStore, Notes
from reports.standing import INTERVAL, Interval, from_entry

_KIND: Final = "runs"
_UPTO: Final = "upto"


class Series(NamedTuple):
    """One check as one vantage point saw it, from one source (``watch``, ``import sha256:...``)."""

    check: str
    vantage: str
    source: str


def merged_runs(store: LedgerStore, platform_id: str) -> Mapping[Series, MergedRuns]:
    """Return the merged runs of a platform's series, brought up to date; the open runs are in them.

    Raises:
        EvidenceError: an entry was altered, or the ledger cannot be read or written.
    """
    # First the open runs: one that is sealed meanwhile is then met twice, and taken once.
    opened = open_intervals(store, platform_id)
    kept, found = _kept(store, platform_id)
    changed, upto = _catch_up(store, platform_id, found, since=_upto(kept, platform_id))
    if changed:
        changes: dict[str, bytes | None] = {_name(platform_id, series): found[series].to_bytes() for series in changed}
        store.note(changes | {_upto_name(platform_id): json.dumps(upto).encode()}, expect=_expected(kept, platform_id))
    for interval in opened:
        found.setdefault(_series(interval), MergedRuns()).add(interval)
    return found


def forget(store: LedgerStore, platform_id: str) -> None:
    """Take the index away; the next to ask builds it anew from the entries."""
    store.note(dict.fromkeys(store.notes(key_prefix(_KIND, platform_id))))


def _kept(store: LedgerStore, platform_id: str) -> tuple[Mapping[str, bytes], dict[Series, MergedRuns]]:
    kept = store.notes(key_prefix(_KIND, platform_id))
    try:
        found = {
            Series(*parts_of(name)[2:]): MergedRuns.from_bytes(content)
            for name, content in kept.items()
            if name != _upto_name(platform_id)
        }
        usable = _upto(kept, platform_id) <= store.head().seq
    except (ValueError, TypeError):  # a copy: what cannot be read is made again
        usable = False
    if usable:
        return kept, found
    forget(store, platform_id)
    return {}, {}


def _catch_up(
    store: LedgerStore, platform_id: str, found: dict[Series, MergedRuns], *, since: int
) -> tuple[set[Series], int]:
    changed, upto = set(), since
    for entry in store.entries(kind=INTERVAL, since=since):
        upto = entry.seq
        interval = from_entry(Interval, entry)
        if interval.platform_id == platform_id:
            found.setdefault(_series(interval), MergedRuns()).add(interval)
            changed.add(_series(interval))
    return changed, upto


def _series(interval: Interval) -> Series:
    return Series(interval.check, interval.vantage, interval.source)


def _name(platform_id: str, series: Series) -> str:
    return key_of(_KIND, platform_id, *series)


def _upto_name(platform_id: str) -> str:
    return key_of(_KIND, platform_id, _UPTO)


def _upto(kept: Mapping[str, bytes], platform_id: str) -> int:
    return int(json.loads(kept.get(_upto_name(platform_id), b"0")))


def _expected(kept: Mapping[str, bytes], platform_id: str) -> Notes:
    return {_upto_name(platform_id): kept.get(_upto_name(platform_id))}
