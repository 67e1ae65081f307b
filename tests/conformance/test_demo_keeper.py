"""The demo's keeper: a server that ends is started again, a second keeper goes away, and SIGTERM ends both."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.clock import parse_rfc3339
from tests.awaiting import until
from tests.conformance.running import PATIENCE_S, ROOT
from tests.profiles.drills.host import state_of, wait_for_end_of

WORDS = ("sh", "-c", "echo up; exec sleep 600")
"""A server that says when it is up."""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with keeper(tmp_path) as process:
        yield process
        process.kill()


def keeper(folder: Path, *words_of_server: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "conformance.demo.keeper", "shop", str(folder), *(words_of_server or WORDS)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def up(process: subprocess.Popen[str], folder: Path) -> int:
    """Wait until the server says that it is up; return its id, which stands in the file soon after."""
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"

    def living() -> int | None:
        pid = int((folder / "shop.pid").read_text())
        return None if state_of(pid) in {"", "Z"} else pid

    return until(living, "the server's id", alive=process)


def test_a_server_that_is_killed_is_started_again(kept: subprocess.Popen[str], tmp_path: Path) -> None:
    first = up(kept, tmp_path)
    os.kill(first, signal.SIGKILL)
    second = up(kept, tmp_path)
    assert second != first
    lines = [line.split(" ", 2) for line in (tmp_path / "keeper.log").read_text().splitlines()]
    assert [parse_rfc3339(at) for at, *_ in lines] == sorted(parse_rfc3339(at) for at, *_ in lines)
    assert [words.partition(":")[0] for _, _, words in lines] == ["acted", "detected", "decided", "acted"]
    kept.send_signal(signal.SIGTERM)
    assert kept.wait(PATIENCE_S) == 0
    wait_for_end_of(second)
    assert not (tmp_path / "shop.pid").exists()


def test_a_second_keeper_of_the_same_server_goes_away(kept: subprocess.Popen[str], tmp_path: Path) -> None:
    server = up(kept, tmp_path)
    with keeper(tmp_path) as another:
        assert another.wait(PATIENCE_S) == 0
    assert (int((tmp_path / "shop.pid").read_text()), state_of(server)) == (server, "S")
    kept.send_signal(signal.SIGTERM)
    assert kept.wait(PATIENCE_S) == 0


def test_a_server_that_never_comes_up_is_not_tried_for_ever(tmp_path: Path) -> None:
    with keeper(tmp_path, "sh", "-c", "exit 3") as process:
        assert process.wait(PATIENCE_S) == 1
    assert "detected: ended with status 3" in (tmp_path / "keeper.log").read_text()
