"""A whole number less another: what can be sold is what is there less what is promised."""

import json
from typing import Any

import pytest

from probes.shop.answer import Answer
from probes.shop.extract import Missing, Reading, extract
from probes.shop.journey import Extractor, JsonTake
from probes.transports.port import Response

KEPT = Extractor(take=JsonTake(path="$.kept"), kind="int", minus="{promised}", default="")


def taken(body: Any, **values: Any) -> Any:
    answer = Answer(
        Response(
            status=200,
            headers=(("Content-Type", "application/json"),),
            body=json.dumps(body).encode(),
            url="https://s/",
            elapsed_s=0.0,
        )
    )
    return extract(KEPT, answer, Reading(values=values, money="text", currency=None, cookie=lambda _: None))


def test_it_is_taken_off() -> None:
    assert taken({"kept": 35}, promised=4) == 31
    assert taken({"kept": 3}, promised=4) == -1


def test_what_is_not_shown_stays_so() -> None:
    assert taken({}, promised=4) is None


def test_nothing_can_be_taken_off_where_no_number_was_found() -> None:
    with pytest.raises(Missing, match=r"a number at \{promised\}"):
        taken({"kept": 35}, promised=None)
