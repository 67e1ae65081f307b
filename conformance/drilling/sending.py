"""What a drill sends from here, between putting its fault in and proving that it took effect: one sender a fault.

A sender is bounded in count and time, and goes nowhere but where the target file says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from conformance.drilling.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a sender did: in a sentence, and as the shapes of ``profiles/drills/README.md`` (instants: our clock)."""

    how: str
    shapes: Mapping[str, Any]


Sender: TypeAlias = Callable[[Task, str], Sent]
"""Sends for a task and the id of its run; raises LookFailed where it cannot."""

SENDERS: Mapping[str, Sender] = MappingProxyType({})
"""Name of a fault to what is sent for it."""
