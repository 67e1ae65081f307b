"""Start Vendure as a shop to examine; ``conformance.demo.lifecycle`` knows what runs, and stops it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from conformance.demo import certificates
from conformance.demo.folder import Folder, prepare
from conformance.demo.lifecycle import Running, free_ports, ready, running
from conformance.demo.processes import Started
from conformance.demo.vendure import packages, target
from probes.errors import SettingsError

READY_S = 120.0
"""A Node.js server with some 300 packages takes four seconds to start, and much longer where others work as well."""


def start(root: Path, *, installed: Path | None = None) -> Running:
    """Start the shop in ``root`` and return when both entries answer.

    Args:
        root: its folder.
        installed: where its packages are, or are put by the first start; by default in ``root``.

    Raises:
        SettingsError: Node.js is missing, the packages could not be installed, the shop already runs, or it did not
            come up; the message says where its log lies.
    """
    program = packages.node()
    already = running(root)
    if already is not None:
        raise SettingsError(f"the demo shop in {root} already runs (port {already.https}): duheng demo stop")
    folder = prepare(root, roles=target.ROLES, key="cookie.key", folders=())
    where = (installed or folder.root / "packages").resolve()
    packages.install(where, log=folder.log)
    https, http = free_ports(2)
    issued = certificates.issue(folder.tls)
    environment = os.environ | {
        "DUHENG_DEMO_CERTIFICATE": str(issued.certificate),
        "DUHENG_DEMO_DATABASE": str(folder.database),
        "DUHENG_DEMO_DIR": str(folder.root),
        "DUHENG_DEMO_HTTP": str(http),
        "DUHENG_DEMO_HTTPS": str(https),
        "DUHENG_DEMO_KEY": str(issued.key),
        "NODE_ENV": "production",
        "NODE_PATH": str(where / "node_modules"),
        "VENDURE_DISABLE_TELEMETRY": "true",
    }
    _build(program, folder, environment)
    server = Started.spawn((program, str(packages.SHOP / "serve.js")), environment, log=folder.log)
    target.write(folder, https=https, http=http)
    return ready(Running(folder=folder, https=https, http=http, processes=(server,)), patience_s=READY_S)


def _build(program: str, folder: Folder, environment: Mapping[str, str]) -> None:
    """Build the database under another name first: a start that is interrupted leaves no half a shop."""
    if folder.database.exists():
        return
    part = folder.database.with_suffix(".part")
    for left in (part, *(Path(f"{part}-{end}") for end in ("wal", "shm"))):
        left.unlink(missing_ok=True)
    with folder.log.open("ab") as log:
        built = subprocess.run(
            [program, str(packages.SHOP / "seed.js")],
            env={**environment, "DUHENG_DEMO_DATABASE": str(part)},
            stdout=log,
            stderr=log,
            check=False,
        )
    if built.returncode != 0:
        raise SettingsError(f"the demo shop's database could not be built: see {folder.log}")
    part.replace(folder.database)
