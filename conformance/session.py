"""What an examination does around the judging: prepare from options, gather or replay, conclude and write."""

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue.load import load_catalogue
from conformance.examination import Examination, Order, begin, observe
from conformance.options import Options, target_path
from conformance.output import signer_of_this_machine, write
from conformance.plan import PlannedLook
from conformance.replaying import Replay, open_replay
from conformance.stricter import check_against
from probes.clock import Clock
from probes.errors import NotSet, SettingsError
from probes.redaction import Redactor
from probes.shop.credentials import password_of
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.target_file import read_target
from reports.dossier import Dossier
from reports.ledger.location import open_ledger
from reports.signing.keys import Signer

Progress = Callable[[PlannedLook | None, int, int], None]


@dataclass(slots=True)
class Session:
    """A prepared examination; ``replay`` is set where a bundle is judged again."""

    options: Options
    examination: Examination
    signer: Signer | None
    key_is_new: bool
    replay: Replay | None
    dossier: Dossier | None = None
    folder: Path | None = None


def prepare(options: Options, clock: Clock) -> Session:
    """Read everything that an examination needs before it touches the platform.

    Raises:
        SettingsError: bad usage or a bad target file, all faults at once.
        EvidenceError: the signing key or the bundle cannot be used.
    """
    catalogue = load_catalogue(options.standard)
    if options.replay is not None:
        replay = open_replay(options.replay)
        return Session(
            options=options,
            examination=replay.examination(options, clock),
            signer=None,
            key_is_new=False,
            replay=replay,
        )
    target = read_target(target_path(options))
    check_against(target, catalogue)
    if options.ledger is not None:
        target = dataclasses.replace(target, ledger_url=options.ledger)
    signer, new = signer_of_this_machine()
    order = Order(
        target=target,
        adapter=adapter_of(target),
        catalogue=catalogue,
        scope=catalogue.select(options.clauses),
        scope_words=options.clauses or "all",
        accepted=options.accept,
        lang=options.lang,
        out=options.out.resolve(),
    )
    return Session(options=options, examination=begin(order, clock), signer=signer, key_is_new=new, replay=None)


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
        SettingsError: a missing secret, a faulty adapter, an unknown ledger.
        EvidenceError: the ledger cannot be used.
    """
    if session.replay is not None:
        return
    examination = session.examination
    target = examination.order.target
    redactor = redactor_of(target)
    base = Path.cwd() if session.options.ledger is not None else target.path.parent
    with open_ledger(target.ledger_url, base=base) as store, progress() as report:
        observe(examination, store, redactor, report)


def finish(session: Session) -> int:
    """Write and sign the report, and return the exit status of the examination.

    Raises:
        EvidenceError: the report cannot be written.
    """
    session.dossier = session.examination.dossier()
    if session.replay is None and session.signer is not None:
        session.folder = write(session.dossier, session.examination.order.out, session.signer)
    return session.dossier.report.footer.exit
