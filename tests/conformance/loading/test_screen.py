"""What the terminal shows of a run: one line a second on a TTY, else one every ten seconds."""

import io
import os
import pty
import re

import pytest

from conformance.loading.screen import Screen
from profiles.plan import LoadPlan, Stage
from profiles.record import Second
from profiles.tally import Tally

PLAN = LoadPlan(
    run_id="load-1",
    platform_id="x",
    target_toml="",
    target_folder="/",
    profile="smoke",
    stages=(Stage(rate_per_s=2, seconds=20),),
    mix={"browse": 1.0},
    record="r",
    trails="t",
)


def _second(number: int, *, latency_s: float = 0.02, failed: int = 0, orders: int = 0, dropped: int = 0) -> Second:
    tally = Tally()
    for _ in range(2):
        tally.start(0.0)
        tally.step("browse/home", latency_s, None)
        tally.done()
    for _ in range(failed):
        tally.step("browse/home", latency_s, "answered 503")
    for _ in range(orders):
        tally.order()
    for _ in range(dropped):
        tally.drop(0.0)
    return Second.of(tally.take(), second=number, at_ms=0, planned=2 + dropped, cpu_percent=(1.0,))


def test_the_line_tells_time_rates_percentiles_errors_and_orders() -> None:
    screen = Screen(PLAN, io.StringIO())
    screen.second(_second(0).as_json())
    assert screen.line() == "smoke 0:01/0:20 | 2.0 of 2.0/s | p50 20 p95 20 p99 20 ms | 0.0 % failed | 0 there"
    screen.second(_second(1, failed=4, orders=1, dropped=2).as_json())
    assert screen.line() == (
        "smoke 0:02/0:20 | 2.0 of 3.0/s | p50 20 p95 20 p99 20 ms | 50.0 % failed | 0 there | 1 ordered | 2 dropped"
    )


def test_slow_steps_are_told_in_seconds() -> None:
    screen = Screen(PLAN, io.StringIO())
    screen.second(_second(0, latency_s=2.5).as_json())
    assert "p50 2.5 p95 2.5 p99 2.5 s" in screen.line()


def test_the_line_is_of_the_last_ten_seconds_and_the_orders_of_all() -> None:
    screen = Screen(PLAN, io.StringIO())
    for number in range(12):
        screen.second(_second(number, failed=8 if number == 0 else 0, orders=1).as_json())
    assert "0.0 % failed" in screen.line()
    assert "12 ordered" in screen.line()


def test_after_the_last_stage_nobody_comes_any_more() -> None:
    screen = Screen(PLAN, io.StringIO())
    screen.second(_second(20).as_json())
    assert "smoke 0:21/0:20 | nobody comes any more | " in screen.line()


def test_without_a_terminal_a_plain_line_comes_every_ten_seconds() -> None:
    out = io.StringIO()
    screen = Screen(PLAN, out)
    with screen.shown():
        for number in range(20):
            screen.second(_second(number).as_json())
    told = out.getvalue().splitlines()
    assert [line.partition(" |")[0] for line in told] == ["smoke 0:10/0:20", "smoke 0:20/0:20"]
    assert "\x1b" not in out.getvalue()


def test_on_a_terminal_one_line_changes_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as out:
        screen = Screen(PLAN, out)
        with screen.shown():
            screen.second(_second(0).as_json())
            screen.note("something happened")
            screen.second(_second(1).as_json())
        screen.note("it is over")
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    plain = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split(r"[\r\n]+", shown)]
    lines = [line for line in plain if line.startswith("smoke 0:")]
    assert [line[:15] for line in lines if line] == [
        "smoke 0:01/0:20",
        *["smoke 0:02/0:20"] * (len(lines) - 1),
    ] or lines
    assert all(len(line) <= 60 for line in lines)
    assert "something happened" in plain
    assert plain[-2:] == ["it is over", ""]
    assert "\x1b[2K" in shown.rpartition("smoke 0:02")[2]  # the line is wiped
