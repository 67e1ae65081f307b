"""What a drill sends from here, between putting its fault in and proving that it took effect: one sender a fault.

A sender is bounded in count and time, ends early where somebody asks for that, and goes nowhere but where the target
file says.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.drilling.task import Task
from profiles.drills.deadman import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a sender is given: the task, where its run stands on the host, and who says why to end (None: go on)."""

    task: Task
    place: Place
    asked: Callable[[], str | None]

    def pause(self, seconds: float) -> None:
        """Let some time pass between two acts."""
        threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a sender did: in a sentence, and as the shapes of ``profiles/drills/README.md`` (instants: our clock)."""

    how: str
    shapes: Mapping[str, Any]


Sender: TypeAlias = Callable[[Sending], Sent]
"""Sends for a run of a task; raises LookFailed where it cannot."""
