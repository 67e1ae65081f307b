"""One examination: settings in, readings gathered (or replayed), a dossier out."""

import platform as machine
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conformance.catalogue.load import Catalogue, judged_records
from conformance.gather import Gathered, gather
from conformance.judges.table import JUDGEMENTS
from conformance.judging import findings_of, verdict_on, waivers_in_force
from conformance.plan import PlannedLook, plan
from probes.canonical import canonical_bytes, digest
from probes.clock import Clock, Deadline, rfc3339
from probes.errors import Cause, NotSet
from probes.look import Look
from probes.observation import Reading
from probes.redaction import Redactor
from probes.registry import PROBES
from probes.scene import Scene
from probes.shop.clean import clean
from probes.shop.journey import Adapter
from probes.shop.opening import opened_shop
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.target import Target
from probes.transports.http import RequestsHttp
from reports.dossier import Dossier, evidence_digest
from reports.finding import Waiver
from reports.ledger.store import LedgerStore
from reports.report import Header, close
from reports.verdict import Requirement, Verdict

CLEANING_S = 60.0


def tool_name() -> str:
    """Return ``duheng x.y.z``."""
    try:
        return f"duheng {version('duheng')}"
    except PackageNotFoundError:
        return "duheng (not installed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for: the scope, accepted causes, the language, where files go."""

    target: Target
    adapter: Adapter | None
    catalogue: Catalogue
    scope: tuple[Requirement, ...]
    scope_words: str
    accepted: tuple[Cause, ...]
    lang: str
    out: Path


@dataclass(slots=True)
class Examination:
    """A run in the making; ``verdicts`` grow as the judges speak."""

    order: Order
    clock: Clock
    run_id: str
    started: datetime
    readings: tuple[Reading, ...] = ()
    attachments: dict[str, bytes] = field(default_factory=dict)
    elapsed_s: dict[str, float] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    examined_at: datetime | None = None
    trail: bytes | None = None
    ledger_head: str = ""

    def judge(self, requirement: Requirement) -> Verdict:
        """Return the verdict on a check, or on an ``any`` group by its checks; checks are remembered."""
        if self.examined_at is None:
            raise RuntimeError("nothing was gathered yet")
        if requirement.node == "group":
            for child in self.order.scope:
                if child.parent == requirement.id:
                    self.judge(child)
            told = findings_of(self.order.scope, self.verdicts, self.order.target.declarations(), self.examined_at)
            return next(finding.verdict for finding in told if finding.requirement.id == requirement.id)
        if requirement.id not in self.verdicts:
            declarations = self.order.target.declarations()
            self.verdicts[requirement.id] = verdict_on(requirement, self.readings, declarations, self.examined_at)
        return self.verdicts[requirement.id]

    def waivers(self) -> Mapping[str, Waiver]:
        """Return the waivers in force, by requirement id."""
        return waivers_in_force(self.order.target.declarations(), self.examined_at or self.clock.now())

    def dossier(self) -> Dossier:
        """Close the report over the verdicts told so far and return it with all it stands on."""
        target, catalogue = self.order.target, self.order.catalogue
        examined_at = self.examined_at or self.clock.now()
        header = Header(
            run_id=self.run_id,
            started=rfc3339(self.started),
            finished=rfc3339(self.clock.now()),
            examined_at=rfc3339(examined_at),
            tool=tool_name(),
            platform_id=target.platform.id,
            platform_name=target.platform.name,
            base_url=target.platform.base_url,
            environment=target.platform.environment,
            vantage=machine.node(),
            clock_offset_s=self.clock.offset_s,
            target_sha256=target.sha256,
            catalogue_sha256=catalogue.sha256,
            evidence_count=len(self.readings),
            evidence_sha256=evidence_digest(self.readings),
            ledger_head=self.ledger_head,
            scope=self.order.scope_words,
            accepted_causes=self.order.accepted,
            lang=self.order.lang,
        )
        findings = findings_of(self.order.scope, self.verdicts, target.declarations(), examined_at)
        return Dossier(
            report=close(header, findings),
            readings=self.readings,
            attachments=self.attachments,
            catalogue_json=canonical_bytes(catalogue.as_json()),
            target=target.declarations(),
            trail=self.trail,
        )


def begin(order: Order, clock: Clock) -> Examination:
    """Return a new examination with its own id."""
    started = clock.now()
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Examination(order=order, clock=clock, run_id=run_id, started=started)


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
    looks = planned_looks(order)
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
        examination.readings = tuple(item.reading for item in gathered)
        _leave(examination, store, trail, shop, whole)


@contextmanager
def _stage(
    examination: Examination, redactor: Redactor
) -> Iterator[tuple[Callable[[PlannedLook, Deadline], Look], Trail, ScriptedShop | None]]:
    order, clock = examination.order, examination.clock
    folder = order.out / "trails"
    folder.mkdir(parents=True, exist_ok=True)

    def open_http() -> RequestsHttp:
        return RequestsHttp(order.target, clock, redactor)

    with ExitStack() as stack:
        trail = stack.enter_context(closing(Trail(folder / f"{examination.run_id}.jsonl", clock)))
        opened = opened_shop(
            order.target, order.adapter, redactor=redactor, clock=clock, trail=trail, open_http=open_http
        )
        shop = stack.enter_context(opened)
        missing = NotSet("the target file names no adapter ([platform] adapter)")
        scene = Scene(run_token=secrets.token_hex(3), shop=shop or missing)
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
