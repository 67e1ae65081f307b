"""Subjects of the long-run checks: scripted ledgers, each told on its own check and on no other of them.

What the miniature shop's defects are to the other checks: at least two a check, each through another code path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from probes.clock import rfc3339
from reports.ledger.store import LedgerStore
from reports.verdict_record import VerdictRecord, as_draft
from tests.conformance.judges.drill_subjects import DRILLED
from tests.conformance.judges.load_subjects import LOAD
from tests.conformance.judges.standing_evidence import GOOD_YEARS, function_ids
from tests.conformance.judges.standing_script import CHECKS, ENDS, YEAR_H, Check, Outage, Script, days_before

STANDING = (
    "SBT-3.1.1.1-availability",
    "SBT-3.1.1.2-mtbf",
    "SBT-3.1.1.2-sw-mttr",
    "SBT-3.1.1.2-hw-mttr",
    "SBT-3.1.1.2-daily-failure",
    "SBT-3.2.1-kept",
    "SBT-6-stable",
)
LONG_RUN = (*STANDING, *LOAD, *DRILLED)
"""All that is read from the ledger: load runs and drills, which have subjects of their own, among it."""

RARELY: Mapping[str, Check] = {**CHECKS, "buying": Check(depth="checkout", every_s=300)}
"""At 288 probes a day no day's failure rate is known, so that a long outage is told on recovery alone."""

DAYS = days_before(ENDS, 30)
MINUTE_H = 1 / 60


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One earlier examination: how long before the end, and what it told of the functions; the rest conforms."""

    hours_ago: float
    functions: Mapping[str, str]

    def record(self, ends: datetime, platform_id: str) -> VerdictRecord:
        """Return its entry."""
        at = ends - timedelta(hours=self.hours_ago)
        return VerdictRecord(
            platform_id=platform_id,
            run_id=f"run-{at:%Y%m%dT%H%M}",
            ended=rfc3339(at),
            verdicts={"SBT-3.2.5-page": "conforms", **self.functions},
        )


ALL_GOOD = dict.fromkeys(function_ids(), "conforms")
DAILY = tuple(Examined(hours_ago=2 + 24 * back, functions=ALL_GOOD) for back in range(40))


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A ledger by script; the one check that must be told violated (empty: none)."""

    name: str
    violates: str
    script: Script = GOOD_YEARS
    examined: Sequence[Examined] = DAILY

    def keep(self, store: LedgerStore) -> None:
        """Write it into a ledger."""
        self.script.keep(store)
        for each in sorted(self.examined, key=lambda one: -one.hours_ago):
            record = each.record(self.script.ends, self.script.platform_id)
            store.append(record.run_id, (as_draft(record),))


def _outages(
    *hours: float, incident_class: str | None, check: str = "buying", every_h: float = 240
) -> tuple[Outage, ...]:
    return tuple(
        Outage(hours_ago=100 + every_h * number, hours=length, incident_class=incident_class, check=check)  # type: ignore[arg-type]
        for number, length in enumerate(hours)
    )


def _red(days: int, name: str = "SBT-3.2.1-reports") -> tuple[Examined, ...]:
    red = ALL_GOOD | {name: "violates"}
    return tuple(
        Examined(hours_ago=each.hours_ago, functions=red if number < days else ALL_GOOD)
        for number, each in enumerate(DAILY)
    )


SUBJECTS: Sequence[Subject] = (
    Subject(name="one-long-outage", violates=LONG_RUN[0], script=Script(
        hours=17_600, outages=(Outage(hours_ago=800, hours=20, check="front"),),
    )),
    Subject(name="many-short-outages", violates=LONG_RUN[0], script=Script(
        hours=17_600, outages=_outages(*[0.5] * 30, incident_class="network", check="front"),
    )),
    Subject(name="a-year-mostly-unknown-and-lost-already", violates=LONG_RUN[0], script=Script(
        hours=720, outages=(Outage(hours_ago=300, hours=13, check="front"),),
    )),
    Subject(name="three-failures-in-a-year", violates=LONG_RUN[1], script=Script(
        hours=YEAR_H, outages=_outages(*[5 * MINUTE_H] * 3, incident_class="network"),
    )),
    Subject(name="too-many-failures-too-early", violates=LONG_RUN[1], script=Script(
        hours=600, outages=_outages(*[5 * MINUTE_H] * 2, incident_class="network"),
    )),
    Subject(name="failures-however-the-gaps-went", violates=LONG_RUN[1], script=Script(
        hours=17_600,
        outages=(*_outages(*[5 * MINUTE_H] * 6, incident_class="network"), *(
            Outage(hours_ago=9_000 + 300 * n, hours=60, check="buying", state="unknown", why="watcher away")
            for n in range(4)
        )),
    )),
    Subject(name="mean-of-exactly-four-hours", violates=LONG_RUN[2], script=Script(
        hours=17_600, checks=RARELY, outages=_outages(2, 6, incident_class="software", every_h=400),
    )),
    Subject(name="software-down-and-still-down", violates=LONG_RUN[2], script=Script(
        hours=17_600, checks=RARELY, outages=(Outage(hours_ago=5, hours=5, incident_class="software"),),
    )),
    Subject(name="disk-back-after-exactly-twelve-hours", violates=LONG_RUN[3], script=Script(
        hours=17_600, checks=RARELY, outages=_outages(12, incident_class="hardware"),
    )),
    Subject(name="slow-however-the-unclassified-are-classed", violates=LONG_RUN[3], script=Script(
        hours=17_600, checks=RARELY, outages=(
            Outage(hours_ago=3_000, hours=30, incident_class="hardware"), Outage(hours_ago=900, hours=13),
        ),
    )),
    Subject(name="a-quarter-of-an-hour-down", violates=LONG_RUN[4], script=Script(
        hours=17_600, outages=(Outage(hours_ago=400.3, hours=0.25, incident_class="network"),),
    )),
    Subject(name="fifteen-probes-alone", violates=LONG_RUN[4], script=Script(
        hours=17_600, alone={("buying", DAYS[3]): 15},
    )),
    Subject(name="one-bad-day-in-a-short-record", violates=LONG_RUN[4], script=Script(
        hours=200, alone={("buying", DAYS[-2]): 30},
    )),
    Subject(name="red-for-twenty-days", violates=LONG_RUN[5], examined=_red(20)),
    Subject(name="red-in-the-morning-green-at-noon", violates=LONG_RUN[5], examined=(
        Examined(hours_ago=1, functions=ALL_GOOD),
        Examined(hours_ago=6, functions={"SBT-3.2.1-cart": "violates"}),
        *DAILY[1:],
    )),
    Subject(name="three-payments-in-a-hundred-fail", violates=LONG_RUN[6], script=Script(
        hours=17_600, alone={("pay", day): 4 for day in DAYS},
    )),
    Subject(name="payment-down-for-ten-hours", violates=LONG_RUN[6], script=Script(
        hours=17_600, outages=(Outage(hours_ago=300, hours=10, check="pay"),),
    )),
)  # fmt: skip
