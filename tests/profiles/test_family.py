"""Child processes that end with their parent, and take their own children along."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from profiles.children.family import Family
from tests.awaiting import until

# A child that starts one of its own, says both numbers and waits.
CHILD = (
    "import os, subprocess, sys; own = subprocess.Popen(['sleep', '600']); print(os.getpid(), own.pid, flush=True); "
    "sys.stdin.read()"
)
PARENT = f"""
import os, sys
from pathlib import Path
from profiles.children.family import Family
from tests.awaiting import until
with Family(logs=Path(sys.argv[1]), folder=Path(sys.argv[1])) as family:
    family.start("child", [sys.executable, "-c", {CHILD!r}], environment=dict(os.environ))
    said = until(lambda: (words := family.log("child").read_text().split())[1:] and words, "both numbers")
    print(*said, family._keeper.pid, flush=True)
    sys.stdin.read()
"""


def there(*pids: int) -> list[psutil.Process]:
    found = []
    for pid in pids:
        try:
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture
def parent(tmp_path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("also_the_keeper", [False, True])
def test_a_parent_that_is_killed(parent: "subprocess.Popen[str]", also_the_keeper: bool) -> None:
    with parent:
        assert parent.stdout is not None
        child, grandchild, keeper = map(int, parent.stdout.readline().split())
        if also_the_keeper:
            # Nobody is left to tell the grandchild: that is the one case in which a child's own child outlives us.
            os.kill(grandchild, signal.SIGKILL)
            os.kill(keeper, signal.SIGKILL)
        parent.kill()
        parent.wait()
        until(lambda: not there(child, grandchild, keeper), "all are gone")


def test_leaving_ends_what_a_child_left_behind(parent: "subprocess.Popen[str]") -> None:
    with parent:
        assert parent.stdout is not None
        child, grandchild, keeper = map(int, parent.stdout.readline().split())
        os.kill(child, signal.SIGKILL)
        parent.communicate("")
        assert parent.returncode == 0
        until(lambda: not there(child, grandchild, keeper), "all are gone")


def test_how_a_child_ended_and_what_it_said(tmp_path: Path) -> None:
    with Family(logs=tmp_path, folder=tmp_path) as family:
        family.start("good", ["/bin/sh", "-c", "echo one; echo; echo two; echo"], environment={})
        family.start("bad", ["/bin/sh", "-c", "exit 3"], environment={})
        family.start("hangs", ["/bin/sh", "-c", "read line; echo $line"], environment={})
        assert family.wait_for("good", 20)
        assert family.wait_for("bad", 20)
        assert not family.wait(0)
        assert family.exits() == {"good": 0, "bad": 3}
        assert family.last_words("good") == "two"
        assert family.last_words("bad") == ""
        hanging = family.pid("hangs")
        assert there(hanging)
    assert not there(hanging)


def test_a_child_whose_parent_is_gone_does_not_begin(tmp_path: Path) -> None:
    bound = Path(sys.modules[Family.__module__].__file__ or "").parent / "bound.py"
    made = tmp_path / "made"
    command = [sys.executable, "-I", "-S", str(bound), "1", "/bin/sh", "-c", f"echo > {made}"]
    assert subprocess.run(command, check=False).returncode == 75
    assert not made.exists()
