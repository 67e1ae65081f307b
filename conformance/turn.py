"""One at a time on one platform: a turn is a note in the ledger, seen by all who share it, on whatever machine.

Where the process of a note cannot be seen (another machine), it is taken to live until the instant by which it said it
would be over at the latest.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from typing import TypeAlias

from conformance.watch.sign_of_life import Heartbeat, heartbeat_in
from probes.errors import EvidenceError, SettingsError
from reports.ledger.standing_record import key_of
from reports.ledger.store import LedgerStore

Open: TypeAlias = Callable[[], AbstractContextManager[LedgerStore]]
"""Opens the ledger, for a moment each time: what has the turn may take hours, and others write to it too."""


@contextmanager
def turn(ledger: Open, kind: str, platform_id: str, *, run_id: str, now: datetime, over_by: datetime) -> Iterator[None]:
    """Hold the turn of a kind of run ("night", "load") on a platform.

    Raises:
        SettingsError: another one holds it; it says who, and since when.
        EvidenceError: the ledger cannot be used when the turn is taken.
    """
    key = key_of(kind, platform_id)
    content = Heartbeat.own(run_id, _ms(now)).seen(_ms(over_by)).content()
    with ledger() as store:
        before = store.notes(key).get(key)
        if before is not None and _lives(before, _ms(now)):
            raise SettingsError(_held(before, kind, platform_id))
        if not store.note({key: content}, expect={key: before}):
            raise SettingsError(_held(store.notes(key).get(key) or b"", kind, platform_id))
    try:
        yield
    finally:
        # Our process ends, and its note with it: a ledger that went away must not hide how the run itself ended.
        with suppress(EvidenceError), ledger() as store:
            store.note({key: None}, expect={key: content})


def said(instant: datetime) -> str:
    """Return an instant for people."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _lives(content: bytes, now_ms: int) -> bool:
    life = heartbeat_in(content)
    if life is None:
        return False
    gone = life.gone()
    return now_ms <= life.seen_ms if gone is None else not gone


def _held(content: bytes, kind: str, platform_id: str) -> str:
    life = heartbeat_in(content)
    if life is None:
        return f"another {kind} of {platform_id} has just begun, or ended; one at a time"
    return (
        f"another {kind} of {platform_id} runs since {said(_instant(life.since_ms))} (process {life.pid} on "
        f"{life.host}, {life.instance}); one at a time: wait for its end. If it was killed, it is taken to be over at "
        f"{said(_instant(life.seen_ms))}"
    )


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
