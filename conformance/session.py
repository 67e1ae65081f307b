"""What an examination does around the judging: prepare from options, gather or replay, conclude and write."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from conformance.catalogue.load import judged_records, load_catalogue
from conformance.examination import Examination, Order, begin
from conformance.judges.table import JUDGEMENTS
from conformance.observing import observe
from conformance.options import Options
from conformance.output import make_ready, signer_of_this_machine, write
from conformance.places import ledger_of, target_path
from conformance.plan import PlannedLook
from conformance.replaying import open_replay
from conformance.whole_target import whole_target
from probes.clock import Clock, rfc3339
from probes.errors import NotSet, SettingsError
from probes.redaction import Redactor
from probes.shop.credentials import password_of
from probes.shop.opening import adapter_of
from probes.target import Target
from reports.dossier import Dossier
from reports.ledger.store import LedgerStore
from reports.signing.keys import Signer
from reports.verdict import NotApplicable, word
from reports.verdict_record import VerdictRecord, as_draft

Progress: TypeAlias = Callable[[PlannedLook | None, int, int], None]


@dataclass(slots=True, kw_only=True)
class Session:
    """A prepared examination. ``signer`` and ``redactor`` are None where a bundle is judged again."""

    options: Options
    examination: Examination
    signer: Signer | None
    redactor: Redactor | None
    dossier: Dossier | None = None
    folder: Path | None = None


def prepare(options: Options, clock: Clock) -> Session:
    """Read everything that an examination needs before it touches the platform.

    Raises:
        SettingsError: bad usage, a bad target file, missing secrets, a faulty adapter; all faults at once.
        EvidenceError: the signing key, the output folder or the bundle cannot be used.
    """
    catalogue = load_catalogue(options.standard)
    if options.replay is not None:
        replayed = open_replay(options.replay).examination(options, clock)
        return Session(options=options, examination=replayed, signer=None, redactor=None)
    faults: list[str] = []
    with _noting(faults):
        scope = catalogue.select(options.clauses)
    with _noting(faults):
        target = whole_target(target_path(options.target), catalogue)
    if faults:
        raise SettingsError(*faults)
    if options.ledger is not None:
        target = dataclasses.replace(target, ledger_url=options.ledger)
    order = Order(
        target=target,
        adapter=adapter_of(target),
        catalogue=catalogue,
        scope=scope,
        scope_words=options.clauses or "all",
        accepted=options.accept,
        lang=options.lang,
        out=options.out.resolve(),
        restored=options.restored,
    )
    redactor = redactor_of(target)
    make_ready(options.out)
    return Session(options=options, examination=begin(order, clock), signer=signer_of_this_machine(), redactor=redactor)


@contextmanager
def _noting(faults: list[str]) -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        faults += error.faults


def redactor_of(target: Target) -> Redactor:
    """Return a redactor that knows every declared password.

    Raises:
        SettingsError: passwords that are not where the target file says; all of them at once.
    """
    redactor, faults = Redactor(), []
    for role in target.roles.values():
        try:
            password_of(role, redactor)
        except NotSet as missing:
            faults.append(missing.detail)
    if faults:
        raise SettingsError(*faults)
    return redactor


def gather_into(session: Session, progress: Callable[[], AbstractContextManager[Progress]]) -> None:
    """Look at the platform, keeping all in the ledger; a replay has its readings already.

    Raises:
        SettingsError: an unknown kind of ledger.
        EvidenceError: the ledger or the trail cannot be used.
    """
    if session.redactor is None:
        return
    with _ledger(session) as store, progress() as report:
        observe(session.examination, store, session.redactor, report)


def _ledger(session: Session) -> LedgerStore:
    return ledger_of(session.examination.order.target, session.options.ledger).open()


def finish(session: Session) -> int:
    """Judge what was not judged yet, write and sign the report, keep the verdicts, and return the exit status.

    Raises:
        EvidenceError: the report cannot be written, or the ledger not be used.
    """
    # pytest may have been told to run a part of the items only (-k, -x); the report is whole all the same.
    for requirement in judged_records(session.examination.order.scope):
        session.examination.judge(requirement)
    session.dossier = session.examination.dossier()
    if session.signer is not None:
        session.folder = write(session.dossier, session.examination.order.out, session.signer)
        _keep_verdicts(session)
    return session.dossier.report.footer.exit


def _keep_verdicts(session: Session) -> None:
    """Enter what was told into the ledger: tomorrow's examination asks whether the platform still works."""
    examination = session.examination
    assert examination.examined_at is not None
    record = VerdictRecord(
        platform_id=examination.order.target.platform.id,
        run_id=examination.run_id,
        ended=rfc3339(examination.examined_at),
        verdicts={
            name: word(verdict)
            for name, verdict in examination.verdicts.items()
            if name in JUDGEMENTS or isinstance(verdict, NotApplicable)
        },
        exit=session.dossier.report.footer.exit if session.dossier else None,
    )
    with _ledger(session) as store:
        store.append(examination.run_id, (as_draft(record),))
