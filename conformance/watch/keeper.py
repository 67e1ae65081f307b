"""Keeps the record in the ledger: each batch in one transaction with the heartbeat, so that nobody else writes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.watch.recorder import SOURCE, Batch
from conformance.watch.sign_of_life import Heartbeat, heartbeat_in, still_lives
from conformance.watch.watcher import Saved
from probes.errors import EvidenceError, SettingsError
from reports.ledger.entry import Draft
from reports.ledger.standing_record import incidents, maintenance, open_intervals, open_key, watcher_key
from reports.ledger.store import LedgerStore, NotesDifferError
from reports.standing import IncidentWord, Interval, Maintenance, as_bytes, as_draft, from_entry

BY_RULE: Final = ("rule ", "no rule")


class DisplacedError(SettingsError):
    """Another watcher took our name while we were away from the ledger."""


@dataclass(slots=True, kw_only=True)
class Keeper:
    """One watcher's hand on the ledger; used by one thread at a time.

    ``beat`` is the heartbeat as the ledger holds it; ``trouble`` why the last batch was not kept, empty where it was;
    ``_doubt`` what an attempt wrote of which nobody knows whether it was kept, with the number of its records.
    """

    store: LedgerStore
    run_id: str
    platform_id: str
    vantage: str
    heartbeat: Heartbeat
    pause: Callable[[float], None]
    beat: bytes | None = None
    trouble: str = ""
    _doubt: tuple[bytes, int] | None = None
    _key: str = field(init=False)

    def __post_init__(self) -> None:
        """Find the name of our note."""
        self._key = watcher_key(self.platform_id, self.vantage)

    def take_over(self) -> tuple[Interval, ...]:
        """Become the watcher of this name; return the runs that one before us left open.

        Raises:
            SettingsError: another watcher of this name lives.
            EvidenceError: the ledger cannot be used.
        """
        before = self._noted()
        if before is not None and still_lives(before, self._noted, self.pause):
            raise SettingsError(self._refusal(before))
        content = self.heartbeat.content()
        if not self.store.note({self._key: content}, expect={self._key: before}):
            raise SettingsError(self._refusal(self._noted() or b""))
        self.beat = content
        left = open_intervals(self.store, self.platform_id)
        return tuple(each for each in left if each.vantage == self.vantage and each.source == SOURCE)

    def recorded_to(self, now_ms: int) -> Mapping[str, int]:
        """Return by check up to when our record goes, where that is later than now: a clock was set back."""
        found: dict[str, int] = {}
        for entry in self.store.intervals_after(self.platform_id, now_ms):
            interval = from_entry(Interval, entry)
            if interval.vantage == self.vantage and interval.source == SOURCE:
                found[interval.check] = max(interval.ends_ms, found.get(interval.check, 0))
        return found

    def announced(self) -> tuple[Maintenance, ...]:
        """Return the maintenance that the chain knows already."""
        return maintenance(self.store, self.platform_id)

    def save(self, batch: Batch, now_ms: int, *, last: bool = False) -> Saved:
        """Keep a batch; with ``last`` the heartbeat goes, too.

        Raises:
            DisplacedError: another watcher has taken our name.
        """
        done = 0
        try:
            done = self._settled_doubt()
            self._write(batch, done, now_ms, last=last)
        except NotesDifferError:
            raise DisplacedError(self._refusal(self._noted() or b"")) from None
        except EvidenceError as error:
            self.trouble = str(error)
            return Saved(records=done, whole=False, doubtful=self._doubt[1] if self._doubt else 0)
        self.trouble = ""
        return Saved(records=len(batch.records), whole=True)

    def _write(self, batch: Batch, done: int, now_ms: int, *, last: bool) -> None:
        content = self.heartbeat.seen(now_ms).content()
        notes: dict[str, bytes | None] = {
            open_key(self.platform_id, check, self.vantage): None if interval is None else as_bytes(interval)
            for check, interval in batch.opened.items()
        }
        notes[self._key] = None if last else content
        records = batch.records[done:]
        drafts = self._drafts(records)
        # Whatever comes back from here on, the ledger may have kept it.
        self._doubt = (b"" if last else content, len(records))
        self.store.append(self.run_id, drafts, notes=notes, expect={self._key: self.beat})
        self._doubt, self.beat = None, None if last else content

    def _settled_doubt(self) -> int:
        """Return how many records of the batch the ledger has kept already."""
        if self._doubt is None:
            return 0
        content, records = self._doubt
        noted = self._noted() or b""
        if noted == (self.beat or b""):
            self._doubt = None
            return 0
        if noted != content:
            raise DisplacedError(self._refusal(noted))
        self.beat, self._doubt = content or None, None
        return records

    def _drafts(self, records: Sequence[Interval | IncidentWord | Maintenance]) -> tuple[Draft, ...]:
        """Return what goes into the chain: a rule has no second word on an outage of which a person has spoken."""
        second = [word for word in records if isinstance(word, IncidentWord) and word.verified_ms is not None]
        spoken = {(word.check, word.starts_ms) for word in self._persons()} if second else set()
        return tuple(
            as_draft(record)
            for record in records
            if not (isinstance(record, IncidentWord) and (record.check, record.starts_ms) in spoken)
        )

    def _persons(self) -> Sequence[IncidentWord]:
        return [word for word in incidents(self.store, self.platform_id) if not word.by.startswith(BY_RULE)]

    def _noted(self) -> bytes | None:
        return self.store.notes(self._key).get(self._key)

    def _refusal(self, noted: bytes) -> str:
        other = heartbeat_in(noted)
        who = f"process {other.pid} on {other.host}" if other else "another process"
        return (
            f"a watcher called {self.vantage!r} watches {self.platform_id} already ({who}); "
            "stop that one, or give this one a name of its own with [watch] vantage"
        )
