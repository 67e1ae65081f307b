"""The purchases that a backup overlapped, by the workers' trails."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.loading.purchases import overlapped
from probes.shop.trail import PURCHASE, Entry


def bought(begun_ms: int, ended_ms: int, *, well: bool | None = True) -> Entry:
    facts = {"begun_ms": begun_ms, "ended_ms": ended_ms, "bought": well, "why": None if well else "HTTP 503"}
    return Entry(seq=1, at="2026-11-22T02:00:00.000000Z", who="buyer_1", kind=PURCHASE, id="", facts=facts)


TRAILS = [[bought(40, 90), bought(100, 150)], [bought(150, 200, well=False), bought(210, 260, well=False)]]


def told_as(begun: int, failed: int, unfinished: int = 0) -> dict[str, int]:
    return {"begun_during": begun, "failed_during": failed, "unfinished_during": unfinished}


def counted(*entries: Entry) -> dict[str, int]:
    return overlapped([entries], {"started_ms": 100, "stopped_ms": 200}, ended_ms=300)


@pytest.mark.parametrize(
    ("started_ms", "stopped_ms", "begun", "failed"), [(100, 200, 2, 1), (100, None, 3, 2), (None, None, 0, 0)]
)
def test_only_what_went_on_while_the_backup_ran_is_counted(
    started_ms: int | None, stopped_ms: int | None, begun: int, failed: int
) -> None:
    backup: dict[str, Any] = {"started_ms": started_ms, "stopped_ms": stopped_ms}
    assert overlapped(TRAILS, backup, ended_ms=300) == told_as(begun, failed)


@pytest.mark.parametrize(
    ("begun_ms", "ended_ms", "overlaps"),
    [(40, 99, 0), (40, 100, 1), (40, 150, 1), (40, 260, 1), (120, 150, 1), (200, 260, 1), (201, 260, 0)],
)
def test_a_purchase_under_way_when_the_backup_begins_or_ends_is_counted(
    begun_ms: int, ended_ms: int, overlaps: int
) -> None:
    assert counted(bought(begun_ms, ended_ms)) == told_as(overlaps, 0)
    assert counted(bought(begun_ms, ended_ms, well=False)) == told_as(overlaps, overlaps)
    assert counted(bought(begun_ms, ended_ms, well=None)) == told_as(overlaps, 0, overlaps)


@pytest.mark.parametrize("lacking", ["begun_ms", "ended_ms"])
def test_a_note_that_does_not_tell_when_is_not_counted(lacking: str) -> None:
    note = bought(120, 150, well=False)
    told = replace(note, facts={name: value for name, value in note.facts.items() if name != lacking})
    assert counted(told) == told_as(0, 0)
