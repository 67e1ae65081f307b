"""Somebody who goes through the miniature shop by the journeys of one of its adapters, on the real engine."""

from functools import cache
from pathlib import Path
from typing import Any, Self

from probes.canonical import thaw
from probes.clock import Deadline, SystemClock
from probes.redaction import Redactor
from probes.shop.adapter_file import load
from probes.shop.engine import Memory, Stage, run
from probes.shop.journey import Adapter, Journey
from probes.shop.outcome import Done, Outcome
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from tests.miniatures.shop.miniature import ADAPTERS, MiniatureShop

PATIENCE_S = 20.0
ADDRESS = {
    "first_name": "丽",
    "last_name": "陈",
    "line1": "南京西路1266号",
    "city": "上海",
    "postcode": "200040",
    "country": "CN",
    "phone": "13800138000",
}
"""Where goods are sent, by the names of the journeys' inputs."""


@cache
def _adapter(name: str) -> Adapter:
    return load(f"{name}.toml", beside=ADAPTERS)


class Shopper:
    """One session on one shop."""

    def __init__(self, shop: MiniatureShop, folder: Path, *, adapter: str = "miniature") -> None:
        """Read the shop's target file, written to ``folder``, and open a session without cookies."""
        self._shop = shop
        self._clock = SystemClock()
        redactor = Redactor()
        target = read_target(shop.target_toml(folder, adapter=adapter))
        self.adapter = _adapter(adapter)
        self._stage = Stage(adapter=self.adapter, base_url=shop.base_url, permits=target.permits, redactor=redactor)
        self._http = RequestsHttp(target, self._clock, redactor)
        self._memory = Memory()

    def __enter__(self) -> Self:
        """Return the shopper."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._http.close()

    def do(self, verb: str, **inputs: Any) -> Outcome:
        """Go through the adapter's journey for a verb and return what came of it."""
        return self.walk(self.adapter.journeys[verb], **inputs)

    def walk(self, journey: Journey, **inputs: Any) -> Outcome:
        """Go through any journey and return what came of it."""
        return run(
            journey,
            http=self._http,
            inputs=inputs,
            deadline=Deadline.after(self._clock, PATIENCE_S),
            stage=self._stage,
            memory=self._memory,
        )

    def done(self, verb: str, **inputs: Any) -> dict[str, Any]:
        """Go through a journey that must succeed, and return its outputs as plain values."""
        outcome = self.do(verb, **inputs)
        assert isinstance(outcome, Done), f"{verb}: {outcome}"
        outputs: dict[str, Any] = thaw(outcome.outputs)
        return outputs

    def came(self, verb: str, **inputs: Any) -> str:
        """Go through a journey and return ``done``, ``denied`` or ``broken``."""
        return type(self.do(verb, **inputs)).__name__.lower()

    def log_in(self, role: str) -> None:
        """Log in afresh as one of the standing accounts."""
        self._http.forget()
        self._memory.token = None
        self.done("log_in", username=self._shop.username(role), password=self._shop.accounts[role])
