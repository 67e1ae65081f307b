"""What a probe is, what it is given, and what it gives back.

A probe looks at *one* subject and returns ``Seen``; everything that stopped it from looking it raises as a
``LookFailed``. It knows nothing of right and wrong, reads no clock but the one in its ``Look``, and opens no
connection but through it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from probes.clock import Clock, Deadline
from probes.redaction import Redactor
from probes.scene import Scene
from probes.target import Target
from probes.transports.port import Http


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Data of an observation (JSON), and attachments as raw bytes (kept by their SHA-256)."""

    data: Mapping[str, Any]
    attachments: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything a probe may touch.

    ``http`` opens a fresh session (own cookies); ``scene`` hands on what earlier probes made (accounts, orders) and
    the shop; ``redactor`` knows the secrets; ``subject`` is the part of the target to look at.
    """

    target: Target
    subject: str
    clock: Clock
    deadline: Deadline
    vantage: str
    http: Callable[[], Http]
    scene: Scene
    redactor: Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One entry of the table in ``probes.registry``.

    ``subjects`` names the parts of a target to look at (one observation each); ``after`` the probes that must be over
    before; ``exclusive`` the resources that only one probe may disturb at a time (``account:buyer_a``); ``writes``
    whether it does more than read and log in with correct credentials (refused in production); ``last`` whether it
    looks at what all the others did, so that it waits for whatever is planned.
    """

    name: str
    version: str
    look: Callable[[Look], Seen]
    subjects: Callable[[Target], tuple[str, ...]]
    deadline_s: float
    after: tuple[str, ...] = ()
    exclusive: frozenset[str] = field(default_factory=frozenset)
    writes: bool = False
    last: bool = False
