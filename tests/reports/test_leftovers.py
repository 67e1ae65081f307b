import json
from typing import Any

import pytest

from probes.errors import EvidenceError
from reports import leftovers


def trail(*entries: dict[str, Any], torn: bytes = b"") -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in entries) + torn


def made(seq: int, kind: str, own_id: str) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "id": own_id, "who": "buyer_a", "facts": {"account": "a@example.com"}}


def note(seq: int, kind: str, /, **facts: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "id": "x", "who": "x", "facts": facts}


ACCOUNT, ORDER, CART = made(1, "account", "a@example.com"), made(2, "order", "100002"), made(3, "cart", "7")


def test_without_a_trail_nothing_was_left() -> None:
    assert leftovers.left_behind(None) == leftovers.left_behind(b"") == ()


def test_what_a_note_names_is_told_with_its_reason() -> None:
    raw = trail(ACCOUNT, ORDER, note(3, "left", seq=2, why="cannot be cancelled"), note(4, "cleaned", seq=1))
    (left,) = leftovers.left_behind(raw)
    assert (left.seq, left.kind, left.id, left.who) == (2, "order", "100002", "buyer_a")
    assert left.why == "cannot be cancelled"
    assert leftovers.lines((left,), "en") == ("order 100002 (buyer_a): cannot be cancelled",)
    assert leftovers.lines((left,), "zh") == ("订单 100002（buyer_a）：cannot be cancelled",)


def test_later_cleaning_takes_an_object_off_the_list() -> None:
    raw = trail(ACCOUNT, note(2, "left", seq=1, why="away"), note(3, "cleaned", seq=1), note(4, "torn", bytes=3))
    assert leftovers.left_behind(raw) == ()


def test_what_a_killed_run_never_came_to_clean_is_told_as_well() -> None:
    found = leftovers.left_behind(trail(ACCOUNT, ORDER, CART, note(4, "cleaned", seq=2), torn=b'{"kind":"or'))
    assert [each.id for each in found] == ["a@example.com", "7"]
    assert leftovers.lines(found, "en")[1] == "cart 7 (buyer_a): cleaning up did not come to it"
    assert leftovers.lines(found, "zh")[1] == "购物车 7（buyer_a）：未及清理"


def test_a_strange_entry_is_no_obstacle_but_a_broken_one_is() -> None:
    assert leftovers.left_behind(trail({"kind": "order", "number": "1"}, note(1, "left", why="no number"))) == ()
    for raw in (b"nonsense\n", b"[1]\n"):
        with pytest.raises(EvidenceError, match="trail:1"):
            leftovers.left_behind(raw)
