"""One examination in this process, for tests: settings in, verdicts by id out."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance import session
from conformance.catalogue.load import judged_records
from conformance.judges.table import JUDGEMENTS
from conformance.options import Options
from probes.clock import SystemClock
from reports.finding import Finding
from reports.verdict import Word, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of it: exit status, findings by id, seconds by look, and where the report was written, if it was."""

    exit: int
    findings: Mapping[str, Finding]
    elapsed_s: Mapping[str, float]
    written: Path | None

    @property
    def folder(self) -> Path:
        """The folder of the report."""
        assert self.written is not None, "this examination was told to write no report"
        return self.written

    def told(self, verdict: Word) -> set[str]:
        """Return the ids of the built checks that were told so."""
        return {name for name in JUDGEMENTS if word(self.findings[name].verdict) == verdict}

    def reasons(self) -> str:
        """Return every verdict on a built check with its reason, for the message of a failing test."""
        lines = (
            f"{name}: {word(found.verdict)}: {found.verdict.reason.en}"
            for name, found in self.findings.items()
            if name in JUDGEMENTS
        )
        return "\n".join(lines)


@contextlib.contextmanager
def _silent() -> Iterator[session.Progress]:
    yield lambda *_: None


def examine(target: Path, out: Path, *, clauses: str | None = None, write: bool = True) -> Examined:
    """Examine a target from end to end, write the report (a tenth of the work) if wanted, return what was told."""
    options = Options(
        target=target, ledger=None, out=out, clauses=clauses, standard="SBT", replay=None, accept=(), lang="en"
    )
    prepared = session.prepare(options, SystemClock())
    session.gather_into(prepared, _silent)
    for requirement in judged_records(prepared.examination.order.scope):
        prepared.examination.judge(requirement)
    if not write:
        prepared.signer = None  # without a signature there is no report, as in a replay
    status = session.finish(prepared)
    assert prepared.dossier is not None
    return Examined(
        exit=status,
        findings={finding.requirement.id: finding for finding in prepared.dossier.report.findings},
        elapsed_s=prepared.examination.elapsed_s,
        written=prepared.folder,
    )
