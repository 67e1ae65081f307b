"""A machine switched off and on by another, which holds the switch: a node of a pair, and power cut under write load.

Here the machine is a process in a namespace of its own, and what is written to is a file that answers while it runs;
what a cut does to a real PostgreSQL is told in ``tests/conformance/drilling/test_power_cut.py``.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from profiles.drills.deadman import HELD, telling
from tests.awaiting import until
from tests.profiles.drills import switched
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import end_time_of, state_of
from tests.profiles.drills.store import Store

pytestmark = pytest.mark.integration


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Path]:
    """A machine that is on, and does nothing."""
    switched.need_namespaces()
    folder = tmp_path / "machine"
    switched.make(folder, switched.IDLE)
    switched.switch_now(folder, "on")
    yield folder
    switched.switch_now(folder, "off")


@pytest.fixture
def store(machine: Path) -> Store:
    return Store(machine)


def told(run: Drilled) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in run.sh(telling(run.place)).stdout.splitlines():
        if line.startswith("{"):
            found |= json.loads(line)
    return found


def cut(entry: dict[str, Any], folder: Path, **environ: str) -> Drilled:
    run = drilled("power-cut", entry, folder, **environ)
    run.arm()
    return run


def hurried(folder: Path) -> str:
    """Return a search path on which nothing sleeps."""
    (folder / "hurried").mkdir()
    (folder / "hurried" / "sleep").symlink_to(shutil.which("true") or "/bin/true")
    return f"{folder / 'hurried'}:{os.environ['PATH']}"


def is_on(machine: Path) -> bool:
    return switched.running(machine) is not None


def test_what_was_committed_before_the_cut_is_counted_after_it(machine: Path, store: Store, tmp_path: Path) -> None:
    store.kept.write_text("old1\nold2\n")
    # Its last words are no whole line, and no row.
    run = cut(store.entry(machine, writes=store.writes("printf torn; sleep 600")), tmp_path)
    assert run.inject()[0] == 0
    assert not is_on(machine)
    status, how = run.effect()
    assert status == 0, how
    assert how.startswith("the machine says: shut off; ")
    assert run.heal() == (0, "the machine is on again: running")
    assert is_on(machine)
    rows = len(store.kept.read_text().split()) - 2
    assert told(run) == {
        "power": {
            "rows_committed": rows,
            "rows_found": rows,
            "rows_lost": [],
            "check": {"ran": True, "clean": True, "output": "all is whole "},
        }
    }
    assert f"; {rows} rows were committed before it, none after" in how
    run.done()


def test_lost_rows_are_named_and_a_check_that_finds_something_is_not_clean(
    machine: Path, store: Store, tmp_path: Path
) -> None:
    check = ["sh", "-c", f"[ ! -e {tmp_path}/none ] || exec /there/is/none; echo page 7 is torn >&2; exit 2"]
    run = cut(store.entry(machine, check=check), tmp_path)
    assert run.inject()[0] == 0
    assert run.effect()[0] == 0
    *kept, last, very_last = store.kept.read_text().split()
    store.kept.write_text("".join(f"{each}\n" for each in kept))
    assert run.heal()[0] == 0
    assert told(run)["power"] == {
        "rows_committed": len(kept) + 2,
        "rows_found": len(kept),
        "rows_lost": sorted([last, very_last]),
        "check": {"ran": True, "clean": False, "output": "page 7 is torn "},
    }
    (tmp_path / "none").touch()
    check = told(run)["power"]["check"]
    assert (check["ran"], check["clean"]) == (False, None)
    run.done()


def test_who_writes_on_after_the_cut_writes_to_another_machine(machine: Path, store: Store, tmp_path: Path) -> None:
    elsewhere = store.writes("while :; do n=$((n + 1)); echo new$n; sleep 0.02; done")
    run = cut(store.entry(machine, writes=elsewhere), tmp_path)
    assert run.inject()[0] == 0
    status, how = run.effect()
    assert status != 0
    assert "yet rows are committed all the same" in how
    assert run.heal()[0] == 0  # which ends the writer as well
    writer = (Path(run.place.folder) / "writer").read_text().strip()
    assert state_of(int(writer)) in {"", "Z"}
    assert told(run) == {}
    run.done()


def test_who_answers_while_the_power_is_off_is_another_machine(machine: Path, store: Store, tmp_path: Path) -> None:
    run = cut(store.entry(machine, reads=["cat", str(store.kept)]), tmp_path)
    assert run.inject()[0] == 0
    status, how = run.effect()
    assert status != 0
    assert how.endswith("yet reads answers all the same: it asks another")
    assert run.heal()[0] == 0
    assert told(run) == {}
    run.done()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda store: {"writes": store.writes(first="echo old1")}, "id of a row that was there before: old1"),
        (lambda store: {"writes": store.writes(first="echo INSERT 0 1")}, "prints what is no id: INSERT 0 1"),
        (lambda _: {"writes": ["sh", "-c", "echo new1; echo full >&2"]}, "the writer ended before the cut: full"),
        (lambda _: {"writes": ["sh", "-c", "echo new1; exec sleep 600"]}, "the writer stands still"),
        (lambda _: {"reads": ["false"]}, "reads fails before the cut"),
        (lambda _: {"state": ["false"]}, "the state of the machine cannot be asked: "),
        (lambda _: {"off_says": "running"}, "the machine is off already: running"),
    ],
)  # fmt: skip
def test_nothing_is_cut_where_nothing_could_be_told(
    changed: Any, said: str, machine: Path, store: Store, tmp_path: Path
) -> None:
    store.kept.write_text("old1\n")
    run = cut(store.entry(machine, **changed(store)), tmp_path)
    status, how = run.inject()
    assert (status, is_on(machine)) == (HELD, True)
    assert how.endswith(said)
    assert run.heal() == (0, "nothing was switched off")
    run.done()


def test_nobody_comes_back_so_the_dead_man_gives_power_again(machine: Path, store: Store, tmp_path: Path) -> None:
    run = cut(store.entry(machine, writes=store.writes("sleep 600")), tmp_path)
    assert run.inject()[0] == 0
    writer = (Path(run.place.folder) / "writer").read_text().strip()
    assert not is_on(machine)
    end_time_of(Path(run.place.folder))
    run.wait_for_the_dead_man()
    assert is_on(machine)
    assert state_of(int(writer)) in {"", "Z"}  # nothing of the drill is left on the host


def test_a_database_that_does_not_answer_again_is_not_healed(machine: Path, store: Store, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    reads = ["sh", "-c", f"[ ! -e {broken} ] && {store.alive} && cat {store.kept}"]
    run = cut(store.entry(machine, reads=reads), tmp_path, path=hurried(tmp_path))
    assert run.inject()[0] == 0
    broken.touch()
    assert run.effect()[0] == 0
    assert run.revert() == 0
    assert is_on(machine)
    status, how = run.healed()
    assert (status, how) == (1, "the machine is on, and what has to answer does not")
    assert run.revert() == 0  # it is on: there is nothing more to switch
    broken.unlink()
    run.done()


def test_a_pattern_that_never_matches_proves_nothing_and_leaves_nothing_off(machine: Path, tmp_path: Path) -> None:
    """Off could be taken for on: so it is on only where it says what it said before, for a while."""
    entry = {**switched.entry_of(machine), "off_says": "no such word", "redundant": ["true"]}
    run = drilled("node-off", entry, tmp_path, path=hurried(tmp_path))
    run.arm()
    status, how = run.inject()
    assert (status != 0, how) == (True, "the machine does not say that it is off: shut off")
    assert run.effect()[0] != 0
    assert not is_on(machine)
    assert run.revert() == 0
    assert run.healed() == (0, "the machine is on again: running")
    run.done()


def pair(folder: Path, *, both: bool = True) -> dict[str, object]:
    """Return what says whether two machines are on."""
    on = " && ".join(f"kill -0 $(cat {each}/pid) 2>/dev/null" for each in (folder, *([folder] if both else [])))
    return {"redundant": ["sh", "-c", on]}


def test_a_node_is_switched_off_until_redundancy_is_back(machine: Path, tmp_path: Path) -> None:
    run = drilled("node-off", {**switched.entry_of(machine), **pair(machine)}, tmp_path)
    run.arm()
    before = int(subprocess.run(["date", "+%s%3N"], check=True, capture_output=True, text=True).stdout)
    assert run.inject()[0] == 0
    assert run.effect() == (0, "the machine says: shut off")
    until((Path(run.place.folder) / "lost").exists, "it is noticed that redundancy is gone")
    assert run.heal() == (0, "the machine is on again: running")
    booted_ms = (machine / "pid").stat().st_mtime_ns // 1_000_000
    redundant_ms = told(run)["redundant_ms"]
    assert before < booted_ms <= redundant_ms + 1
    run.done()


def test_no_node_is_switched_off_where_redundancy_is_not_whole(machine: Path, tmp_path: Path) -> None:
    run = drilled("node-off", {**switched.entry_of(machine), "redundant": ["false"]}, tmp_path)
    run.arm()
    said = "redundancy is not whole before it: nothing may be switched off"
    assert (run.inject(), is_on(machine)) == ((HELD, said), True)
    run.done()


def test_a_switch_that_would_outlive_the_injection_is_not_used(machine: Path, tmp_path: Path) -> None:
    uptime, slow = tmp_path / "uptime", tmp_path / "slow"
    uptime.write_text("1000.00 1\n")
    words = ["sh", "-c", f"[ ! -e {slow} ] || echo 1026.00 1 >{uptime}"]  # asking took 26 s
    run = drilled("node-off", {**switched.entry_of(machine), "redundant": words}, tmp_path)
    inject = run.scripts.inject.replace("/proc/uptime", str(uptime))
    run = replace(run, scripts=replace(run.scripts, inject=inject))
    run.arm()
    slow.touch()
    assert run.inject() == (HELD, "too little of the injection's minute is left to switch anything off")
    assert is_on(machine)
    assert run.heal() == (0, "nothing was switched off")
    run.done()


def test_it_is_switched_on_though_nothing_can_be_noted(machine: Path, tmp_path: Path) -> None:
    run = drilled("node-off", {**switched.entry_of(machine), **pair(machine)}, tmp_path)
    run.arm()
    assert run.inject()[0] == 0
    noted = Path(run.place.folder) / "was_off"
    noted.unlink()
    noted.mkdir()
    assert (run.revert(), is_on(machine)) == (0, True)
    assert run.heal()[0] == 0
    run.done()


def test_redundancy_that_its_owner_brings_back_was_back_before_it_was_taken_out(machine: Path, tmp_path: Path) -> None:
    run = drilled("node-off", {**switched.entry_of(machine), **pair(machine)}, tmp_path)
    run.arm()
    assert run.inject()[0] == 0
    until((Path(run.place.folder) / "lost").exists, "it is noticed that redundancy is gone")
    switched.switch_now(machine, "on")
    found = until((Path(run.place.folder) / "found").read_text, "it is noticed that it is back")
    assert run.heal() == (0, "the machine is on again: running")
    assert told(run) == {"redundant_ms": int(found)}
    run.done()


def test_redundancy_that_is_not_back_is_told(machine: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.touch()
    entry = {**switched.entry_of(machine), "redundant": ["test", "-e", str(whole)]}
    run = drilled("node-off", entry, tmp_path, path=hurried(tmp_path))
    run.arm()
    assert run.inject()[0] == 0
    whole.unlink()
    assert run.heal()[0] == 0
    assert told(run) == {"redundant_ms": None}
    run.done()


def test_the_dead_man_switches_the_node_on_again(machine: Path, tmp_path: Path) -> None:
    run = drilled("node-off", {**switched.entry_of(machine), **pair(machine)}, tmp_path)
    run.arm()
    assert run.inject()[0] == 0
    assert not is_on(machine)
    end_time_of(Path(run.place.folder))
    run.wait_for_the_dead_man()
    assert is_on(machine)
