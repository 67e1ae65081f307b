"""Looks for tests of plan and gather: probes that do what a test says, on a target that nobody contacts."""

from collections.abc import Callable
from pathlib import Path

from conformance.plan import PlannedLook
from probes.clock import Clock, Deadline, SystemClock
from probes.errors import NotSet
from probes.look import Look, Probe, Seen
from probes.redaction import Redactor
from probes.scene import Scene
from probes.target import Target
from probes.target_file import read_target
from probes.transports.port import Http


def nothing(_: Look) -> Seen:
    return Seen(data={})


def probe(
    name: str,
    *,
    look: Callable[[Look], Seen] = nothing,
    subjects: tuple[str, ...] = ("one",),
    after: tuple[str, ...] = (),
    exclusive: frozenset[str] = frozenset(),
    writes: bool = False,
    deadline_s: float = 60,
) -> Probe:
    return Probe(
        name=name,
        version="1",
        look=look,
        subjects=lambda _: subjects,
        deadline_s=deadline_s,
        after=after,
        exclusive=exclusive,
        writes=writes,
    )


def table(*probes: Probe) -> dict[str, Probe]:
    return {one.name: one for one in probes}


def target(folder: Path, *, authorised: bool = True, environment: str = "disposable") -> Target:
    path = folder / "duheng.toml"
    path.write_text(
        f'[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\nenvironment = "{environment}"\n'
        f"authorised = {str(authorised).lower()}\n",
        encoding="utf-8",
    )
    return read_target(path)


def no_connection() -> Http:
    raise AssertionError("this look opens no connection")


def look_at(given: Target, clock: Clock | None = None) -> Callable[[PlannedLook, Deadline], Look]:
    """Return what makes a look of a planned one; all of them share one scene."""
    time = clock or SystemClock()
    scene = Scene(run_token="test", shop=NotSet("no shop in this test"))

    def make(planned: PlannedLook, deadline: Deadline) -> Look:
        return Look(
            target=given,
            subject=planned.subject,
            clock=time,
            deadline=deadline,
            vantage="test",
            http=no_connection,
            scene=scene,
            redactor=Redactor(),
        )

    return make
