"""What a watcher does with the runs that one before it left open: seal them, and say that nobody watched since."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from conformance.watch.checks import Check
from conformance.watch.confirm import Step
from conformance.watch.recorder import Recorder
from reports.standing import Interval

WATCHER_AWAY: Final = "watcher away"


def take_up(
    recorder: Recorder,
    checks: Sequence[Check],
    left: Iterable[Interval],
    recorded_to: Mapping[str, int],
    *,
    now_ms: int,
) -> None:
    """Enter the checks into a fresh recorder, after what is recorded of them.

    A run that was left open is sealed where it was last committed. From there to now the check is unknown, if it is
    still watched: the watcher was away.
    """
    watched = {check.name for check in checks}
    for check in checks:
        recorder.add(check.name, every_ms=check.grid.every_ms, from_ms=recorded_to.get(check.name, 0))
    for interval in left:
        if interval.check not in watched:
            recorder.add(interval.check, every_ms=interval.every_ms)
        recorder.seal_as_it_was(interval)
        if interval.check in watched and interval.ends_ms < now_ms:
            away = Step(state="unknown", at_ms=interval.ends_ms, why=WATCHER_AWAY, depth=interval.depth)
            recorder.step(interval.check, away)
            recorder.extend(interval.check, now_ms)
