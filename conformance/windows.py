"""Declared windows as spans of time: until when they are open, and what of another span they leave. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from probes.target import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From an instant, up to and without another; both aware, UTC."""

    starts: datetime
    ends: datetime

    def holds(self, instant: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return self.starts <= instant < self.ends


def joined(windows: Sequence[Window]) -> Iterator[Span]:
    """Yield the windows, the earliest first, those that touch taken for one."""
    held: Span | None = None
    for window in sorted(windows, key=lambda each: each.starts.astimezone(UTC)):
        own = Span(starts=window.starts.astimezone(UTC), ends=window.ends.astimezone(UTC))
        if held is not None and own.starts <= held.ends:
            held = Span(starts=held.starts, ends=max(held.ends, own.ends))
            continue
        if held is not None:
            yield held
        held = own
    if held is not None:
        yield held


def covered_until(windows: Sequence[Window], now: datetime) -> datetime | None:
    """Return until when windows are open without a gap, from now on; None where none is open."""
    return next((span.ends for span in joined(windows) if span.holds(now)), None)


def within(spans: Sequence[Span], windows: Sequence[Window]) -> Iterator[Span]:
    """Yield of each span what windows leave of it, from the first to the last of them; nothing where they miss it."""
    opened = tuple(joined(windows))
    for span in spans:
        shared = [each for each in opened if each.starts < span.ends and span.starts < each.ends]
        if shared:
            yield Span(starts=max(span.starts, shared[0].starts), ends=min(span.ends, shared[-1].ends))
