"""Sections of ``host.facts``: read with their data, or why not."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import cause_in, untold
from probes.observation import Observation
from reports.verdict import Undetermined


def section(facts: Observation, name: str) -> Mapping[str, Any] | Undetermined:
    """Return the data of a section; where it was not read, the verdict that says why."""
    found = (facts.data.get("sections") or {}).get(name)
    host = facts.header.subject
    if found is None:
        return untold(
            facts,
            f"{host}: the agent gave no section {name}.",
            f"{host}：代理程序未给出 {name} 部分。",
            cause="not-built",
        )
    if found["state"] != "read":
        why = str(found.get("why") or "")
        return untold(
            facts,
            f"{host}: the agent could not read {name}: {why}.",
            f"{host}：代理程序无法读取 {name}：{why}。",
            cause=cause_in(found, "cause", "target"),
        )
    return found["data"]  # type: ignore[no-any-return]
