"""Judging a bundle again: same judges, no network, and whether the verdicts come out the same."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conformance.catalogue.load import Catalogue, from_json
from conformance.examination import Examination, Order
from conformance.judging import findings_of, verdict_on
from conformance.options import Options
from probes.clock import Clock, parse_rfc3339
from probes.errors import EvidenceError
from probes.target import Target
from probes.target_file import target_from_declarations
from reports.dossier import Dossier
from reports.finding import Finding
from reports.formats.bundle import read_bundle
from reports.formats.report_json import finding_record
from reports.verdict import Requirement

BUNDLE = "bundle.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A finding that comes out differently: what the report says, and what the judges say now."""

    requirement: Requirement
    was: Finding
    now: Finding

    def fields(self) -> tuple[str, ...]:
        """Return the names of what differs, as ``report.json`` calls it (``verdict``, ``reason``, ``measured`` ...)."""
        was, now = finding_record(self.was), finding_record(self.now)
        return tuple(name for name in was if was[name] != now.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """An opened bundle with the catalogue it was judged by."""

    dossier: Dossier
    catalogue: Catalogue
    target: Target

    def scope(self) -> tuple[Requirement, ...]:
        """Return the requirements that the report covers, as the bundle's catalogue has them."""
        told = {finding.requirement.id for finding in self.dossier.report.findings}
        return tuple(requirement for requirement in self.catalogue.requirements if requirement.id in told)

    def examination(self, options: Options, clock: Clock) -> Examination:
        """Return an examination whose readings are those of the bundle; ``--clauses`` may narrow it."""
        header = self.dossier.report.header
        chosen = set(self.catalogue.select(options.clauses))
        examination = Examination(
            order=Order(
                target=self.target,
                adapter=None,
                catalogue=self.catalogue,
                scope=tuple(requirement for requirement in self.scope() if requirement in chosen),
                scope_words=header.scope,
                accepted=header.accepted_causes,
                lang=options.lang,
                out=options.out,
            ),
            clock=clock,
            run_id=header.run_id,
            started=parse_rfc3339(header.started),
        )
        examination.readings = self.dossier.readings
        examination.attachments = dict(self.dossier.attachments)
        examination.examined_at = self.examined_at
        examination.trail = self.dossier.trail
        examination.ledger_head = header.ledger_head
        return examination

    @property
    def examined_at(self) -> datetime:
        """The instant that the judges were given."""
        return parse_rfc3339(self.dossier.report.header.examined_at)

    def differences(self) -> tuple[Difference, ...]:
        """Judge everything again and return what comes out differently."""
        scope, declarations = self.scope(), self.dossier.target
        verdicts = {
            requirement.id: verdict_on(requirement, self.dossier.readings, declarations, self.examined_at)
            for requirement in scope
            if requirement.node == "check"
        }
        again = {
            finding.requirement.id: finding for finding in findings_of(scope, verdicts, declarations, self.examined_at)
        }
        pairs = ((was, again[was.requirement.id]) for was in self.dossier.report.findings)
        return tuple(
            Difference(requirement=was.requirement, was=was, now=now)
            for was, now in pairs
            if finding_record(was) != finding_record(now)
        )


def open_replay(path: Path) -> Replay:
    """Open a bundle for judging again; of an output folder, the bundle in it.

    Raises:
        EvidenceError: it cannot be read, or is not a bundle.
    """
    catalogues: list[Catalogue] = []

    def requirements_of(raw: bytes) -> tuple[Requirement, ...]:
        try:
            catalogues.append(from_json(json.loads(raw)))
        except ValueError as error:
            raise EvidenceError(f"{path}: catalogue.json is not JSON: {error}") from error
        return catalogues[-1].requirements

    dossier = read_bundle(path / BUNDLE if path.is_dir() else path, requirements_of)
    return Replay(dossier=dossier, catalogue=catalogues[-1], target=target_from_declarations(path, dossier.target))
