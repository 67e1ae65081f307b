"""What the judges of backups share: a catalogue's runs, who holds which data, and how catalogues are merged.

Three states of a run: *good* (its verification was read, understood, and said so), *bad*, and unknown: not verified, or
without a time that can be believed. Unknown is never good and never bad.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from conformance.judges.judgement import Evidence, Missing, WholeJudge, together
from probes.observation import Observation
from reports.verdict import NotApplicable, Requirement, Text, Verdict, Violates, merge_any

CATALOGUE = "backup.catalogue"
RESTORE = "backup.restore"
FACTS = "host.facts"

HOUR_MS = 3_600_000
LEAST_KEPT_H = 168.0
"""The age limit of evidence of backups: examinations that are so far apart see every gap."""

State = Literal["good", "unverified", "undated", "bad"]
Pair: TypeAlias = tuple[str, str]
"""The same few words in English and Chinese."""

KIND_WORDS: Mapping[str, Pair] = {
    "incremental": ("incremental", "增量备份"),
    "differential": ("differential", "差分备份"),
    "full": ("full", "完全备份"),
    "image": ("image", "映像备份"),
    "other": ("other", "其他备份"),
}
DATA_WORDS: Mapping[str, Pair] = {
    "pages": ("basic page information", "网页基础信息"),
    "customers": ("basic customer information", "客户基础信息"),
    "trades": ("site transaction information", "站内交易信息"),
    "management": ("site business management information", "站点业务管理信息"),
    "merchants": ("application information of merchants and franchisees", "商家及加盟方的应用信息"),
}
_UNDATED = frozenset({"from-the-future", "no-start"})
_PRODUCTION = frozenset({"web", "app", "database"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One entry of a catalogue; times in milliseconds since 1970 UTC."""

    id: str
    kind: str
    started_ms: int | None
    state: State
    online: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One observed catalogue and its runs, in the order in which they began."""

    seen: Observation
    runs: tuple[Run, ...]

    @property
    def data(self) -> Mapping[str, Any]:
        """What the probe recorded."""
        return self.seen.data

    @property
    def name(self) -> str:
        """Its name in the target file."""
        return self.seen.header.subject

    @property
    def read_at_ms(self) -> int:
        """When it was read."""
        return int(self.data["read_at_ms"])

    @property
    def unread(self) -> int:
        """How many entries had no form that can be read."""
        return int(self.data.get("unread") or 0)

    def cadence_h(self, kind: str) -> float | None:
        """Return the declared cycle of a kind, in hours."""
        value = (self.data.get("schedule") or {}).get(f"{kind}_h")
        return None if value is None else float(value)

    @property
    def whole_since_ms(self) -> int | None:
        """Since when every backup is kept, by declaration; older ones may have been thinned out. None: all are."""
        kept_h = (self.data.get("schedule") or {}).get("kept_whole_h")
        # A shorter stretch than evidence may be old would leave times that no examination ever sees.
        return None if kept_h is None else self.read_at_ms - round(max(float(kept_h), LEAST_KEPT_H) * HOUR_MS)

    def of(self, kind: str) -> tuple[Run, ...]:
        """Return the runs of a kind."""
        return tuple(run for run in self.runs if run.kind == kind)

    def line(self, shows: str) -> str:
        """Return how to see again what the catalogue shows."""
        return f"{self.data.get('host', 'host')}: {self.data['tool']} catalogue of {self.name} -> {shows}"


def catalogue(seen: Observation) -> Catalogue:
    """Return an observation as a catalogue."""
    runs = tuple(_run(entry) for entry in seen.data["backups"])
    return Catalogue(seen=seen, runs=tuple(sorted(runs, key=lambda run: (run.started_ms or 0, run.id))))


def catalogues(evidence: Evidence) -> tuple[Catalogue, ...]:
    """Return every catalogue that was read."""
    return tuple(catalogue(seen) for seen in evidence.of(CATALOGUE))


def _run(entry: Mapping[str, Any]) -> Run:
    started = entry["started_ms"]
    return Run(
        id=str(entry["id"]), kind=entry["kind"], started_ms=started, state=_state(entry), online=entry.get("online")
    )


def _state(entry: Mapping[str, Any]) -> State:
    flaws, verified = frozenset(entry.get("flaws") or ()), entry.get("verified")
    if entry.get("error") or flaws - _UNDATED or (verified is not None and verified["ok"] is False):
        return "bad"
    if flaws or entry["started_ms"] is None:
        return "undated"
    told = verified is not None and verified["understood"] and verified["ok"] is True
    # What it stands on may be unverified: then it is not good either, though its own verification said so.
    return "good" if told and entry.get("good", True) else "unverified"


def moment(at_ms: int | None) -> str:
    """Return an instant as it stands in reasons (UTC, to the minute)."""
    return "?" if at_ms is None else f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M}Z"


def production_sites(declarations: Mapping[str, Any]) -> frozenset[str]:
    """Return the places of the production hosts (roles web, app, database; all hosts where none has such a role)."""
    hosts: Sequence[Mapping[str, Any]] = declarations.get("hosts") or ()
    serving = [host for host in hosts if _PRODUCTION.intersection(host.get("roles") or ())] or hosts
    return frozenset(str(host["site"]) for host in serving if host.get("site"))


def host_named(declarations: Mapping[str, Any], name: str | None) -> Mapping[str, Any] | None:
    """Return the declared host of a name."""
    return next((host for host in declarations.get("hosts") or () if host.get("name") == name), None)


def is_production(host: Mapping[str, Any] | None) -> bool | None:
    """Tell whether a host serves the platform; None where its roles are not declared."""
    roles = (host or {}).get("roles")
    return None if not roles else bool(_PRODUCTION.intersection(roles))


CatalogueJudge: TypeAlias = Callable[[Requirement, Catalogue, Mapping[str, Any]], Verdict]


def every(judge_one: CatalogueJudge) -> WholeJudge:
    """Return a judge for what must hold of every catalogue: a missing one keeps it from conforming."""

    def judged(requirement: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
        told = (judge_one(requirement, each, declarations) for each in catalogues(evidence))
        return together((*told, *_lacking(evidence.missing_of(CATALOGUE))))

    return judged


def one(judge_one: CatalogueJudge) -> WholeJudge:
    """Return a judge for what one catalogue suffices to show: a missing one keeps it from violating."""

    def judged(requirement: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
        told = (judge_one(requirement, each, declarations) for each in catalogues(evidence))
        return any_of((*told, *_lacking(evidence.missing_of(CATALOGUE))))

    return judged


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Merge verdicts of which one suffices; where none does, every reason of the same answer is told."""
    parts = tuple(verdicts)
    chosen = merge_any(parts)
    return together(parts) if isinstance(chosen, Violates) else chosen


def _lacking(missing: Sequence[Missing]) -> Iterable[Verdict]:
    return (each.verdict for each in missing)


def absent(seen: Sequence[Catalogue], en: str, zh: str) -> NotApplicable:
    """Tell that the recorded evidence shows the clause's condition absent."""
    return NotApplicable(reason=Text(zh=zh, en=en), observations=tuple(each.seen.id for each in seen))
