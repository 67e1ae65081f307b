"""The progress bar of gathering: on a terminal only, one line, gone when done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.plan import PlannedLook
from conformance.session import Progress


def _silent(_: PlannedLook | None, __: int, ___: int) -> None:
    """Say nothing: output goes to a file."""


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show which look was finished last, how many of how many, and the time so far."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal; it costs start-up time
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("looking  观察中"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looks", total=None, last="")

        def report(look: PlannedLook | None, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, last=look.name if look else "")

        yield report
