"""Interfaces whose effects show late, whose answers are all the same, or whose errors repeat what was asked."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.judges.judgement import judge
from probes.clock import SystemClock
from reports.verdict import Verdict, Violates, word
from tests.conformance.judges.evidence import requirement
from tests.conformance.judges.telling import part
from tests.miniatures.shop import back_office
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.state import State
from tests.miniatures.shop.web import Answer, Call, as_json
from tests.probes.playing import Play

BEFORE = ("shop.register", "shop.catalogue", "shop.order", "interface.description")
Handler = Callable[[State, Call, str], Answer]


def told(kind: str, folder: Path) -> Verdict:
    own_id, look = f"SBT-3.1.5-{kind}", f"interface.{kind}"
    with MiniatureShop() as shop, Play(shop, folder) as play:
        play.prepare(*BEFORE)
        reading = play.read(look, kind)
    return judge(requirement(own_id), part(own_id, look), [reading], {}, SystemClock().now())


def instead(monkeypatch: pytest.MonkeyPatch, old: Handler, new: Handler) -> None:
    routes = tuple((kind, method, path, new if has is old else has) for kind, method, path, has in back_office._ROUTES)
    monkeypatch.setattr(back_office, "_ROUTES", routes)


def test_a_waybill_that_is_to_be_read_a_little_later_conforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []
    real = back_office._waybill

    def late(shop: State, call: Call, number: str) -> Answer:
        asked.append(number)
        return as_json({"error": "none yet"}, 404) if asked.count(number) < 3 else real(shop, call, number)

    instead(monkeypatch, real, late)
    assert word(told("logistics", tmp_path)) == "conforms"


def test_stock_that_is_counted_a_little_later_conforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waiting: list[tuple[State, Call, str]] = []
    receipt, stock = back_office._receipt, back_office._stock

    def taken(shop: State, call: Call, sku: str) -> Answer:
        waiting.append((shop, call, sku))
        return as_json({"receipt": "R1", "sku": sku, "quantity": 1}, 201)

    def counted(shop: State, call: Call, sku: str) -> Answer:
        answer = stock(shop, call, sku)
        while waiting:
            receipt(*waiting.pop())
        return answer

    instead(monkeypatch, receipt, taken)
    instead(monkeypatch, stock, counted)
    assert word(told("stock", tmp_path)) == "conforms"


@pytest.mark.parametrize("kind", ["accounting", "logistics"])
def test_an_answer_that_only_repeats_the_number_violates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    def accounts(_: State, __: Call, number: str) -> Answer:
        line = {"account": "6001", "amount": "9.99"}
        return as_json({"order": number, "lines": [line], "total": "9.99", "at": datetime.now(UTC).isoformat()})

    def waybill(_: State, __: Call, number: str) -> Answer:
        return as_json({"number": number, "recipient": "Li", "status": "accepted"})

    if kind == "accounting":
        instead(monkeypatch, back_office._accounts, accounts)
    else:
        instead(monkeypatch, back_office._waybill, waybill)
    verdict = told(kind, tmp_path)
    assert isinstance(verdict, Violates), verdict
    assert "is the same for" in verdict.reason.en


def test_an_error_that_repeats_the_address_and_the_day_gives_nothing_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    day = datetime.now(UTC).date().isoformat()
    waybill, guarded = back_office._waybill, back_office._guarded

    def dated(shop: State, call: Call, number: str) -> Answer:
        answer = waybill(shop, call, number)
        more = {"created": day, "self": call.path}
        return answer if answer.status != 200 else as_json(json.loads(answer.body) | more)

    def telling(shop: State, call: Call, kind: str, handler: Handler, key: str) -> Answer:
        answer = guarded(shop, call, kind, handler, key)
        if answer.status not in {401, 403}:
            return answer
        error = {"timestamp": f"{day}T10:00:00.000+00:00", "error": "the key was not accepted", "path": call.path}
        return as_json(error, answer.status)

    instead(monkeypatch, waybill, dated)
    monkeypatch.setattr(back_office, "_guarded", telling)
    assert word(told("logistics", tmp_path)) == "conforms"
