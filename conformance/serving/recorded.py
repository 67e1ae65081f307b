"""What recalled readings hold for the metrics: each check as it stands, what the MTBF stands on, how old it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conformance.drilling.recall import DRILLS
from conformance.loading.recall import LOAD
from conformance.recalling import FUNCTIONS, HISTORY
from conformance.serving.drilled import drilled
from conformance.serving.loaded import loaded
from probes.clock import parse_rfc3339
from probes.observation import Observation, Reading, to_record
from reports.availability import of_check
from reports.metrics_snapshot import Drilled, Endurance, Loaded, Watched, endurance, watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The standing record. ``newest_s`` is when the newest of each recalled kind was seen (seconds since 1970)."""

    service: str = ""
    checks: Mapping[str, Watched] = field(default_factory=dict)
    endurance: Endurance | None = None
    newest_s: Mapping[str, float] = field(default_factory=dict)
    loads: Mapping[str, Loaded] = field(default_factory=dict)
    drills: Mapping[str, Drilled] = field(default_factory=dict)


def of_readings(readings: Iterable[Reading], *, required_h: float) -> Recorded:
    """Return what the recalled ones among the readings hold; nothing of a kind that was not recorded."""
    data = {
        reading.header.kind: to_record(reading)["data"]
        for reading in readings
        if isinstance(reading, Observation) and reading.header.kind in {HISTORY, FUNCTIONS, LOAD, DRILLS}
    }
    newest = {}
    if FUNCTIONS in data:
        newest[FUNCTIONS] = max(parse_rfc3339(row["ended"]).timestamp() for row in data[FUNCTIONS]["days"])
    loads = loaded(data.get(LOAD, {}))
    if loads:
        newest[LOAD] = max(run.ended_s for run in loads.values())
    drills = drilled(data.get(DRILLS, {}))
    if drills:
        newest[DRILLS] = max(run.ended_s for run in drills.values())
    history = data.get(HISTORY)
    if history is None:
        return Recorded(newest_s=newest, loads=loads, drills=drills)
    services = {check["name"]: of_check(history, check) for check in history["checks"]}
    known = {name: service for name, service in services.items() if service is not None}
    service = known.get(history["service"])
    if service is not None and service.last_known_ms is not None:
        newest[HISTORY] = service.last_known_ms / 1000
    return Recorded(
        service=history["service"],
        checks={name: watched(each) for name, each in known.items()},
        endurance=None if service is None else endurance(service, required_h=required_h),
        newest_s=newest,
        loads=loads,
        drills=drills,
    )
