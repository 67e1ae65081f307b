"""The common form: what makes a backup good, and the window with its bound."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from probes.backups.form import DAY_MS, LATE_MS, WINDOW_DAYS, Backup, Verified, newest, settled
from probes.backups.verifying import not_understood

NOW_MS = 1_795_000_000_000
WELL = Verified(how="test", at_ms=NOW_MS, ok=True, understood=True)
SOUND = Backup(id="a", kind="full", started_ms=NOW_MS - 60_000, stopped_ms=NOW_MS, verified=WELL)


def flaws(backup: Backup, *others: Backup) -> tuple[str, ...]:
    return next(each for each in settled([backup, *others], now_ms=NOW_MS) if each.id == backup.id).flaws


def good(backup: Backup, *others: Backup) -> bool:
    return next(each for each in settled([backup, *others], now_ms=NOW_MS) if each.id == backup.id).good


def test_a_backup_is_good_only_when_its_verification_was_understood_and_well() -> None:
    assert good(SOUND)
    assert not good(replace(SOUND, verified=None))
    assert not good(replace(SOUND, verified=not_understood("test", NOW_MS, "eh")))
    assert not good(replace(SOUND, verified=replace(WELL, ok=False)))
    assert not good(replace(SOUND, error="the tool says so"))


def test_a_verification_counts_only_between_the_end_of_the_backup_and_now() -> None:
    for at_ms in (NOW_MS - LATE_MS - 1, NOW_MS + LATE_MS + 1):
        made = replace(SOUND, verified=replace(WELL, at_ms=at_ms))
        assert not good(made)
        assert flaws(made) == ()  # not verified is not bad
    assert good(replace(SOUND, verified=replace(WELL, at_ms=NOW_MS - LATE_MS)))


def test_each_oddity_has_its_name() -> None:
    assert flaws(replace(SOUND, stopped_ms=None)) == ("half-written",)
    assert flaws(replace(SOUND, started_ms=None, stopped_ms=None)) == ("no-start",)
    assert flaws(replace(SOUND, started_ms=NOW_MS + LATE_MS + 1, stopped_ms=NOW_MS)) == ("from-the-future",)
    assert flaws(replace(SOUND, started_ms=NOW_MS + LATE_MS, stopped_ms=NOW_MS)) == ()
    assert flaws(replace(SOUND, depends_on=("b",))) == ("missing-base",)


def test_what_stands_on_a_broken_backup_is_broken_through_any_depth() -> None:
    chain = [
        replace(
            SOUND, id=str(number), started_ms=NOW_MS - 100_000 + number, depends_on=(str(number - 1),) * (number > 0)
        )
        for number in range(5000)
    ]
    assert all(backup.good for backup in settled(chain, now_ms=NOW_MS))
    chain[0] = replace(chain[0], verified=replace(WELL, ok=False))
    assert not any(backup.good for backup in settled(chain, now_ms=NOW_MS))


def test_what_stands_on_one_that_was_never_verified_is_not_good_but_not_broken() -> None:
    base = replace(SOUND, id="b", started_ms=NOW_MS - 90_000, verified=None)
    assert flaws(replace(SOUND, depends_on=("b",)), base) == ()
    assert not good(replace(SOUND, depends_on=("b",)), base)


@given(st.lists(st.integers(0, 1000), max_size=60), st.integers(1, 20))
def test_the_newest_are_kept_whatever_their_order(ages: list[int], most: int) -> None:
    backups = [replace(SOUND, id=str(n), started_ms=NOW_MS - age * DAY_MS) for n, age in enumerate(ages)]
    kept, out = newest(backups, now_ms=NOW_MS, most=most)
    inside = sorted((age for age in ages if age <= WINDOW_DAYS), reverse=True)
    assert [(NOW_MS - (each.started_ms or 0)) // DAY_MS for each in kept] == inside[-most:]
    assert len(kept) + out == len(ages)
