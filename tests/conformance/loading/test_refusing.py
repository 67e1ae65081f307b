"""Why a run of load must not begin: authority, windows, ceilings, journeys; every reason at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.loading.refusing import Undertaking, refusals
from conformance.windows import covered_until
from probes.shop.adapter_file import load
from probes.target import Target, Window
from probes.target_file import read_target
from probes.target_load import load_limits
from tests.miniatures.shop.miniature import ADAPTERS

NOW = datetime(2027, 1, 10, 23, 50, tzinfo=UTC)
GENTLE = Undertaking(
    name="smoke", rate_per_s=1, lasts_s=20, orders=2, accounts=4, mix={"browse": 0.8, "order": 0.1, "return": 0.1}
)
OWN = Undertaking(name="mine.py", rate_per_s=1, lasts_s=60, orders=0, accounts=0, mix={})
STAGING = 'environment = "staging"\nauthorised = true\n'
PRODUCTION = 'environment = "production"\nauthorised = true\n'


def _target(folder: Path, further: str) -> Target:
    path = folder / "t.toml"
    path.write_text('[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\n' + further, encoding="utf-8")
    return read_target(path)


def _refused(folder: Path, further: str, what: Undertaking = GENTLE, *, adapter: str | None = "miniature") -> list[str]:
    return [reason.partition(":")[0] for reason in _told(folder, further, what, adapter=adapter)]


def _told(folder: Path, further: str, what: Undertaking, *, adapter: str | None = "miniature") -> list[str]:
    target = _target(folder, further)
    known = load(f"{adapter}.toml", beside=ADAPTERS) if adapter else None
    return list(refusals(what, target=target, limits=load_limits(target), adapter=known, now=NOW))


def _window(starts: str, ends: str) -> str:
    return f'[[windows]]\nstarts = {starts}\nends = {ends}\npurpose = "load"\n'


@pytest.mark.parametrize("further", [STAGING, 'environment = "disposable"\nauthorised = true\n'])
def test_a_gentle_profile_on_an_authorised_shop_begins(tmp_path: Path, further: str) -> None:
    assert _refused(tmp_path, further) == []


def test_without_authority_nothing_begins_and_every_reason_is_told_at_once(tmp_path: Path) -> None:
    much = replace(GENTLE, rate_per_s=500, orders=18_000, mix={"order": 1.0})
    told = _refused(tmp_path, "", much, adapter=None)
    ceilings = ["[load] max_rate_per_s", "[load] max_orders"]
    assert told == ["[platform] authorised", "[[windows]]", *ceilings, "[platform] adapter"]


def test_the_ceilings_are_the_target_files(tmp_path: Path) -> None:
    exactly = replace(GENTLE, rate_per_s=5, orders=50)
    assert _refused(tmp_path, STAGING, exactly) == []
    assert _refused(tmp_path, STAGING, replace(exactly, rate_per_s=5.01)) == ["[load] max_rate_per_s"]
    assert _refused(tmp_path, STAGING, replace(exactly, orders=51)) == ["[load] max_orders"]
    raised = STAGING + "[load]\nmax_rate_per_s = 500\nmax_orders = 20000\n"
    assert _refused(tmp_path, raised, replace(exactly, rate_per_s=500, orders=20_000)) == []


def test_production_takes_load_in_an_open_window_alone(tmp_path: Path) -> None:
    assert _refused(tmp_path, PRODUCTION) == ["[[windows]]"]
    over = PRODUCTION + _window("2027-01-10T22:00:00Z", "2027-01-10T23:49:59Z")
    assert _refused(tmp_path, over) == ["[[windows]]"]
    later = PRODUCTION + _window("2027-01-10T23:50:01Z", "2027-01-11T04:00:00Z")
    assert _refused(tmp_path, later) == ["[[windows]]"]


def test_a_window_over_midnight_with_another_offset_lasts_until_its_own_end(tmp_path: Path) -> None:
    # 23:50 UTC is 07:50 of the next day in Shanghai, and 18:50 of the same day in New York.
    window = _window("2027-01-11T07:30:00+08:00", "2027-01-10T19:00:00-05:00")
    assert _refused(tmp_path, PRODUCTION + window) == []
    just = replace(GENTLE, lasts_s=timedelta(minutes=10).total_seconds())
    assert _refused(tmp_path, PRODUCTION + window, just) == []
    assert _refused(tmp_path, PRODUCTION + window, replace(just, lasts_s=just.lasts_s + 1)) == ["[[windows]]"]


def test_a_window_that_is_too_short_is_told_with_what_the_run_needs(tmp_path: Path) -> None:
    long = replace(GENTLE, lasts_s=872.4)
    window = _window("2027-01-10T22:00:00Z", "2027-01-11T00:00:00Z")
    (told,) = _told(tmp_path, PRODUCTION + window, long)
    assert "smoke may take up to 0:14:33 in all, until 2027-01-11 00:04:33 UTC" in told
    assert "the open window ends at 2027-01-11 00:00:00 UTC" in told
    (told,) = _told(tmp_path, PRODUCTION, long)
    assert "smoke may take up to 0:14:33 in all" in told
    assert "lasts until 2027-01-11 00:04:33 UTC" in told
    assert _told(tmp_path, STAGING, replace(long, lasts_s=1e6)) == []


def test_windows_that_follow_one_another_are_one() -> None:
    def window(starts: int, ends: int) -> Window:
        return Window(starts=NOW + timedelta(hours=starts), ends=NOW + timedelta(hours=ends), purpose="")

    assert covered_until([window(1, 3), window(-1, 1)], NOW) == NOW + timedelta(hours=3)
    assert covered_until([window(-1, 2), window(0, 1)], NOW) == NOW + timedelta(hours=2)
    assert covered_until([window(-1, 1), window(2, 3)], NOW) == NOW + timedelta(hours=1)
    assert covered_until([window(1, 2)], NOW) is None
    assert covered_until([window(-2, 0)], NOW) is None


def test_a_mix_whose_journeys_the_adapter_lacks_is_refused_by_name(tmp_path: Path) -> None:
    target = _target(tmp_path, STAGING)
    adapter = replace(load("miniature.toml", beside=ADAPTERS), journeys={})
    told = refusals(GENTLE, target=target, limits=load_limits(target), adapter=adapter, now=NOW)
    assert len(told) == 1
    assert "list_products" in told[0]
    assert "register" in told[0]
    assert "search" not in told[0]  # nobody of this mix searches


def test_a_locustfile_of_ones_own_needs_no_journeys(tmp_path: Path) -> None:
    assert _refused(tmp_path, STAGING, OWN, adapter=None) == []
    assert _refused(tmp_path, PRODUCTION, OWN, adapter=None) == ["[[windows]]"]


def test_the_users_of_a_locustfile_come_no_faster_than_the_ceiling(tmp_path: Path) -> None:
    declared = STAGING + "[load]\nmax_rate_per_s = 8\n"
    assert _told(tmp_path, declared, replace(OWN, rate_per_s=8), adapter=None) == []
    (told,) = _told(tmp_path, declared, replace(OWN, rate_per_s=500), adapter=None)
    assert told.startswith("[load] max_rate_per_s: mine.py starts 500 users a second, and the ceiling is 8; ")
    assert "--users-per-s" in told
