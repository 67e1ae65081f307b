"""Two imports at the same time: one of them is kept, and nothing twice."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import pytest

from conformance.importing.keeping import Place, Source, keep
from conformance.importing.saying import Samples, Span
from probes.clock import SystemClock
from reports.ledger.entry import Draft
from reports.ledger.memory import MemoryStore
from reports.ledger.standing_record import standing
from reports.ledger.store import NO_NOTES, Notes, NotesDifferError

PLACE = Place(platform_id="shop", zone=ZoneInfo("Asia/Shanghai"), check="front", vantage="csv", depth="page")
SPAN = Span(starts_ms=0, ends_ms=10**12, every_ms=60_000)


def source(first: int, count: int) -> Source:
    samples = [(60_000 * number, True) for number in range(first, first + count)]
    return Source(content=b"%d" % first, says=Samples(samples), rows=count, facts={"from": "csv"})


class Overtaken(MemoryStore):
    """A store into which somebody else imports the same just before our own import is written."""

    other: Source | None = None

    def append(
        self,
        run_id: str,
        drafts: Sequence[Draft],
        *,
        attachments: Iterable[bytes] = (),
        notes: Notes = NO_NOTES,
        expect: Notes = NO_NOTES,
    ) -> tuple[int, ...]:
        if (other := self.other) is not None:
            self.other = None
            keep(self, PLACE, other, SPAN, 10**12)
        return super().append(run_id, drafts, attachments=attachments, notes=notes, expect=expect)


@pytest.mark.parametrize("before", [0, 50])
def test_of_two_imports_at_once_one_is_kept_and_the_other_told(before: int) -> None:
    store = Overtaken(clock=SystemClock())
    if before:
        keep(store, PLACE, source(0, before), SPAN, 10**12)
    store.other = source(before, 10)
    with pytest.raises(NotesDifferError):
        keep(store, PLACE, source(before, 20), SPAN, 10**12)
    assert sum(each.tried for each in standing(store, "shop").intervals) == before + 10
    keep(store, PLACE, source(before, 20), SPAN, 10**12)
    assert sum(each.tried for each in standing(store, "shop").intervals) == before + 20
    assert sum(each.run.duration_ms for each in standing(store, "shop").intervals) == 60_000 * (before + 20)


def test_other_checks_and_vantage_points_are_other_histories() -> None:
    store = MemoryStore(clock=SystemClock())
    for check, vantage in (("front", "csv"), ("front", "other"), ("buying", "csv")):
        place = Place(platform_id="shop", zone=PLACE.zone, check=check, vantage=vantage, depth="page")
        outcome = keep(store, place, source(0, 10), SPAN, 10**12)
        assert (len(outcome.intervals), outcome.known_before_ms) == (1, 0)
    assert store.verify().ok
