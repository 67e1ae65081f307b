"""One shopper's way through the shop: a session, whom it belongs to, and steps that are counted."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from probes.errors import LookFailed
from probes.shop.credentials import Login
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.shop.trail import Trail
from profiles.locustfiles.http import LocustHttp
from profiles.pacing import Attempt, Walk
from profiles.plan import LoadPlan

Outputs: TypeAlias = Mapping[str, Any]
Lacking: TypeAlias = Callable[[Outputs], str | None]
"""What an answer lacks that a shopper needs, in plain words; None where nothing."""


class FellShort(LookFailed):
    """The shop did not do what a shopper needs; the walk is over."""


def _nothing(_: Outputs) -> str | None:
    return None


@dataclass(slots=True, kw_only=True)
class Going:
    """One shopper under way; ``login`` is None for a visitor, ``trail`` where nothing is bought."""

    walk: Walk
    session: ShopSession
    plan: LoadPlan
    chance: Random
    recipient: Mapping[str, Any]
    login: Login | None = None
    trail: Trail | None = None
    untidy: bool = False
    tried: bool = False
    bought: bool = False

    def step(self, verb: str, *, lacks: Lacking = _nothing, **inputs: Any) -> Outputs:
        """Do a verb as a step of its own and return its outputs.

        Raises:
            FellShort: the shop said no, or the answer lacks something; the step counts as failed.
            LookFailed: as the session does.
            Leaving: the run is being stopped.
        """
        with self.counted(verb):
            return self.done(self.session.do(verb, **inputs), lacks)

    def counted(self, verb: str) -> AbstractContextManager[Attempt]:
        """Count what stands in the ``with`` as the step ``shopper/verb``."""
        name = f"{self.walk.arrival.shopper}/{verb}"
        if isinstance(self.session.http, LocustHttp):
            self.session.http.request_name = name
        return self.walk.step(name)

    def done(self, outcome: Outcome, lacks: Lacking = _nothing) -> Outputs:
        """Return the outputs of what a step came to; raises as ``step``."""
        if not isinstance(outcome, Done):
            raise FellShort(outcome.why)
        lacking = lacks(outcome.outputs)
        if lacking is not None:
            raise FellShort(lacking)
        return outcome.outputs
