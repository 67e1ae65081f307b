"""The ledger: whether it is whole, and whether its standing record and its latencies are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from conformance.doctoring.lack import FIRST, Lack, recalling, same
from conformance.places import ledger_of
from conformance.recalling import HISTORY
from probes.errors import EvidenceError, SettingsError
from probes.target import Target
from probes.target_keys import TABLES
from reports import latencies
from reports.ledger.chain import Verification
from reports.ledger.standing_record import standing
from reports.ledger.store import LedgerStore
from reports.verdict import Text

RECORD_AGE = timedelta(hours=24)
"""How old the end of the standing record may be (the age limit of the checks that are told from it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """The ledger's file; what its verification found (None: there is no file yet, or it cannot be read)."""

    file: Path
    found: Verification | None
    lacks: tuple[Lack, ...] = ()


def ledger_state(target: Target) -> LedgerState | None:
    """Verify the target's ledger where its file exists, and create none; None for a ledger that is in no file."""
    try:
        file = ledger_of(target).file()
        if file is None:
            # A kind of store that nobody knows is told here, as it would be by an examination.
            ledger_of(target).open().close()
            return None
    except SettingsError as error:
        return LedgerState(
            file=target.path, found=None, lacks=tuple(Lack(what=same(fault), remedy=FIRST) for fault in error.faults)
        )
    except EvidenceError as error:
        return LedgerState(file=target.path, found=None, lacks=(Lack(what=same(str(error)), remedy=FIRST),))
    if not file.exists():
        return LedgerState(file=file, found=None)
    try:
        with ledger_of(target).open() as store:
            found = store.verify()
    except EvidenceError as error:
        return LedgerState(file=file, found=None, lacks=(Lack(what=same(str(error)), remedy=FIRST),))
    return LedgerState(file=file, found=found, lacks=tuple(_damage(file, found)))


@contextmanager
def kept(target: Target) -> Iterator[LedgerStore | None]:
    """Give the target's ledger; None where its file is not there yet, for looking makes none.

    Raises:
        EvidenceError: it cannot be read.
    """
    place = ledger_of(target)
    file = place.file()
    if file is not None and not file.exists():
        yield None
        return
    with place.open() as store:
        yield store


def record_lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what the standing record lacks: long-run checks are told from it alone, and it takes its time."""
    try:
        return _of_record(target, now)
    except EvidenceError as error:
        return (Lack(what=same(str(error)), remedy=FIRST),)


def _of_record(target: Target, now: datetime) -> tuple[Lack, ...]:
    since_ms = round((now - RECORD_AGE).timestamp() * 1000)
    with kept(target) as store:
        if store is None:
            return (_no_record(),)
        recent = standing(store, target.platform.id, since_ms=since_ms).intervals
        if any(each.state != "unknown" for each in recent):
            return ()
        return (_no_record() if not standing(store, target.platform.id).intervals else _old_record(),)


def _no_record() -> Lack:
    return Lack(
        what=Text(zh="台账中没有可用性的长期记录", en="the ledger holds no standing record of availability"),
        remedy=Text(
            zh="持续运行 duheng watch；已有的历史可用 duheng import 导入",
            en="keep `duheng watch` running; bring in a history that exists already with `duheng import`",
        ),
        checks=recalling(HISTORY),
    )


def _old_record() -> Lack:
    return Lack(
        what=Text(
            zh="可用性的长期记录在最近 24 小时内没有已知的结果",
            en="the standing record of availability knows nothing of the last 24 hours",
        ),
        remedy=Text(
            zh="请查明 duheng watch 是否在运行，并让其持续运行",
            en="see whether `duheng watch` runs, and keep it running",
        ),
        checks=recalling(HISTORY),
    )


def latency_lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what is wrong with the raw latencies of the target's ledger, which must be sound itself.

    Raises:
        EvidenceError: the ledger cannot be read.
    """
    days = int(target.declared("watch", "latency_days") or TABLES["watch"].keys["latency_days"].default)
    kept_since_ms = round((now - timedelta(days=days)).timestamp() * 1000)
    with ledger_of(target).open() as store:
        wrong = latencies.problems(store, target.platform.id, kept_since_ms=kept_since_ms)
    remedy = Text(
        zh="可用性记录不受影响；请查明原因，或从备份中取回时延数据",
        en="the record of what was up is not touched; find out why, or take the latencies from a backup",
    )
    return tuple(Lack(what=Text(zh=f"时延数据：{what}", en=what), remedy=remedy) for what in wrong)


def _damage(file: Path, found: Verification) -> Iterator[Lack]:
    for problem in found.problems:
        zh, en = ("", "") if problem.seq is None else (f"第 {problem.seq} 条记录", f", entry {problem.seq}")
        yield Lack(
            what=Text(zh=f"台账 {file.name} {zh}：{problem.what}", en=f"{file.name}{en}: {problem.what}"),
            remedy=Text(
                zh="保留该文件备查，恢复备份，或用 [ledger] url 另起一个台账",
                en="keep the file for whoever looks into it; restore a backup, or begin another with [ledger] url",
            ),
        )
