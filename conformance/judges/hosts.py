"""What the judges of hosts share: the facts of one host, what it tells of a clause, and how hosts are merged.

Every host in question must be right. One that is wrong is named; one that is away, or lets a thing not be read, keeps
the clause from conforming, and is named as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from conformance.judges.judgement import Evidence, Missing, WholeJudge
from conformance.judges.words import cause_in
from probes.clock import parse_rfc3339
from probes.errors import Cause
from probes.observation import Observation
from reports.verdict import (
    ACCEPTABLE,
    Conforms,
    Measured,
    Requirement,
    Text,
    Threshold,
    Undetermined,
    Verdict,
    Violates,
    Word,
)

FACTS = "host.facts"
DAY_S = 86_400
_NAMED = 5
_PRODUCTION = frozenset({"web", "app", "database"})

Declarations: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A section, or a part of one, that could not be read, and why."""

    what: str
    cause: Cause
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host that was read, and what the target file declares of it."""

    seen: Observation
    declared: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its declared name."""
        return str(self.seen.data.get("host") or self.seen.header.subject)

    @property
    def roles(self) -> frozenset[str]:
        """What it is for."""
        return frozenset(self.seen.data.get("roles") or ())

    @property
    def production(self) -> bool:
        """Whether it serves the platform; one of no declared role counts as serving."""
        return not self.roles or bool(self.roles & _PRODUCTION)

    @property
    def at(self) -> datetime:
        """When it was read, by our own clock."""
        return parse_rfc3339(self.seen.header.observed_at)

    def section(self, name: str) -> Mapping[str, Any] | Gap:
        """Return the data of a section."""
        entry = (self.seen.data.get("sections") or {}).get(name)
        if not isinstance(entry, Mapping):
            return Gap(what=name, cause="settings", why=f"the agent on the host reads no section {name}")
        if entry.get("state") != "read":
            return _gap(name, entry)
        data = entry.get("data")
        return data if isinstance(data, Mapping) else Gap(what=name, cause="target", why="the section is empty")


def part(holder: Mapping[str, Any], name: str) -> Mapping[str, Any] | Gap:
    """Return a part of a section that may be unread in itself."""
    entry = holder.get(name)
    if not isinstance(entry, Mapping):
        return Gap(what=name, cause="target", why=f"nothing is told of {name}")
    return _gap(name, entry) if entry.get("state", "read") != "read" else entry


def _gap(name: str, entry: Mapping[str, Any]) -> Gap:
    return Gap(what=name, cause=cause_in(entry, "cause", "target"), why=str(entry.get("why") or "it was not read"))


def records(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the records of a list; none where there is no list."""
    return tuple(each for each in value if isinstance(each, Mapping)) if isinstance(value, list | tuple) else ()


def number(value: Any) -> float | None:
    """Return a number; None for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def day(value: Any) -> date | None:
    """Return the day of ``2026-11-22``; None for anything else."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """What one host tells of a clause: the words follow its name. ``shows`` says how to see a violation again."""

    word: Word
    en: str
    zh: str
    cause: Cause = "target"
    measured: Measured | None = None
    shows: str = ""


def right(en: str, zh: str, *, measured: Measured | None = None) -> Tell:
    """It is as it should be."""
    return Tell(word="conforms", en=en, zh=zh, measured=measured)


def wrong(en: str, zh: str, *, shows: str, measured: Measured | None = None) -> Tell:
    """It is not."""
    return Tell(word="violates", en=en, zh=zh, shows=shows, measured=measured)


def unsure(en: str, zh: str, *, cause: Cause, measured: Measured | None = None) -> Tell:
    """It cannot be told."""
    return Tell(word="undetermined", en=en, zh=zh, cause=cause, measured=measured)


def unread(gap: Gap) -> Tell:
    """A section that is needed was not read."""
    return unsure(f"{gap.what} was not read ({gap.why})", f"未能读取 {gap.what}（{gap.why}）", cause=gap.cause)


HostJudge: TypeAlias = Callable[[Requirement, Host, Declarations], Tell]
Told: TypeAlias = tuple[Host, Tell]


def hosts_in(evidence: Evidence, declarations: Declarations) -> tuple[Host, ...]:
    """Return every host that was read, in the order of the readings."""
    declared = {str(entry.get("name")): entry for entry in declarations.get("hosts") or ()}
    return tuple(Host(seen=seen, declared=declared.get(seen.header.subject, {})) for seen in evidence.of(FACTS))


def every_host(judge_one: HostJudge, *, role: str | None = None) -> WholeJudge:
    """Return a judge for what must hold of every host; with ``role`` of those that have it, or of all if none has."""

    def judged(requirement: Requirement, evidence: Evidence, declarations: Declarations) -> Verdict:
        hosts = hosts_in(evidence, declarations)
        chosen, missing = of_role(role, hosts, evidence.missing_of(FACTS), declarations)
        return merged(requirement, [(host, judge_one(requirement, host, declarations)) for host in chosen], missing)

    return judged


def of_role(
    role: str | None, hosts: Sequence[Host], missing: Sequence[Missing], declarations: Declarations
) -> tuple[Sequence[Host], Sequence[Missing]]:
    """Return the hosts, and what is missing of them, that have a role; all where the role is None or nobody has it."""
    roles = {str(entry.get("name")): entry.get("roles") or () for entry in declarations.get("hosts") or ()}
    if role is None or not (any(role in each for each in roles.values()) or any(role in host.roles for host in hosts)):
        return hosts, missing
    chosen = [host for host in hosts if role in host.roles]
    return chosen, [each for each in missing if each.subject not in roles or role in roles[each.subject]]


def merged(
    requirement: Requirement, told: Sequence[Told], missing: Sequence[Missing] = (), bound: Threshold | None = None
) -> Verdict:
    """Merge what hosts tell: one wrong violates; one missing or unsure leaves it untold; else all are right."""
    observations = (
        *(host.seen.id for host, _ in told),
        *(each for gone in missing for each in gone.verdict.observations),
    )
    threshold = bound or (requirement.thresholds[0] if requirement.thresholds else None)
    wrongs = _of(told, "violates")
    if wrongs:
        return Violates(
            reason=_said(wrongs),
            observations=observations,
            measured=_measured(wrongs),
            threshold=threshold,
            repeat=tuple(f"{host.name}: {tell.shows}" for host, tell in wrongs),
        )
    unknown = _of(told, "undetermined")
    if missing or unknown or not told:
        return _untold(unknown, missing, observations, threshold)
    return Conforms(reason=_said(told), observations=observations, measured=_measured(told), threshold=threshold)


def _of(told: Iterable[Told], word: Word) -> list[Told]:
    return [(host, tell) for host, tell in told if tell.word == word]


def _measured(told: Sequence[Told]) -> Measured | None:
    return next((tell.measured for _, tell in told if tell.measured is not None), None)


def _untold(
    unknown: Sequence[Told], missing: Sequence[Missing], observations: tuple[str, ...], threshold: Threshold | None
) -> Undetermined:
    causes: list[Cause] = [*(gone.verdict.cause for gone in missing), *(tell.cause for _, tell in unknown)]
    if not causes:
        text = Text(zh="没有可供判定的主机。", en="There is no host to judge by.")
        return Undetermined(reason=text, cause="settings", observations=observations)
    cause = next((each for each in causes if each not in ACCEPTABLE), causes[0])
    gone = [each.verdict.reason for each in missing]
    said = [_said(unknown)] if unknown else []
    en = " ".join(each.en if each.en.endswith(".") else f"{each.en}." for each in (*gone[:_NAMED], *said))
    zh = "".join(each.zh if each.zh.endswith("。") else f"{each.zh}。" for each in (*gone[:_NAMED], *said))
    if len(gone) > _NAMED:
        en += f" {len(gone) - _NAMED} more hosts are missing."
        zh += f"另有{len(gone) - _NAMED}台主机缺失。"
    return Undetermined(
        reason=Text(zh=zh, en=en), cause=cause, observations=observations, measured=_measured(unknown),
        threshold=threshold,
    )  # fmt: skip


def _said(told: Sequence[Told]) -> Text:
    """Return ``web1, web2: words. db1: others.``: hosts that tell the same stand together."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for host, tell in told:
        grouped.setdefault((tell.en, tell.zh), []).append(host.name)
    return Text(
        en=" ".join(f"{_named(names, ', ', 'and {} more')}: {en}." for (en, _), names in grouped.items()),
        zh="".join(f"{_named(names, '、', '等{}台')}：{zh}。" for (_, zh), names in grouped.items()),
    )


def _named(names: Sequence[str], comma: str, more: str) -> str:
    shown = comma.join(names[:_NAMED])
    if len(names) <= _NAMED:
        return shown
    return shown + (comma + more.format(len(names) - _NAMED) if comma == ", " else more.format(len(names)))


def section_or_tell(host: Host, name: str) -> Mapping[str, Any] | Tell:
    """Return the data of a section, or what is told where it was not read."""
    found = host.section(name)
    return unread(found) if isinstance(found, Gap) else found
