"""What ``duheng doctor`` says of drills: whether any that is declared was ever run."""

from collections.abc import Iterator
from datetime import datetime

from conformance.doctoring.lack import Lack, declaring
from conformance.drilling.recall import DAYS, drill_runs
from conformance.places import ledger_of
from probes.errors import EvidenceError, NotRecorded
from probes.target import Target
from reports.verdict import Text


def lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what stands between declared drills and their verdicts; nothing where none is declared."""
    return tuple(_lacks(target, now)) if target.declared("drills") else ()


def _lacks(target: Target, now: datetime) -> Iterator[Lack]:
    file = ledger_of(target).file()
    if file is not None and not file.exists():
        yield _none()
        return
    try:
        with ledger_of(target).open() as store:
            drill_runs(store, target, now)
    except NotRecorded:
        yield _none()
    except EvidenceError:
        return  # the ledger is told with the rest


def _none() -> Lack:
    return Lack(
        what=Text(zh=f"台账中没有最近 {DAYS} 天内的演练", en=f"the ledger holds no drill of the last {DAYS} days"),
        remedy=Text(
            zh="经主机负责人同意后运行 duheng drill（--list 列出可演练的项目）",
            en="once the owner of the hosts agrees, run `duheng drill NAME` (`duheng drill --list` names them)",
        ),
        checks=declaring("drills"),
    )
