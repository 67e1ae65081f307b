"""The standing record as figures: what the service was, its outages, and its time up, down, unknown and excluded.

Pure functions of the data of a ``ledger.history`` reading (``history_data`` writes it). Vantage points vote: the
service is down where at least k of those that watch see it down. A vantage point watches from its first run on; where
it falls silent it is lost, and taken for gone only 30 days later; an imported one ends with what was imported.
Maintenance is excluded only where it was announced before it began. Instants are whole milliseconds since
1970-01-01T00:00:00Z.
"""

import bisect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports.history import History, Run, State, durations_ms, exclude, history, vote, window

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
YEAR_MS: Final = 365 * DAY_MS
RETIRED_MS: Final = 30 * DAY_MS
"""A vantage point that knew nothing for so long was taken away; until then it is lost, and what it saw unknown."""

IMPORTED: Final = "import"
"""What the source of an imported run starts with."""

BY_RULE: Final = "rule "
NO_RULE: Final = "no rule"
"""Who said a word that no person said."""

INSTANTS: Final = ("detected_ms", "decided_ms", "acted_ms", "verified_ms")

DEPTHS: Final = ("page", "cart", "checkout", "order", "payment")
"""How far a check goes, from the shallowest to the deepest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The last word on an outage: its class, by whom and why; the four instants are None where nobody told them.

    ``overruled`` is the class that a rule of the target file had told, where a person told another.
    """

    incident_class: str
    by: str
    why: str
    detected_ms: int | None = None
    decided_ms: int | None = None
    acted_ms: int | None = None
    verified_ms: int | None = None
    overruled: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One outage of a check: from its first failing probe to the first good one after it.

    ``down_ms`` is the time known to be down: no longer than ``lasted_ms``, which takes in what is unknown or excluded
    before the first good probe. ``over`` is False where it goes on at the end of the record.
    """

    check: str
    starts_ms: int
    ends_ms: int
    down_ms: int
    over: bool
    why: str
    word: Word | None

    @property
    def lasted_ms(self) -> int:
        """Return the time from the first failing probe to the first good one, or to the end of the record."""
        return self.ends_ms - self.starts_ms

    @property
    def incident_class(self) -> str:
        """Return the class of the last word; ``unclassified`` where nobody said any."""
        return "unclassified" if self.word is None else self.word.incident_class

    def parts_ms(self) -> Mapping[str, int]:
        """Return how long detecting, deciding, acting and verifying took, of those whose two ends are known."""
        word = self.word
        if word is None:
            return {}
        edges = (self.starts_ms, word.detected_ms, word.decided_ms, word.acted_ms, word.verified_ms)
        names = ("detect", "decide", "act", "verify")
        return {
            name: end - begin
            for name, (begin, end) in zip(names, itertools.pairwise(edges), strict=True)
            if begin is not None and end is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One check over its whole record, from its first run to the end of the window, as all vantage points see it.

    ``every_ms`` is from probe to probe at its end, ``slowest_ms`` at its most, ``fastest_ms`` at its least: that one
    says what a gap could hide, whatever was set last. ``at_least`` vantage points must see it down. ``known`` leaves
    no gap; ``last_known_ms`` is the last instant at which anything was known.
    ``probes`` holds (tried, failed) by calendar day of the platform's zone, over all vantage points.
    """

    name: str
    kind: str
    depth: str
    every_ms: int
    slowest_ms: int
    fastest_ms: int
    at_least: int
    vantages: tuple[str, ...]
    imported: tuple[str, ...]
    known: History
    incidents: tuple[Incident, ...]
    probes: Mapping[str, tuple[int, int]]

    @property
    def starts_ms(self) -> int:
        """Return when its record begins."""
        return self.known[0].starts_ms

    @property
    def ends_ms(self) -> int:
        """Return the end of the window."""
        return self.known[-1].ends_ms

    @property
    def last_known_ms(self) -> int | None:
        """Return the end of the last run that is not unknown; None where nothing is known."""
        return next((run.ends_ms for run in reversed(self.known) if run.state != "unknown"), None)


def service(data: Mapping[str, Any], name: str) -> Service | None:
    """Return a check of a ``ledger.history`` reading; None where nothing was recorded of it."""
    check = next((each for each in data["checks"] if each["name"] == name), None)
    return None if check is None else of_check(data, check)


def of_check(data: Mapping[str, Any], check: Mapping[str, Any]) -> Service | None:
    """Return what the vantage points together know of one entry of ``checks``; None where it has no run."""
    ends_ms = data["window"]["ends_ms"]
    vantages = [each for each in check["vantages"] if any(run[1] < ends_ms for run in each["runs"])]
    if not vantages:
        return None
    planned = [(begin, end) for begin, end, announced, *_ in data["maintenance"] if announced < begin]
    known = exclude(merged(vantages, at_least=data["at_least"], ends_ms=ends_ms), planned)
    words = [word for word in data["incidents"] if word["check"] == check["name"]]
    return Service(
        name=check["name"],
        kind=check["kind"],
        depth=check["depth"],
        every_ms=check["every_ms"],
        slowest_ms=check.get("slowest_ms", check["every_ms"]),
        fastest_ms=check.get("fastest_ms", check["every_ms"]),
        at_least=data["at_least"],
        vantages=tuple(each["name"] for each in vantages),
        imported=tuple(sorted({source for each in vantages for source in each["sources"] if _imported(source)})),
        known=known,
        incidents=incidents(check["name"], known, vantages, words),
        probes=_probes(vantages),
    )


def _imported(source: str) -> bool:
    return source.startswith(IMPORTED)


def _probes(vantages: Sequence[Mapping[str, Any]]) -> Mapping[str, tuple[int, int]]:
    added: dict[str, tuple[int, int]] = {}
    for day, tried, failed in (row for each in vantages for row in each["days"]):
        before = added.get(day, (0, 0))
        added[day] = (before[0] + tried, before[1] + failed)
    return dict(sorted(added.items()))


def merged(vantages: Sequence[Mapping[str, Any]], *, at_least: int, ends_ms: int) -> History:
    """Return what vantage points know together, from the first run of any to the end of the window.

    Down where at least k of those that watch at the time see it down; where fewer than k watch at all, all of them.
    An imported one has a voice, and does not count for that: it can bear an outage out, and outvote no watcher.

    Raises:
        ValueError: no vantage point has a run that begins before the end, or runs of one of them overlap.
    """
    spans = [_watching(each, ends_ms) for each in vantages]
    edges = sorted({edge for span in spans for edge in span[:2]})
    if len(edges) < 2:  # noqa: PLR2004 - a span has two ends
        raise ValueError("nothing was recorded before the end of the window")
    runs: list[Run] = []
    for begin, end in itertools.pairwise(edges):
        there = [each for each in zip(vantages, spans, strict=True) if each[1][0] <= begin and end <= each[1][1]]
        if there:
            watching = sum(not _only_imported(vantage) for vantage, _ in there) or len(there)
            known = [span[2] for _, span in there]
            runs += vote(known, at_least=min(at_least, watching), starts_ms=begin, ends_ms=end)
    return window(history(runs), edges[0], ends_ms)


def _watching(vantage: Mapping[str, Any], ends_ms: int) -> tuple[int, int, History]:
    runs = [(state, starts, min(ends, ends_ms)) for state, starts, ends, *_ in vantage["runs"] if starts < ends_ms]
    known = history(Run(state=state, starts_ms=starts, ends_ms=ends) for state, starts, ends in runs)
    if not known:
        return ends_ms, ends_ms, ()
    if _only_imported(vantage):
        return known[0].starts_ms, known[-1].ends_ms, known
    # A clock that was set far ahead and back leaves unknown time ahead of it: no sign of life either.
    last_ms = next((run.ends_ms for run in reversed(known) if run.state != "unknown"), known[0].starts_ms)
    return known[0].starts_ms, min(ends_ms, last_ms + RETIRED_MS), known


def _only_imported(vantage: Mapping[str, Any]) -> bool:
    return bool(vantage["sources"]) and all(map(_imported, vantage["sources"]))


def incidents(
    check: str, known: History, vantages: Sequence[Mapping[str, Any]], words: Sequence[Mapping[str, Any]]
) -> tuple[Incident, ...]:
    """Return the outages of a merged history, in order of time, each with the last word that was said on it.

    What is unknown or excluded between two sights of it being down makes no second outage: only a good probe ends one.
    """
    downs = sorted((run for each in vantages for run in each["runs"] if run[0] == "down"), key=lambda run: run[1])
    starts = [run[1] for run in downs]
    ends = list(itertools.accumulate((run[2] for run in downs), max))  # rises, so that it can be searched
    found: list[Incident] = []
    for outage in _outages(known):
        near = downs[bisect.bisect_right(ends, outage.starts_ms) : bisect.bisect_left(starts, outage.ends_ms)]
        found.append(_incident(check, outage, [run for run in near if outage.starts_ms < run[2]], words))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outage:
    starts_ms: int
    ends_ms: int
    down_ms: int
    over: bool


def _outages(known: History) -> Iterator[_Outage]:
    """Yield each outage, from its first run that is down to the next that is up, or to the end of the record."""
    starts_ms: int | None = None
    down_ms = 0
    for run in known:
        if run.state == "down":
            starts_ms = run.starts_ms if starts_ms is None else starts_ms
            down_ms += run.duration_ms
        elif run.state == "up" and starts_ms is not None:
            yield _Outage(starts_ms=starts_ms, ends_ms=run.starts_ms, down_ms=down_ms, over=True)
            starts_ms, down_ms = None, 0
    if starts_ms is not None:
        yield _Outage(starts_ms=starts_ms, ends_ms=known[-1].ends_ms, down_ms=down_ms, over=False)


def _incident(
    check: str, outage: _Outage, seen: Sequence[Sequence[Any]], words: Sequence[Mapping[str, Any]]
) -> Incident:
    # A word names the outage as one vantage point saw it, which may have been before the others did.
    first_ms = min([outage.starts_ms, *(run[1] for run in seen)])
    return Incident(
        check=check,
        starts_ms=outage.starts_ms,
        ends_ms=outage.ends_ms,
        down_ms=outage.down_ms,
        over=outage.over,
        why=next((why for _, _, _, why in sorted(seen, key=lambda run: run[1]) if why), ""),
        word=_last_word([word for word in words if first_ms <= word["starts_ms"] < outage.ends_ms]),
    )


def by_rule(by: str) -> bool:
    """Tell whether a word was said by a rule of the target file, or because none matched; else a person said it."""
    return by == NO_RULE or by.startswith(BY_RULE)


def _last_word(said: Sequence[Mapping[str, Any]]) -> Word | None:
    """Put the words on one outage together: the last one counts, a person's over any rule's.

    Rules speak again when an outage has ended. What one word leaves open of the four instants, an earlier one may say.
    """
    if not said:
        return None
    ordered = [word for _, word in sorted(enumerate(said), key=lambda each: _weight(each[1], each[0]))]
    last = ordered[-1]
    told = {
        name: next((word[name] for word in reversed(ordered) if word.get(name) is not None), None) for name in INSTANTS
    }
    ruled = next((word["class"] for word in reversed(ordered) if word["by"].startswith(BY_RULE)), last["class"])
    overruled = None if ruled == last["class"] else ruled
    return Word(incident_class=last["class"], by=last["by"], why=last["why"], overruled=overruled, **told)


def _weight(word: Mapping[str, Any], place: int) -> tuple[bool, int, int]:
    return not by_rule(word["by"]), word["said_ms"], place


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How the four states share a span; together they are its wall clock. Shares are parts of 1."""

    up_ms: int
    down_ms: int
    unknown_ms: int
    excluded_ms: int

    @property
    def wall_ms(self) -> int:
        """Return the whole span."""
        return self.up_ms + self.down_ms + self.unknown_ms + self.excluded_ms

    @property
    def unknown_share(self) -> float:
        """Return the unknown part of the span."""
        return self.unknown_ms / self.wall_ms

    @property
    def share(self) -> float | None:
        """Return up time by known, planned service time; None where none is known."""
        known = self.up_ms + self.down_ms
        return self.up_ms / known if known else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the share if all unknown time had been down, and if it had been up; None where all is excluded."""
        planned = self.wall_ms - self.excluded_ms
        return (self.up_ms / planned, (self.up_ms + self.unknown_ms) / planned) if planned else None


def availability(known: History, starts_ms: int, ends_ms: int) -> Availability:
    """Return how a span divides; what lies before the record is unknown.

    Raises:
        ValueError: the span does not last.
    """
    spent: Mapping[State, int] = durations_ms(window(known, starts_ms, ends_ms))
    return Availability(
        up_ms=spent["up"], down_ms=spent["down"], unknown_ms=spent["unknown"], excluded_ms=spent["excluded"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What an MTBF stands on: known operating hours (T), relevant failures in them (r), and what is not known.

    ``failed_at_h`` are the operating hours of the service's own clock at each failure, without one with which the
    record began. ``gaps`` counts the spans of which nothing is known and that could hide a failure: none is shorter
    than the fastest interval of the probes.
    """

    operating_h: float
    failures: int
    failed_at_h: tuple[float, ...]
    unknown_h: float
    gaps: int
    wall_h: float

    @property
    def unknown_share(self) -> float:
        """Return the unknown part of the whole record."""
        return self.unknown_h / self.wall_h

    def extremes(self) -> tuple[tuple[float, int], tuple[float, int]]:
        """Return (T, r) if all unknown time was up without a failure, and if all was down, one failure a gap."""
        return (self.operating_h + self.unknown_h, self.failures), (self.operating_h, self.failures + self.gaps)


def exposure(of: Service) -> Exposure:
    """Return what the whole record of a service says of its failures."""
    spent = durations_ms(of.known)
    began = {incident.starts_ms for incident in of.incidents}
    at_h: list[float] = []
    operating_ms = 0
    for run in of.known:
        if run.starts_ms in began and operating_ms:
            at_h.append(operating_ms / HOUR_MS)
        if run.state == "up":
            operating_ms += run.duration_ms
    return Exposure(
        operating_h=operating_ms / HOUR_MS,
        failures=len(of.incidents),
        failed_at_h=tuple(at_h),
        unknown_h=spent["unknown"] / HOUR_MS,
        gaps=sum(run.state == "unknown" and run.duration_ms >= of.fastest_ms for run in of.known),
        wall_h=(of.ends_ms - of.starts_ms) / HOUR_MS,
    )
