"""What it takes to start the agent: it arrives whole or not at all, and imports no more than it needs."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from probes.host import package
from probes.host.agent.sections import SECTIONS
from probes.host.package import Packages, boot_text, packages

_ROOT = Path(__file__).parents[3]
SLOW = frozenset(
    {"argparse", "calendar", "collections", "contextlib", "dataclasses", "enum", "fnmatch", "functools", "hashlib",
     "inspect", "ipaddress", "json", "platform", "re", "selectors", "shutil", "signal", "socket", "subprocess",
     "tempfile", "typing", "urllib", "zipfile"}
)  # fmt: skip


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_an_agent_that_did_not_arrive_whole_is_not_kept(tmp_path: Path, kept: float) -> None:
    known, boot = packages(), boot_text()
    sent = known.whole.content[: int(kept * len(known.whole.content))]
    start = f"import sys;exec(compile(sys.stdin.buffer.read({len(boot)}),'boot','exec'))"
    words = [sys.executable, "-IS", "-c", start, known.whole.digest, known.machine, known.plain.digest, "60"]
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    ran = subprocess.run(words, input=boot + sent, env=env, capture_output=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr
    assert not list(tmp_path.rglob("*"))


def test_a_look_imports_little() -> None:
    program = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); import probes.host.agent.__main__; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-IS", "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert {f"probes.host.agent.{name}" for name in SECTIONS} <= loaded
    assert not SLOW & loaded


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--sections", "memory", "--mark", "|"], 0, '|{"agent":'),
        (["--sections=memory", "--mark=|"], 0, '|{"agent":'),
        (["--help"], 0, "--until FILE"),
        (["--sections", "memory,weather"], 2, "no such section: weather; there are: clock, system"),
        (["--watch", "soon"], 2, "invalid float value: 'soon'"),
        (["--mark"], 2, "expected one argument"),
        (["memory"], 2, "unrecognized arguments: memory"),
    ],
)
def test_it_understands_what_a_program_writes_and_what_a_person_types(words: list[str], status: int, told: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "probes.host.agent", *words], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == status
    assert told in ran.stdout + ran.stderr


def test_threads_that_ask_at_once_share_one_package() -> None:
    package._made.cache_clear()
    together = threading.Barrier(8)
    made: list[Packages] = []

    def ask() -> None:
        together.wait(60)
        made.append(packages())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 8
    assert len({id(each) for each in made}) == 1
