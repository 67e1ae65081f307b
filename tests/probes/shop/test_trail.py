"""The trail: on disk before it is acknowledged, whatever happens next."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from probes.clock import SystemClock
from probes.errors import EvidenceError
from probes.shop.trail import NOTES, TORN, Trail, read

CLOCK = SystemClock()
WRITER = """
import sys, threading
from pathlib import Path
from probes.clock import SystemClock
from probes.shop.trail import Trail
trail = Trail(Path(sys.argv[1]), SystemClock())
def write(name):
    for number in range(100000):
        entry = trail.append(who=name, kind="order", id=f"{name}-{number}", facts={"pad": "x" * 200})
        sys.stdout.write(f"{entry.seq} {entry.id}\\n")
        sys.stdout.flush()
threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
for thread in threads:
    thread.start()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trail.jsonl"


def test_what_was_appended_is_read_again(path: Path) -> None:
    trail = Trail(path, CLOCK)
    first = trail.append(who="buyer_a", kind="order", id="100001", facts={"total": "12.30", "lines": [1, 2]})
    second = trail.append(who="buyer_a", kind="account", id="a@example.com", acknowledged=False)
    trail.cleaned(first, "cancel_order")
    trail.left(second, "no journey")
    trail.close()
    found = read(path.read_bytes())
    assert [entry.kind for entry in found.entries] == ["order", "account", "cleaned", "left"]
    assert found.entries[0] == first
    assert found.torn_bytes == 0
    again = Trail(path, CLOCK)
    assert again.entries() == found.entries
    assert again.standing() == (second,)
    assert path.stat().st_mode & 0o777 == 0o600
    again.close()


def test_what_nobody_waits_for_is_on_disk_with_the_next_that_somebody_does(path: Path) -> None:
    synced: list[int] = []

    def sync(descriptor: int) -> None:
        os.fsync(descriptor)
        synced.append(len(read(path.read_bytes()).entries))

    trail = Trail(path, CLOCK, sync=sync)
    trail.append(who="buyer_a", kind="due", id="", wait=False)
    trail.append(who="buyer_a", kind="cart", id="1", wait=False)
    assert (len(read(path.read_bytes()).entries), synced) == (2, [])  # it outlives the process, if not the machine
    trail.append(who="buyer_a", kind="order", id="100001")
    assert synced == [3]
    trail.close()


def test_the_digest_is_that_of_the_file(path: Path) -> None:
    trail = Trail(path, CLOCK)
    empty = trail.digest()
    trail.append(who="a", kind="order", id="1")
    assert trail.digest() != empty
    trail.close()


def test_a_torn_line_is_told_and_the_trail_goes_on(path: Path) -> None:
    trail = Trail(path, CLOCK)
    trail.append(who="a", kind="order", id="1")
    trail.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"seq":2,"at":"20')
    assert read(path.read_bytes()).torn_bytes == 17
    again = Trail(path, CLOCK)
    again.append(who="a", kind="order", id="2")
    assert [(entry.kind, entry.id) for entry in again.entries()] == [("order", "1"), (TORN, ""), ("order", "2")]
    assert again.entries()[1].facts["bytes"] == 17
    assert read(path.read_bytes()).torn_bytes == 0
    again.close()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"garbage\n", ":1: not a line of a trail; the file was altered"),
        (b'{"seq":1}\n', ":1: not a line of a trail; the file was altered"),
        (b"[]\n", ":1: not a line of a trail; the file was altered"),
    ],
)
def test_an_altered_trail_is_refused(path: Path, raw: bytes, why: str) -> None:
    path.write_bytes(raw)
    with pytest.raises(EvidenceError) as told:
        Trail(path, CLOCK)
    assert str(told.value) == f"{path}{why}"


def test_a_missing_line_is_refused(path: Path) -> None:
    trail = Trail(path, CLOCK)
    for number in range(3):
        trail.append(who="a", kind="order", id=str(number))
    trail.close()
    lines = path.read_bytes().splitlines(keepends=True)
    with pytest.raises(EvidenceError, match="entry 3 stands where 2 should"):
        read(lines[0] + lines[2])


def test_two_runs_do_not_share_a_trail(path: Path) -> None:
    trail = Trail(path, CLOCK)
    with pytest.raises(EvidenceError, match="another run is writing this trail"):
        Trail(path, CLOCK)
    trail.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot open the trail: No such file"):
        Trail(tmp_path / "none" / "trail.jsonl", CLOCK)


def test_many_writers_share_one_order(path: Path) -> None:
    trail = Trail(path, CLOCK)
    found: list[int] = []

    def write(name: str) -> None:
        found.extend(trail.append(who=name, kind="order", id=str(number)).seq for number in range(25))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trail.close()
    assert sorted(found) == list(range(1, 101))
    assert [entry.seq for entry in read(path.read_bytes()).entries] == list(range(1, 101))


def test_a_full_disk_is_told_and_nothing_more_is_written(path: Path) -> None:
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.fail("no /dev/full on this machine")
    trail = Trail(path, CLOCK)
    trail.append(who="a", kind="order", id="1")
    kept = os.dup(trail._file)
    stuck = os.open(full, os.O_WRONLY)
    os.dup2(stuck, trail._file)
    with pytest.raises(EvidenceError, match="cannot write the trail: No space left"):
        trail.append(who="a", kind="order", id="2")
    os.dup2(kept, trail._file)
    with pytest.raises(EvidenceError, match="No space left"):
        trail.append(who="a", kind="order", id="3")
    for descriptor in (kept, stuck):
        os.close(descriptor)
    trail.close()
    assert [entry.id for entry in read(path.read_bytes()).entries] == ["1"]


def test_another_way_to_the_disk_is_taken_for_every_entry(path: Path) -> None:
    synced: list[int] = []

    def sync(descriptor: int) -> None:
        os.fsync(descriptor)
        synced.append(descriptor)

    trail = Trail(path, CLOCK, sync=sync)
    for number in range(3):
        trail.append(who="a", kind="order", id=str(number))
    trail.close()
    assert len(synced) == 3


@pytest.mark.parametrize("kind", sorted(NOTES))
def test_notes_do_not_stand(path: Path, kind: str) -> None:
    trail = Trail(path, CLOCK)
    trail.append(who="a", kind="order", id="1")
    trail.append(who="a", kind=kind, id="", facts={"seq": 0})
    assert [entry.kind for entry in trail.standing()] == ["order"]
    trail.close()


@pytest.mark.parametrize("seed", range(20))
def test_kill_9_loses_nothing_acknowledged(path: Path, seed: int) -> None:
    """Killed after a random number of acknowledgements, from none to many."""
    wanted = random.Random(seed).randrange(120)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(wanted)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    acknowledged = [line.split() for line in told if line.endswith(b"\n")]
    raw = path.read_bytes() if path.exists() else b""
    kept = {str(entry.seq).encode(): entry.id.encode() for entry in read(raw).entries}
    assert all(kept[seq] == name for seq, name in acknowledged)
    trail = Trail(path, CLOCK)
    trail.append(who="a", kind="order", id="after")
    assert trail.entries()[-1].id == "after"
    trail.close()
    assert all(json.loads(line) for line in path.read_bytes().splitlines())
