"""Good evidence of the long-run checks: two years of a platform that keeps its promises, and daily examinations."""

import functools
import json
from datetime import datetime, timedelta
from typing import Any

from conformance.catalogue.load import load_catalogue
from conformance.recalling import FUNCTION_DAYS, FUNCTIONS_OF, KEPT
from probes.clock import rfc3339
from tests.conformance.judges.standing_script import ENDS, ZONE, Outage, Script

GOOD_YEARS = Script(
    hours=17_600,
    vantages=("here", "there"),
    outages=(
        Outage(hours_ago=5_000, hours=10 / 60, incident_class="software", steps={"detected": 1, "verified": 10}),
        Outage(hours_ago=2_000, hours=12 / 60, incident_class="hardware"),
    ),
)
"""Two failures in 17,600 h, short enough that no day breaks the daily bound."""


@functools.cache
def _history() -> str:
    return json.dumps(GOOD_YEARS.data())


def history() -> dict[str, Any]:
    """Return the data of a good ``ledger.history``."""
    found: dict[str, Any] = json.loads(_history())
    return found


def function_ids() -> list[str]:
    """Return the functions of 3.2.1."""
    return [each.id for each in load_catalogue().requirements if each.parent == FUNCTIONS_OF and each.id != KEPT]


def functions(days: int = 30, until: datetime = ENDS) -> dict[str, Any]:
    """Return the data of a good ``ledger.functions``: examined every day, all functions told conforming."""
    expected = function_ids()
    ended = [until - timedelta(days=back, hours=2) for back in reversed(range(days))]
    rows = [
        {
            "day": at.astimezone(ZONE).date().isoformat(),
            "run_id": f"run-{number}",
            "ended": rfc3339(at),
            "functions": dict.fromkeys(expected, "conforms"),
        }
        for number, at in enumerate(ended)
    ]
    return {
        "days": rows,
        "window_days": FUNCTION_DAYS,
        "until": rfc3339(until),
        "expected": expected,
        "not_built": expected[3:],
    }
