"""What a drill's own record says happened, as the data of ``drill.run``. Pure: a killed run is told as any other.

The record is a trail (``probes.shop.trail``): each step stands there, durably, before it is done. Its entries:

- ``plan`` (id: the run): ``facts`` are ``PLANNED``, with ``offset_s`` and ``host_offset_s``.
- ``begin`` (id: the step) and ``end`` (the same id): ``{"ok", "detail", ...}``; an ``end`` of ``inject`` has
  ``injected_ms`` and ``injected_s``, of ``effect`` and ``revert`` ``proved`` and ``how``, of ``told`` ``detected_ms``,
  ``decided_ms``, ``acted_ms`` and ``shapes``, of ``send`` ``shapes``, of ``compare`` ``orders``, ``payments``
  and ``stock``, of ``tidy`` ``left_behind``.
- ``journey``: ``{"phase": before | during | after, "started_ms", "ended_ms", "started_s", "ended_s", "ok", "why"}``.
- ``over`` (id: how it ended): ``{"stopped"}``. ``host``: ``{"journal", "healed"}``. ``kept``: it is in the ledger.

Instants in ms are the runner's wall clock; in s its monotonic clock, from which times that passed are taken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from probes.clock import parse_rfc3339
from probes.shop.trail import Entry
from profiles.drills.deadman import Note, notes

PLANNED: Final = (
    "drill", "fault", "kind", "disaster", "host", "environment", "depth", "interval_s", "limit_s", "deadman_s",
)  # fmt: skip
CONFIRMED: Final = 3
"""So many good journeys one after the other, and none still under way before them, are a recovery."""

RECOVER: Final = "recover"
"""The step of the declared way back, which goes on while the journeys are watched."""

COURSE: Final = ("arm", "before", "inject", "effect", "watch", "revert", "after", "told", "compare", "tidy", "disarm")
"""The steps of every drill, in their order; ``send`` and ``recover`` come where there is something to do."""

SHAPES: Final = ("switched", "attack", "virus", "power")
"""What a fault tells of its own, under these names."""

_ON_THE_HOST: Final = {"deadman", "person"}
_MS: Final = 1000
_WHOLE: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One watched journey: when it began and was over (ms of the wall clock, s of the monotonic one), and how."""

    phase: str
    started_ms: int
    ended_ms: int
    started_s: float
    ended_s: float
    ok: bool
    why: str = ""


def confirmed(journeys: Iterable[Journey], *, least: int = CONFIRMED) -> tuple[Journey, ...]:
    """Return the good journeys after the last that failed, by their start; none where they are fewer than ``least``."""
    good: list[Journey] = []
    for journey in sorted(journeys, key=lambda each: each.started_s):
        good = [*good, journey] if journey.ok else []
    return tuple(good) if len(good) >= least else ()


def data_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the data of ``drill.run`` that a record tells; see the shape in ``profiles/drills/README.md``.

    Raises:
        ValueError: the record has no plan, so that nothing was begun.
    """
    return _Course(entries).data()


class _Course:
    """One record, taken apart."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        plan = next((entry for entry in entries if entry.kind == "plan"), None)
        if plan is None:
            raise ValueError("a drill's record without its plan")
        self.plan = plan
        self.own = [entry for entry in entries if entry.kind in {"plan", "begin", "end", "journey", "over"}]
        self.ends: Mapping[str, Mapping[str, Any]] = {entry.id: entry.facts for entry in entries if entry.kind == "end"}
        self.begun = {entry.id: _ms(entry) for entry in reversed(self.own) if entry.kind == "begin"}
        self.over = next((entry for entry in entries if entry.kind == "over"), None)
        told = [str(entry.facts["journal"]) for entry in entries if entry.kind == "host"]
        self.journal = notes(told[-1]) if told else ()
        self.journeys = [Journey(**entry.facts) for entry in entries if entry.kind == "journey"]
        out = next((at for at, entry in enumerate(entries) if (entry.kind, entry.id) == ("begin", "revert")), None)
        self.before_revert = [Journey(**entry.facts) for entry in entries[:out] if entry.kind == "journey"]

    def data(self) -> dict[str, Any]:
        good = self.recovered() or confirmed(self.of("during", "after"))
        compared = self.ends.get("compare", {})
        orders, payments = compared.get("orders"), compared.get("payments")
        return {
            "run_id": self.plan.id,
            **{name: self.plan.facts.get(name) for name in PLANNED if name not in {"depth", "interval_s"}},
            "started_ms": _ms(self.plan),
            "ended_ms": _ms(self.over or self.own[-1]),
            "ended": self.over.id if self.over else "killed",
            "complete": self.complete(),
            "clock": {name: self.plan.facts.get(name) for name in ("offset_s", "host_offset_s")},
            "steps": list(self.steps()),
            "proof_of_effect": self.proof("effect"),
            "proof_of_revert": self.proof_of_revert(),
            "reverted_by": self.reverted_by(),
            "journeys": {
                **{phase: self.counted(phase) for phase in ("before", "during", "after")},
                "depth": self.plan.facts.get("depth"),
                "interval_s": self.plan.facts.get("interval_s"),
            },
            "phases": self.phases(good),
            "recovery_s": self.recovery_s(),
            "orders": None if orders is None else with_degree(orders),
            "payments": None if payments is None else with_degree(payments),
            "stock": compared.get("stock"),
            "stopped": self.over.facts.get("stopped") if self.over else None,
            "left_behind": list(self.ends.get("tidy", {}).get("left_behind", ())),
            "redundancy_looked_for": "redundant_ms" in self.ends.get("told", {}).get("shapes", {}),
            **self.shapes(),
        }

    def of(self, *phases: str) -> list[Journey]:
        return [journey for journey in self.journeys if journey.phase in phases]

    def counted(self, phase: str) -> dict[str, int]:
        journeys = self.of(phase)
        return {"tried": len(journeys), "failed": sum(not journey.ok for journey in journeys)}

    def steps(self) -> Iterator[dict[str, Any]]:
        for step in dict.fromkeys(entry.id for entry in self.own if entry.kind == "begin"):  # two may be of one ms
            end = self.ends.get(step, {})
            yield {
                "step": step,
                "at_ms": self.begun[step],
                "ok": end.get("ok"),
                "detail": str(end.get("detail", "")),
            }

    def proof(self, step: str) -> dict[str, Any] | None:
        end = self.ends.get(step)
        return None if end is None or "proved" not in end else {"proved": end["proved"], "how": end.get("how", "")}

    def proof_of_revert(self) -> dict[str, Any] | None:
        """Return the harness's own proof; where it has none that holds, the last word of the host."""
        own, host = self.proof("revert"), self.proof_by_host()
        return own if own is not None and (own["proved"] or host is None or not host["proved"]) else host

    def proof_by_host(self) -> dict[str, Any] | None:
        last = next((note for note in reversed(self.journal) if note.what == "healed"), None)
        return None if last is None else {"proved": last.status == 0, "how": f"the host's journal ({last.who})"}

    def reverted_by(self) -> str | None:
        if not self.injected():
            return None
        first = next((note for note in self.after_injection() if note.what == "revert"), None)
        if first is not None:
            return "deadman" if first.who in _ON_THE_HOST else "harness"
        return "harness" if "revert" in self.ends else None

    def after_injection(self) -> Sequence[Note]:
        at = next((index for index, note in enumerate(self.journal) if note.what == "injecting"), None)
        return () if at is None else self.journal[at:]

    def injected(self) -> bool:
        return "injected_ms" in self.ends.get("inject", {}) or bool(self.after_injection())

    def injected_ms(self) -> int | None:
        told = self.ends.get("inject", {}).get("injected_ms")
        if told is not None:
            return int(told)
        return self.begun.get("inject") if self.after_injection() else None

    def recovered(self) -> tuple[Journey, ...]:
        """Return the good journeys of a recovery before the fault was taken out.

        A journey that waited for a platform that hangs comes about as soon as the fault is out: it tells nothing.
        """
        injected_s = self.ends.get("inject", {}).get("injected_s")
        if injected_s is None:
            return ()
        until_ms = self.begun.get("revert", _ms(self.own[-1]))
        over = [  # by the order of the record too: a wall clock may be set back
            each
            for each in self.before_revert
            if each.phase == "during" and each.started_s >= injected_s and each.ended_ms <= until_ms
        ]
        good = confirmed(over)
        under_way = [each for each in self.of("during") if each.started_s >= injected_s and each not in over]
        return good if all(each.started_s > good[-1].started_s for each in under_way if good) else ()

    def recovery_s(self) -> float | None:
        good = self.recovered()
        if not good or not self.by_itself():
            return None
        return round(good[0].ended_s - float(self.ends["inject"]["injected_s"]), 3)

    def by_itself(self) -> bool:
        """Tell whether nobody of ours had taken the fault out by then: the dead man may have, or a person there."""
        first = next((note for note in self.after_injection() if note.what == "revert"), None)
        return first is None or first.who not in _ON_THE_HOST

    def phases(self, good: Sequence[Journey]) -> dict[str, int | None]:
        failing = next(
            (each for each in sorted(self.of("during"), key=lambda each: each.started_s) if not each.ok), None
        )
        told = {**self.runbook(), **{name: at for name, at in self.ends.get("told", {}).items() if at is not None}}
        return {
            "injected_ms": self.injected_ms(),
            "first_failing_ms": failing.started_ms if failing else None,
            **{name: told.get(name) for name in ("detected_ms", "decided_ms", "acted_ms")},
            "first_good_ms": good[0].ended_ms if good else None,
            "first_good_began_ms": good[0].started_ms if good else None,
            "redundant_ms": self.redundant_ms(),
            "verified_ms": self.verified_ms(good) if good else None,
        }

    def shapes(self) -> dict[str, Any]:
        """Return what was sent, and what the fault told; a part that both tell is put together."""
        found: dict[str, Any] = dict.fromkeys(SHAPES)
        for step in ("send", "told"):
            for name, told in self.ends.get(step, {}).get("shapes", {}).items():
                if name in SHAPES:
                    found[name] = {**(found[name] or {}), **told}
        return found

    def runbook(self) -> dict[str, int]:
        """Return when the declared way back was begun, and when it had come to a good end."""
        told = {"decided_ms": self.begun[RECOVER]} if RECOVER in self.begun else {}
        came = next((entry for entry in self.own if (entry.kind, entry.id) == ("end", RECOVER)), None)
        return told if came is None or not came.facts.get("ok") else {**told, "acted_ms": _ms(came)}

    def redundant_ms(self) -> int | None:
        told = self.ends.get("told", {}).get("shapes", {}).get("redundant_ms")
        return None if told is None else int(told)

    def verified_ms(self, good: Sequence[Journey]) -> int:
        """Return when the recovery was certain: those that confirm it were over, and all that began before them.

        Who begins first need not end first: on a platform that comes back, many are answered at once.
        """
        last_s = good[CONFIRMED - 1].started_s
        began = [each for each in self.of("during", "after") if each.started_s <= last_s]
        return max(began, key=lambda each: each.ended_s).ended_ms

    def complete(self) -> bool:
        """Tell whether every step came to its end; whether it was a good one is for the judges."""
        if self.over is None or self.over.id not in {"planned", "stopped"}:
            return False
        healed = self.proof("revert")
        return all(step in self.ends for step in {*COURSE, *self.begun}) and healed is not None


def with_degree(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what became of orders or payments, with the share of those that are present, equal and not doubled.

    ``degree_percent`` is None where nothing was acknowledged, or not all could be read.
    """
    wrong = {*told["lost"], *told["doubled"], *told["altered"]}
    whole = told["acknowledged"] > 0 and not told.get("unread")
    kept = max(0, told["acknowledged"] - len(wrong))
    degree = round(_WHOLE * kept / told["acknowledged"], 4) if whole else None
    return {**told, "degree_percent": degree}


def _ms(entry: Entry) -> int:
    return round(parse_rfc3339(entry.at).timestamp() * _MS)
