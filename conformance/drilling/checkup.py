"""What ``duheng doctor`` says of drills: whether any that is declared was ever run."""

from datetime import datetime

from conformance.doctoring.lack import Lack, declaring
from conformance.doctoring.ledger import kept
from conformance.drilling.recall import DAYS, drill_runs
from probes.errors import EvidenceError, NotRecorded
from probes.target import Target
from reports.verdict import Text


def lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what stands between declared drills and their verdicts; nothing where none is declared."""
    if not target.declared("drills"):
        return ()
    try:
        with kept(target) as store:
            if store is not None:
                drill_runs(store, target, now)
                return ()
    except NotRecorded:
        pass
    except EvidenceError:
        return ()  # the ledger is told with the rest
    return (_none(),)


def _none() -> Lack:
    return Lack(
        what=Text(zh=f"台账中没有最近 {DAYS} 天内的演练", en=f"the ledger holds no drill of the last {DAYS} days"),
        remedy=Text(
            zh="经主机负责人同意后运行 duheng drill（--list 列出可演练的项目）",
            en="once the owner of the hosts agrees, run `duheng drill NAME` (`duheng drill --list` names them)",
        ),
        checks=declaring("drills"),
    )
