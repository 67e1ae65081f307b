"""The runner: what a look says becomes a reading; a failed one an Unobserved; a bug stays a bug."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from probes.canonical import canonical_bytes
from probes.clock import Deadline, SystemClock
from probes.errors import (
    Cause,
    Garbage,
    LookFailed,
    NetworkDown,
    NotPermitted,
    NotSet,
    TargetAway,
    Throttled,
    TimedOut,
    Unprepared,
)
from probes.look import Look, Probe, Seen
from probes.observation import Observation, Reading, Unobserved, from_record, to_record
from probes.redaction import REDACTED
from probes.runner import deadline_of, run_probe
from probes.target import Target
from tests.conformance.looks import probe, target
from tests.probes.looking import looking


class Watch:
    """A clock that a test moves; its offset is known."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
        self.seconds = 0.0
        self.offset_s: float | None = 0.25

    def now(self) -> datetime:
        return self.instant

    def monotonic_s(self) -> float:
        return self.seconds


def run(one: Probe, given: Target, clock: Watch | None = None) -> tuple[Reading, Look]:
    look = looking(given, "one", clock=clock)
    return run_probe(one, look, run_id="run-1")[0], look


def seeing(data: Any) -> Callable[[Look], Seen]:
    return lambda _: Seen(data=data)


def failing(error: BaseException) -> Callable[[Look], Seen]:
    def look(_: Look) -> Seen:
        raise error

    return look


def test_the_header_says_where_when_and_by_what(tmp_path: Path) -> None:
    clock = Watch()

    def slow(_: Look) -> Seen:
        clock.instant = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
        return Seen(data={})

    reading, _ = run(probe("net.tcp", look=slow), target(tmp_path), clock)
    header = reading.header
    assert header.observed_at == "2026-11-21T09:30:00.000000Z"  # when the look began: no evidence is younger
    assert (header.kind, header.subject, header.run_id, header.probe_version) == ("net.tcp", "one", "run-1", "1")
    assert (header.platform_id, header.clock_offset_s) == ("shop", 0.25)


FAILURES: tuple[tuple[LookFailed, Cause], ...] = (
    (TargetAway("x"), "target"),
    (TimedOut("x"), "target"),
    (Throttled("x"), "target"),
    (Garbage("x"), "target"),
    (LookFailed("x"), "target"),
    (NetworkDown("x"), "network"),
    (NotPermitted("x"), "permission"),
    (NotSet("x"), "settings"),
    (Unprepared("x", cause="stale"), "stale"),
)


@pytest.mark.parametrize(("failed", "cause"), FAILURES, ids=str)
def test_a_failed_look_is_unobserved_with_its_cause_and_spoils_what_stands_on_it(
    failed: LookFailed, cause: Cause, tmp_path: Path
) -> None:
    reading, look = run(probe("shop.order", look=failing(failed)), target(tmp_path))
    assert isinstance(reading, Unobserved)
    assert reading.cause == cause
    with pytest.raises(Unprepared) as later:
        look.scene.get("shop.order/order")
    assert later.value.cause == cause


@pytest.mark.parametrize("error", [ZeroDivisionError("bug"), KeyError("bug"), OSError("bug"), KeyboardInterrupt()])
def test_anything_else_passes_through(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(error)):
        run(probe("net.tcp", look=failing(error)), target(tmp_path))


def test_what_a_failure_says_is_redacted(tmp_path: Path) -> None:
    look = looking(target(tmp_path), "one")
    look.redactor.add("s3cret-word")
    reading, _ = run_probe(probe("x", look=failing(TargetAway("no /s3cret-word/"))), look, run_id="r")
    assert isinstance(reading, Unobserved)
    assert reading.detail == f"no /{REDACTED}/"


def test_a_failure_that_tells_of_garbage_can_be_kept(tmp_path: Path) -> None:
    reading, _ = run(probe("one", look=failing(Garbage("it said half \ud800 a pair"))), target(tmp_path))
    assert isinstance(reading, Unobserved)
    assert reading.detail == "it said half ? a pair"
    assert canonical_bytes(to_record(reading))


def test_what_a_look_saw_is_redacted_and_its_attachments_are_named_by_digest(tmp_path: Path) -> None:
    look = looking(target(tmp_path), "one")
    look.redactor.add("s3cret-word")
    data = {"text": "s3cret-word", "password": "else", "lines": [{"a": "x s3cret-word"}]}
    reading, raw = run_probe(probe("x", look=lambda _: Seen(data=data, attachments=(b"page",))), look, run_id="r")
    assert isinstance(reading, Observation)
    assert reading.data["text"] == REDACTED
    assert reading.data["password"] == REDACTED
    assert reading.data["lines"][0]["a"] == f"x {REDACTED}"
    assert raw == (b"page",)
    assert len(reading.attachments) == 1


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (1234567890123456789, "1234567890123456789"),
        (-(2**60), str(-(2**60))),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (1.5, 1.5),
        (True, True),
        ("half \ud800 a pair", "half ? a pair"),
        ({"\udc00": 1}, {"?": 1}),
    ],
)
def test_what_canonical_json_cannot_say_is_kept_as_text(value: Any, kept: Any, tmp_path: Path) -> None:
    reading, _ = run(probe("x", look=seeing({"number": value, "list": [value]})), target(tmp_path))
    assert isinstance(reading, Observation)
    assert reading.data["number"] == kept
    assert reading.data["list"] == (kept,)
    assert reading.id.startswith("sha256:")
    assert from_record(to_record(reading)) == reading
    assert canonical_bytes(to_record(reading))


@pytest.mark.parametrize(
    ("environment", "authorised", "writes", "seen"),
    [
        ("disposable", True, True, True),
        ("disposable", False, True, False),
        ("production", True, True, False),
        ("production", False, False, True),
    ],
)
def test_a_look_that_writes_is_refused_where_the_run_may_not(
    environment: str, authorised: bool, writes: bool, seen: bool, tmp_path: Path
) -> None:
    looked: list[str] = []

    def look(given: Look) -> Seen:
        looked.append(given.subject)
        return Seen(data={})

    given = target(tmp_path, authorised=authorised, environment=environment)
    reading, _ = run(probe("x", look=look, writes=writes), given)
    assert isinstance(reading, Observation) == seen
    assert looked == (["one"] if seen else [])
    if isinstance(reading, Unobserved):
        assert reading.cause == "permission"


def test_the_deadline_is_the_probe_s_own_or_the_run_s_whichever_comes_first() -> None:
    clock = Watch()
    whole = Deadline.after(clock, 100)
    assert deadline_of(probe("x", deadline_s=60), clock, whole).remaining_s() == 60
    clock.seconds = 70
    assert deadline_of(probe("x", deadline_s=60), clock, whole).remaining_s() == 30
    other = SystemClock()
    assert 0 < deadline_of(probe("x", deadline_s=60), other, whole).remaining_s() <= 60
