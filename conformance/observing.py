"""The looking part of an examination: every planned look is gathered, kept in the ledger, and cleaned up after."""

import platform as machine
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from conformance.catalogue.load import judged_records
from conformance.examination import Examination, Order, tool_name
from conformance.gather import Gathered, gather
from conformance.judges.table import JUDGEMENTS
from conformance.night.recall import NIGHTS
from conformance.plan import PlannedLook, plan, recalls
from conformance.recalling import recalled
from probes.canonical import digest
from probes.clock import Deadline
from probes.errors import NotSet
from probes.look import Look
from probes.observation import Observation, Reading
from probes.redaction import Redactor
from probes.registry import PROBES
from probes.scene import Scene
from probes.shop.clean import clean
from probes.shop.opening import opened_shop
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.transports.http import RequestsHttp
from probes.transports.touched import Touched
from reports.ledger.store import LedgerStore

CLEANING_S = 60.0
RESTORES = "backup.restore"


def planned_looks(order: Order) -> tuple[PlannedLook, ...]:
    """Return the looks that the order's scope needs."""
    return plan(judged_records(order.scope), JUDGEMENTS, PROBES, order.target)


def observe(
    examination: Examination,
    store: LedgerStore,
    redactor: Redactor,
    progress: Callable[[PlannedLook | None, int, int], None],
) -> None:
    """Gather every look, keeping each in the ledger as soon as it is over; then clean up after the run.

    ``progress(look, done, total)`` is told of each finished look.

    Raises:
        SettingsError: the adapter has faults.
        EvidenceError: the ledger or the trail cannot be used.
    """
    order = examination.order
    taken = _taken(order, store)
    known = {(reading.header.kind, reading.header.subject) for reading in taken}
    looks = tuple(look for look in planned_looks(order) if (look.probe.name, look.subject) not in known)
    examination.attachments |= {name: store.attachment(name) for reading in taken for name in reading.attachments}
    store.start_run(
        examination.run_id, {"target_sha256": order.target.sha256, "tool": tool_name(), "looks": len(looks)}
    )
    whole = Deadline.after(examination.clock, order.target.limits.deadline_s)
    done: list[Gathered] = []

    def keep(gathered: Gathered) -> None:
        store.append_readings(examination.run_id, (gathered.reading,), attachments=gathered.attachments)
        done.append(gathered)
        examination.attachments |= {digest(raw): raw for raw in gathered.attachments}
        examination.elapsed_s[gathered.planned.name] = gathered.elapsed_s
        progress(gathered.planned, len(done), len(looks))

    progress(None, 0, len(looks))
    with _stage(examination, redactor) as (look_at, trail, shop):
        gathered = gather(
            looks,
            look_at,
            run_id=examination.run_id,
            clock=examination.clock,
            whole=whole,
            workers=order.target.limits.workers,
            keep=keep,
        )
        examination.readings = (*(item.reading for item in gathered), *taken, *_recall(examination, store))
        _leave(examination, store, trail, shop, whole)


def _taken(order: Order, store: LedgerStore) -> tuple[Observation, ...]:
    """Return the trial restores of the earlier run that was named; what it could not do is tried again."""
    if order.restored is None:
        return ()
    wanted = {(look.probe.name, look.subject) for look in planned_looks(order)}
    return tuple(
        reading
        for reading in store.readings(order.restored)
        if isinstance(reading, Observation)
        and reading.header.kind == RESTORES
        and reading.header.platform_id == order.target.platform.id
        and (reading.header.kind, reading.header.subject) in wanted
    )


def _recall(examination: Examination, store: LedgerStore) -> tuple[Reading, ...]:
    """Read what only a long record can tell, and keep it among what this run stands on."""
    order = examination.order
    kinds = recalls(judged_records(order.scope), JUDGEMENTS, order.target)
    if order.target.declared("night") is not None:
        kinds = (*kinds, NIGHTS)  # no judge needs it; the report shows it
    readings = recalled(kinds, store, order.target, examination.clock, run_id=examination.run_id)
    store.append_readings(examination.run_id, readings)
    return readings


@contextmanager
def _stage(
    examination: Examination, redactor: Redactor
) -> Iterator[tuple[Callable[[PlannedLook, Deadline], Look], Trail, ScriptedShop | None]]:
    order, clock = examination.order, examination.clock
    folder = order.out / "trails"
    folder.mkdir(parents=True, exist_ok=True)
    touched = Touched()

    def open_http() -> RequestsHttp:
        return RequestsHttp(order.target, clock, redactor, touched)

    with ExitStack() as stack:
        trail = stack.enter_context(closing(Trail(folder / f"{examination.run_id}.jsonl", clock)))
        opened = opened_shop(
            order.target, order.adapter, redactor=redactor, clock=clock, trail=trail, open_http=open_http
        )
        shop = stack.enter_context(opened)
        missing = NotSet("the target file names no adapter ([platform] adapter)")
        scene = Scene(run_token=secrets.token_hex(3), shop=shop or missing)
        scene.put("touched_hosts", touched)
        scene.put("sensitive_paths", list(shop.sensitive_paths) if shop else ["/"])

        def look_at(planned: PlannedLook, deadline: Deadline) -> Look:
            return Look(
                target=order.target,
                subject=planned.subject,
                clock=clock,
                deadline=deadline,
                vantage=machine.node(),
                http=open_http,
                scene=scene,
                redactor=redactor,
            )

        yield look_at, trail, shop


def _leave(
    examination: Examination, store: LedgerStore, trail: Trail, shop: ScriptedShop | None, whole: Deadline
) -> None:
    if shop is not None:
        # What was made is taken away even where the run used up its own time.
        clean(shop, trail, deadline=Deadline.after(examination.clock, max(CLEANING_S, whole.remaining_s())))
    examination.trail = trail.path.read_bytes() or None
    if examination.trail:
        store.put_attachment(examination.run_id, examination.trail)
    examination.examined_at = examination.clock.now()
    store.finish_run(examination.run_id, {"readings": len(examination.readings)})
    examination.ledger_head = store.head().hash
