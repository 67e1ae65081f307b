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


def look(home: Path, sent: bytes) -> "subprocess.CompletedProcess[bytes]":
    """Start the agent as the controller does, on a host with that home."""
    known, boot = packages(), boot_text()
    start = f"import sys;exec(compile(sys.stdin.buffer.read({len(boot)}),'boot','exec'))"
    words = [sys.executable, "-IS", "-c", start, known.whole.digest, known.machine, known.plain.digest, "60"]
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    words = [*words, "--sections", "memory"]
    return subprocess.run(words, input=boot + sent, env=env, capture_output=True, check=False)


def cached(home: Path) -> Path:
    """Put the agent into the cache of a host; return its folder."""
    known = packages()
    digest = known.whole.digest if os.uname().machine == known.machine else known.plain.digest
    zipped = known.whole if digest == known.whole.digest else known.plain
    assert look(home, zipped.content).returncode == 0
    assert b'"memory"' in look(home, b"").stdout
    return home / ".cache" / "duheng" / digest


def test_a_cache_that_lost_its_files_is_sent_anew(tmp_path: Path) -> None:
    folder = cached(tmp_path)
    (folder / "probes/host/agent/__main__.py").write_bytes(b"")  # as after a power cut
    for compiled in folder.rglob("*.pyc"):
        compiled.unlink()
    assert look(tmp_path, b"").stdout.startswith(b"duheng-need ")
    assert not folder.exists()
    assert cached(tmp_path) == folder


def test_a_cache_into_which_others_can_write_is_not_run(tmp_path: Path) -> None:
    folder = cached(tmp_path)
    (folder / "probes/host/agent/__main__.py").write_text("raise SystemExit('somebody else was here')")
    for place in (folder, folder.parent):
        place.chmod(0o777)
        ran = look(tmp_path, b"")
        assert (ran.returncode, ran.stdout.split()[0]) == (0, b"duheng-need"), ran.stderr
        place.chmod(0o700)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_an_agent_that_did_not_arrive_whole_is_not_kept(tmp_path: Path, kept: float) -> None:
    content = packages().whole.content
    ran = look(tmp_path, content[: int(kept * len(content))])
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
