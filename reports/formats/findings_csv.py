"""``findings.csv``: one line a finding, for spreadsheets."""

import csv
import io

from reports.dossier import Dossier
from reports.finding import Finding
from reports.verdict import Threshold, Undetermined, Violates, word

COLUMNS = (
    "id",
    "document",
    "chapter",
    "clause",
    "node",
    "kind",
    "obligation",
    "counts",
    "title_zh",
    "title_en",
    "verdict",
    "cause",
    "waived",
    "waiver_reason",
    "waiver_owner",
    "waiver_expires_at",
    "metric",
    "measured",
    "unit",
    "threshold",
    "reason_zh",
    "reason",
    "repeat",
    "observations",
)
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes the file for the machine's code page and garbles Chinese
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render(dossier: Dossier) -> bytes:
    """Return the findings as CSV: UTF-8 with byte order mark, CRLF, texts that no spreadsheet takes for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in dossier.report.findings:
        writer.writerow(_guarded(cell) for cell in _row(finding))
    return (_BYTE_ORDER_MARK + out.getvalue()).encode("utf-8", errors="replace")


def _row(finding: Finding) -> tuple[str | float | bool, ...]:
    requirement, verdict, waiver = finding.requirement, finding.verdict, finding.waiver
    measured = verdict.measured
    return (
        requirement.id,
        requirement.document,
        requirement.chapter,
        requirement.clause,
        requirement.node,
        requirement.kind,
        requirement.obligation,
        finding.counts,
        requirement.title.zh,
        requirement.title.en,
        word(verdict),
        verdict.cause if isinstance(verdict, Undetermined) else "",
        waiver is not None,
        waiver.reason if waiver else "",
        waiver.owner if waiver else "",
        waiver.expires_at if waiver else "",
        measured.metric if measured else "",
        measured.value if measured else "",
        measured.unit if measured else "",
        _bound(verdict.threshold),
        verdict.reason.zh,
        verdict.reason.en,
        "\n".join(verdict.repeat) if isinstance(verdict, Violates) else "",
        " ".join(verdict.observations),
    )


def _bound(threshold: Threshold | None) -> str:
    if threshold is None:
        return ""
    # The metric stands first: a cell that starts with "==" would be taken for a formula.
    return f"{threshold.metric} {threshold.operator} {threshold.value} {threshold.unit}".rstrip()


def _guarded(cell: str | float | bool) -> str | float:
    """Return a cell that no spreadsheet evaluates; numbers stay numbers. Source: OWASP, CSV injection."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
