"""What the terminal shows: a table on a TTY, else one plain line for each change of state."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from conformance.watch.checks import Answer, Check
from conformance.watch.moments import Gap
from reports.standing import Seen

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(slots=True)
class _Line:
    check: Check
    state: str = "?"
    since_ms: int = 0
    why: str = ""
    last_ms: float | None = None
    failed: str = ""


class Screen:
    """Takes what the watcher tells (``conformance.watch.watcher.Listener``); any thread may ``note``."""

    def __init__(self, checks: Sequence[Check], zone: ZoneInfo, next_start_ms: Callable[[str], int]) -> None:
        """Show these checks; instants in the platform's zone."""
        self._lines = {check.name: _Line(check) for check in checks}
        self._zone = zone
        self._next_start_ms = next_start_ms
        self._say: Callable[[str], None] = _plain(sys.stdout)

    def answered(self, answer: Answer) -> None:
        """Take an answer."""
        line = self._lines[answer.check]
        line.last_ms, line.failed = answer.elapsed_ms, answer.why

    def changed(self, check: str, state: Seen, at_ms: int, why: str) -> None:
        """Take a change of state, and say it."""
        line = self._lines[check]
        line.state, line.since_ms, line.why = state, at_ms, why
        self.note(f"{check} is {state} since {self._at(at_ms)}{f': {why}' if why else ''}")

    def gap(self, gap: Gap) -> None:
        """Say why time was lost."""
        by = f" by {gap.stepped_ms / 1000:+.1f} s" if gap.stepped_ms else ""
        self.note(f"{gap.why}{by}: what happened meanwhile is unknown")
        if gap.stepped_ms < 0:
            self.note(
                "the clock was set back: nothing is recorded until it has passed what the record holds already; if it "
                "was wrong before, start this watcher again under another name ([watch] vantage)"
            )

    def took_over(self, seen_ms: int) -> None:
        """Say that a watcher before this one was not stopped."""
        self.note(
            f"the watcher before this one ended without being stopped, at about {self._at(seen_ms)}; what happened "
            "since then is unknown"
        )

    def note(self, text: str) -> None:
        """Say something else."""
        self._say(text)

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Show the table for as long as this lasts, where a person looks."""
        if not sys.stdout.isatty():
            yield
            return
        from rich.console import Console  # noqa: PLC0415 - for people only
        from rich.live import Live  # noqa: PLC0415

        console = Console()
        with Live(get_renderable=self._table, console=console, refresh_per_second=1, transient=True):
            self._say = console.print
            yield
        self._say = _plain(sys.stdout)

    def _table(self) -> "Table":
        from rich.table import Table  # noqa: PLC0415 - for people only

        colours = {"up": "green", "down": "bold red", "unknown": "yellow"}
        table = Table("check", "state", "since", "next", "last", "")
        for name, line in self._lines.items():
            colour = colours.get(line.state, "dim")
            last = "" if line.last_ms is None else f"{line.last_ms:.0f} ms"
            since = self._at(line.since_ms) if line.since_ms else ""
            next_ms = self._next_start_ms(name)
            following = self._at(next_ms) if next_ms else ""
            table.add_row(name, f"[{colour}]{line.state}[/]", since, following, last, line.failed or line.why)
        return table

    def _at(self, instant_ms: int) -> str:
        return datetime.fromtimestamp(instant_ms / 1000, self._zone).isoformat(timespec="seconds")


def _plain(stream: TextIO) -> Callable[[str], None]:
    lock, gone = threading.Lock(), threading.Event()

    def say(text: str) -> None:
        if gone.is_set():
            return
        try:
            with lock:
                stream.write(text + "\n")
                stream.flush()
        except OSError:  # nobody reads any more; the record goes on
            gone.set()

    return say
