"""A switch-over on this machine: aborted before promotion, held after it, and nothing done where nobody can tell."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles.drills import deadman
from profiles.drills.deadman import HELD
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import Victim, end_time_of, victim


@pytest.fixture
def hit(tmp_path: Path) -> Iterator[Victim]:
    with victim(tmp_path) as found:
        yield found


def switching(hit: Victim) -> Drilled:
    """Return a run: a file `promoted` stands for what its disaster site says."""
    promoted = f'read -r said <{hit.folder}/promoted && exit "$said"'
    entry = {
        **hit.entry,
        "recover": ["true"],
        "promoted": ["sh", "-c", promoted],
        "centre": ["cat", f"{hit.folder}/centre"],
        "data_system": ["test", "-e", f"{hit.folder}/standby.conf"],
    }
    return drilled("switch-over", entry, hit.folder)


def armed(hit: Victim) -> Drilled:
    run = switching(hit)
    run.arm()
    return run


def says(hit: Victim, status: int) -> None:
    """Let the disaster site say this."""
    (hit.folder / "promoted").write_text(f"{status}\n")


def wait_for(path: Path) -> None:
    """Wait until the watcher has written what it saw."""
    while not path.exists() or not path.read_text():
        assert path.parent.exists()


def test_before_promotion_the_primary_comes_back(hit: Victim) -> None:
    says(hit, 1)
    run, before = armed(hit), hit.pid()
    assert run.inject()[0] == 0
    status, said = run.effect()
    assert (status, "the primary site does not run" in said) == (0, True), said
    told = run.sh(deadman.telling(run.place)).stdout
    assert json.loads(told) == {"switched": {"centre": None, "data": None}}
    status, said = run.heal()
    assert (status, "had not taken over" in said, hit.pid() != before) == (0, True, True), said
    assert run.revert() == 0
    run.done()


def test_after_promotion_the_primary_stays_off_and_its_traces_are_told(hit: Victim) -> None:
    says(hit, 1)
    run, before = armed(hit), hit.pid()
    run.inject()
    (hit.folder / "centre.new").write_text('the "east" centre\nserves\n')
    (hit.folder / "centre.new").rename(hit.folder / "centre")
    says(hit, 0)
    wait_for(Path(run.place.folder) / "seen.centre")
    told = json.loads(run.sh(deadman.telling(run.place)).stdout)["switched"]
    assert (told["centre"]["where"], told["data"]) == ('the "east" centre', None)
    injected = (Path(run.place.folder) / "victims").stat().st_mtime_ns // 10**6
    assert told["centre"]["at_ms"] >= injected
    status, said = run.heal()
    assert (status, said.startswith("held: ")) == (0, True), said
    assert (run.revert(), hit.pid()) == (0, before)
    run.done()
    assert hit.pid() == before  # nobody started it


def test_a_promoted_site_is_held_by_the_dead_man_too(hit: Victim) -> None:
    says(hit, 1)
    run, before = armed(hit), hit.pid()
    run.inject()
    says(hit, 0)
    end_time_of(Path(run.place.folder))
    run.wait_for_the_dead_man()
    assert hit.pid() == before


def test_where_nobody_can_tell_nothing_is_started_and_that_is_loud(hit: Victim) -> None:
    says(hit, 1)
    run, before = armed(hit), hit.pid()
    run.inject()
    says(hit, 3)
    assert run.revert() == 0
    status, said = run.healed()
    assert (status, "nobody can tell" in said, hit.pid()) == (1, True, before), said
    says(hit, 1)
    assert run.heal()[0] == 0
    run.done()


@pytest.mark.parametrize(("status", "why"), [(0, "has taken over already"), (7, "nobody can tell")])
def test_it_is_refused_where_there_is_nothing_to_switch(status: int, why: str, hit: Victim) -> None:
    says(hit, status)
    run, before = armed(hit), hit.pid()
    answer = run.inject()
    assert (answer[0], why in answer[1]) == (HELD, True), answer
    run.done()
    assert (hit.pid(), hit.state()) == (before, "S")


def test_a_trace_that_is_there_before_it_shows_nothing(hit: Victim) -> None:
    says(hit, 1)
    (hit.folder / "centre").touch()
    run, before = armed(hit), hit.pid()
    assert run.inject() == (HELD, "the trace of centre is there already")
    run.done()
    assert (hit.pid(), hit.state()) == (before, "S")
