"""Walks through a journey written as TOML on a tiny server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from probes.clock import Clock, Deadline, SystemClock
from probes.redaction import Redactor
from probes.shop.adapter_file import parse
from probes.shop.engine import Mail, Memory, Stage, run
from probes.shop.journey import Adapter
from probes.shop.outcome import Outcome
from probes.transports.http import RequestsHttp
from tests.contracts.http_port import target_for

HEAD = """
[adapter]
name = "tiny"
title_zh = "小店"
title_en = "Tiny shop"
currency = "GBP"
"""


def adapter_of(journeys: str, head: str = HEAD) -> Adapter:
    return parse(head + journeys, file="tiny.toml")


class HandClock:
    """A clock that stands still until somebody pauses on it."""

    offset_s: float | None = None

    def __init__(self) -> None:
        self.elapsed_s = 0.0
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 9, 30, tzinfo=UTC) + timedelta(seconds=self.elapsed_s)

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.elapsed_s += seconds


@dataclass
class Walker:
    """One session on the tiny server."""

    stage: Stage
    http: RequestsHttp
    clock: Clock
    redactor: Redactor
    memory: Memory = field(default_factory=Memory)

    def walk(self, verb: str, *, seconds: float = 20.0, **inputs: Any) -> Outcome:
        return run(
            self.stage.adapter.journeys[verb],
            http=self.http,
            inputs=inputs,
            deadline=Deadline.after(self.clock, seconds),
            stage=self.stage,
            memory=self.memory,
        )


@contextmanager
def walker(
    url: str,
    adapter: Adapter,
    *,
    mail: Mail | None = None,
    clock: Clock | None = None,
    pause: Callable[[float], None] | None = None,
) -> Iterator[Walker]:
    # The transport keeps real time: only the engine's own waiting goes by the clock handed in.
    redactor, target = Redactor(), target_for(url)
    http = RequestsHttp(target, SystemClock(), redactor)
    stage = Stage(
        adapter=adapter,
        base_url=url,
        permits=target.permits,
        redactor=redactor,
        mail=mail,
        pause=pause or (lambda _: None),
    )
    try:
        yield Walker(stage, http, clock or SystemClock(), redactor)
    finally:
        http.close()
