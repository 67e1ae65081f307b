"""Every fault, its harness killed at every moment: the host heals itself, and is as it was.

For a host, the steps of a drill are these moments: those in between (steady journeys, watching, comparing) ask it for
nothing. The hand that is killed in the middle of a text is what is left of a harness that is killed, or of its SSH.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from profiles.drills import deadman
from profiles.drills.registry import FAULTS
from profiles.drills.traces import mark_of
from tests.awaiting import PATIENCE_S, until
from tests.profiles.drills import switched
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import Victim, end_time_of, victim
from tests.profiles.drills.store import Store
from tests.profiles.drills.test_certificate_expired import listens, serving
from tests.profiles.drills.test_cut_off import cut, lab, rules
from tests.profiles.drills.test_database_crash import free_port, listener
from tests.profiles.drills.test_disk_full import mounted
from tests.profiles.drills.test_eicar import disk as dropping
from tests.profiles.drills.test_losing import RECOVER, aside_of, goes_back, old_is_at, start
from tests.profiles.drills.test_raid_member import bin_folder, failing
from tests.profiles.drills.test_switch_over import says, switching
from tests.profiles.drills.test_switched import is_on, machine, pair
from tests.profiles.drills.test_traces import SOURCE, flood, log_of

__all__ = ["bin_folder", "lab", "machine"]
pytestmark = pytest.mark.integration


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A host with a fault to be put in: how the host is (``state``), and what the fault calls forth (``answer``).

    ``go_back`` is the owner's way back, after which nothing is undone; ``holds`` tells whether what it made is there.
    """

    run: Drilled
    state: Callable[[], object]
    answer: Callable[[], object] = lambda: None
    go_back: Callable[[], object] = lambda: None
    holds: Callable[[], bool] = lambda: False


def runs(hit: Victim) -> bool:
    return hit.state() not in {"", "T", "Z", "X"}


Maker = Callable[[str, Path, pytest.FixtureRequest], "Iterator[Subject]"]


def of_processes(fault: str, folder: Path, _: pytest.FixtureRequest) -> Iterator[Subject]:
    with victim(folder) as hit:
        yield Subject(run=drilled(fault, hit.entry, folder), state=partial(runs, hit))


def of_a_database(fault: str, folder: Path, _: pytest.FixtureRequest) -> Iterator[Subject]:
    port = free_port()
    with listener(folder, port) as entry:
        yield Subject(run=drilled(fault, entry, folder), state=partial(listens, port))


def of_a_switch(fault: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Subject]:
    own = request.getfixturevalue("machine")
    if fault == "power-cut":
        yield Subject(run=drilled(fault, Store(own).entry(own), folder), state=partial(is_on, own))
        return
    run = drilled(fault, {**switched.entry_of(own), **pair(own)}, folder)

    def answer() -> None:
        until((Path(run.place.folder) / "lost").exists, "it is noticed that redundancy is gone")

    yield Subject(run=run, state=partial(is_on, own), answer=answer)


def of_a_network(_: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Subject]:
    hosts = request.getfixturevalue("lab")
    yield Subject(run=cut(hosts, folder), state=partial(rules, hosts))


def of_a_disk(*_: Any) -> Iterator[Subject]:
    with mounted("mount -t tmpfs -o size=8000000 none") as disk:
        yield Subject(run=disk.fill(), state=lambda: (disk.there(), disk.takes(1_000_000)))


def of_a_certificate(_: str, folder: Path, __: pytest.FixtureRequest) -> Iterator[Subject]:
    with serving(folder) as served:
        yield Subject(run=served.drill(), state=lambda: (served.trusted(), served.files()))


def of_an_array(_: str, __: Path, request: pytest.FixtureRequest) -> Iterator[Subject]:
    programs = request.getfixturevalue("bin_folder")
    yield Subject(run=failing(programs), state=(programs / "member").read_text)


def of_data(fault: str, folder: Path, _: pytest.FixtureRequest) -> Iterator[Subject]:
    places = [folder / name for name in ("data", "backup one", "backup2")]
    for place in places:
        place.mkdir()
        (place / "thing").write_text("old")
    entry = {"data": str(places[0]), **({"local_backup": [*map(str, places[1:])]} if fault == "medium-lost" else {})}
    with victim(folder) as hit:
        run = drilled(fault, {**hit.entry, **RECOVER, **entry}, folder)

        def restore() -> None:
            places[0].mkdir()
            (places[0] / "thing").write_text("restored")
            start(hit)
            assert goes_back(run) == 0

        def holds() -> bool:
            restored = (places[0] / "thing").read_text() == "restored" and old_is_at(aside_of(places[0], run))
            return runs(hit) and restored and all(map(old_is_at, places[1:]))

        def state() -> object:
            return runs(hit), [*map(old_is_at, places)]

        yield Subject(run=run, state=state, go_back=restore, holds=holds)


def of_two_sites(_: str, folder: Path, __: pytest.FixtureRequest) -> Iterator[Subject]:
    with victim(folder) as hit:
        says(hit, 1)
        state = partial(runs, hit)
        yield Subject(run=switching(hit), state=state, go_back=lambda: says(hit, 0), holds=lambda: not runs(hit))


def of_an_edge(fault: str, folder: Path, _: pytest.FixtureRequest) -> Iterator[Subject]:
    banned = folder / f"banned-{SOURCE}"
    run = flood(folder) if fault == "marked-flood" else flood(folder, fault, reached_log=str(log_of(folder)))

    def answer() -> None:
        banned.touch()
        log_of(folder, f"{SOURCE} {mark_of(run.place.run_id)}-99")

    yield Subject(run=run, state=banned.exists, answer=answer)


def of_a_folder(_: str, folder: Path, __: pytest.FixtureRequest) -> Iterator[Subject]:
    yield Subject(run=dropping(folder), state=lambda: list((folder / "drop").iterdir()))


SUBJECTS: dict[str, Maker] = {
    "software-crash": of_processes,
    "hang": of_processes,
    "database-crash": of_a_database,
    "node-off": of_a_switch,
    "power-cut": of_a_switch,
    "cut-off": of_a_network,
    "disk-full": of_a_disk,
    "certificate-expired": of_a_certificate,
    "raid-member": of_an_array,
    "data-lost": of_data,
    "medium-lost": of_data,
    "switch-over": of_two_sites,
    "marked-flood": of_an_edge,
    "attack-set": of_an_edge,
    "test-virus": of_a_folder,
}


def injected(subject: Subject) -> None:
    status, said = subject.run.inject()
    assert status == 0, said
    subject.answer()


def proven(subject: Subject) -> None:
    injected(subject)
    status, said = subject.run.effect()
    assert status == 0, said


def reverted(subject: Subject) -> None:
    proven(subject)
    status, said = subject.run.heal()
    assert status == 0, said


def told(subject: Subject) -> None:
    reverted(subject)
    subject.run.sh(deadman.telling(subject.run.place))


def cut_short(subject: Subject, text: str, noted: str) -> None:
    """Kill the hand as soon as the host has noted what the text does, unless it is over by then."""
    run = subject.run
    with subprocess.Popen(
        [*run.hand, "sh", "-s"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=run.environ,
    ) as hand:
        assert hand.stdin is not None
        hand.stdin.write(text.encode())
        hand.stdin.close()
        ends_s = time.monotonic() + PATIENCE_S
        try:
            # Without a pause: the hand is to be killed in the instant after the note, or it has done it all.
            while hand.poll() is None and noted not in {note.what for note in run.journal()}:
                assert time.monotonic() < ends_s, noted
        finally:
            hand.kill()


def injecting(subject: Subject) -> None:
    cut_short(subject, deadman.injecting(subject.run.place), "injecting")


def reverting(subject: Subject) -> None:
    proven(subject)
    cut_short(subject, deadman.healing(subject.run.place, who="harness", release=False), "revert")


def disarming(subject: Subject) -> None:
    told(subject)
    cut_short(subject, deadman.healing(subject.run.place, who="harness", release=True), "released")


MOMENTS: dict[str, Callable[[Subject], None]] = {
    "arm": lambda _: None,
    "inject": injecting,
    "injected": injected,
    "watch": proven,
    "revert": reverting,
    "after": reverted,
    "told": told,
    "disarm": disarming,
}


def held(subject: Subject) -> None:
    proven(subject)
    subject.go_back()


def held_reverting(subject: Subject) -> None:
    held(subject)
    cut_short(subject, deadman.healing(subject.run.place, who="harness", release=False), "revert")


def held_reverted(subject: Subject) -> None:
    held(subject)
    status, said = subject.run.heal()
    assert (status, said.startswith("held: ")) == (0, True), said


HELD_MOMENTS = {"watch": held, "revert": held_reverting, "after": held_reverted}
HELD_FAULTS = ("data-lost", "medium-lost", "switch-over")


def test_no_fault_is_forgotten() -> None:
    assert SUBJECTS.keys() == FAULTS.keys()


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", SUBJECTS)
def test_the_host_heals_itself(fault: str, moment: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with contextmanager(SUBJECTS[fault])(fault, tmp_path, request) as subject, subject.run as run:
        before = subject.state()
        run.arm()
        MOMENTS[moment](subject)
        end_time_of(Path(run.place.folder))
        run.wait_for_the_dead_man()
        assert run.healed()[0] == 0, run.output()
        assert subject.state() == before


@pytest.mark.parametrize("moment", HELD_MOMENTS)
@pytest.mark.parametrize("fault", HELD_FAULTS)
def test_what_the_way_back_made_holds(fault: str, moment: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with contextmanager(SUBJECTS[fault])(fault, tmp_path, request) as subject, subject.run as run:
        run.arm()
        HELD_MOMENTS[moment](subject)
        end_time_of(Path(run.place.folder))
        run.wait_for_the_dead_man()
        status, said = run.healed()
        assert (status, said.startswith("held: "), subject.holds()) == (0, True, True), run.output()
