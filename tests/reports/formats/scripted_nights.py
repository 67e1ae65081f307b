"""Some nights as ``ledger.nights`` tells them: one as planned, one cut short, one killed, one missed, one under way."""

from typing import Any

from probes.observation import Reading
from tests.reports.formats import sample
from tests.reports.formats.scripted_drills import DAY, END

MINUTE = 60_000


def step(
    words: str, ended: str = "done", *, begun: int | None = 0, minutes: int = 10, **changes: Any
) -> dict[str, Any]:
    """Return a step that began so many minutes after its night; ``begun`` None: it never did."""
    made = {
        "step": words,
        "started_ms": begun,
        "ended_ms": None if begun is None else begun + minutes * MINUTE,
        "ended": ended,
        "exit": 0 if ended == "done" else None,
        "cause": "",
        "why": "",
        "record": "run-1" if ended == "done" else None,
    }
    return made | changes


def night(days_ago: float, *steps: dict[str, Any], ended: str = "planned", minutes: int = 40) -> dict[str, Any]:
    """Return a night of so many days ago."""
    begun = END - round(days_ago * DAY)
    placed = [
        each | {key: None if each[key] is None else begun + each[key] for key in ("started_ms", "ended_ms")}
        for each in steps
    ]
    return {
        "run_id": f"night-{days_ago:g}",
        "started_ms": begun,
        "ended_ms": None if ended == "under-way" else begun + minutes * MINUTE,
        "ended": ended,
        "why": "",
        "window": None,
        "over_by_ms": begun + 120 * MINUTE,
        "steps": placed,
    }


def nights() -> list[dict[str, Any]]:
    """Return some of them, the newest first."""
    short: dict[str, Any] = {
        "cause": "window",
        "why": "it takes up to 720 s, and the night ends at 2026-03-12 21:00:00 UTC",
    }
    wound: dict[str, Any] = {
        "cause": "wound",
        "why": "drill:hang may have left a host that is not healed: duheng drill --recover",
    }
    return [
        night(0, step("load:nightly"), step("examine", "running", ended_ms=None, begun=10), ended="under-way"),
        night(1, step("load:nightly"), step("drill:software-crash"), step("restore"), step("examine")),
        night(2, step("load:peak"), step("restore", "missed", begun=None, **short), step("examine")),
        night(
            3,
            step("drill:hang", "failed", cause="exit", exit=1, why="exit 1: web1 is NOT proven healed"),
            step("load:nightly", "missed", begun=None, **wound),
            step("examine"),
        ),
        night(
            5,
            step("load:nightly", "cut-short", cause="killed"),
            step("examine", "missed", begun=None, cause="killed"),
            ended="killed",
        ),
    ]


def reading(*runs: dict[str, Any], missed: int = 1) -> Reading:
    """Return the reading of these nights, or of all, with so many that were missed, of four days ago and before."""
    windows = [
        {"starts_ms": END - (4 + each) * DAY, "ends_ms": END - (4 + each) * DAY + 240 * MINUTE}
        for each in range(missed)
    ]
    data = {"nights": list(runs) or nights(), "missed": windows, "in_a_row": 0, "window_days": 30}
    return sample.look("ledger.nights", "platform", data)
