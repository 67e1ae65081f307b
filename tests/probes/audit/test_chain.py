"""A log of JSON lines: what verifies, and every way of altering it that must show. Pure."""

import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from probes.audit.chain import Form, check, continues, counting, holds, moved_on, public_key
from probes.canonical import canonical_bytes, freeze
from probes.errors import NotSet

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEY = PRIVATE.public_key()


def raw(entry: dict[str, Any]) -> bytes:
    return canonical_bytes(freeze(entry))


def chained(*events: dict[str, Any]) -> list[dict[str, Any]]:
    prev, lines = "", []
    for event in events:
        line = {**event, "prev": prev}
        prev = hashlib.sha256(raw(line)).hexdigest()
        lines.append({**line, "hash": prev})
    return lines


def signed(*events: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**event, "signature": base64.b64encode(PRIVATE.sign(raw(event))).decode()} for event in events]


def text(lines: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(line) for line in lines) + "\n"


EVENTS = [{"event": "order.placed", "order": str(number), "total": number} for number in range(6)]


def test_a_chain_verifies() -> None:
    checked = check(text(chained(*EVENTS)), Form())
    assert (checked.bad_line, checked.chained, checked.signed, len(checked.entries)) == (None, True, False, 6)


def test_signatures_verify() -> None:
    checked = check(text(signed(*EVENTS)), Form(key=KEY))
    assert (checked.bad_line, checked.chained, checked.signed) == (None, False, True)


def test_other_names_of_the_fields() -> None:
    form = Form(prev="before", hash="sum")
    lines = [{**line, "before": line["prev"]} for line in chained(*EVENTS)]
    bare = [{key: value for key, value in line.items() if key not in {"prev", "hash"}} for line in lines]
    prev, renamed = "", []
    for line in bare:
        line["before"] = prev
        prev = hashlib.sha256(raw(line)).hexdigest()
        renamed.append({**line, "sum": prev})
    assert check(text(renamed), form).bad_line is None
    assert check(text(renamed), Form()).bad_line == 1


@given(st.integers(0, 5), st.sampled_from(["total", "order", "event", "prev", "hash", "more"]))
def test_a_changed_line_shows(number: int, name: str) -> None:
    lines = chained(*EVENTS)
    lines[number][name] = "altered"
    assert check(text(lines), Form()).bad_line is not None


@given(st.integers(0, 4))
def test_a_line_taken_out_shows_unless_it_was_the_first(number: int) -> None:
    lines = chained(*EVENTS)
    del lines[number]
    assert (check(text(lines), Form()).bad_line is None) == (number == 0)


@given(st.permutations(range(6)).filter(lambda order: list(order) != list(range(6))))
def test_lines_in_another_order_show(order: list[int]) -> None:
    lines = chained(*EVENTS)
    assert check(text([lines[number] for number in order]), Form()).bad_line is not None


@given(st.integers(0, 5))
def test_a_signature_of_another_line_or_key_shows(number: int) -> None:
    lines = signed(*EVENTS)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    lines[number]["signature"] = base64.b64encode(other.sign(raw(EVENTS[number]))).decode()
    assert check(text(lines), Form(key=KEY)).bad_line == number + 1
    lines[number]["signature"] = lines[number - 1]["signature"]
    assert check(text(lines), Form(key=KEY)).bad_line == number + 1


def test_what_is_no_log_is_bad_and_no_fault_of_ours() -> None:
    for odd in ("<html>", "[]", '"x"', "{", "{}", '{"prev": 1e999, "hash": 3}', "[" * 100_000):
        assert check(odd, Form()).bad_line == 1, odd
    assert check("\n \n", Form()).entries == ()


def test_a_rewritten_log_does_not_continue_the_earlier_one() -> None:
    before, rewritten = chained(*EVENTS[:4]), chained({"event": "else"}, *EVENTS[1:])
    earlier, grown = check(text(before), Form()).hashes, check(text(chained(*EVENTS)), Form()).hashes
    assert continues(earlier, grown)
    assert continues(earlier, earlier)
    assert not continues(earlier, check(text(rewritten), Form()).hashes)
    assert not continues(grown, earlier)


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"order": "100372"}, True),
        ({"order": 100372}, True),
        ({"data": {"orders": ["1", "no. 100372"]}}, True),
        ({"order": "1003721"}, False),
        ({"at": 9100372}, False),
        ({"ok": True, "none": None}, False),
    ],
)
def test_an_order_is_found_by_its_whole_number(entry: Any, found: bool) -> None:
    assert holds(entry, "100372") is found


def test_a_public_key_is_read_or_refused() -> None:
    given_key = base64.b64encode(KEY.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    assert public_key(given_key).public_bytes(Encoding.Raw, PublicFormat.Raw) == KEY.public_bytes(
        Encoding.Raw, PublicFormat.Raw
    )
    for odd in ("", "x", base64.b64encode(b"short").decode()):
        with pytest.raises(NotSet, match="public_key"):
            public_key(odd)


def test_a_view_of_the_latest_lines_moves_on_and_a_rewritten_log_does_not() -> None:
    hashes = check(text(chained(*EVENTS)), Form()).hashes
    assert moved_on(hashes[:4], hashes[2:])
    assert not moved_on(hashes[:4], (*hashes[2:3], "other", *hashes[3:]))
    assert not moved_on(hashes[:4], ())


def test_what_numbers_the_lines_is_known() -> None:
    lines = [{"seq": 7 + n, "total": 100 + n * n, "event": "x"} for n in range(4)]
    assert counting(lines) == {"seq"}
    assert counting(lines[:2]) == frozenset()


def test_one_altered_line_leaves_others_that_verify_and_another_form_none() -> None:
    lines = chained(*EVENTS)
    assert check(text([*lines[:3], lines[3] | {"total": 1}, *lines[4:]]), Form()).verified == 5
    assert check(text([line | {"hash": "00"} for line in lines]), Form()).verified == 0
