"""From the command line to a run of load: read all that it needs, refuse all that is wrong at once, then run it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.catalogue.load import load_catalogue
from conformance.examination import tool_name
from conformance.loading.beside import BACKUP_S
from conformance.loading.planning import Asked, Drawn, Where, draw, noting
from conformance.loading.running import run
from conformance.loading.task import Task
from conformance.places import ledger_of, target_path
from conformance.session import redactor_of
from conformance.whole_target import whole_target
from probes.backups.hot import HotBackup
from probes.clock import Clock, SystemClock
from probes.errors import EvidenceError, NotSet, SettingsError
from probes.redaction import Redactor
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.target_load import load_limits
from profiles.commands import worker_elsewhere
from profiles.launch import Place
from profiles.plan import SECRET_VARIABLE

_SHORTEST_SECRET: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where things lie and who takes part; ``ledger`` and ``target`` are None where the usual ones are meant."""

    target: Path | None
    ledger: str | None
    out: Path
    backup: str | None
    web_port: int | None
    place: Place


def begin(asked: Asked, ways: Ways) -> int:
    """Read target and profile, refuse, or run; return the exit status.

    Raises:
        SettingsError: it must not begin, or cannot; every reason at once.
        EvidenceError: the ledger, a trail or the record cannot be used.
    """
    clock = SystemClock()
    target = whole_target(target_path(ways.target), load_catalogue())
    redactor = redactor_of(target)
    where = _where(target, ways.out, f"load-{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
    faults: list[str] = []
    drawn: Drawn | None = None
    with noting(faults):
        drawn = draw(asked, where, clock.now())
    with noting(faults):
        backup = _backup(target, ways.backup, clock, redactor)
    with noting(faults):
        secret = _secret(asked, ways.place)
    if faults or drawn is None:
        raise SettingsError(*faults)
    with ledger_of(target, ways.ledger).open(clock) as store:
        _folders(where)
        if ways.place.away:
            print(_elsewhere(drawn, ways.place))  # noqa: T201 - it is what was asked for
        return run(
            Task(
                plan=drawn.plan,
                target=target,
                adapter=where.adapter,
                accounts=drawn.accounts,
                orders=drawn.orders,
                products=where.limits.product_urls,
                backup=backup,
                store=store,
                folder=where.folder,
                secret=secret,
                clock=clock,
                redactor=redactor,
                tool=tool_name(),
                place=ways.place,
                web_port=ways.web_port,
            )
        )


def _where(target: Target, out: Path, run_id: str) -> Where:
    out = out.resolve()
    return Where(
        target=target,
        limits=load_limits(target),
        adapter=adapter_of(target),
        run_id=run_id,
        folder=out / "loads" / run_id,
        trails=out / "trails" / run_id,
    )


def _folders(where: Where) -> None:
    try:
        for folder in (where.folder, where.trails):
            folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise EvidenceError(f"{error.filename}: cannot make the folder of the run: {error.strerror}") from error


def _backup(target: Target, name: str | None, clock: Clock, redactor: Redactor) -> HotBackup | None:
    if name is None:
        return None
    if not target.platform.authorised:
        return None  # told already
    try:
        return HotBackup(target, name, clock=clock, redactor=redactor, most_s=BACKUP_S)
    except NotSet as lacking:
        raise SettingsError(f"--backup {name}: {lacking.detail}") from lacking


def _secret(asked: Asked, place: Place) -> str:
    """Return the run's secret: a fresh one, or, where workers elsewhere must know it, the one in the environment.

    Raises:
        SettingsError: workers elsewhere need one that is not there, or are more than there are.
    """
    faults = []
    if place.away > asked.workers:
        faults.append(f"--away {place.away}: is more than --workers {asked.workers}, of which they are a part")
    given = os.environ.get(SECRET_VARIABLE, "")
    if place.away and len(given) < _SHORTEST_SECRET:
        faults.append(
            f"--away: workers on other machines need the run's secret; set {SECRET_VARIABLE} here and there to the "
            f"same text of {_SHORTEST_SECRET} characters or more (openssl rand -hex 16)"
        )
    if faults:
        raise SettingsError(*faults)
    return given if place.away else secrets.token_hex(24)


def _elsewhere(drawn: Drawn, place: Place) -> str:
    line = worker_elsewhere(drawn.plan, host=place.bind, port=place.port)
    return f"start {place.away} of the workers elsewhere, with {SECRET_VARIABLE} set as here:\n  {line}"
