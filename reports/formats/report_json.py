"""``report.json`` (schema ``duheng/report/v1``): a report out, and a report back in."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from probes.errors import CAUSES, EvidenceError
from reports.dossier import Dossier
from reports.finding import Finding, Waiver
from reports.report import Footer, Header, Report
from reports.strict_json import load
from reports.verdict import (
    Conforms,
    Measured,
    NotApplicable,
    Requirement,
    Text,
    Threshold,
    Undetermined,
    Verdict,
    Violates,
    word,
)

SCHEMA = "duheng/report/v1"
_SUMMARY = ("conforms", "violates", "undetermined", "not_applicable", "waived")


def render(dossier: Dossier) -> bytes:
    """Return ``report.json``: UTF-8, indented for people, the same bytes for the same report."""
    return encode(dossier.report)


def encode(report: Report) -> bytes:
    """Return the bytes of ``report.json``."""
    record = to_record(report)
    return (json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def to_record(report: Report) -> dict[str, Any]:
    """Return the JSON record of a report; ``reports/formats/report.schema.json`` describes it."""
    header = dataclasses.asdict(report.header)
    run_id = header.pop("run_id")
    return {
        "schema": SCHEMA,
        "run": {"id": run_id, **header, "exit": report.footer.exit},
        "summary": dict(report.footer.summary),
        "findings": [finding_record(finding) for finding in report.findings],
        "footer": {
            "total": report.footer.total,
            "counting": dict(report.footer.counting),
            "exit": report.footer.exit,
        },
    }


def finding_record(finding: Finding) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        **_requirement_record(finding.requirement),
        "counts": finding.counts,
        "verdict": word(verdict),
        "cause": verdict.cause if isinstance(verdict, Undetermined) else None,
        "waived": finding.waiver is not None,
        "waiver": None if finding.waiver is None else _waiver_record(finding.waiver),
        "measured": None if verdict.measured is None else dataclasses.asdict(verdict.measured),
        "threshold": None if verdict.threshold is None else dataclasses.asdict(verdict.threshold),
        "reason": verdict.reason.en,
        "reason_zh": verdict.reason.zh,
        "repeat": list(verdict.repeat) if isinstance(verdict, Violates) else [],
        "observations": list(verdict.observations),
    }


def _requirement_record(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "document": requirement.document,
        "chapter": requirement.chapter,
        "clause": requirement.clause,
        "node": requirement.node,
        "parent": requirement.parent,
        "aggregate": requirement.aggregate,
        "kind": requirement.kind,
        "obligation": requirement.obligation,
        "automation": requirement.automation,
        "titles": {"zh": requirement.title.zh, "en": requirement.title.en},
    }


def _waiver_record(waiver: Waiver) -> dict[str, Any]:
    return {"reason": waiver.reason, "owner": waiver.owner, "expires_at": waiver.expires_at}


def report_from_json(raw: bytes, requirements: Sequence[Requirement]) -> Report:
    """Return the report that ``raw`` holds; ``requirements`` are those of the catalogue that it was made with.

    Raises:
        EvidenceError: if it is no ``duheng/report/v1``, has no footer, or tells of a requirement what the catalogue
            does not say.
    """
    record = load(raw, what="report.json")
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise EvidenceError(f"report.json: the schema is not {SCHEMA}")
    if not isinstance(record.get("footer"), dict):
        raise EvidenceError("report.json: the footer is missing; the report was not finished")
    by_id = {requirement.id: requirement for requirement in requirements}
    try:
        return Report(
            header=_header(record["run"]),
            findings=tuple(_finding(entry, by_id) for entry in record["findings"]),
            footer=_footer(record),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"report.json: not a report: {error!r}") from error


def _header(run: Mapping[str, Any]) -> Header:
    names = [field.name for field in dataclasses.fields(Header) if field.name != "run_id"]
    fields = {name: run[name] for name in names}
    for name in names:
        if name not in _NOT_TEXT and not isinstance(fields[name], str):
            raise TypeError(f"run.{name} is not text")
    if not _is_number(fields["clock_offset_s"]) and fields["clock_offset_s"] is not None:
        raise TypeError("run.clock_offset_s is not a number")
    fields["evidence_count"] = _count(fields["evidence_count"])
    fields["accepted_causes"] = tuple(_known(cause, CAUSES) for cause in fields["accepted_causes"])
    return Header(run_id=_text(run["id"]), **fields)


_NOT_TEXT = frozenset({"clock_offset_s", "evidence_count", "accepted_causes"})


def _footer(record: Mapping[str, Any]) -> Footer:
    footer = record["footer"]
    if record["run"]["exit"] != footer["exit"]:
        raise ValueError("run.exit is not footer.exit")
    return Footer(
        total=_count(footer["total"]),
        summary=_tally(record["summary"]),
        counting=_tally(footer["counting"]),
        exit=_known(footer["exit"], (0, 1, 2)),
    )


def _tally(numbers: Mapping[str, Any]) -> Mapping[Any, int]:
    return {name: _count(numbers[name]) for name in _SUMMARY}


def _finding(entry: Mapping[str, Any], by_id: Mapping[str, Requirement]) -> Finding:
    requirement = by_id.get(entry["id"])
    if requirement is None:
        raise EvidenceError(f"report.json: the catalogue has no requirement {entry['id']!r}")
    for name, said in _requirement_record(requirement).items():
        if entry[name] != said:
            raise EvidenceError(f"report.json: {requirement.id}: {name!r} is not what the catalogue says")
    waiver = _waiver(requirement.id, entry["waiver"])
    if _flag(entry["waived"]) is not (waiver is not None):
        raise EvidenceError(f"report.json: {requirement.id}: 'waived' and 'waiver' contradict each other")
    return Finding(requirement=requirement, verdict=_verdict(entry), counts=_flag(entry["counts"]), waiver=waiver)


def _waiver(requirement_id: str, entry: Mapping[str, Any] | None) -> Waiver | None:
    if entry is None:
        return None
    return Waiver(
        requirement_id=requirement_id,
        reason=_text(entry["reason"]),
        owner=_text(entry["owner"]),
        expires_at=_text(entry["expires_at"]),
    )


def _verdict(entry: Mapping[str, Any]) -> Verdict:
    reason = Text(zh=_text(entry["reason_zh"]), en=_text(entry["reason"]))
    observations = tuple(_text(item) for item in entry["observations"])
    measured = _measured(entry["measured"])
    threshold = _threshold(entry["threshold"])
    told = entry["verdict"]
    if (entry["cause"] is not None) is not (told == "undetermined"):
        raise ValueError(f"verdict {told!r} with cause {entry['cause']!r}")
    if entry["repeat"] and told != "violates":
        raise ValueError(f"verdict {told!r} with lines to repeat it")
    match told:
        case "conforms":
            return Conforms(reason=reason, observations=observations, measured=measured, threshold=threshold)
        case "violates":
            repeat = tuple(_text(line) for line in entry["repeat"])
            return Violates(
                reason=reason, observations=observations, measured=measured, threshold=threshold, repeat=repeat
            )
        case "undetermined":
            cause = _known(entry["cause"], CAUSES)
            return Undetermined(
                reason=reason, cause=cause, observations=observations, measured=measured, threshold=threshold
            )
        case "not_applicable":
            return NotApplicable(reason=reason, observations=observations, measured=measured, threshold=threshold)
        case _:
            raise ValueError(f"no such verdict: {told!r}")


def _measured(entry: Mapping[str, Any] | None) -> Measured | None:
    if entry is None:
        return None
    if not isinstance(entry["value"], str | bool | int | float):
        raise TypeError(f"a measured value of type {type(entry['value']).__name__}")
    return Measured(metric=_text(entry["metric"]), value=entry["value"], unit=_text(entry["unit"]))


def _threshold(entry: Mapping[str, Any] | None) -> Threshold | None:
    if entry is None:
        return None
    if not _is_number(entry["value"]):
        raise TypeError("a threshold that is not a number")
    return Threshold(
        metric=_text(entry["metric"]),
        operator=_known(entry["operator"], (">=", "<=", "<", ">", "==")),
        value=entry["value"],
        unit=_text(entry["unit"]),
        as_written=_text(entry["as_written"]),
        interpreted=_flag(entry["interpreted"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not text: {value!r}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"neither true nor false: {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"not a count: {value!r}")
    return value


def _known(value: Any, known: tuple[Any, ...]) -> Any:
    if isinstance(value, bool) or value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(map(str, known))}")
    return known[known.index(value)]
