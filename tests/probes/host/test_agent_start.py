"""What it takes to start the agent: it arrives whole or not at all, and imports no more than it needs."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from probes.host import package
from probes.host.agent.boot import LIBRARY, MODULES, PYTHON
from probes.host.agent.sections import SECTIONS
from probes.host.package import Package, Packages, boot_text, packages, packed
from tests.probes.host.agent.apart import need
from tests.probes.host.forms import ANOTHER, both_forms

_ROOT = Path(__file__).parents[3]
SLOW = frozenset(
    {"argparse", "calendar", "collections", "contextlib", "dataclasses", "enum", "fnmatch", "functools", "hashlib",
     "inspect", "ipaddress", "json", "platform", "re", "selectors", "shutil", "signal", "socket", "subprocess",
     "tempfile", "typing", "urllib", "zipfile"}
)  # fmt: skip


def look(
    home: Path,
    sent: bytes,
    asked: Sequence[str] = ("--sections", "memory"),
    before: str = "",
    around: Sequence[str] = (),
) -> "subprocess.CompletedProcess[bytes]":
    """Start the agent as the controller does, on a host with that home.

    ``before`` is run first, by the same Python; ``around`` is the program that starts it.
    """
    known, boot = packages(), boot_text()
    start = f"import sys;{before}exec(compile(sys.stdin.buffer.read({len(boot)}),'boot','exec'))"
    words = [sys.executable, "-IBS", "-c", start, known.whole.digest, known.machine, known.plain.digest, "60"]
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return subprocess.run([*around, *words, *asked], input=boot + sent, env=env, capture_output=True, check=False)


def zipped() -> Package:
    """Return the agent that fits this machine."""
    known = packages()
    return known.whole if os.uname().machine == known.machine else known.plain


def cached(home: Path, python: str = PYTHON) -> Path:
    """Put the agent into the cache of a host; return its folder."""
    ran = look(home, zipped().content(python))
    assert (ran.returncode, b'"memory"' in ran.stdout) == (0, True), ran.stderr
    assert b'"memory"' in look(home, b"").stdout
    return home / ".cache" / "duheng" / zipped().digest


def wanted(ran: "subprocess.CompletedProcess[bytes]") -> bool:
    """Tell whether it did nothing but ask for the agent."""
    return (ran.returncode, ran.stdout.split()[:1]) == (0, [b"duheng-need"])


def emptied(folder: Path) -> None:
    """Take away all that a folder holds."""
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)


def replaced(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """Return what changes the content of a file."""
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


TORN: dict[str, Callable[[Path], object]] = {
    "the modules empty": replaced(MODULES, lambda _: b""),
    "half of the modules": replaced(MODULES, lambda content: content[: len(content) // 2]),
    "a line of them": replaced(MODULES, lambda content: content.partition(b"\n")[0]),
    "zeros": replaced(MODULES, lambda content: bytes(len(content))),
    "zeros in the modules": replaced(MODULES, lambda content: content[:-500] + bytes(500)),
    "no modules": lambda folder: (folder / MODULES).unlink(),
    "by another Python": replaced(MODULES, lambda content: content.replace(PYTHON.encode(), ANOTHER.encode(), 1)),
    "nothing but a folder": emptied,
    "the library gone": lambda folder: shutil.rmtree(folder / "psutil"),
    "half of the library": replaced(LIBRARY, lambda content: content[: len(content) // 2]),
}


@pytest.mark.parametrize("torn", TORN)
@both_forms
def test_a_cache_that_lost_its_files_is_sent_anew(tmp_path: Path, torn: str, python: str) -> None:
    folder = cached(tmp_path, python)
    TORN[torn](folder)  # as after a power cut
    ran = look(tmp_path, b"")
    assert wanted(ran), ran.stderr
    assert cached(tmp_path, python) == folder


def test_several_looks_at_once_put_a_torn_cache_right_together(tmp_path: Path) -> None:
    folder = cached(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            (folder / MODULES).write_bytes(b"")
            asked = list(pool.map(lambda _: look(tmp_path, b""), range(4)))
            assert all(map(wanted, asked)), [ran.stderr for ran in asked]
            sent = list(pool.map(lambda _: look(tmp_path, zipped().content(PYTHON)), range(4)))
            assert all(b'"memory"' in ran.stdout for ran in sent), [ran.stderr for ran in sent]
            assert b'"memory"' in look(tmp_path, b"").stdout


def test_a_torn_cache_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    need()
    folder = cached(tmp_path)
    (folder / MODULES).write_bytes(b"")
    mounted = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    read_only = ["unshare", "--mount", "sh", "-c", mounted, str(tmp_path)]
    asked = look(tmp_path, b"", around=read_only)
    assert wanted(asked), asked.stderr
    sent = look(tmp_path, zipped().content(PYTHON), around=read_only)
    assert b'"memory"' in sent.stdout, sent.stderr


def test_a_module_that_the_host_lacks_is_told_and_costs_no_cache(tmp_path: Path) -> None:
    folder = cached(tmp_path)
    ran = look(tmp_path, b"", ["--help"], before="sys.modules['argparse']=None;")
    assert (ran.returncode, b"argparse" in ran.stderr) == (1, True), ran.stdout
    assert folder.exists()
    assert b'"memory"' in look(tmp_path, b"").stdout


def _writable(folder: Path) -> None:
    folder.chmod(0o777)


def _somebody_elses(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a folder to somebody else")
    os.chown(folder, 65534, 65534)


@pytest.mark.parametrize("opened", [_writable, _somebody_elses])
@pytest.mark.parametrize("whose", ["agent", "cache"])
def test_a_cache_into_which_others_can_write_is_not_run(
    tmp_path: Path, whose: str, opened: Callable[[Path], None]
) -> None:
    evil = "import sys\ndef main(given):\n    sys.stdout.write('somebody else was here')\n    return 0\n"
    names = ("probes/__init__.py", "probes/host/__init__.py", "probes/host/agent/__init__.py")
    files = {**dict.fromkeys(names, b""), "probes/host/agent/__main__.py": evil.encode()}
    assert b"somebody else" in look(tmp_path, packed(files)).stdout  # under the digest of ours
    assert b"somebody else" in look(tmp_path, b"").stdout
    folder = tmp_path / ".cache" / "duheng" / zipped().digest
    opened(folder if whose == "agent" else folder.parent)
    before = sorted(folder.rglob("*"))
    asked = look(tmp_path, b"")
    assert wanted(asked), asked.stderr
    ran = look(tmp_path, zipped().content(PYTHON))
    assert (ran.returncode, b'"memory"' in ran.stdout) == (0, True), ran.stderr
    assert b"somebody else" not in ran.stdout + ran.stderr
    assert sorted(folder.rglob("*")) == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@both_forms
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_an_agent_that_did_not_arrive_whole_is_not_kept(tmp_path: Path, kept: float, python: str) -> None:
    content = packages().whole.content(python)
    ran = look(tmp_path, content[: int(kept * len(content))])
    assert ran.returncode == 1
    assert ran.stderr
    assert not list(tmp_path.rglob("*"))


@both_forms
def test_what_breaks_off_says_where(tmp_path: Path, python: str) -> None:
    broken = b"def main(given):\n    return inner(*given)\n\n\ndef inner(*given):\n    return len(given) // 0\n"
    names = ("probes/__init__.py", "probes/host/__init__.py", "probes/host/agent/__init__.py")
    agent = Package({**dict.fromkeys(names, b""), "probes/host/agent/__main__.py": broken})
    ran = look(tmp_path, agent.content(python))
    assert ran.returncode == 1
    told = ran.stderr.decode()
    assert "probes/host/agent/__main__.py" in told
    assert "in inner" in told
    assert told.splitlines()[-1].startswith("ZeroDivisionError")


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
