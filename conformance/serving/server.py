"""Serving from start to SIGTERM: target and ledger, the judging thread, the HTTP server."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from conformance.catalogue.load import Catalogue, load_catalogue
from conformance.examination import tool_name
from conformance.judges.table import JUDGEMENTS
from conformance.places import LedgerPlace, ledger_of, target_path
from conformance.recalling import RECALLS
from conformance.serving.judged import judged
from conformance.serving.keeper import Keeper
from conformance.serving.latest import LatestReadings
from conformance.serving.listen import Listen
from conformance.serving.web import Web
from conformance.stricter import target_for
from probes.clock import Clock, SystemClock
from probes.errors import EvidenceError, SettingsError
from probes.target import Target
from reports.ledger.location import STORES
from reports.metrics import Served
from reports.metrics_snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for on the command line; paths relative to the working folder."""

    target: Path | None
    ledger: str | None
    listen: Listen


def serve(asked: Asked, *, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM; what there is to say goes out by ``say``, warnings to standard error.

    Raises:
        SettingsError: no target, faults of the target file, a ledger that is in no file or server, or an address that
            cannot be listened on.
    """
    catalogue = load_catalogue()
    # Not what the file names (passwords, adapter): serving reads the ledger, and logs in nowhere.
    target = target_for(target_path(asked.target), catalogue)
    keeper = keeper_of(target, ledger_of(target, asked.ledger), catalogue, clock=SystemClock())
    stop = threading.Event()
    # Taken before anything is said: whoever hears the address may end us from then on.
    with _until_told(stop), Web(asked.listen, keeper) as web:
        if not asked.listen.loopback:
            _warn(f"{asked.listen.host} is not loopback: whoever reaches it may read the state of every clause")
        answering = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.1}, name="http")
        judging = threading.Thread(target=keeper.run, args=(stop, _warn), name="judging")
        answering.start()
        judging.start()
        try:
            say(f"serving {target.platform.id} on {asked.listen.url(web.server_address[1])}/metrics")
            sys.stdout.flush()
            stop.wait()
        finally:
            stop.set()
            web.shutdown()
            answering.join()
            judging.join()
    if keeper.failed is not None:
        raise keeper.failed


def keeper_of(target: Target, ledger: LedgerPlace, catalogue: Catalogue, *, clock: Clock) -> Keeper:
    """Return the keeper of a target's state, as its ledger tells it.

    Raises:
        SettingsError: the ledger's URL names no ledger that outlives a process.
    """
    if ledger.url.partition(":")[0] not in STORES:
        ledger.open().close()  # which says so, and what there is
    file = ledger.file()
    if ledger.url.startswith("memory:"):
        raise SettingsError("[ledger] url: a ledger in memory ends with its process; there is nothing to serve from it")
    kinds = {kind for row in JUDGEMENTS.values() for kind in row.needs if kind not in RECALLS}
    latest = LatestReadings(target.platform.id, kinds)

    def now_judged() -> Snapshot:
        if file is not None and not file.exists():
            # Opening it would make an empty one: serving is no reason to begin a ledger.
            raise EvidenceError(f"{file}: there is no ledger; `duheng watch` and `duheng examine` make it")
        # Opened anew each time: a ledger that was moved away is told, not read on from an open file.
        with ledger.open(clock) as store:
            return judged(store, target, catalogue, latest, clock)

    return Keeper(now_judged, first=Served(platform_id=target.platform.id, tool=tool_name()), clock=clock)


@contextmanager
def _until_told(stop: threading.Event) -> Iterator[None]:
    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - what goes wrong while serving belongs in the journal
