"""A process that keeps a standing record: ``python -m tests.reports.ledger.standing_writer``; a step is a second.

Arguments: URL of the ledger, instant of the first step (ms), seed. It says what it is about to do, and what is durable:
``up to MS`` before each step, then ``open JSON`` or ``sealed JSON``.
"""

import random
import sys
from dataclasses import replace
from pathlib import Path

from probes.clock import SystemClock
from reports.ledger.location import open_ledger
from reports.ledger.standing_record import open_intervals, open_key
from reports.ledger.store import LedgerStore
from reports.standing import Interval, Seen, as_bytes, as_draft

STEP_MS = 1000
_KEY = open_key("shop", "front", "here")
_STATES: tuple[Seen, ...] = ("up", "down", "unknown")


def say(word: str, what: object) -> None:
    sys.stdout.write(f"{word} {what}\n")
    sys.stdout.flush()


def run_of(state: Seen, starts_ms: int, ends_ms: int) -> Interval:
    return Interval(
        platform_id="shop",
        check="front",
        vantage="here",
        state=state,
        starts_ms=starts_ms,
        ends_ms=ends_ms,
        day="2026-11-21",
        tried=0,
        failed=0,
        every_ms=STEP_MS,
        depth="page",
        why="",
        source="watch",
    )


def take_up(store: LedgerStore, now_ms: int) -> None:
    """Seal what an earlier process left open, as far as it had come; since then nobody looked."""
    for left in open_intervals(store, "shop"):
        away = replace(run_of("unknown", left.ends_ms, now_ms), why="watcher away")
        expect = {_KEY: as_bytes(left)}
        store.append("watch", [as_draft(left), as_draft(away)], notes={_KEY: None}, expect=expect)


def step(store: LedgerStore, current: Interval, state: Seen, ends_ms: int) -> Interval:
    """Let the open run last, or seal it and open the next, in one transaction."""
    if state == current.state:
        longer = replace(current, ends_ms=ends_ms)
        store.note({_KEY: as_bytes(longer)}, expect={_KEY: as_bytes(current)})
        say("open", as_bytes(longer).decode())
        return longer
    following = run_of(state, current.ends_ms, ends_ms)
    expect = {_KEY: as_bytes(current)}
    store.append("watch", [as_draft(current)], notes={_KEY: as_bytes(following)}, expect=expect)
    say("sealed", as_bytes(current).decode())
    say("open", as_bytes(following).decode())
    return following


def main() -> None:
    url, begins, seed = sys.argv[1:]
    chance, now_ms = random.Random(int(seed)), int(begins)
    with open_ledger(url, base=Path(), clock=SystemClock()) as store:
        take_up(store, now_ms)
        say("up to", now_ms + STEP_MS)
        current = run_of("up", now_ms, now_ms + STEP_MS)
        store.note({_KEY: as_bytes(current)}, expect={_KEY: None})
        say("open", as_bytes(current).decode())
        while True:
            say("up to", current.ends_ms + STEP_MS)
            state = current.state if chance.random() < 0.5 else chance.choice(_STATES)
            current = step(store, current, state, current.ends_ms + STEP_MS)


if __name__ == "__main__":
    main()
