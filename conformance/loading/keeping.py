"""What a run of load came to, into the ledger and onto the terminal."""

import gzip
from collections.abc import Sequence
from pathlib import Path

from conformance.loading import telling
from conformance.loading.observed import Beside, data_of
from conformance.loading.screen import Screen
from conformance.loading.task import Task
from conformance.loading.venue import header
from probes.canonical import digest, freeze
from probes.errors import LookFailed
from probes.observation import Observation, Unobserved
from profiles.outcome import LoadRecord
from profiles.plan import LoadPlan
from profiles.validity import Reason, reasons_against
from profiles.validity_words import reason_words


def not_begun(task: Task, failed: LookFailed, screen: Screen) -> int:
    """Keep why no shopper came at all, and return the exit status.

    Raises:
        EvidenceError: the ledger does not take it.
    """
    told = task.redactor.text(failed.detail)
    about = header(task.target, task.clock, run_id=task.plan.run_id, subject=task.plan.profile)
    reading = Unobserved(header=about, cause=failed.cause, detail=told)
    task.store.append_readings(task.plan.run_id, (reading,))
    screen.note(f"{task.plan.profile} was not begun ({failed.cause}): {told}")
    return telling.UNTOLD


def keep(
    task: Task, plan: LoadPlan, record: LoadRecord, beside: Beside, screen: Screen, *, attachments: Sequence[bytes]
) -> int:
    """Write the observation into the ledger, record and trails with it; tell it, and return the exit status.

    Raises:
        EvidenceError: the ledger does not take it, or the record was altered.
    """
    invalid = reasons_against(plan, record)
    environment = task.target.platform.environment
    data = data_of(record, plan, [reason.as_json() for reason in invalid], beside, environment=environment)
    contents = tuple(gzip.compress(raw, mtime=0) for raw in (Path(plan.record).read_bytes(), *attachments))
    reading = Observation(
        header=header(task.target, task.clock, run_id=plan.run_id, subject=plan.profile),
        data=freeze(task.redactor.json(data)),
        attachments=tuple(digest(content) for content in contents),
    )
    task.store.append_readings(plan.run_id, (reading,), attachments=contents)
    for words in _words(plan, record, invalid, beside):
        screen.note(words)
    wrong = telling.wrongs(record, plan, beside.business, invalid=invalid)
    return telling.status(record, invalid=invalid, wrong=wrong, unknown=telling.untold(beside.business))


def _words(plan: LoadPlan, record: LoadRecord, invalid: Sequence[Reason], beside: Beside) -> tuple[str, ...]:
    wrong = telling.wrongs(record, plan, beside.business, invalid=invalid)
    reasons = [reason_words(reason.as_json())[0] for reason in invalid]
    cancelled = beside.tidied.cancelled
    return (
        telling.summary(record, plan),
        *(f"failed: {words}" for words in telling.failures(record)),
        *(f"wrong: {words}" for words in wrong),
        *(f"not known: {words}" for words in telling.untold(beside.business)),
        *((f"it tells nothing: {words}" for words in reasons) if invalid else ("the run is valid",)),
        *([f"{telling.counted(cancelled, 'order')} cancelled"] if cancelled else []),
        *beside.tidied.words,
        f"kept in the ledger as {plan.run_id}; record: {plan.record}",
    )
