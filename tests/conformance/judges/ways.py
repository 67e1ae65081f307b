"""A table of ways in which evidence can differ from the good, with the verdict that each must be told."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from probes.errors import Cause
from reports.verdict import Undetermined, Verdict, Violates, Word, word
from tests.conformance.judges.evidence import Data
from tests.conformance.judges.telling import told_of

HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]")


@dataclass(frozen=True)
class Way:
    """One change of good evidence: what must be told, and words that must stand in the English reason."""

    name: str
    change: Callable[[Data], Any]
    told: Word
    says: str = ""
    cause: Cause | None = None


def assert_told(own_id: str, kind: str, way: Way) -> Verdict:
    verdict = told_of(own_id, kind, way.change)
    assert word(verdict) == way.told, verdict.reason.en
    assert way.says in verdict.reason.en
    if isinstance(verdict, Undetermined) and way.cause is not None:
        assert verdict.cause == way.cause
    if isinstance(verdict, Violates):
        assert verdict.repeat
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh
    return verdict


def put(path: str, value: Any) -> Callable[[Data], Any]:
    """Return a change that puts a value at ``a/0/b``."""

    def change(data: Data) -> None:
        *way, last = path.split("/")
        place: Any = data
        for key in way:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

    return change


def drop(path: str) -> Callable[[Data], Any]:
    """Return a change that removes what stands at a path."""

    def change(data: Data) -> None:
        *way, last = path.split("/")
        place: Any = data
        for key in way:
            place = place[int(key)] if isinstance(place, list) else place[key]
        del place[int(last) if isinstance(place, list) else last]

    return change


def all_of(*changes: Callable[[Data], Any]) -> Callable[[Data], Any]:
    """Return a change that does several."""

    def change(data: Data) -> None:
        for each in changes:
            each(data)

    return change
