"""What is to be run, as the parts of ``duheng load`` hand it on."""

from dataclasses import dataclass, field
from pathlib import Path

from probes.backups.hot import HotBackup
from probes.clock import Clock
from probes.redaction import Redactor
from probes.shop.journey import Adapter
from probes.target import Target
from profiles.launch import Place
from profiles.plan import LoadPlan
from reports.ledger.store import LedgerStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be run: the plan (its accounts and goods are put in later), where, and how it is kept.

    ``orders`` are planned; ``products`` declared; ``folder`` holds plan, record and logs; ``adapter`` is None where a
    locustfile of the user's own needs none.
    """

    plan: LoadPlan
    target: Target
    adapter: Adapter | None
    accounts: int
    orders: int
    products: tuple[str, ...]
    backup: HotBackup | None
    store: LedgerStore
    folder: Path
    secret: str = field(repr=False)
    clock: Clock
    redactor: Redactor
    tool: str
    place: Place
    web_port: int | None = None
