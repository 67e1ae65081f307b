"""paramiko comes without what it imports for a file that is not read here, and keeps nobody else from it."""

import subprocess
import sys

_PROGRAM = """
import sys
import probes.transports.ssh_opening
assert "invoke" not in sys.modules
assert "paramiko" in sys.modules
import invoke
import paramiko.config
print(invoke.__name__)
"""


def test_invoke_is_not_imported_along_and_still_can_be() -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "invoke\n"), ran.stderr
