"""Why a drill does not begin: one test for each piece of authority that is missing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from probes.target import Target
from probes.target_file import target_of
from profiles.drills.refusals import Intent, refusals
from profiles.drills.registry import FAULTS

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ENTRY = {"name": "crash", "host": "web1", "unit": "shop.service"}


def target(environment: str = "staging", *, authorised: str = "true") -> Target:
    text = f"""
        [platform]
        id = "shop"
        name = "Shop"
        base_url = "https://shop.example"
        environment = "{environment}"
        authorised = {authorised}
        [[hosts]]
        name = "web1"
        address = "local"
    """
    return target_of(text, Path("duheng.toml"))


def intent(*, stop_file: str | None = None, open_s: float | None = None, **entry: str) -> Intent:
    return Intent(
        fault=FAULTS["software-crash"],
        entry={**ENTRY, **entry},
        now=NOW,
        lasts_s=300,
        stop_file=stop_file,
        open_until=None if open_s is None else NOW + timedelta(seconds=open_s),
    )


def test_nothing_refuses_what_may_be() -> None:
    assert refusals(intent(), target()) == ()
    assert refusals(intent(), target("disposable")) == ()
    assert refusals(intent(open_s=300), target("production")) == ()


def test_it_is_refused_without_the_owners_word() -> None:
    (reason,) = refusals(intent(), target(authorised="false"))
    assert "authorised = true" in reason


def test_in_production_it_is_refused_without_a_window() -> None:
    (reason,) = refusals(intent(), target("production"))
    assert "none is open" in reason
    assert "2026-11-22 06:05:00 UTC" in reason


def test_in_production_it_is_refused_where_the_window_closes_before_the_dead_man_acts() -> None:
    (reason,) = refusals(intent(open_s=299), target("production"))
    assert "ends at 2026-11-22 06:04:59 UTC" in reason


def test_it_is_refused_on_a_host_that_is_not_declared() -> None:
    (reason,) = refusals(intent(host="web9"), target())
    assert "web9 is not declared in [[hosts]]" in reason


def test_it_is_refused_while_the_kill_switch_is_there() -> None:
    (reason,) = refusals(intent(stop_file="/srv/stop-drills"), target())
    assert "/srv/stop-drills exists" in reason


def test_it_is_refused_where_its_entry_lacks_what_the_fault_needs() -> None:
    told = intent()
    bare = Intent(**{name: getattr(told, name) for name in Intent.__slots__} | {"entry": {"name": "x", "host": "web1"}})
    assert [reason.partition("needs ")[2] for reason in refusals(bare, target())] == [
        "unit or pidfile or command",
        "unit or start",
    ]


def test_all_reasons_are_told_at_once() -> None:
    refused = refusals(intent(host="web9", stop_file="/stop"), target("production", authorised="false"))
    assert len(refused) == 4


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_fault_says_what_it_is(fault: str) -> None:
    found = FAULTS[fault]
    assert found.name == fault
    assert found.en
    assert found.zh
