"""The nights in the exposition: few series, and none of what is not known."""

from reports.metrics import Served, exposition
from reports.metrics_snapshot import NIGHT_STATES, Nights, Snapshot
from tests.conformance.serving.serving import Series, parsed, value


def _told(nights: Nights) -> Series:
    snapshot = Snapshot(platform_id="shop", judged_s=1_800_000_000.0, findings=(), nights=nights)
    return parsed(
        exposition(Served(platform_id="shop", tool="duheng 1", snapshot=snapshot), "", current=True)[0].decode()
    )


def test_the_newest_night_and_what_was_missed() -> None:
    steps = {"done": 3, "failed": 0, "cut-short": 1, "missed": 0}
    told = _told(Nights(began_s=1_799_990_000.0, ended_s=1_799_993_600.0, steps=steps, missed=2))
    assert {state: value(told, "duheng_night_steps", state=state) for state in NIGHT_STATES} == steps
    assert value(told, "duheng_night_start_timestamp_seconds") == 1_799_990_000
    assert value(told, "duheng_night_end_timestamp_seconds") == 1_799_993_600
    assert value(told, "duheng_night_missed") == 2
    assert len([name for name, _ in told if name.startswith("duheng_night")]) == 3 + len(NIGHT_STATES)


def test_what_is_not_known_has_no_series() -> None:
    assert not [name for name, _ in _told(Nights()) if name.startswith("duheng_night")]
    assert value(_told(Nights(missed=0)), "duheng_night_missed") == 0
