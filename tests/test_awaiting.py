"""Waiting: what comes is returned, and what cannot come any more fails by name, with what is known of it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.awaiting import until


def test_what_is_not_there_yet_or_half_written_is_asked_for_again(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    steps: Iterator[Callable[[], object]] = iter([lambda: None, noted.touch, lambda: noted.write_text("12\n")])

    def read() -> int:
        next(steps)()
        return int(noted.read_text())

    assert until(read, "a number") == 12


def test_what_does_not_come_is_named_with_what_stood_in_its_way(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the note: not so within 0 s") as failed:
        until((tmp_path / "note").read_text, "the note", seconds=0)
    assert isinstance(failed.value.__cause__, FileNotFoundError)
    with pytest.raises(AssertionError, match="so far: 3"):
        until(lambda: None, lambda: "so far: 3", seconds=0)


def test_an_error_of_another_kind_is_not_waited_out() -> None:
    with pytest.raises(ZeroDivisionError):
        until(lambda: 1 // 0, "never")


def test_nobody_waits_for_a_process_that_is_over_and_its_last_act_counts(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "print('my last words'); open('done', 'w').write('x'); raise SystemExit(3)"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert until((tmp_path / "done").read_text, "its act", alive=process) == "x"
        with pytest.raises(AssertionError, match=r"(?s)another: process .* ended first: status 3 .*my last words"):
            until((tmp_path / "another").read_text, "another", alive=process)
