"""A machine that can be switched, for tests: a process, or a PostgreSQL on a file system of its own that a cut hits.

``python -m tests.profiles.drills.switched FOLDER off | on`` is its switch. What it runs is ``FOLDER/boot``, as
the first process of a namespace of processes and of mounts of its own. Where that mounts a file system at
``FOLDER/disk``, ``off`` stops the file system first, and nothing that was not synchronised is on it ever after (as ext4
itself has it for tests: ``EXT4_IOC_SHUTDOWN`` without flushing); then everything in the namespace dies at once.
"""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.awaiting import until

_SHUTDOWN = 0x8004587D
_WITHOUT_FLUSHING = 2
IDLE = f"BOOTED\nexec {shutil.which('sleep')} 600"
"""What a machine runs that does nothing."""

_ROOT = Path(__file__).resolve().parents[3]


def need_namespaces() -> None:
    """Skip by name where no machine can be made; under CI that is a failure."""
    import pytest  # not in the switch itself, which is asked often

    made = subprocess.run(["unshare", "--pid", "--mount", "--ipc", "--fork", "true"], capture_output=True, check=False)
    if made.returncode != 0 and os.environ.get("CI") == "true":
        pytest.fail("under CI machines that are switched must be there: namespaces want root")
    if made.returncode != 0:
        pytest.skip("no machines that are switched: namespaces want root")


def switch(folder: Path, act: str) -> list[str]:
    """Return the command that switches a machine ``off`` or ``on``."""
    return ["env", f"PYTHONPATH={_ROOT}", sys.executable, "-m", "tests.profiles.drills.switched", str(folder), act]


def switch_now(folder: Path, act: str) -> None:
    """Switch a machine, as its owner does."""
    subprocess.run(switch(folder, act), check=True)


def entry_of(folder: Path) -> dict[str, object]:
    """Return the keys of a ``[[drills]]`` entry that switch a machine."""
    state = ["sh", "-c", 'kill -0 "$(cat "$0")" 2>/dev/null && echo running || echo "shut off"', str(folder / "pid")]
    return {"off": switch(folder, "off"), "on": switch(folder, "on"), "state": state, "off_says": "^shut off$"}


def make(folder: Path, boot: str) -> None:
    """Make a machine that runs a text of sh; it is off."""
    folder.mkdir(exist_ok=True)
    # The number is that outside: this mount of /proc is not the namespace's own.
    told = f"read -r pid rest </proc/self/stat; echo $pid >{folder}/pid.new; mv {folder}/pid.new {folder}/pid\n"
    (folder / "boot").write_text(f"{boot.replace('BOOTED', told)}\n")


def running(folder: Path) -> int | None:
    """Return the number of its first process; None where it is off."""
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        pid = int((folder / "pid").read_text())
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}:
            return pid
    return None


def on(folder: Path) -> None:
    """Switch it on, and wait until it has booted."""
    if running(folder) is not None:
        return
    (folder / "pid").unlink(missing_ok=True)
    words = ["unshare", "--pid", "--mount", "--ipc", "--fork", "sh", str(folder / "boot")]
    with (folder / "console").open("ab") as console:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=console, stderr=console, cwd="/", start_new_session=True
        )
    until(lambda: running(folder), lambda: f"it boots: {(folder / 'console').read_text()}", alive=process)


def off(folder: Path) -> None:
    """Cut its power."""
    pid = running(folder)
    if pid is None:
        return
    disk = Path(f"/proc/{pid}/root") / (folder / "disk").relative_to("/")
    if (folder / "image").exists():
        opened = os.open(disk, os.O_RDONLY)
        fcntl.ioctl(opened, _SHUTDOWN, struct.pack("I", _WITHOUT_FLUSHING))
        os.close(opened)
    os.kill(pid, signal.SIGKILL)
    until(lambda: running(folder) is None and not _attached(folder), "nothing of it is left")


def _attached(folder: Path) -> bool:
    if not (folder / "image").exists():
        return False
    return bool(_output(["losetup", "--associated", str(folder / "image")]).strip())


def _output(words: Sequence[str]) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    {"on": on, "off": off}[sys.argv[2]](Path(sys.argv[1]))
