"""Lengths between recorded instants: exact, for a limit is."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.judges.drill_run import Drill

INSTANTS_MS = st.integers(min_value=1_700_000_000_000, max_value=1_900_000_000_000)
LENGTHS_MS = st.integers(min_value=1, max_value=12 * 3_600_000)


@given(injected_ms=INSTANTS_MS, length_ms=LENGTHS_MS)
def test_a_repair_is_as_long_as_its_instants_say(injected_ms: int, length_ms: int) -> None:
    until_ms = injected_ms + length_ms
    phases = {"injected_ms": injected_ms, "first_good_ms": injected_ms, "redundant_ms": until_ms}
    recovery = Drill(data={"kind": "hardware", "recovery_s": 0.0, "phases": phases}).recovery()
    assert recovery is not None
    assert recovery.seconds == length_ms / 1000


@given(injected_ms=INSTANTS_MS, length_ms=LENGTHS_MS)
def test_a_platform_that_did_not_come_back_was_away_until_the_fault_was_taken_out(
    injected_ms: int, length_ms: int
) -> None:
    until_ms = injected_ms + length_ms
    steps = [{"step": "revert", "at_ms": until_ms}]
    phases = {"injected_ms": injected_ms}
    drill = Drill(data={"kind": "software", "phases": phases, "steps": steps, "ended_ms": until_ms + 1})
    recovery = drill.recovery()
    assert recovery is not None
    assert (recovery.seconds, recovery.whole) == (length_ms / 1000, False)
