"""What the terminal shows of a run: one line that changes on a TTY, else a plain line every few seconds."""

import contextlib
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from profiles.histogram import decode_latencies, merged
from profiles.plan import LoadPlan

if TYPE_CHECKING:
    from rich.text import Text

WINDOW_S: Final = 10
"""Seconds over which rates, percentiles and errors are told."""

PLAIN_EVERY_S: Final = 10
_PERCENTS: Final = (50.0, 95.0, 99.0)
_MINUTE_S: Final = 60
_SECOND_MS: Final = 1000


class Screen:
    """Takes the seconds of a run as its record tells them."""

    def __init__(self, plan: LoadPlan, out: TextIO | None = None) -> None:
        """Show that run, on standard output unless told otherwise."""
        self._plan = plan
        self._out = out or sys.stdout
        self._last: deque[Mapping[str, Any]] = deque(maxlen=WINDOW_S)
        self._orders = 0
        self._dropped = 0
        self._line: Callable[[str], None] | None = None

    def note(self, words: str) -> None:
        """Say something that stays on the terminal."""
        if self._line is None:
            print(words, file=self._out, flush=True)
        else:
            self._note(words)

    def second(self, told: Mapping[str, Any]) -> None:
        """Take one second: a line ``second`` of the record, as JSON."""
        self._last.append(told)
        self._orders += int(told["orders_acknowledged"])
        self._dropped += int(told["dropped"])
        if self._line is not None:
            self._line(self.line())
        elif told["second"] % PLAIN_EVERY_S == PLAIN_EVERY_S - 1:
            self.note(self.line())

    def line(self) -> str:
        """Return the last seconds in one line: time, rates, percentiles, errors, orders."""
        last = tuple(self._last)
        now_s, count = int(last[-1]["second"]) + 1, len(last)
        planned, started = (sum(int(told[name]) for told in last) / count for name in ("planned", "started"))
        steps, failed = (sum(int(told[name]) for told in last) for name in ("steps", "steps_failed"))
        found = merged(decode_latencies(str(told["latency"]), place="second") for told in last)
        parts = [
            f"{self._plan.profile} {_clock(now_s)}/{_clock(self._plan.seconds)}",
            f"{started:.1f} of {planned:.1f}/s" if now_s <= self._plan.seconds else "nobody comes any more",
            *(
                [f"{_latencies(found.percentiles_ms(_PERCENTS))} | {100 * failed / steps:.1f} % failed"]
                if steps
                else []
            ),
            f"{last[-1]['in_flight']} there",
            *([f"{self._orders} ordered"] if self._orders else []),
            *([f"{self._dropped} dropped"] if self._dropped else []),
        ]
        return " | ".join(parts)

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the line on the terminal, where this is one."""
        if not self._out.isatty():
            yield
            return
        from rich.console import Console  # noqa: PLC0415 - only on a terminal; it costs start-up time
        from rich.live import Live  # noqa: PLC0415

        console = Console(file=self._out, highlight=False)
        begun = _text("the workers are being started")
        with Live(begun, console=console, transient=True, auto_refresh=False) as live:
            self._line = lambda line: live.update(_text(line), refresh=True)
            self._note = lambda words: console.print(_text(words, whole=True))
            try:
                yield
            finally:
                self._line = None

    _note: Callable[[str], None]


def _text(words: str, *, whole: bool = False) -> "Text":
    from rich.text import Text  # noqa: PLC0415 - only on a terminal

    return Text(words) if whole else Text(words, no_wrap=True, overflow="ellipsis")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), _MINUTE_S)
    hours, minutes = divmod(minutes, _MINUTE_S)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _latencies(found_ms: Sequence[float | None]) -> str:
    """Return ``p50 7.3 p95 39 p99 45 ms``: one unit for all, that of the last."""
    seconds = (found_ms[-1] or 0.0) >= _SECOND_MS
    told = [(value or 0.0) / (_SECOND_MS if seconds else 1) for value in found_ms]
    shown = (f"p{percent:g} {_two_digits(value)}" for percent, value in zip(_PERCENTS, told, strict=True))
    return f"{' '.join(shown)} {'s' if seconds else 'ms'}"


def _two_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"  # noqa: PLR2004
