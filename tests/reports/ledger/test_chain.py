"""Whatever is done to a chain, it is found."""

import dataclasses
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from probes.canonical import digest
from reports.ledger.chain import attachment_payload, link, link_all, next_hash, verify_chain, verify_ledger
from reports.ledger.entry import GENESIS, Draft, Entry, Head

_AT = "2026-11-21T09:30:00.000000Z"
_words = st.text(min_size=1, max_size=5)
_drafts = st.lists(
    st.builds(Draft, kind=_words.filter(lambda kind: kind != "attachment"), payload=st.binary(max_size=8)), max_size=4
)


def _relinked(last: Head, entry: Entry, **changes: object) -> Entry:
    """The entry, changed, with every digest recomputed by somebody who knows how."""
    fields: dict[str, object] = {name: getattr(entry, name) for name in ("kind", "run_id", "written_at", "payload")}
    return link(last, **(fields | changes))  # type: ignore[arg-type]


@st.composite
def chains(draw: st.DrawFn, least: int = 1) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for run_id, attached, drafts in draw(
        st.lists(st.tuples(_words, st.lists(st.binary(max_size=4), max_size=2), _drafts), max_size=4)
    ):
        head = entries[-1].head if entries else GENESIS
        entries.extend(link_all(head, run_id=run_id, written_at=_AT, attached=attached, drafts=drafts))
    while len(entries) < least:
        head = entries[-1].head if entries else GENESIS
        entries.append(link(head, kind="note", run_id="r", written_at=_AT, payload=b"%d" % len(entries)))
    return tuple(entries)


@given(chains(least=0))
def test_a_chain_left_alone_verifies(entries: tuple[Entry, ...]) -> None:
    head = entries[-1].head if entries else GENESIS
    verification = verify_chain(entries, head=head.hash)
    assert verification.ok
    assert (verification.entries, verification.head) == (len(entries), head)
    assert all(verify_chain(entries, head=entry.head.hash).ok for entry in entries)


@given(chains(), st.data())
def test_a_changed_field_is_found_at_its_entry(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([field.name for field in dataclasses.fields(Entry)]))
    old = getattr(entries[index], name)
    strategy = {int: st.integers(-1, 10), bytes: st.binary(max_size=8), str: st.text(max_size=80)}[type(old)]
    new = data.draw(strategy.filter(lambda value: value != old))
    changed = dataclasses.replace(entries[index], **{name: new})  # type: ignore[arg-type]
    problems = verify_chain((*entries[:index], changed, *entries[index + 1 :])).problems
    assert changed.seq in {problem.seq for problem in problems}
    assert [problem.number for problem in problems] == list(range(1, len(problems) + 1))


@given(chains(least=2), st.data())
def test_a_change_with_recomputed_digests_breaks_the_next_link(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 2))
    last = entries[index - 1].head if index else GENESIS
    forged = _relinked(last, entries[index], payload=entries[index].payload + b"!")
    problems = verify_chain((*entries[:index], forged, *entries[index + 1 :])).problems
    assert [problem.seq for problem in problems] == [index + 2]


@given(chains(), st.data())
def test_a_chain_written_anew_does_not_hold_the_head_that_was_kept(
    entries: tuple[Entry, ...], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    forged = list(entries[:index])
    for number, entry in enumerate(entries[index:]):
        last = forged[-1].head if forged else GENESIS
        forged.append(_relinked(last, entry, **({"run_id": entry.run_id + "!"} if number == 0 else {})))
    assert verify_chain(forged).ok
    assert not verify_chain(forged, head=entries[-1].head.hash).ok


@given(chains(), st.data())
def test_a_dropped_entry_is_found(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    rest = (*entries[:index], *entries[index + 1 :])
    assert not verify_chain(rest, head=entries[-1].head.hash).ok
    assert verify_chain(rest).ok == (index == len(entries) - 1)  # only a kept head shows that the end is missing


@given(chains(least=2), st.data())
def test_a_new_order_is_found(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    order = data.draw(st.permutations(entries).filter(lambda order: tuple(order) != entries))
    assert not verify_chain(order).ok


@given(chains(), st.data())
def test_an_inserted_entry_is_found(entries: tuple[Entry, ...], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    last = entries[index - 1].head if index else GENESIS
    forged = data.draw(
        st.sampled_from([entries[index], link(last, kind="note", run_id="r", written_at=_AT, payload=b"forged")])
    )
    assert not verify_chain((*entries[:index], forged, *entries[index:])).ok


_fields = st.fixed_dictionaries(
    {
        "seq": st.integers(0, 99),
        **{name: st.text("01/", max_size=3) for name in ("previous", "kind", "run_id", "written_at", "payload_digest")},
    }
)


@given(_fields, _fields)
def test_no_two_entries_share_an_encoding(left: dict[str, object], right: dict[str, object]) -> None:
    assert (next_hash(**left) == next_hash(**right)) == (left == right)  # type: ignore[arg-type]


def test_the_hash_is_the_one_that_the_room_documents() -> None:
    fields = ("duheng-ledger/1", "1", GENESIS.hash, "note", "r", _AT, digest(b"{}"))
    encoded = b"".join(len(field).to_bytes(8, "big") + field.encode() for field in fields)
    entry = link(GENESIS, kind="note", run_id="r", written_at=_AT, payload=b"{}")
    assert entry.hash == "sha256:" + hashlib.sha256(encoded).hexdigest()
    # Written down: a ledger of today must verify in ten years.
    assert entry.hash == "sha256:43c45bbb0f37a0adcf341941973c2685e04199e5c71d01cd6f483a8bf2927e87"


def _with(*contents: bytes) -> tuple[Entry, ...]:
    payloads = [attachment_payload(digest(content), len(content)) for content in contents]
    return link_all(GENESIS, run_id="r", written_at=_AT, attached=payloads, drafts=())


def test_attachments_are_held_to_the_chain() -> None:
    entries = _with(b"one", b"two")
    one, two = (digest(b"one"), b"one"), (digest(b"two"), b"two")
    assert verify_ledger(entries, [one, two]).ok
    assert verify_ledger(entries, [two, one]).attachments == 2

    def told(*attachments: tuple[str, bytes]) -> list[str]:
        return [str(problem) for problem in verify_ledger(entries, attachments).problems]

    assert told(one) == [f"1. entry 2: attachment {two[0]} is missing"]
    assert told(one, (two[0], b"owt")) == [
        f"1. entry 2: attachment {two[0]} was altered: its content does not fit its name"
    ]
    assert len(told(one, (two[0], b"longer"))) == 2
    assert told(one, two, (digest(b"three"), b"three")) == [
        f"1. ledger: attachment {digest(b'three')} was never entered in the chain"
    ]


def test_an_unreadable_attachment_entry_is_told_and_not_tripped_over() -> None:
    for payload in (b"\xff", b"[]", b"{}"):
        entries = link_all(GENESIS, run_id="r", written_at=_AT, attached=[payload], drafts=())
        (problem,) = verify_ledger(entries, []).problems
        assert str(problem) == "1. entry 1: attachment (unreadable, entry 1) is missing"
