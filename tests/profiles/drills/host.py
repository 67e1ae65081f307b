"""This machine as a host that is drilled: a process with its pid file, and sh as the hand on the host."""

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.awaiting import until

PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class Victim:
    """A process that does nothing, with one below it; ``start`` is how it is started again."""

    folder: Path

    @property
    def pidfile(self) -> Path:
        """Where its id stands."""
        return self.folder / "victim.pid"

    @property
    def start(self) -> list[str]:
        """The command that starts it."""
        return ["sh", "-c", f"sleep 600 & echo $$ >{self.pidfile}.new && mv {self.pidfile}.new {self.pidfile}; wait"]

    @property
    def entry(self) -> dict[str, object]:
        """Its keys of a ``[[drills]]`` entry."""
        return {"pidfile": str(self.pidfile), "start": self.start}

    def pid(self) -> int:
        """Return its id."""
        return int(self.pidfile.read_text())

    def state(self) -> str:
        """Return its state: S sleeps, T stands still, Z is over; empty where it is not there."""
        return state_of(self.pid())


def state_of(pid: int) -> str:
    """Return the state of a process; empty where it is not there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


@contextmanager
def victim(folder: Path, *, account: int | None = None) -> Iterator[Victim]:
    """Start a victim (as the account of that number), and end whatever has its place in the end."""
    found = Victim(folder=folder)
    with subprocess.Popen(found.start, start_new_session=True, user=account, group=account) as process:
        try:
            until(found.pidfile.exists, "the victim's pid file", alive=process)
            yield found
        finally:
            for pid in {found.pid() if found.pidfile.exists() else process.pid, process.pid}:
                with suppress(ProcessLookupError):
                    if os.getpgid(pid) == pid:
                        os.killpg(pid, signal.SIGKILL)


def sh(text: str) -> subprocess.CompletedProcess[str]:
    """Run a text as the hand on the host would."""
    return subprocess.run(
        ["sh", "-s"],
        input=text,
        text=True,
        capture_output=True,
        check=False,
        start_new_session=True,
        timeout=PATIENCE_S,
    )


def end_time_of(folder: Path, *, in_s: float = 0) -> None:
    """Let the time of the watchdog of a run's folder be over in so many seconds."""
    uptime_s = float(Path("/proc/uptime").read_text().split()[0])
    (folder / "deadline.new").write_text(f"{int(uptime_s + in_s)}\n")
    (folder / "deadline.new").replace(folder / "deadline")


def wait_for_end_of(pid: int) -> None:
    """Wait until a process that is none of our children is over."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([descriptor], [], [], PATIENCE_S)
        assert ended, f"process {pid} still runs"
    finally:
        os.close(descriptor)
