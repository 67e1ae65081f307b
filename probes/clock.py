"""Time as an argument: a wall clock that knows its offset, and deadlines on the monotonic clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from probes.errors import TimedOut


class Clock(Protocol):
    """What the harness asks of time."""

    def now(self) -> datetime:
        """Return the wall clock, aware, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never run backwards."""
        ...

    @property
    def offset_s(self) -> float | None:
        """Known offset of the wall clock (ours minus true, seconds); None where unknown."""
        ...


class SystemClock:
    """This machine's clock; its offset is unknown unless somebody measured it."""

    def __init__(self, *, offset_s: float | None = None) -> None:
        """Keep a measured offset, in seconds, or None."""
        self.offset_s = offset_s

    def now(self) -> datetime:
        """Return the wall clock, aware, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return ``time.monotonic()``."""
        return time.monotonic()


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """An instant on a clock's monotonic scale by which a look must be over, or the moment it is called off."""

    clock: Clock
    at_s: float
    called_off: Callable[[], bool] = _never

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> "Deadline":
        """Return the deadline that lies ``seconds`` from now."""
        return cls(clock=clock, at_s=clock.monotonic_s() + seconds)

    def remaining_s(self) -> float:
        """Return the seconds left; never below zero, and zero once it is called off."""
        return 0.0 if self.called_off() else max(0.0, self.at_s - self.clock.monotonic_s())

    def check(self, what: str) -> float:
        """Return the seconds left.

        Raises:
            TimedOut: if none are left; ``what`` says what was being waited for.
        """
        left = self.remaining_s()
        if left <= 0:
            raise TimedOut(f"deadline passed while waiting for {what}")
        return left

    def sooner(self, seconds: float) -> "Deadline":
        """Return this deadline, or the one ``seconds`` from now if that comes first."""
        return replace(self, at_s=min(self.at_s, self.clock.monotonic_s() + seconds))

    def unless(self, called_off: Callable[[], bool]) -> "Deadline":
        """Return this deadline, over at once when ``called_off`` begins to answer True."""
        return replace(self, called_off=called_off)


def rfc3339(instant: datetime) -> str:
    """Return ``2026-11-21T09:30:00.000000Z`` for an aware datetime."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_rfc3339(text: str) -> datetime:
    """Return the aware UTC datetime that ``text`` names.

    Raises:
        ValueError: if the text is no RFC 3339 instant, or carries no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs an offset: {text!r}")
    return instant.astimezone(UTC)
