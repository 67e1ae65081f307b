"""The agent as it travels: small, the same bytes each time, nothing but the standard library and psutil."""

import ast
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import probes.host.agent
from probes.host.agent.boot import LIBRARY, PYTHON
from probes.host.agent.commands import COMMANDS
from probes.host.package import Package, boot_text, packages
from probes.host.sudoers import sudoers
from tests.probes.host.forms import ANOTHER, both_forms

MOST_BYTES = 200_000
OLDEST = (3, 6)
AGENT = Path(next(iter(probes.host.agent.__path__)))
FILES = sorted(AGENT.rglob("*.py"))


def test_it_is_small_and_its_bytes_depend_on_nothing_but_its_files() -> None:
    known = packages()
    for python, suffix in ((ANOTHER, "py"), (PYTHON, "code")):
        content = known.whole.content(python)
        assert len(known.plain.content(python)) < len(content) < MOST_BYTES
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
        assert {f"probes/host/agent/__main__.{suffix}", f"psutil/__init__.{suffix}", LIBRARY} <= names
        assert not [name for name in names if "__pycache__" in name or "boot" in name]
    files = {"b.py": b"2", "a.py": b"1"}
    other_order = dict(reversed(files.items()))
    assert Package(files).content(ANOTHER) == Package(other_order).content(ANOTHER)
    assert Package(files).digest == Package(other_order).digest != Package({"b.py": b"1", "a.py": b"2"}).digest


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_written_for_old_pythons_and_imports_little(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST)
    foreign = {name for name in _imported(tree) if name.partition(".")[0] not in sys.stdlib_module_names}
    assert all(name == "psutil" or name.startswith("probes.host.agent") for name in foreign), foreign


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _boot(home: Path, stdin: bytes, *arguments: str, digest: str | None = None) -> subprocess.CompletedProcess[bytes]:
    known = packages()
    boot = boot_text()
    start = f"import sys;exec(compile(sys.stdin.buffer.read({len(boot)}),'boot','exec'))"
    named = [digest or known.whole.digest, known.machine, known.plain.digest, "60", *arguments]
    return subprocess.run(
        [sys.executable, "-IBS", "-c", start, *named],
        input=boot + stdin,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )


@both_forms
def test_it_asks_to_be_sent_once(tmp_path: Path, python: str) -> None:
    whole = packages().whole
    asked = _boot(tmp_path, b"")
    assert (asked.returncode, asked.stdout.decode()) == (0, f"duheng-need {whole.digest} {PYTHON}\n")
    first = _boot(tmp_path, whole.content(python), "--sections", "memory")
    assert first.returncode == 0, first.stderr
    assert b'"psutil": "' in first.stdout
    assert [path.name for path in (tmp_path / ".cache" / "duheng").iterdir()] == [whole.digest]
    assert b'"total_bytes"' in _boot(tmp_path, b"", "--sections", "memory").stdout


@both_forms
def test_a_home_that_takes_no_files_is_no_hindrance(tmp_path: Path, python: str) -> None:
    (tmp_path / ".cache").write_text("in the way")
    ran = _boot(tmp_path, packages().whole.content(python), "--sections", "memory")
    assert ran.returncode == 0, ran.stderr
    assert b'"psutil": "' in ran.stdout
    assert [path.name for path in tmp_path.iterdir()] == [".cache"]


@pytest.mark.parametrize("home", ["writable", "blocked"])
def test_a_library_that_cannot_be_loaded_is_done_without(tmp_path: Path, home: str) -> None:
    if home == "blocked":
        (tmp_path / ".cache").write_text("in the way")
    with zipfile.ZipFile(io.BytesIO(packages().whole.content(ANOTHER))) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    other = Package({**files, LIBRARY: b"\x7fELF of another libc"})
    ran = _boot(tmp_path, other.content(ANOTHER), digest=other.digest)
    assert ran.returncode == 0, ran.stderr
    assert b'"psutil": null' in ran.stdout
    assert b'"total_bytes"' in ran.stdout


def test_only_the_newest_stay_in_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "duheng"
    for number in range(5):
        old = cache / (f"{number}" * 64)
        old.mkdir(parents=True)
        os.utime(old, (number, number))
    (cache / ".new-left").mkdir()
    os.utime(cache / ".new-left", (0, 0))
    other = cache / "somebody-else"
    other.mkdir()
    assert _boot(tmp_path, packages().whole.content(ANOTHER), "--sections", "memory").returncode == 0
    kept = {path.name for path in cache.iterdir()}
    assert kept == {packages().whole.digest, "4" * 64, "3" * 64, "somebody-else"}


def test_only_listed_commands_that_want_root_are_in_the_sudoers_file() -> None:
    text = sudoers("duheng")
    for command in COMMANDS.values():
        assert (f"NOPASSWD: {command.path} " in text) is any(
            other.root for other in COMMANDS.values() if other.path == command.path
        )
        assert command.path.startswith("/")
    assert "*" not in text
    assert all(line.startswith(("#", "duheng ALL=(root) NOPASSWD: /")) for line in text.splitlines())


def test_programs_of_the_list_say_what_they_are_for_in_both_languages() -> None:
    for command in COMMANDS.values():
        assert command.en.isascii()
        assert not command.zh.isascii()
