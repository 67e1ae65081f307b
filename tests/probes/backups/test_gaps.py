"""The longest gap: algebra, and a hundred thousand backups in bounded memory."""

import itertools
import json
import tracemalloc
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from probes.backups import command
from probes.backups.form import Backup, settled
from probes.backups.gaps import gaps_by_kind
from tests.probes.backups.test_form import NOW_MS, SOUND

HOUR_MS = 3_600_000
starts = st.lists(st.integers(0, 400 * 24 * HOUR_MS), min_size=2, max_size=40, unique=True)


def backups(ages_ms: list[int]) -> list[Backup]:
    return [replace(SOUND, id=str(n), started_ms=NOW_MS - age, good=True) for n, age in enumerate(ages_ms)]


def longest(ages_ms: list[int]) -> float:
    gap = gaps_by_kind(backups(ages_ms))["full"].longest_s
    assert gap is not None
    return gap


@given(starts, st.randoms())
def test_order_does_not_matter(ages: list[int], random: object) -> None:
    shuffled = sorted(ages, key=lambda age: hash((age, str(random))))
    assert longest(ages) == longest(shuffled)


@given(starts)
def test_it_is_the_greatest_of_the_steps_and_lies_where_it_says(ages: list[int]) -> None:
    gap = gaps_by_kind(backups(ages))["full"]
    assert gap.from_ms is not None
    assert gap.to_ms is not None
    assert gap.longest_s == (gap.to_ms - gap.from_ms) / 1000
    steps = [later - earlier for earlier, later in itertools.pairwise(sorted(NOW_MS - age for age in ages))]
    assert gap.longest_s == max(steps) / 1000
    assert not any(gap.from_ms < NOW_MS - age < gap.to_ms for age in ages)
    assert (gap.to_ms - gap.from_ms) * len(steps) >= max(ages) - min(ages)


@given(starts, st.integers(0, 400 * 24 * HOUR_MS))
def test_one_more_within_the_span_never_lengthens_it(ages: list[int], more: int) -> None:
    if min(ages) < more < max(ages):
        assert longest([*ages, more]) <= longest(ages)


@given(starts)
def test_a_bad_one_is_as_one_that_was_not_made(ages: list[int]) -> None:
    made = backups([*ages, 5])
    spoilt = [*made[:-1], replace(made[-1], good=False)]
    assert gaps_by_kind(spoilt)["full"].longest_s == longest(ages)


def test_kinds_are_apart_and_below_two_good_ones_there_is_no_gap() -> None:
    made = [*backups([5 * HOUR_MS, HOUR_MS]), replace(SOUND, id="i", kind="incremental", good=True)]
    gaps = gaps_by_kind(made)
    assert list(gaps) == ["full", "incremental"]
    assert gaps["full"].longest_s == 4 * 3600
    assert gaps["incremental"].longest_s is None
    assert gaps["incremental"].newest_ms == SOUND.started_ms


MOST_MEMORY = 200_000_000


def test_a_hundred_thousand_backups_are_read_in_bounded_memory() -> None:
    entries = 100_500
    lines = ",".join(
        json.dumps(
            {"id": f"{n:07d}", "kind": "full", "started": "2026-01-01T00:00:00Z", "stopped": "2026-01-01T00:00:01Z"}
        )
        for n in range(entries)
    )
    text = f'{{"schema": "{command.SCHEMA}", "backups": [{lines}]}}'
    tracemalloc.start()
    try:
        catalogue = command.catalogue_of(text, kind=None, zone=None, now_ms=NOW_MS, who="test")
        read = settled(catalogue.backups, now_ms=NOW_MS)
        gaps = gaps_by_kind(read)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(read), catalogue.left_out, gaps["full"].all) == (100_000, 500, 100_000)
    assert peak < MOST_MEMORY
