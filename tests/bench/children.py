"""Child processes of the bench: a clean environment for all, and what each costs in seconds of the processor."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.table import Row, ratio

ROOT = Path(__file__).parents[2]
ROUNDS = 9
_NOTHING_COLLECTED = 5
_PATIENCE_S = 300


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of every child: compiled code kept in ``folder``, no pytest plugins but its own.

    Plugins of the developer's would slow both sides of a ratio and so flatter it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }


def child_result(folder: Path, module: str, *words: str) -> dict[str, Any]:
    """Run a module of the bench in a process of its own, and return what it wrote into the file named last.

    Raises:
        RuntimeError: it ended with another status than 0; the message has what it wrote.
    """
    result = folder / f"{module}.json"
    result.unlink(missing_ok=True)
    child = subprocess.run(
        [sys.executable, "-m", module, *words, str(result)],
        env=environment(folder),
        cwd=ROOT,
        check=False,
        timeout=_PATIENCE_S,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if child.returncode:
        raise RuntimeError(f"{module} ended with {child.returncode}:\n{child.stdout.decode(errors='replace')}")
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, its folder, and the exit status that it should have."""

    words: tuple[str, ...]
    folder: Path
    status: int = 0


def cpu_s(command: Command, env: Mapping[str, str]) -> float:
    """Run a command once and return the seconds (user and system) that it took of the processor.

    Raises:
        RuntimeError: it ended with another status than it should; the message has what it wrote.
    """
    with subprocess.Popen(
        command.words, cwd=command.folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert child.stderr is not None
        wrote = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != command.status:
        raise RuntimeError(f"{' '.join(command.words)}: status {child.returncode}: {wrote.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime


def compared(what: str, this: Command, that: Command, *, at_most: float, env: Mapping[str, str]) -> Row:
    """Run two commands by turns and return the ratio of what they cost; the first round is for warming up."""
    series: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for costs, command in zip(series, (this, that), strict=True):
            cost_s = cpu_s(command, env)
            if turn:
                costs.append(cost_s)
    this_s, that_s = map(statistics.median, series)
    return Row(
        what=what,
        value=ratio(*series),
        unit="x",
        at_most=at_most,
        absolute=f"{this_s:.3f} s / {that_s:.3f} s of the processor, medians of {ROUNDS}",
    )


def command_rows(folder: Path) -> list[Row]:
    """Measure collecting and ``--help``."""
    env = environment(folder)
    empty = folder / "empty"
    empty.mkdir()
    (empty / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    listing = ("--collect-only", "-q")
    pytest = (sys.executable, "-m", "pytest")
    script = Path(sys.executable).with_name("duheng")
    duheng = (
        (str(script),) if script.exists() else (sys.executable, "-c", "from conformance.cli.main import entry; entry()")
    )
    return [
        compared(
            "collecting the catalogue, against an empty folder",
            Command(words=(*pytest, "conformance/", *listing), folder=ROOT),
            Command(words=(*pytest, *listing), folder=empty, status=_NOTHING_COLLECTED),
            at_most=3,
            env=env,
        ),
        compared(
            "duheng --help, against python -c pass",
            Command(words=(*duheng, "--help"), folder=ROOT),
            Command(words=(sys.executable, "-c", "pass"), folder=ROOT),
            at_most=4,
            env=env,
        ),
    ]
