"""A repository asked over this machine's own shell, and what it takes to make one."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from probes.backups.asking import Asked
from probes.backups.declared import Declared
from probes.clock import Deadline, SystemClock
from probes.transports.local import LocalShell

PASSWORD = "canary-Zx81-backup"


def needs(*programs: tuple[str, str]) -> None:
    """Skip by name where a program is not installed; under CI that is a failure."""
    missing = [f"{name} (Debian: {package})" for name, package in programs if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def asked(declared: Declared, *, secrets: Mapping[str, str] | None = None, seconds: float = 120) -> Asked:
    """Return a declared backup, to be asked on this machine now."""
    clock = SystemClock()
    return Asked(
        declared=declared,
        shell=LocalShell("here"),
        deadline=Deadline.after(clock, seconds),
        now_ms=round(clock.now().timestamp() * 1000),
        secrets=secrets or {},
    )


def declared(tool: str, **values: Any) -> Declared:
    """Return a declared backup on this machine."""
    told: dict[str, Any] = {"name": "main", "host": "here", "holds": ("customers",), "place": "local"}
    return Declared(tool=tool, **(told | values))


def run(argv: Sequence[str | Path], *, account: str | None = None, **environ: str) -> str:
    """Run a program to its end, as another account where we are root; return what it printed."""
    ran = subprocess.run(
        [str(word) for word in argv],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | environ,
        user=account if account is not None and os.geteuid() == 0 else None,
    )
    assert ran.returncode == 0, f"{argv[0]}: {ran.stderr}\n{ran.stdout}"
    return ran.stdout


def flip(path: Path, offset: int | None = None) -> None:
    """Turn one byte of a file over, in its middle unless told where."""
    path.chmod(0o600 | path.stat().st_mode)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 if offset is None else offset] ^= 0xFF
    path.write_bytes(raw)


def largest(folder: Path) -> Path:
    """Return the largest file below a folder."""
    return max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
