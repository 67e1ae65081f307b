"""Programs that a lab of hosts needs; a test that lacks one says so by name."""

import os
import shutil
import subprocess

import pytest

SSHD = "/usr/sbin/sshd"
NEEDED = {"ip": "iproute2", SSHD: "openssh-server", "ssh-keygen": "openssh-client", "sudo": "sudo"}


def lacking() -> str | None:
    """Return why no lab can be built here; None where one can."""
    if os.geteuid() != 0:
        return "network namespaces want root"
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        return f"not installed: apt-get install {' '.join(missing)}"
    made = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False)
    return None if made.returncode == 0 else "this system allows no network namespaces"


def need_lab() -> None:
    """Skip where no lab can be built; under CI that is a failure."""
    why = lacking()
    if why is not None and os.environ.get("CI") == "true":
        pytest.fail(f"under CI the lab of hosts must be there: {why}")
    if why is not None:
        pytest.skip(f"no lab of hosts: {why}")
