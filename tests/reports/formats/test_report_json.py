import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.errors import CAUSES, EvidenceError
from reports.formats import report_json
from reports.formats.report_json import report_from_json
from reports.report import ACCEPTABLE_CAUSES, Report, close, conclude
from reports.verdict import Conforms, Measured, NotApplicable, Text, Threshold, Undetermined, Violates
from tests.reports.dossiers import REQUIREMENTS, WAIVERS, dossier

SCHEMA = json.loads((resources.files("reports.formats") / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

_words = st.text(min_size=1, max_size=20)
_texts = st.builds(Text, zh=_words, en=_words)
_ids = st.lists(st.integers(0, 2**64).map(lambda n: f"sha256:{n:064x}"), max_size=3, unique=True).map(tuple)
_numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15)
_measured = st.none() | st.builds(Measured, metric=_words, value=_numbers | _words | st.booleans(), unit=_words)
_thresholds = st.none() | st.builds(
    Threshold,
    metric=_words,
    operator=st.sampled_from([">=", "<=", "<", ">", "=="]),
    value=_numbers,
    unit=_words,
    as_written=_words,
    interpreted=st.booleans(),
)
_parts: dict[str, st.SearchStrategy[Any]] = {
    "reason": _texts,
    "observations": _ids,
    "measured": _measured,
    "threshold": _thresholds,
}
_verdicts = st.one_of(
    st.builds(Conforms, **_parts),
    st.builds(Violates, repeat=st.lists(_words, max_size=2).map(tuple), **_parts),
    st.builds(Undetermined, cause=st.sampled_from(CAUSES), **_parts),
    st.builds(NotApplicable, **_parts),
)
_checks = [each.id for each in REQUIREMENTS if each.node == "check"]
_reports = st.builds(
    lambda verdicts, waivers, causes, offset, words: close(
        replace(
            dossier().report.header,
            accepted_causes=tuple(sorted(causes)),
            clock_offset_s=offset,
            platform_name=words,
            vantage=words,
        ),
        conclude(
            REQUIREMENTS, verdicts, {name: replace(WAIVERS["SBT-3.2-access"], requirement_id=name) for name in waivers}
        ),
    ),
    st.fixed_dictionaries(dict.fromkeys(_checks, _verdicts)),
    st.sets(st.sampled_from([each.id for each in REQUIREMENTS])),
    st.sets(st.sampled_from(ACCEPTABLE_CAUSES)),
    st.none() | st.floats(-10, 10),
    _words,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(report=_reports)
def test_round_trip(report: Report) -> None:
    raw = report_json.encode(report)

    assert report_from_json(raw, REQUIREMENTS) == report
    assert report_json.encode(report_from_json(raw, REQUIREMENTS)) == raw
    VALIDATOR.validate(json.loads(raw))


def test_schema_is_a_schema_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    record = report_json.to_record(dossier().report)

    assert set(record) == set(SCHEMA["properties"]) == set(SCHEMA["required"])
    for part in ("run", "footer"):
        described = SCHEMA["properties"][part]
        assert set(record[part]) == set(described["properties"]) == set(described["required"])
    described = SCHEMA["$defs"]["finding"]
    for finding in record["findings"]:
        assert set(finding) == set(described["properties"]) == set(described["required"])


def test_schema_refuses_a_cause_without_doubt() -> None:
    record = _record()
    record["findings"][1]["cause"] = "target"

    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(record)


def test_contract_with_the_outside() -> None:
    record = _record()

    assert record["schema"] == "duheng/report/v1"
    assert {"id", "started", "finished", "tool", "target_sha256", "catalogue_sha256", "exit"} <= set(record["run"])
    assert record["summary"] == {"conforms": 4, "violates": 3, "undetermined": 2, "not_applicable": 1, "waived": 1}
    mtbf = next(each for each in record["findings"] if each["id"] == "SBT-3.3-mtbf")
    assert mtbf["measured"] == {"metric": "mtbf", "value": 9000.5, "unit": "h"}
    assert mtbf["threshold"]["operator"] == ">="
    assert mtbf["reason"] == "mtbf is long enough"
    assert record["findings"][0]["node"] == "group"


def test_same_report_gives_the_same_bytes() -> None:
    assert report_json.render(dossier()) == report_json.render(dossier())


def test_report_without_footer_is_refused() -> None:
    record = _record()
    del record["footer"]

    with pytest.raises(EvidenceError, match="the footer is missing"):
        report_from_json(_bytes(record), REQUIREMENTS)


def _set(*path: Any, value: Any) -> Any:
    def change(record: Any) -> None:
        for key in path[:-1]:
            record = record[key]
        record[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("schema", value="duheng/report/v2"), "schema"),
        (_set("run", value=None), "not a report"),
        (_set("run", "exit", value=1), "run.exit"),
        (_set("run", "evidence_count", value="4"), "not a count"),
        (_set("run", "clock_offset_s", value=True), "clock_offset_s"),
        (_set("run", "lang", value=7), "lang"),
        (_set("run", "accepted_causes", value=["bored"]), "bored"),
        (_set("summary", "conforms", value=-1), "not a count"),
        (_set("footer", "exit", value=7), "run.exit"),
        (_set("findings", value=7), "not a report"),
        (_set("findings", 0, value=7), "not a report"),
        (_set("findings", 1, "id", value="SBT-0"), "no requirement 'SBT-0'"),
        (_set("findings", 1, "id", value=[]), "not a report"),
        (_set("findings", 1, "titles", value={"zh": "x", "en": "x"}), "'titles' is not what the catalogue says"),
        (_set("findings", 1, "kind", value="permission"), "'kind' is not what the catalogue says"),
        (_set("findings", 1, "counts", value=1), "neither true nor false"),
        (_set("findings", 1, "verdict", value="perfect"), "no such verdict"),
        (_set("findings", 1, "cause", value="target"), "with cause 'target'"),
        (_set("findings", 1, "repeat", value=["again"]), "lines to repeat"),
        (_set("findings", 1, "waived", value=True), "contradict each other"),
        (_set("findings", 1, "observations", value=[7]), "not text"),
        (_set("findings", 1, "measured", value={"metric": "m", "value": None, "unit": ""}), "measured value"),
        (_set("findings", 3, "threshold", "value", value="8500"), "not a number"),
        (_set("findings", 3, "threshold", "operator", value="~"), "none of"),
        (_set("findings", 4, "cause", value=None), "with cause None"),
    ],
)
def test_what_is_no_report_is_refused(change: Any, message: str) -> None:
    record = _record()
    change(record)

    with pytest.raises(EvidenceError, match=r"^report\.json: ") as refusal:
        report_from_json(_bytes(record), REQUIREMENTS)
    assert message in str(refusal.value)


def _record() -> Any:
    return json.loads(report_json.render(dossier()))


def _bytes(record: Any) -> bytes:
    return json.dumps(record).encode()
