"""Files that cannot serve, disks that are full, locks that are held: one clear message, and nothing lost."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from probes.clock import SystemClock
from probes.errors import EvidenceError
from reports.ledger.entry import Draft
from reports.ledger.sqlite import SqliteStore
from reports.ledger.sqlite_faults import lock_holders
from reports.standing import as_draft
from tests.contracts.ledger_store import interval, note, observed, recorded_scenario
from tests.nobody import as_nobody, public_folder
from tests.reports.ledger.processes import assert_usable, start_writer


def opened(path: Path, *, lock_timeout_s: float = 10.0) -> SqliteStore:
    return SqliteStore(path, clock=SystemClock(), lock_timeout_s=lock_timeout_s)


def told(path: Path) -> str:
    with pytest.raises(EvidenceError) as raised:
        opened(path, lock_timeout_s=0.05)
    assert str(raised.value).startswith(f"{path}: ")
    return str(raised.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with opened(tmp_path / "duheng.db") as store:
        recorded_scenario(store)
    return tmp_path / "duheng.db"


# --- not a ledger


def test_garbage(tmp_path: Path) -> None:
    path = tmp_path / "duheng.db"
    for content in (b"\0", b"not a database " * 100, random.Random(1).randbytes(8192)):
        path.write_bytes(content)
        assert "not a database" in told(path)
        assert path.read_bytes() == content


def test_another_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (number)")
    connection.close()
    assert "not a ledger of Duheng" in told(path)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert "not a file" in told(tmp_path)


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "see that its folder exists" in told(tmp_path / "none" / "duheng.db")


@pytest.mark.parametrize(("version", "words"), [(3, "use the newer Duheng"), (0, "no schema number")])
def test_a_schema_that_is_not_ours(path: Path, version: int, words: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    assert words in told(path)


# --- damaged


def test_an_empty_file_is_a_loss_not_a_new_ledger(path: Path) -> None:
    os.truncate(path, 0)
    assert "it was truncated" in told(path)
    assert path.stat().st_size == 0


def test_a_truncated_file_is_told(path: Path) -> None:
    whole = path.read_bytes()
    for size in (1, 99, 100, 511, 512, 4096, 4097, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:size])
        message = told(path)
        assert "damaged or truncated" in message or "not a database" in message
        assert path.read_bytes() == whole[:size]


def test_a_byte_lost_at_the_very_end_is_found_by_verification(path: Path) -> None:
    with opened(path) as store:  # the last page is that of the index of intervals: give it something to lose
        store.append("watch", [as_draft(interval(0, 60))])
    os.truncate(path, path.stat().st_size - 1)
    with opened(path) as store:
        assert not store.verify().ok


def test_one_changed_bit_in_any_payload_or_attachment_is_found(tmp_path: Path) -> None:
    chance = random.Random(7)
    payloads = {}
    attachments = [b"attachment %d %s" % (number, chance.randbytes(20)) for number in range(10)]
    with opened(tmp_path / "whole.db") as store:
        for number in range(30):
            payload = b'{"number":%d,"token":"%s"}' % (number, chance.randbytes(8).hex().encode())
            payloads[store.append("run-1", [Draft(kind="reading", payload=payload)])[0]] = payload
        store.append("run-1", [], attachments=attachments)
    whole = (tmp_path / "whole.db").read_bytes()
    path = tmp_path / "changed.db"
    for seq, kept in [*payloads.items(), *((None, content) for content in attachments)]:
        assert whole.count(kept) == 1
        changed = bytearray(whole)
        changed[whole.index(kept) + chance.randrange(len(kept))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        with opened(path) as store:
            problems = store.verify().problems
        assert problems
        assert seq is None or seq in {problem.seq for problem in problems}


def test_a_changed_bit_anywhere_never_ends_in_a_crash(path: Path) -> None:
    chance, whole, silent = random.Random(7), path.read_bytes(), 0
    for _ in range(150):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            with opened(path) as store:
                silent += store.verify().ok
        except EvidenceError:
            continue
    assert silent < 150  # bits in unused space mean nothing; the others are told


# --- not writable


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that another user may enter, with a ledger in it."""
    with public_folder() as folder:
        with opened(folder / "duheng.db") as store:
            recorded_scenario(store)
        (folder / "duheng.db").chmod(0o666)
        yield folder


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o444, 0o555), (0o666, 0o555)])
def test_a_read_only_file_or_folder_is_told_before_there_is_evidence_to_lose(
    public: Path, file_mode: int, folder_mode: int
) -> None:
    path = public / "duheng.db"
    path.chmod(file_mode)
    public.chmod(folder_mode)
    with as_nobody():
        message = told(path)
    assert "read-only" in message or "cannot be opened" in message
    assert "this user" in message
    path.chmod(0o666)
    public.chmod(0o777)
    assert_usable(path, {})


def test_an_unreadable_file_is_told(public: Path) -> None:
    (public / "duheng.db").chmod(0)
    with as_nobody():
        assert "may read and write" in told(public / "duheng.db")


def test_a_new_ledger_in_a_read_only_folder(public: Path) -> None:
    public.chmod(0o555)
    with as_nobody():
        assert "may read and write the file and its folder" in told(public / "new.db")
    assert not (public / "new.db").exists()


# --- locked


_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, statement: str) -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield holder.pid
        holder.communicate(timeout=30)


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_lock_that_is_not_let_go_is_told_with_its_holder(path: Path, statement: str) -> None:
    with opened(path, lock_timeout_s=0.05) as store:
        head = store.head()
        with held(path, statement) as pid:
            holders = lock_holders(path)
            assert holders <= {pid}  # none where the kernel does not tell
            with pytest.raises(EvidenceError, match="keeps it locked; wait for that run") as raised:
                store.append("run-1", [note(1)])
            assert (f"process {pid} " if holders else "another process ") in str(raised.value)
            assert "keeps it locked" in told(path)
            assert store.head() == head  # reading goes on
        assert store.append("run-1", [note(1)]) == (head.seq + 1,)
        assert store.verify().ok


def test_no_holder_is_named_for_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    assert lock_holders(tmp_path / "none.db") == frozenset()


def test_a_lock_that_is_let_go_in_time_is_waited_for(path: Path) -> None:
    with opened(path) as store, ThreadPoolExecutor(1) as pool:
        before = store.head()
        with held(path, "BEGIN IMMEDIATE"):
            waiting = pool.submit(store.append, "run-1", [note(1)])
        assert waiting.result(timeout=30) == (before.seq + 1,)


# --- full


def _fill(store: SqliteStore) -> int:
    """Append until the disk is full; return how many batches were acknowledged."""
    for number in range(1000):
        try:
            store.append("filling", [note(number)], attachments=[random.Random(number).randbytes(5000)])
        except EvidenceError as error:
            message = str(error)
            break
    else:
        pytest.fail("the disk never was full")
    assert "make room" in message
    assert "what was recorded before is kept, this batch is not" in message
    return number


def test_a_full_database(path: Path) -> None:
    with opened(path) as store:
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 40}")
        acknowledged = _fill(store)
        assert [entry.value()["number"] for entry in store.entries(run_id="filling", kind="note")] == list(
            range(acknowledged)
        )
        assert store.verify().ok
        store._connection.execute("PRAGMA max_page_count = 100000")
        store.append_readings("filling", [observed()])
        assert store.verify().ok


@pytest.mark.parametrize("largest", [1_000, 40_000, 150_000])
def test_a_file_that_may_not_grow(path: Path, largest: int) -> None:
    with start_writer(path, "small", batches=2000, largest=largest) as writer:
        output, complaint = writer.communicate(timeout=60)
    assert writer.returncode == 1, complaint
    assert complaint.startswith(f"{path}: cannot ")
    assert "make room" in complaint
    assert "Traceback" not in complaint
    assert_usable(path, {"small": {int(line) for line in output.splitlines()[1:]}})


def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a tiny disk needs root and the right to mount")
    try:
        with opened(disk / "duheng.db") as store:
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(200_000))
            acknowledged = _fill(store)
            assert len(list(store.entries(run_id="filling", kind="note"))) == acknowledged
            ballast.unlink()
            store.append("filling", [note(acknowledged)])
            assert store.verify().ok
        assert "cannot create the ledger" in _told_on_full(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _told_on_full(disk: Path) -> str:
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(bytes(4096)):
                pass
        except OSError:
            message = told(disk / "second.db")
    assert not (disk / "second.db").exists()
    return message
