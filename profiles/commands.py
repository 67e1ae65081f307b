"""The command lines of a load run: Locust as master and as worker, here and elsewhere. No secret stands in them."""

import os
import shlex
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from profiles import variables
from profiles.plan import LoadPlan

LOCUSTFILES: Final = Path(__file__).parent / "locustfiles"
SHOPPERS: Final = LOCUSTFILES / "shoppers.py"
CLOSED: Final = LOCUSTFILES / "closed.py"
LOOPBACK: Final = "127.0.0.1"
ANY: Final = ("*", "0.0.0.0", "::")  # noqa: S104 - what a person may have said

_ALONE: Final = ("-m", "profiles.locustfiles.alone")
"""Locust without anybody's configuration files."""

_LOCUST: Final = ("-m", "locust")
"""Locust as the author of a locustfile knows it."""


def locustfiles(plan: LoadPlan, shoppers: Path = SHOPPERS) -> str:
    """Return Locust's ``-f``: our shoppers, or the user's own file with our listener beside it."""
    return str(shoppers) if plan.closed is None else f"{Path(plan.closed.locustfile).absolute()},{CLOSED}"


def master_command(
    plan: LoadPlan, files: str, *, bind: str, port: int, web_port: int | None, host: str | None
) -> list[str]:
    """Return the master's command.

    ``port`` 0 takes a free one, ``web_port`` None shows no page; ``host`` is what a user's own locustfile asks where it
    names none.
    """
    users, rate = (plan.workers, float(plan.workers)) if plan.closed is None else _crowd(plan)
    shown = ["--headless"] if web_port is None else ["--autostart", "--web-host", LOOPBACK, "--web-port", str(web_port)]
    return [
        sys.executable,
        *_started(plan),
        "-f",
        files,
        "--master",
        f"--master-bind-host={bind}",
        f"--master-bind-port={port}",
        f"--expect-workers={plan.workers}",
        f"--users={users}",
        f"--spawn-rate={rate:g}",
        "--only-summary",
        "--loglevel=INFO",
        *shown,
        *([] if host is None else [f"--host={host}"]),
    ]


def worker_command(plan: LoadPlan, files: str, *, host: str, port: int) -> list[str]:
    """Return a worker's command on this machine."""
    return [sys.executable, *_worker_arguments(plan, files, host=host, port=port)]


def worker_elsewhere(plan: LoadPlan, *, host: str, port: int) -> str:
    """Return the line that a person types on another machine, in a checkout or installation of the same version.

    The run's secret has to be in the environment there, in the variable ``profiles.variables.SECRET``.
    """
    files = "$(python -c 'from profiles.commands import SHOPPERS; print(SHOPPERS)')"
    if plan.closed is not None:
        files = f"{shlex.quote(Path(plan.closed.locustfile).name)}," + files.replace("SHOPPERS", "CLOSED")
    here = socket.gethostname() if host in ANY else host
    arguments = _worker_arguments(plan, "FILES", host=here, port=port)
    return shlex.join(["python", *arguments]).replace("FILES", files)


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return what a child's environment is: this one's, without what would bend Locust, and ``own``.

    Settings of Locust in the environment would change our runs unseen; so they are left out (``alone`` does the same
    with its files).
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LOCUST_") and name not in variables.ALL
    }
    rooms = str(Path(__file__).parent.parent)
    paths = os.pathsep.join([rooms, *filter(None, [kept.get("PYTHONPATH")])])
    return {**kept, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1", **own}


def _worker_arguments(plan: LoadPlan, files: str, *, host: str, port: int) -> list[str]:
    words = ["-f", files, "--worker", f"--master-host={host}", f"--master-port={port}", "--loglevel=INFO"]
    return [*_started(plan), *words]


def _started(plan: LoadPlan) -> tuple[str, ...]:
    return _ALONE if plan.closed is None else _LOCUST


def _crowd(plan: LoadPlan) -> tuple[int, float]:
    assert plan.closed is not None
    return plan.closed.users, plan.closed.users_per_s
