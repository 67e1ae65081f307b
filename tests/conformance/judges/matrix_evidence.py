"""Plain evidence of the access matrix: what the two looks record where all is well."""

from typing import Any

from probes.access.kinds import KINDS, TRIED_BY

Data = dict[str, Any]


def read_cell(kind: str, who: str, **changes: Any) -> Data:
    row = KINDS[kind]
    one = {
        "kind": kind,
        "owner": row.owner,
        "who": who,
        "verb": "read",
        "by_id": bool(row.named_by),
        "outcome": "denied",
        "why": "step: denied by 404",
        "status": 404,
        "length": 10,
        "shown": [],
        "same": False,
        "owner_sees": ["Lane"],
        "owner_before": True,
        "owner_after": True,
        "own_before": True,
        "own_after": True,
        "request": f"{who}: GET /x -> 404",
    }
    return one | changes


def write_cell(kind: str, who: str, verb: str, **changes: Any) -> Data:
    one = read_cell(kind, who) | {"verb": verb, "by_id": True, "outcome": "sent", "why": "", "altered": False}
    del one["same"], one["owner_sees"]
    return one | {"control": True, "request": f"{who}: POST /x -> 404"} | changes


def _kind(name: str) -> Data:
    guess = {"ids": 2, "sequential": True, "entropy_bits": 0.0, "alphabet": "digits", "length": 1}
    return {"kind": name, "owner": KINDS[name].owner, "guess": guess}


def _data(names: tuple[str, ...], cells: list[Data]) -> Data:
    return {
        "kinds": [_kind(name) for name in names],
        "lacks": [],
        "absent": {},
        "entitled": [],
        "cells": cells,
        "links": [],
        "requests": 100,
    }


def matrix() -> Data:
    names = ("order", "address", "invoice", "seller's goods", "operator's order", "order list")
    cells = [read_cell(name, who) for name in names for who in TRIED_BY[KINDS[name].owner]]
    ended = [read_cell("order", "ended", own_before=False, own_after=False)]
    return _data(names, cells + ended)


def matrix_writes() -> Data:
    tried = (("address", "change"), ("address", "delete"), ("seller's goods", "change"), ("operator's price", "change"))
    cells = [write_cell(name, who, verb) for name, verb in tried for who in TRIED_BY[KINDS[name].owner]]
    return _data(tuple(dict.fromkeys(name for name, _ in tried)), cells)


def link(**changes: Any) -> Data:
    one = {
        "pattern": "/guest/(.+)/",
        "reason": "guests have no account",
        "lifetime_h": 72,
        "kind": "order",
        "opens": True,
        "words": ["Lane"],
        "guess": {"ids": 1, "sequential": False, "entropy_bits": 172.0, "alphabet": "letters and digits", "length": 29},
        "status": 200,
        "expired": {"tried": True, "opens": False, "status": 410},
        "request": "visitor: GET /guest/... -> 200",
    }
    return one | changes
