"""A switch-over on this machine: aborted before promotion, held after it, and nothing done where nobody can tell."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles.drills import deadman
from profiles.drills.deadman import HELD
from tests.awaiting import until
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import Victim, end_time_of, state_of, victim


@pytest.fixture
def hit(tmp_path: Path) -> Iterator[Victim]:
    with victim(tmp_path) as found:
        yield found


def switching(hit: Victim, **changed: object) -> Drilled:
    """Return a run: a file `promoted` stands for what its disaster site says, a line each time, the last for ever."""
    told = hit.folder / "promoted"
    promoted = f'read -r said <{told} && {{ [ "$(wc -l <{told})" -lt 2 ] || sed -i 1d {told}; }} && exit "$said"'
    entry = {
        **hit.entry,
        "recover": ["true"],
        "promoted": ["sh", "-c", promoted],
        "centre": ["cat", f"{hit.folder}/centre"],
        "data_system": ["test", "-e", f"{hit.folder}/standby.conf"],
        **changed,
    }
    return drilled("switch-over", entry, hit.folder, path=hurried(hit.folder))


def hurried(folder: Path) -> str:
    """Return a search path on which a second is short."""
    sleep = folder / "bin" / "sleep"
    sleep.parent.mkdir(exist_ok=True)
    sleep.write_text(f'#!/bin/sh\n[ "$1" != 1 ] || set -- 0.02\nexec {shutil.which("sleep")} "$@"\n')
    sleep.chmod(0o755)
    return f"{sleep.parent}:{os.environ['PATH']}"


def armed(hit: Victim) -> Drilled:
    run = switching(hit)
    run.arm()
    return run


def says(hit: Victim, *statuses: int) -> None:
    """Let the disaster site say this, one after the other."""
    (hit.folder / "promoted").write_text("".join(f"{status}\n" for status in statuses))


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
    until((Path(run.place.folder) / "seen.centre").read_text, "the watcher has written what it saw")
    told = json.loads(run.sh(deadman.telling(run.place)).stdout)["switched"]
    assert (told["centre"]["where"], told["data"]) == ('the "east" centre', None)
    injected = (Path(run.place.folder) / "victims").stat().st_mtime_ns // 10**6
    assert told["centre"]["at_ms"] >= injected
    status, said = run.heal()
    assert (status, said.startswith("held: ")) == (0, True), said
    assert (run.revert(), hit.pid()) == (0, before)
    run.done()
    assert hit.pid() == before  # nobody started it


def test_a_promotion_that_comes_about_after_it_was_called_off_is_waited_for(hit: Victim) -> None:
    says(hit, 1)
    run, before = armed(hit), hit.pid()
    run.inject()
    assert run.effect()[0] == 0
    says(hit, 1, 1, 1, 0)
    status, said = run.heal()
    assert (status, said.startswith("held: "), hit.pid()) == (0, True, before), said
    run.done()
    assert hit.pid() == before


def test_the_primary_that_was_started_here_is_stopped_where_the_other_takes_over_all_the_same(hit: Victim) -> None:
    says(hit, 1)
    run, before = armed(hit), hit.pid()
    run.inject()
    assert run.effect()[0] == 0
    assert run.heal()[0] == 0
    ours = hit.pid()
    assert (ours != before, hit.state()) == (True, "S")
    says(hit, 0)
    assert run.healed() == (
        1,
        f"the disaster site has taken over, and process {ours} runs at the primary site as well",
    )
    status, said = run.heal(release=True)
    assert (status, said.startswith("held: ")) == (0, True), said
    assert (hit.pid(), state_of(ours) in {"", "Z"}) == (ours, True)


def test_what_is_only_being_started_is_stopped_too(hit: Victim) -> None:
    says(hit, 1)
    pipe = hit.folder / "pipe"
    os.mkfifo(pipe)
    run = switching(hit, start=["sh", "-c", f"echo $$ >{pipe}; exec sleep 600"])  # it never gets to its pid file
    run.arm()
    run.inject()
    assert run.effect()[0] == 0
    assert run.revert() == 0
    ours = int(pipe.read_text())
    says(hit, 0)
    assert run.healed() == (1, "the disaster site has taken over, and the primary site is being started")
    status, said = run.heal(release=True)
    assert (status, said.startswith("held: "), state_of(ours) in {"", "Z"}) == (0, True, True), said


def test_who_started_the_primary_meanwhile_is_not_stopped_by_us(hit: Victim) -> None:
    says(hit, 1)
    run = armed(hit)
    run.inject()
    assert run.effect()[0] == 0
    before = hit.pid()
    with subprocess.Popen(["setsid", "-f", *hit.start]):
        until(lambda: hit.pid() != before, "somebody starts it")
    says(hit, 0)
    assert run.revert() == 0
    assert hit.state() == "S"
    status, said = run.healed()
    assert (status, "at the primary site as well" in said) == (1, True), said
    os.killpg(hit.pid(), signal.SIGKILL)
    run.done()


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
