"""Which process a declared one is, what is never hit with it, and how it is started again: on this machine."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from profiles.drills.processes import finding, starting
from tests.awaiting import until
from tests.profiles.drills.host import sh

Start: TypeAlias = Callable[[], subprocess.Popen[bytes]]


def in_folder(folder: Path, entry: dict[str, object], text: str) -> str:
    return sh(f"umask 077; cd {shlex.quote(str(folder))}\n{finding(entry)}\n{text}").stdout


@pytest.mark.parametrize(
    ("written", "is_ours"),
    [
        ("{pid}\n", True),
        (" {pid}", True),
        ("{pid}\n/var/lib/postgresql/16/main\n1763793886\n5432\n", True),
        ("pid {pid}\n", False),
        ("\n", False),
        ("", False),
    ],
)
def test_a_pid_file_tells_by_its_first_line(written: str, is_ours: bool, tmp_path: Path) -> None:
    pidfile = tmp_path / "it's a.pid"
    pidfile.write_text(written.format(pid=os.getpid()))
    told = in_folder(tmp_path, {"pidfile": str(pidfile)}, "main_pid")
    assert told == (f"{os.getpid()}\n" if is_ours else "")


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Start]:
    """Starts processes `PLACE/standing still 600`, each with one below it of the same command line."""
    tool = tmp_path / "standing"
    tool.write_text('#!/bin/sh\n[ "$3" = below ] || { "$0" "$1" "$2" below & }\ntouch "$0.$$"\nread -r line\n')
    tool.chmod(0o755)
    with ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            process = subprocess.Popen([tool, "still", "600"], stdin=subprocess.PIPE, start_new_session=True)
            stack.enter_context(process)
            stack.callback(os.killpg, process.pid, signal.SIGKILL)
            until(tool.with_name(f"standing.{process.pid}").exists, "it stands", alive=process)
            return process

        yield start


def test_a_command_line_tells_the_head_of_a_family(standing: Start, tmp_path: Path) -> None:
    head = standing()
    entry: dict[str, object] = {"command": f"/bin/sh {tmp_path}/standing still"}
    assert in_folder(tmp_path, entry, "main_pid; note_victims; echo $?") == f"{head.pid}\n0\n"
    assert str(head.pid) in (tmp_path / "victims").read_text()
    assert in_folder(tmp_path, {"command": f"/bin/sh {tmp_path}/stand"}, "main_pid") == ""  # whole words


def test_of_two_that_a_command_line_may_mean_none_is_hit(standing: Start, tmp_path: Path) -> None:
    first, _ = standing(), standing()
    entry: dict[str, object] = {"command": f"/bin/sh {tmp_path}/standing still 600"}
    told = in_folder(tmp_path, entry, "note_victims; echo $?; main_pid")
    assert told == f"more than one process has such a command line\n1\n{first.pid}\n"  # and none is started beside
    assert not (tmp_path / "victims").exists()


def test_digits_of_two_lines_are_no_third_process(tmp_path: Path) -> None:
    pidfile, pid = tmp_path / "two.pid", str(os.getpid())
    pidfile.write_text(f"{pid[:-1]}\n{pid[-1]}\n")  # together: ours
    assert in_folder(tmp_path, {"pidfile": str(pidfile)}, "main_pid") != f"{pid}\n"


@pytest.mark.parametrize(("printed", "told"), [("812", "812\n"), ("0", ""), ("", ""), ("812\n\n913", "")])
def test_a_unit_is_one_process_or_none(printed: str, told: str, tmp_path: Path) -> None:
    """A pattern of units would be several."""
    tool = tmp_path / "systemctl"
    tool.write_text(f"#!/bin/sh\nprintf '%s\\n' {shlex.quote(printed)}\n")
    tool.chmod(0o755)
    assert in_folder(tmp_path, {"unit": "*"}, f"PATH={tmp_path}:$PATH; main_pid") == told


def test_neither_the_drill_itself_nor_its_dead_man_is_hit(tmp_path: Path) -> None:
    pidfile = tmp_path / "a.pid"
    pidfile.write_text(f"{os.getpid()}\n")  # the sh of the drill runs below us
    told = in_folder(tmp_path, {"pidfile": str(pidfile)}, "note_victims; echo $?")
    assert "the drill itself runs below it\n1\n" in told
    assert not (tmp_path / "victims").exists()
    one = "(sleep 5 & echo $! >a.pid; echo $! >watchdog.pid; exec sleep 5) & last=$!\n"
    wait = "while [ ! -s watchdog.pid ]; do sleep 0.01; done; note_victims; echo $?; kill $last $(cat a.pid)"
    assert "runs below it\n1\n" in in_folder(tmp_path, {"pidfile": str(pidfile)}, f"rm a.pid\n{one}{wait}")
    assert not (tmp_path / "victims").exists()


def test_what_starts_slowly_is_started_once_and_owes_nothing_to_the_run(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    start = ["sh", "-c", f'echo "$(pwd) $(umask) $$" >>{begun}; exec sleep 5']
    entry: dict[str, object] = {"pidfile": str(tmp_path / "no.pid"), "start": start}
    text = starting(entry)
    twice = f"{text}\ncat starting; while [ ! -s {begun} ]; do sleep 0.01; done\n{text}\ncat starting"
    told = in_folder(tmp_path, entry, twice)
    first, second = told.splitlines()
    where, mask, pid = begun.read_text().splitlines()[0].split()
    os.kill(int(pid), signal.SIGTERM)
    assert (where, int(mask, 8)) == ("/", 0o022)
    assert first == second
    assert first.split()[0] == pid
