"""A catalogue that is wrong is refused: one wrong record or file a rule, and its exact message."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from conformance.catalogue.load import BadCatalogueError, load_catalogue, load_folder
from conformance.catalogue.record import METHODS
from probes.errors import SettingsError
from reports.verdict import Kind


def _record(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": "SBT-9-it",
        "clause": "9#1",
        "clause_confidence": "high",
        "node": "check",
        "parent": "SBT-9",
        "kind": "requirement",
        "obligation": "mandatory",
        "subject": "platform",
        "automation": "full",
        "methods": ["probe"],
        "title": {"zh": "题", "en": "Title"},
        "statement": {"zh": "文", "en": "Statement"},
        "thresholds": [],
        "reading": None,
        "observed": {"zh": "察", "en": "Observed"},
        "age_limit_s": 86400,
        "refs": [],
    }
    return {**record, **changes}


def _bound(**changes: Any) -> dict[str, Any]:
    return {
        "metric": "m",
        "operator": "<",
        "value": 1,
        "unit": "h",
        "as_written": "<1h",
        "interpreted": False,
        **changes,
    }


GROUP = _record(id="SBT-9", clause="9", node="group", parent=None, aggregate="all")


def _write(folder: Path, *records: Any) -> Path:
    document = {"standard": "SBT", "version": "1", "title": {"zh": "题", "en": "T"}, "chapters": ["chapter_9.json"]}
    chapter = {"chapter": "9", "title": {"zh": "题", "en": "T"}, "records": records}
    (folder / "document.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "chapter_9.json").write_text(json.dumps(chapter), encoding="utf-8")
    return folder


WRONG_RECORDS: dict[str, tuple[list[Any], str]] = {
    "not an object": ([GROUP, _record(), 7], "record 3: not an object"),
    "missing": (
        [GROUP, {key: value for key, value in _record().items() if key != "observed"}],
        "SBT-9-it: observed: missing",
    ),
    "unknown key": ([GROUP, _record(colour="red")], "SBT-9-it: colour: unknown key"),
    "empty id": ([GROUP, _record(id=" ")], " : id: not a text, or empty"),
    "node": ([GROUP, _record(node="leaf")], "SBT-9-it: node: 'leaf' is not one of check, group"),
    "kind": (
        [GROUP, _record(kind="wish")],
        f"SBT-9-it: kind: 'wish' is not one of {', '.join(get_args(Kind))}",
    ),
    "obligation": ([GROUP, _record(obligation=1)], "SBT-9-it: obligation: 1 is not one of mandatory, recommended"),
    "subject": (
        [GROUP, _record(subject="bank")],
        "SBT-9-it: subject: 'bank' is not one of platform, seller, delivery, payment, all",
    ),
    "automation": ([GROUP, _record(automation="")], "SBT-9-it: automation: '' is not one of full, partial, none"),
    "confidence": (
        [GROUP, _record(clause_confidence="sure")],
        "SBT-9-it: clause_confidence: 'sure' is not one of high, medium, low",
    ),
    "no methods": ([GROUP, _record(methods=[])], "SBT-9-it: methods: not a list of at least one method"),
    "method": (
        [GROUP, _record(methods=["guess"])],
        f"SBT-9-it: methods: 'guess' is not one of {', '.join(METHODS)}",
    ),
    "one language": (
        [GROUP, _record(title={"en": "Title"})],
        'SBT-9-it: title: not an object with "zh" and "en"',
    ),
    "no Chinese title": ([GROUP, _record(title={"zh": "", "en": "T"})], "SBT-9-it: title: zh: empty"),
    "no English reading": ([GROUP, _record(reading={"zh": "文", "en": ""})], "SBT-9-it: reading: en: empty"),
    "text of numbers": ([GROUP, _record(observed={"zh": 1, "en": "O"})], "SBT-9-it: observed: zh: not a text"),
    "age": ([GROUP, _record(age_limit_s=0)], "SBT-9-it: age_limit_s: 0 is not a finite number above 0"),
    "refs no list": ([GROUP, _record(refs="SBT-9")], "SBT-9-it: refs: not a list"),
    "refs of numbers": ([GROUP, _record(refs=["SBT-9", 3])], "SBT-9-it: refs: 2: not a text, or empty"),
    "thresholds no list": ([GROUP, _record(thresholds={})], "SBT-9-it: thresholds: not a list"),
    "threshold shape": (
        [GROUP, _record(thresholds=[{"metric": "m"}])],
        "SBT-9-it: thresholds: 1: not an object with as_written, interpreted, metric, operator, unit, value",
    ),
    "operator": (
        [GROUP, _record(thresholds=[_bound(), _bound(operator="=")])],
        "SBT-9-it: thresholds: 2: operator: '=' is not one of >=, <=, <, >, ==",
    ),
    "infinite": (
        [GROUP, _record(thresholds=[_bound(value=float("inf"))])],
        "SBT-9-it: thresholds: 1: value: inf is not a finite number",
    ),
    "not a number": (
        [GROUP, _record(thresholds=[_bound(value=float("nan"))])],
        "SBT-9-it: thresholds: 1: value: nan is not a finite number",
    ),
    "truth as number": (
        [GROUP, _record(thresholds=[_bound(value=True)])],
        "SBT-9-it: thresholds: 1: value: True is not a finite number",
    ),
    "unit": ([GROUP, _record(thresholds=[_bound(unit="")])], "SBT-9-it: thresholds: 1: unit: not a text, or empty"),
    "interpreted": (
        [GROUP, _record(thresholds=[_bound(interpreted="no")])],
        "SBT-9-it: thresholds: 1: interpreted: not true or false",
    ),
    "aggregate of a check": ([GROUP, _record(aggregate="all")], "SBT-9-it: aggregate: only groups have one"),
    "group without aggregate": (
        [{key: value for key, value in GROUP.items() if key != "aggregate"}, _record()],
        "SBT-9: aggregate: missing in a group",
    ),
    "check at the top": ([GROUP, _record(parent=None)], "SBT-9-it: parent: a check stands in a group"),
    "id twice": ([GROUP, _record(), _record()], "SBT-9-it: id: used twice"),
    "no such parent": ([GROUP, _record(), _record(id="SBT-x", parent="SBT-8")], 'SBT-x: parent: "SBT-8" is no record'),
    "parent comes later": (
        [_record(), GROUP],
        'SBT-9-it: parent: "SBT-9" comes later; a group precedes its members',
    ),
    "parent is a check": (
        [GROUP, _record(), _record(id="SBT-x", parent="SBT-9-it")],
        'SBT-x: parent: "SBT-9-it" is a check; only groups have members',
    ),
    "no such reference": ([GROUP, _record(refs=["SBT-8"])], 'SBT-9-it: refs: "SBT-8" is no record'),
    "empty group": ([GROUP], "SBT-9: node: a group without members"),
}


@pytest.mark.parametrize("case", WRONG_RECORDS)
def test_a_wrong_record_is_told_with_file_and_id(case: str, tmp_path: Path) -> None:
    records, message = WRONG_RECORDS[case]
    with pytest.raises(BadCatalogueError) as caught:
        load_folder(_write(tmp_path, *records))
    assert str(caught.value) == f"chapter_9.json: {message}"


def test_the_record_that_all_wrong_ones_start_from_is_right(tmp_path: Path) -> None:
    assert [item.id for item in load_folder(_write(tmp_path, GROUP, _record())).requirements] == ["SBT-9", "SBT-9-it"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogueError) as caught:
        load_folder(_write(tmp_path, {**GROUP, "kind": "wish"}, _record(subject="bank", age_limit_s=-1)))
    assert [line.split(":")[1:3] for line in str(caught.value).splitlines()] == [
        [" SBT-9", " kind"],
        [" SBT-9-it", " subject"],
        [" SBT-9-it", " age_limit_s"],
    ]


WRONG_FILES = {
    "no chapter": ("chapter_9.json", None, "chapter_9.json: not there, though document.json names it"),
    "not JSON": ("chapter_9.json", '{"chapter":\n oops}', "chapter_9.json: line 2: not JSON: Expecting value"),
    "chapter a list": ("chapter_9.json", "[]", "chapter_9.json: not an object"),
    "no records": (
        "chapter_9.json",
        '{"chapter": "9", "title": {"zh": "a", "en": "b"}}',
        "chapter_9.json: records: missing",
    ),
    "records no list": (
        "chapter_9.json",
        '{"chapter": "9", "title": {"zh": "a", "en": "b"}, "records": {}}',
        "chapter_9.json: records: not a list",
    ),
    "no title": (
        "document.json",
        '{"standard": "SBT", "version": "1", "chapters": [], "title": "T"}',
        'document.json: title: not an object with "zh" and "en"',
    ),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_is_told_by_name(case: str, tmp_path: Path) -> None:
    name, content, message = WRONG_FILES[case]
    folder = _write(tmp_path, GROUP, _record())
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadCatalogueError) as caught:
        load_folder(folder)
    assert str(caught.value) == message


def test_an_unknown_standard_is_a_setting() -> None:
    with pytest.raises(SettingsError) as caught:
        load_catalogue("XYZ")
    assert str(caught.value) == '--standard: no catalogue "XYZ"; there is SBT'
