"""What can only be tested in a process that gevent has patched, run in one: see ``tests/profiles/patched``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "patched"
ROOT = Path(__file__).parents[2]
FILES = sorted(path.name for path in FOLDER.glob("*.py") if not path.name.startswith("_"))


@pytest.mark.parametrize("file", FILES)
def test_in_a_patched_process(file: str) -> None:
    command = [sys.executable, "-m", "tests.profiles.patched", str(FOLDER / file), "-q", "-rf"]
    run = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), check=False, timeout=600, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-10_000:] + run.stderr[-2_000:]
    assert " passed" in run.stdout


def test_every_file_is_run() -> None:
    assert FILES == ["locust_http.py", "shoppers.py"]
