"""What every ledger store promises.

1. ``append`` returns positions that are already durable, or raises and has kept nothing of the batch.
2. The order of positions is the order of commit; whoever else appends, the chain stays one chain.
3. Nothing that was appended is ever changed or deleted through a store.
4. An attachment and the entries that came with it are kept together or not at all.
5. What cannot be kept or read is an ``EvidenceError`` that says what, where and what to do next.
6. Notes are small contents *outside* the chain that may change and go: the run that is still open, a watcher's sign
   of life, an index that can be built anew. They are durable too, and change together with the batch they come with.

A store is used from any thread, and closed once. ``tests/contracts/ledger_store.py`` holds every store to this.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias

from probes.canonical import digest
from probes.errors import EvidenceError
from probes.observation import Observation, Reading, from_record, to_record
from reports.ledger.chain import Verification
from reports.ledger.entry import READING, RUN_FINISHED, RUN_STARTED, Draft, Entry, Head, Run, draft

Notes: TypeAlias = Mapping[str, bytes | None]
"""Contents by name (not empty, no NUL); None where there is none, or is to be none."""

NO_NOTES: Final[Notes] = MappingProxyType({})


class NotesDifferError(EvidenceError):
    """What was expected of a note is not what is there: somebody else wrote it; nothing of the batch was kept."""


def check_names(*named: Notes) -> None:
    """Refuse names of notes that a store could not keep.

    Raises:
        ValueError: a name is empty or holds NUL: a bug of ours.
    """
    if wrong := [name for notes in named for name in notes if not name or "\0" in name]:
        raise ValueError(f"a note cannot be called {wrong[0]!r}")


def unexpected(expect: Notes, found: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of the notes that are not as expected."""
    return tuple(name for name, content in expect.items() if found.get(name) != content)


def differ(names: Iterable[str]) -> NotesDifferError:
    """Return the error that tells which notes somebody else wrote."""
    return NotesDifferError(
        f"the ledger's note {', '.join(names)} is not as it was left: another process writes it; "
        "nothing was recorded: end the other one, or give this one a name of its own, then start again"
    )


class LedgerStore(Protocol):
    """The promise; a store writes the abstract methods and inherits the words that a run speaks."""

    @abstractmethod
    def append(
        self,
        run_id: str,
        drafts: Sequence[Draft],
        *,
        attachments: Iterable[bytes] = (),
        notes: Notes = NO_NOTES,
        expect: Notes = NO_NOTES,
    ) -> tuple[int, ...]:
        """Append a batch, all of it or nothing; return the positions of the drafts, already durable.

        Contents of ``attachments`` are kept once each, however often they come, and are entered in the chain (once a
        run) before the drafts. ``notes`` change in the same transaction, if every note in ``expect`` is as it says.
        ``run_id`` is not empty. An empty batch is no write.

        Raises:
            NotesDifferError: a note is not as expected; nothing was kept.
            EvidenceError: if it could not be kept; what was recorded before is untouched.
        """

    @abstractmethod
    def notes(self, prefix: str = "") -> Mapping[str, bytes]:
        """Return the notes whose names start so, in order of name: one snapshot."""

    @abstractmethod
    def note(self, changes: Notes, *, expect: Notes = NO_NOTES) -> bool:
        """Change notes in one durable transaction (None takes one away); True once they are.

        False, and nothing written, where a note in ``expect`` is not as it says (None: not there).

        Raises:
            EvidenceError: if they could not be written.
        """

    @abstractmethod
    def intervals_after(self, platform_id: str, instant_ms: int) -> Iterator[Entry]:
        """Iterate over the platform's entries of the kind ``interval`` that end after the instant, by position."""

    @abstractmethod
    def head(self) -> Head:
        """Return the last position and its hash; ``GENESIS`` where nothing was appended."""

    @abstractmethod
    def entries(
        self, *, run_id: str | None = None, kind: str | None = None, since: int | None = None
    ) -> Iterator[Entry]:
        """Iterate in order of position; ``since`` is exclusive: the entries *after* that position.

        What is appended while iterating may or may not be seen.
        """

    @abstractmethod
    def newest_entries(
        self, platform_id: str, kind: str, subject: str | None = None, *, most: int
    ) -> tuple[Entry, ...]:
        """Return the readings of that kind (of that subject) with the greatest ``observed_at``, at most so many.

        The newest first; of two that were observed at once, the one of the later position.
        """

    @abstractmethod
    def attachment(self, name: str) -> bytes:
        """Return the content named ``sha256:...``.

        Raises:
            EvidenceError: if it is not there, or was altered.
        """

    @abstractmethod
    def has_attachment(self, name: str) -> bool:
        """Tell whether the content named ``sha256:...`` is kept."""

    @abstractmethod
    def runs(self) -> tuple[Run, ...]:
        """Return what is known of each run, in order of first entry."""

    @abstractmethod
    def verify(self, *, head: str | None = None) -> Verification:
        """Recompute the chain and every attachment; ``head``, a hash kept elsewhere, must be in the chain."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store; closing twice is no error."""

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def put_attachment(self, run_id: str, content: bytes) -> str:
        """Keep a content durably, enter it in the chain for that run, and return its name ``sha256:...``."""
        self.append(run_id, (), attachments=(content,))
        return digest(content)

    def start_run(self, run_id: str, facts: Mapping[str, Any]) -> int:
        """Enter the begin of a run, with JSON facts about it; return the position."""
        return self.append(run_id, (draft(RUN_STARTED, facts),))[0]

    def finish_run(self, run_id: str, facts: Mapping[str, Any]) -> int:
        """Enter the end of a run, with JSON facts about it; return the position."""
        return self.append(run_id, (draft(RUN_FINISHED, facts),))[0]

    def finished(self, run_id: str) -> bool:
        """Tell whether the run's end was entered: a run that was killed never finished."""
        return next(self.entries(run_id=run_id, kind=RUN_FINISHED), None) is not None

    def append_readings(
        self, run_id: str, readings: Sequence[Reading], *, attachments: Iterable[bytes] = ()
    ) -> tuple[int, ...]:
        """Append readings, together with the contents that they name; return their positions, already durable.

        Raises:
            EvidenceError: if they could not be kept.
            ValueError: if a reading names an attachment that is neither given nor kept already.
        """
        contents = tuple(attachments)
        given = {digest(content) for content in contents}
        named = {name for reading in readings if isinstance(reading, Observation) for name in reading.attachments}
        if lost := sorted(name for name in named - given if not self.has_attachment(name)):
            raise ValueError(f"readings name attachments that nobody kept: {', '.join(lost)}")
        drafts = tuple(draft(READING, to_record(reading)) for reading in readings)
        return self.append(run_id, drafts, attachments=contents)

    def readings(self, run_id: str) -> Iterator[Reading]:
        """Iterate over a run's readings in order of position, each checked against its digest.

        Raises:
            EvidenceError: at one that was altered, or is no reading.
        """
        for entry in self.entries(run_id=run_id, kind=READING):
            yield reading_of(entry)

    def latest_entry(self, platform_id: str, kind: str, subject: str | None = None) -> Entry | None:
        """Return the newest of ``newest_entries``, or None."""
        return next(iter(self.newest_entries(platform_id, kind, subject, most=1)), None)

    def latest(self, platform_id: str, kind: str, subject: str | None = None) -> Reading | None:
        """Return the platform's most recently *observed* reading of that kind (of that subject), or None.

        Raises:
            EvidenceError: if it was altered, or is no reading.
        """
        entry = self.latest_entry(platform_id, kind, subject)
        return None if entry is None else reading_of(entry)


def reading_of(entry: Entry) -> Reading:
    """Return the reading that an entry keeps, checked against its digest.

    Raises:
        EvidenceError: if it was altered, or is no reading.
    """
    value = entry.value()
    if not isinstance(value, dict):
        raise EvidenceError(f"ledger entry {entry.seq} is not a reading: {type(value).__name__}")
    return from_record(value)
