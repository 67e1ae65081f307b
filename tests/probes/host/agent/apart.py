"""Real services, apart from this machine's own: in namespaces of their own, which end with all that runs in them.

A script starts what it needs (its ``/proc`` shows nothing else, its network has a loopback alone, what it mounts is
seen by nobody else); then the agent reads there, and its document comes back.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[4]
_APART = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
_AWAIT = """
await() {
  for _ in $(seq 600); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.05; done
  echo "never: $*" >&2; exit 3
}
ip link set lo up
"""


def need(**packages: str) -> None:
    """Skip where a program is missing, by the name of its Debian package; under CI that is a failure."""
    missing = [package for program, package in packages.items() if _where(program) is None]
    why = f"not installed: apt-get install {' '.join(missing)}" if missing else _no_namespaces()
    if why is not None and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why is not None:
        pytest.skip(why)


def _where(program: str) -> str | None:
    return shutil.which(program.replace("_", "-"), path=f"{os.environ['PATH']}:/usr/sbin:/sbin:/lib/nut")


def _no_namespaces() -> str | None:
    if os.geteuid() != 0:
        return "namespaces want root"
    made = subprocess.run([*_APART, "true"], capture_output=True, check=False)
    return None if made.returncode == 0 else "this system allows no namespaces"


def read_apart(script: str, *sections: str, account: str = "") -> dict[str, Any]:
    """Run a script apart, then the agent; return its sections. ``await COMMAND`` waits until a command succeeds."""
    agent = f"{sys.executable} -m probes.host.agent --sections {','.join(sections)} --mark '#document#'"
    run = f"setpriv --reuid {account} --clear-groups {agent}" if account else agent
    done = subprocess.run(
        [*_APART, "bash", "-ec", f"{_AWAIT}\n{script}\n{run}"],
        capture_output=True, text=True, check=False, cwd=_ROOT, timeout=240, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PATH": f"/usr/sbin:/sbin:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-1000:]
    document: dict[str, Any] = json.loads(done.stdout.split("#document#")[1])
    return {name: document["sections"][name] for name in sections}
