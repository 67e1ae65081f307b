"""The purchases that a backup overlapped, by the workers' trails."""

from typing import Any

import pytest

from conformance.loading.purchases import overlapped
from probes.shop.trail import PURCHASE, Entry


def bought(begun_ms: int, *, well: bool = True) -> Entry:
    facts = {"begun_ms": begun_ms, "ended_ms": begun_ms + 50, "bought": well, "why": None if well else "HTTP 503"}
    return Entry(seq=1, at="2026-11-22T02:00:00.000000Z", who="buyer_1", kind=PURCHASE, id="", facts=facts)


TRAILS = [[bought(90), bought(100)], [bought(150, well=False), bought(210, well=False)]]


@pytest.mark.parametrize(
    ("started_ms", "stopped_ms", "begun", "failed"), [(100, 200, 2, 1), (100, None, 3, 2), (None, None, 0, 0)]
)
def test_only_what_was_begun_while_the_backup_ran_is_counted(
    started_ms: int | None, stopped_ms: int | None, begun: int, failed: int
) -> None:
    backup: dict[str, Any] = {"started_ms": started_ms, "stopped_ms": stopped_ms}
    assert overlapped(TRAILS, backup, ended_ms=300) == {"begun_during": begun, "failed_during": failed}
