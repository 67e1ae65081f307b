"""The plans of the load bench. Needs no Locust."""

import time
from pathlib import Path

from profiles.plan import LoadPlan, Stage


def plan_of(folder: Path, rate_per_s: float, seconds: float) -> LoadPlan:
    """Return the plan of so many shoppers a second who browse the bench's shop."""
    return LoadPlan(
        run_id="bench",
        platform_id="bench",
        target_toml=(folder / "duheng.toml").read_text(encoding="utf-8"),
        target_folder=str(folder),
        profile="bench",
        stages=(Stage(rate_per_s=rate_per_s, seconds=seconds),),
        arrivals="even",
        mix={"browse": 1.0},
        max_in_flight=1000,
        think_s=0.0,
        record=str(folder / "record.jsonl"),
        trails=str(folder / f"trails-{time.monotonic_ns()}"),
    )
