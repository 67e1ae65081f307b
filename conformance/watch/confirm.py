"""From answers to states. Pure: two failed probes confirm an outage, and it begins at the first of them.

One failure alone, with a good probe after it, counts as a failed probe of a service that is up. One that nothing
confirms or refutes, since nothing is known of what came next, is unknown: never up, never down.
"""

from dataclasses import dataclass
from typing import Final, Literal

from reports.standing import Seen

Outcome = Literal["good", "failed", "unknown"]
NOT_CONFIRMED: Final = "not confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From ``at_ms`` on the service is in this state; ``tried`` and ``failed`` count the probe planned for it.

    ``why`` says why it is down or unknown, ``depth`` how far the probe went.
    """

    state: Seen
    at_ms: int
    why: str
    depth: str
    tried: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Failure:
    at_ms: int
    why: str
    depth: str


class Confirmation:
    """The state of one check; told of its probes in the order of their planned starts."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.state: Seen = "unknown"
        self._pending: _Failure | None = None

    @property
    def undecided_ms(self) -> int | None:
        """Return when the failure was planned that nothing has confirmed or refuted yet; None for none."""
        return self._pending.at_ms if self._pending else None

    def good(self, at_ms: int, *, depth: str) -> tuple[Step, ...]:
        """Take a probe that found all well; return what is decided now, in order of time."""
        alone = self._resolved("up", why="", tried=1)
        self.state = "up"
        return (*alone, Step(state="up", at_ms=at_ms, why="", depth=depth, tried=1))

    def failed(self, at_ms: int, *, why: str, depth: str) -> tuple[Step, ...]:
        """Take a probe that found a failure; return what is decided now, in order of time."""
        if self.state != "down" and self._pending is None:
            self._pending = _Failure(at_ms, why, depth)
            return ()
        first = self._resolved("down", why=self._pending.why if self._pending else "", tried=1)
        self.state = "down"
        return (*first, Step(state="down", at_ms=at_ms, why=why, depth=depth, tried=1, failed=1))

    def unknown(self, at_ms: int, *, why: str, depth: str) -> tuple[Step, ...]:
        """Take it that nothing is known from an instant on; return what is decided now, in order of time."""
        pending = self._pending
        alone = self._resolved("unknown", why=f"{NOT_CONFIRMED}: {pending.why}" if pending else "", tried=0)
        self.state = "unknown"
        return (*alone, Step(state="unknown", at_ms=at_ms, why=why, depth=depth))

    def _resolved(self, state: Seen, *, why: str, tried: int) -> tuple[Step, ...]:
        pending, self._pending = self._pending, None
        if pending is None:
            return ()
        return (Step(state=state, at_ms=pending.at_ms, why=why, depth=pending.depth, tried=tried, failed=tried),)
