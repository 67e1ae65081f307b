"""Plans for tests."""

from typing import Any

from profiles.plan import LoadPlan, Stage


def plan(**changed: Any) -> LoadPlan:
    """Return a plan of 100 arrivals a second for a minute, evenly, of shoppers who browse; with changes."""
    fields: dict[str, Any] = {
        "run_id": "load-1",
        "platform_id": "shop-test",
        "target_toml": "[platform]\n",
        "target_folder": "/somewhere",
        "profile": "test",
        "stages": (Stage(rate_per_s=100, seconds=60),),
        "arrivals": "even",
        "seed": 7,
        "mix": {"browse": 1.0},
        "max_in_flight": 1000,
        "think_s": 0.0,
        "record": "record.jsonl",
        "trails": "trails",
    }
    return LoadPlan(**{**fields, **changed})
