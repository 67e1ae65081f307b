"""The outages of the standing record, and what people say of them: new entries of the ledger that overwrite nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from conformance import recalling
from probes.errors import NotRecorded, SettingsError
from probes.target import Target
from reports.availability import Incident, by_rule, of_check
from reports.ledger.store import LedgerStore
from reports.standing import IncidentClass, IncidentWord, as_draft

STEPS: Final = ("detected", "decided", "acted", "verified")
MINUTE_MS: Final = 60_000
NEAREST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """What the ledger holds at an instant: the check that clauses are judged on, and the outages of every check."""

    service: str
    checks: tuple[str, ...]
    every: tuple[Incident, ...]
    zone: ZoneInfo

    def of(self, check: str) -> tuple[Incident, ...]:
        """Return the outages of one check, in order of time.

        Raises:
            SettingsError: nothing was recorded of such a check.
        """
        if check not in self.checks:
            known = ", ".join(self.checks)
            raise SettingsError(f"--check: nothing is recorded of a check {check!r}; recorded are: {known}")
        return tuple(each for each in self.every if each.check == check)

    def local(self, instant_ms: int) -> str:
        """Return ``2026-03-14 02:10:05+08:00``."""
        return datetime.fromtimestamp(instant_ms // 1000, UTC).astimezone(self.zone).isoformat(sep=" ")


def outages(store: LedgerStore, target: Target, now: datetime) -> Outages:
    """Return the outages of a platform up to now.

    Raises:
        SettingsError: nothing was recorded.
        EvidenceError: the ledger cannot be read.
    """
    try:
        data = recalling.history(store, target, now)
    except NotRecorded as nothing:
        raise SettingsError(nothing.detail) from nothing
    services = [found for check in data["checks"] if (found := of_check(data, check)) is not None]
    return Outages(
        service=data["service"],
        checks=tuple(each.name for each in services),
        every=tuple(sorted((i for each in services for i in each.incidents), key=lambda i: (i.starts_ms, i.check))),
        zone=ZoneInfo(data["zone"]),
    )


def instant_ms(text: str, option: str, zone: ZoneInfo) -> int:
    """Return the instant that a text names; without an offset it is local to the platform.

    Raises:
        SettingsError: it names none.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"{option}: {text!r} is no instant; write 2026-03-14T02:10 (local to the platform, {zone.key}) or "
            "2026-03-14T02:10:05+08:00"
        ) from error
    return round((instant if instant.tzinfo else instant.replace(tzinfo=zone)).timestamp() * 1000)


def at(found: Outages, check: str, when_ms: int) -> Incident:
    """Return the outage of a check that began at, or went on at, an instant (to the minute).

    Raises:
        SettingsError: there is none; the nearest are listed.
    """
    own = found.of(check)
    hit = [each for each in own if each.starts_ms // MINUTE_MS * MINUTE_MS <= when_ms < each.ends_ms]
    if hit:
        return hit[-1]
    nearest = sorted(own, key=lambda each: abs(each.starts_ms - when_ms))[:NEAREST]
    said = ", ".join(found.local(each.starts_ms) for each in sorted(nearest, key=lambda each: each.starts_ms))
    raise SettingsError(
        f"--at: {check} has no outage at {found.local(when_ms)}; "
        + (f"the nearest began at {said}" if said else "no outage of it is recorded at all")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a person says of an outage; ``instants_ms`` by name of ``STEPS``, those that are known."""

    incident_class: IncidentClass
    by: str
    why: str
    instants_ms: Mapping[str, int]


def faults(saying: Saying, outage: Incident, now_ms: int) -> Sequence[str]:
    """Return what is wrong with what is said, each in one sentence."""
    found = []
    if not saying.why.strip() or not saying.why.isprintable():
        found.append("--why: say in a few words, on one line, why it is of this class")
    if not saying.by.strip() or not saying.by.isprintable() or by_rule(saying.by.strip()):
        found.append(f"--by: {saying.by!a} is no person's name")
    order = [(step, saying.instants_ms[step]) for step in STEPS if step in saying.instants_ms]
    for (before, earlier), (step, instant) in zip([("the outage", outage.starts_ms), *order], order, strict=False):
        # The outage is named to the second, and instants often to the minute.
        if instant // MINUTE_MS < earlier // MINUTE_MS:
            found.append(f"--{step}: it lies before {before}")
    found += [f"--{step}: it lies in the future" for step, instant in order if instant > now_ms]
    return found


def say(store: LedgerStore, platform_id: str, outage: Incident, saying: Saying, now: datetime) -> int:
    """Enter a word on an outage into the ledger; return its position.

    Raises:
        SettingsError: what is said cannot be; all faults at once.
        EvidenceError: the ledger cannot be written.
    """
    now_ms = round(now.timestamp() * 1000)
    if wrong := faults(saying, outage, now_ms):
        raise SettingsError(*wrong)
    word = IncidentWord(
        platform_id=platform_id,
        check=outage.check,
        starts_ms=outage.starts_ms,
        incident_class=saying.incident_class,
        by=saying.by.strip(),
        why=saying.why.strip(),
        said_ms=now_ms,
        **{f"{step}_ms": max(instant, outage.starts_ms) for step, instant in saying.instants_ms.items()},
    )
    return store.append(f"incident-{now:%Y%m%dT%H%M%SZ}", (as_draft(word),))[-1]
