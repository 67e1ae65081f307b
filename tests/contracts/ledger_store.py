"""What every ledger store must do; a store's own test file subclasses this and gives the fixture ``store``."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from probes.canonical import canonical_bytes, digest, freeze
from probes.errors import EvidenceError
from probes.observation import Header, Observation, Reading, Unobserved, to_record
from reports.ledger.entry import ATTACHMENT, GENESIS, READING, REPORT, RUN_FINISHED, RUN_STARTED, Draft, Head, draft
from reports.ledger.store import LedgerStore, NotesDifferError, reading_of
from reports.standing import INTERVAL, Interval, as_draft


class SteppingClock:
    """A wall clock that goes on by one second each time it is asked."""

    offset_s: float | None = None

    def __init__(self) -> None:
        self._at = datetime(2026, 11, 21, tzinfo=UTC)

    def now(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at

    def monotonic_s(self) -> float:
        return self._at.timestamp()


def observed(
    subject: str = "home",
    *,
    platform_id: str = "shop",
    kind: str = "page",
    minute: int = 0,
    run_id: str = "run-1",
    attachments: tuple[str, ...] = (),
    status: int = 200,
) -> Observation:
    header = _header(platform_id, kind, subject, minute, run_id)
    data = freeze({"status": status, "文字": "欢迎", "rate": 0.25})
    return Observation(header=header, data=data, attachments=attachments)


def unobserved(subject: str = "home", *, minute: int = 0, run_id: str = "run-1") -> Unobserved:
    return Unobserved(header=_header("shop", "page", subject, minute, run_id), cause="target", detail="refused")


def _header(platform_id: str, kind: str, subject: str, minute: int, run_id: str) -> Header:
    return Header(
        platform_id=platform_id,
        kind=kind,
        subject=subject,
        observed_at=f"2026-11-21T09:{minute:02d}:00.000000Z",
        clock_offset_s=None,
        vantage="here",
        probe_version="1",
        run_id=run_id,
    )


def note(number: int) -> Draft:
    return draft("note", {"number": number})


def interval(starts_ms: int, ends_ms: int, **changed: Any) -> Interval:
    """An interval of 60 s probes, up unless said otherwise."""
    return replace(
        Interval(
            platform_id="shop",
            check="front",
            vantage="here",
            state="up",
            starts_ms=starts_ms,
            ends_ms=ends_ms,
            day="2026-11-21",
            tried=0,
            failed=0,
            every_ms=60_000,
            depth="page",
            why="",
            source="watch",
        ),
        **changed,
    )


def recorded_scenario(store: LedgerStore) -> Head:
    """Do a bit of everything; two stores with equal clocks must end with equal heads."""
    store.start_run("run-1", {"tool": "duheng"})
    content = b"<html>"
    store.append_readings(
        "run-1", [observed(attachments=(digest(content),)), unobserved("cart")], attachments=[content]
    )
    store.put_attachment("run-1", content)
    store.put_attachment("run-2", content)
    store.append("run-1", [draft(REPORT, {"exit": 0})])
    store.finish_run("run-1", {"exit": 0})
    return store.head()


class LedgerStoreContract:
    """Subclass it as ``TestXxx``."""

    def test_is_born_empty(self, store: LedgerStore) -> None:
        assert store.head() == GENESIS
        assert list(store.entries()) == []
        assert store.runs() == ()
        assert store.latest("shop", "page") is None
        assert store.verify().ok

    def test_append_gives_positions_in_order_and_keeps_the_bytes(self, store: LedgerStore) -> None:
        assert store.append("run-1", [note(1), note(2)]) == (1, 2)
        assert store.append("run-1", [note(3)]) == (3,)
        entries = list(store.entries())
        assert [entry.payload for entry in entries] == [b'{"number":1}', b'{"number":2}', b'{"number":3}']
        assert [entry.value() for entry in entries] == [{"number": 1}, {"number": 2}, {"number": 3}]
        assert all(entry.payload_digest == digest(entry.payload) for entry in entries)
        assert store.head() == entries[-1].head
        assert store.verify(head=store.head().hash).entries == 3

    def test_an_empty_batch_is_no_write(self, store: LedgerStore) -> None:
        assert store.append("run-1", []) == ()
        assert store.head() == GENESIS

    def test_a_batch_shares_one_instant(self, store: LedgerStore) -> None:
        store.append("run-1", [note(1), note(2)])
        store.append("run-1", [note(3)])
        instants = [entry.written_at for entry in store.entries()]
        assert instants[0] == instants[1] < instants[2]
        assert instants[0].endswith("Z")

    def test_entries_are_narrowed_by_run_kind_and_position(self, store: LedgerStore) -> None:
        recorded_scenario(store)
        assert [entry.kind for entry in store.entries(run_id="run-1")] == [
            RUN_STARTED,
            ATTACHMENT,
            READING,
            READING,
            REPORT,
            RUN_FINISHED,
        ]
        assert [entry.seq for entry in store.entries(kind=READING)] == [3, 4]
        assert [entry.seq for entry in store.entries(kind=READING, since=3)] == [4]
        assert [entry.seq for entry in store.entries(since=5)] == [6, 7]
        assert list(store.entries(run_id="none")) == []
        assert list(store.entries(since=7)) == []

    def test_more_entries_than_a_page_come_all_and_once(self, store: LedgerStore) -> None:
        store.append("run-1", [note(number) for number in range(1, 402)])
        assert [entry.seq for entry in store.entries()] == list(range(1, 402))
        assert [entry.seq for entry in store.entries(since=1)] == list(range(2, 402))

    def test_appending_while_iterating_is_allowed(self, store: LedgerStore) -> None:
        store.append("run-1", [note(1), note(2)])
        seen = []
        for entry in store.entries():
            seen.append(entry.seq)
            if entry.seq <= 2:
                store.append("run-1", [note(9)])
        assert seen[:2] == [1, 2]
        assert store.head().seq == 4

    @pytest.mark.parametrize("kind", ["", ATTACHMENT])
    def test_kinds_that_are_not_for_drafts_are_refused(self, store: LedgerStore, kind: str) -> None:
        with pytest.raises(ValueError, match="cannot be of the kind"):
            store.append("run-1", [draft(kind, {})])

    def test_an_entry_belongs_to_a_run(self, store: LedgerStore) -> None:
        with pytest.raises(ValueError, match="belongs to a run"):
            store.append("", [note(1)])
        assert store.head() == GENESIS

    def test_readings_come_back_as_they_were(self, store: LedgerStore) -> None:
        given: Sequence[Reading] = (observed(), unobserved("cart"), observed("login", status=404))
        store.append_readings("run-1", given)
        store.append_readings("run-2", [observed(run_id="run-2")])
        assert tuple(store.readings("run-1")) == given
        assert [entry.payload_digest for entry in store.entries(run_id="run-1")] == [reading.id for reading in given]
        assert list(store.readings("none")) == []

    def test_latest_is_the_last_observed_not_the_last_written(self, store: LedgerStore) -> None:
        store.append_readings("run-1", [observed(minute=30), observed("cart", minute=20)])
        store.append_readings("run-2", [observed(minute=10, run_id="run-2"), unobserved("cart", minute=25)])
        assert store.latest("shop", "page") == observed(minute=30)
        assert store.latest("shop", "page", "cart") == unobserved("cart", minute=25)
        assert store.latest("shop", "tls") is None
        assert store.latest("other", "page") is None
        assert store.latest("shop", "page", "login") is None

    def test_of_two_observed_at_once_the_later_position_is_latest(self, store: LedgerStore) -> None:
        store.append_readings("run-1", [observed(status=200), observed(status=500)])
        assert store.latest("shop", "page") == observed(status=500)

    def test_the_newest_readings_come_newest_first_and_no_more_than_were_asked_for(self, store: LedgerStore) -> None:
        first, second = observed(minute=30), observed("cart", minute=20)
        store.append_readings("run-1", [first, second, observed(minute=10)])
        assert [reading_of(each) for each in store.newest_entries("shop", "page", most=2)] == [first, second]
        assert [reading_of(each) for each in store.newest_entries("shop", "page", "cart", most=9)] == [second]
        assert len(store.newest_entries("shop", "page", most=9)) == len(list(store.readings("run-1")))
        assert store.newest_entries("shop", "tls", most=9) == store.newest_entries("other", "page", most=9) == ()

    def test_what_is_no_reading_is_told(self, store: LedgerStore) -> None:
        for payload in (b"\xff not json", b"[]", b'{"type":"observation"}'):
            store.append(f"run {payload!r}", [Draft(kind=READING, payload=payload)])
            with pytest.raises(EvidenceError):
                list(store.readings(f"run {payload!r}"))
        assert store.latest("shop", "page") is None
        assert store.verify().ok

    def test_attachments_are_kept_once_and_entered_once_a_run(self, store: LedgerStore) -> None:
        name = store.put_attachment("run-1", b"page")
        assert name == digest(b"page")
        assert store.put_attachment("run-1", b"page") == name
        assert store.put_attachment("run-2", b"page") == name
        assert store.attachment(name) == b"page"
        assert store.has_attachment(name)
        entered = list(store.entries(kind=ATTACHMENT))
        assert [entry.run_id for entry in entered] == ["run-1", "run-2"]
        assert entered[0].value() == {"sha256": name, "bytes": 4}
        assert store.verify().attachments == 1

    def test_an_empty_attachment_is_one_too(self, store: LedgerStore) -> None:
        name = store.put_attachment("run-1", b"")
        assert store.attachment(name) == b""
        assert store.verify().ok

    def test_an_attachment_that_is_not_there_is_told(self, store: LedgerStore) -> None:
        assert not store.has_attachment(digest(b"x"))
        with pytest.raises(EvidenceError, match="holds no attachment"):
            store.attachment(digest(b"x"))

    def test_readings_bring_their_attachments_along(self, store: LedgerStore) -> None:
        name = digest(b"body")
        positions = store.append_readings("run-1", [observed(attachments=(name,))], attachments=[b"body", b"body"])
        assert positions == (2,)
        assert store.attachment(name) == b"body"
        assert store.append_readings("run-2", [observed(attachments=(name,), run_id="run-2")]) == (3,)

    def test_a_reading_without_its_attachment_is_a_bug(self, store: LedgerStore) -> None:
        with pytest.raises(ValueError, match="nobody kept"):
            store.append_readings("run-1", [observed(attachments=(digest(b"lost"),))])
        assert store.head() == GENESIS

    def test_a_run_is_finished_when_its_end_was_entered(self, store: LedgerStore) -> None:
        assert not store.finished("run-1")
        store.start_run("run-1", {"tool": "duheng"})
        store.start_run("run-2", {"tool": "duheng"})
        store.finish_run("run-1", {"exit": 2})
        assert store.finished("run-1")
        assert not store.finished("run-2")
        first, second = store.runs()
        assert (first.run_id, first.first_seq, first.last_seq, first.entries, first.finished) == (
            "run-1",
            1,
            3,
            2,
            True,
        )
        assert first.first_written_at < first.last_written_at
        assert (second.run_id, second.entries, second.finished) == ("run-2", 1, False)

    def test_a_head_kept_elsewhere_must_be_in_the_chain(self, store: LedgerStore) -> None:
        store.append("run-1", [note(1)])
        kept = store.head().hash
        store.append("run-1", [note(2)])
        assert store.verify(head=kept).ok
        assert store.verify(head=GENESIS.hash).ok
        foreign = digest(b"another chain")
        (problem,) = store.verify(head=foreign).problems
        assert str(problem).startswith(f"1. ledger: the chain does not hold {foreign}")

    def test_threads_may_share_a_store(self, store: LedgerStore) -> None:
        def write(run_id: str) -> None:
            for number in range(20):
                store.append(run_id, [note(number), note(number)], attachments=[b"shared"])

        threads = [threading.Thread(target=write, args=(f"run-{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        verification = store.verify()
        assert verification.problems == ()
        assert verification.entries == 4 * 41
        for run in store.runs():
            numbers = [entry.value()["number"] for entry in store.entries(run_id=run.run_id, kind="note")]
            assert numbers == [number for number in range(20) for _ in range(2)]

    def test_the_payload_of_a_reading_is_what_is_hashed_and_signed(self, store: LedgerStore) -> None:
        store.append_readings("run-1", [observed()])
        (entry,) = store.entries()
        assert entry.payload == canonical_bytes(to_record(observed()))

    def test_notes_come_change_and_go(self, store: LedgerStore) -> None:
        assert store.notes() == {}
        assert store.note({"open/a": b"1", "open/b": b"\x00\xff", "watcher/a": "值守".encode(), "门": b""})
        assert store.notes("open/") == {"open/a": b"1", "open/b": b"\x00\xff"}
        assert list(store.notes()) == ["open/a", "open/b", "watcher/a", "门"]
        assert store.note({"open/a": b"2", "open/b": None, "open/none": None})
        assert store.notes("open/") == {"open/a": b"2"}
        assert store.notes("none/") == {}
        assert store.head() == GENESIS
        assert store.verify().problems == ()

    def test_a_prefix_is_taken_as_it_stands(self, store: LedgerStore) -> None:
        store.note({"a%b/1": b"", "a_b/1": b"", "axb/1": b"", "a": b"", "A%b/1": b"", "a%b\U0001f600": b""})
        assert set(store.notes("a%b")) == {"a%b/1", "a%b\U0001f600"}
        assert set(store.notes("a_b")) == {"a_b/1"}

    def test_a_note_that_is_not_as_expected_changes_nothing(self, store: LedgerStore) -> None:
        assert store.note({"a": b"1"}, expect={"a": None})
        assert not store.note({"a": b"2", "b": b"2"}, expect={"a": None})
        assert not store.note({"a": b"2", "b": b"2"}, expect={"a": b"1", "b": b"1"})
        assert store.notes() == {"a": b"1"}
        assert store.note({"a": b"2"}, expect={"a": b"1", "b": None})
        assert store.notes() == {"a": b"2"}

    def test_a_batch_and_its_notes_are_one(self, store: LedgerStore) -> None:
        store.note({"open": b"1"})
        assert store.append("run-1", [note(1)], notes={"open": b"2", "next": b"3"}, expect={"open": b"1"}) == (1,)
        assert store.notes() == {"open": b"2", "next": b"3"}
        with pytest.raises(NotesDifferError, match="note open is not as it was left"):
            store.append("run-1", [note(2)], attachments=[b"x"], notes={"next": None}, expect={"open": b"1"})
        assert store.notes() == {"open": b"2", "next": b"3"}
        assert store.head().seq == 1
        assert not store.has_attachment(digest(b"x"))
        assert store.append("run-1", (), notes={"open": None}) == ()
        assert store.notes() == {"next": b"3"}
        assert store.verify().problems == ()

    @pytest.mark.parametrize("name", ["", "a\0b"])
    def test_names_that_no_note_can_have_are_a_bug(self, store: LedgerStore, name: str) -> None:
        with pytest.raises(ValueError, match="cannot be called"):
            store.note({name: b""})
        with pytest.raises(ValueError, match="cannot be called"):
            store.append("run-1", [note(1)], expect={name: None})
        assert store.head() == GENESIS

    def test_of_many_who_expect_the_same_one_has_its_way(self, store: LedgerStore) -> None:
        won: list[int] = []

        def claim(number: int) -> None:
            if store.note({"watcher": str(number).encode()}, expect={"watcher": None}):
                won.append(number)

        threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [str(number).encode() for number in won] == [store.notes()["watcher"]]

    def test_intervals_are_found_by_platform_and_end(self, store: LedgerStore) -> None:
        store.append("run-1", [as_draft(interval(0, 50)), note(1), as_draft(interval(0, 90, platform_id="other"))])
        store.append("run-1", [as_draft(interval(300, 400)), as_draft(interval(50, 300, state="down"))])
        store.append("run-1", [Draft(kind=INTERVAL, payload=b"\xff no interval"), draft("other", {"ends_ms": 999})])
        assert [entry.seq for entry in store.intervals_after("shop", 50)] == [4, 5]
        assert [entry.seq for entry in store.intervals_after("shop", 299)] == [4, 5]
        assert [entry.seq for entry in store.intervals_after("shop", 300)] == [4]
        assert [entry.seq for entry in store.intervals_after("other", 0)] == [3]
        assert list(store.intervals_after("shop", 400)) == []

    def test_more_intervals_than_a_page_come_all_and_in_order(self, store: LedgerStore) -> None:
        store.append("run-1", [as_draft(interval(number, number + 1)) for number in range(450)])
        assert [entry.seq for entry in store.intervals_after("shop", 10)] == list(range(11, 451))

    def test_closes_twice_and_as_a_context(self, store: LedgerStore) -> None:
        with store as same:
            assert same is store
        store.close()
