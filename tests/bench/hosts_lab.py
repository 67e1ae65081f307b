"""A fleet of hosts to measure on, each in a network namespace of its own, and what asking them costs on both sides."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.children import ROOT
from tests.miniatures.lab.lab import USER, Lab, LabHost

_HOST_BYTES = 24_000_000
"""Memory that a host of the lab takes while it is asked: its SSH server, a session and the agent."""

_CLOSING_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What asking hosts once took: seconds in all, seconds of processor of who asks, and of all the hosts together."""

    whole_s: float
    asking_s: float
    hosts_s: float


def names(number: int) -> tuple[str, ...]:
    """Return the names of the first hosts."""
    return tuple(f"h{count}" for count in range(1, number + 1))


@contextmanager
def fleet(folder: Path, most: int) -> Iterator[tuple[Lab, int]]:
    """Give a lab of so many hosts and their number: half of them, and half again, where the machine takes no more."""
    number = max(1, min(most, psutil.virtual_memory().available // _HOST_BYTES))
    lab = _begun(folder / f"lab{number}", number)
    while lab is None:
        number //= 2
        lab = _begun(folder / f"lab{number}", number)
    try:
        yield lab, number
    finally:
        lab.__exit__(None, None, None)


def _begun(folder: Path, number: int) -> Lab | None:
    folder.mkdir(mode=0o755)
    lab = Lab(folder, *(LabHost(name=name) for name in names(number)))
    try:
        return lab.__enter__()
    except (AssertionError, OSError):
        lab.__exit__(None, None, None)
        if number == 1:
            raise
        return None


def target_file(lab: Lab, folder: Path, hosts: Sequence[str], connections: int) -> Path:
    """Write a target file of these hosts."""
    entries = "".join(
        f'[[hosts]]\nname = "{name}"\naddress = "{lab.address(name)}"\nuser = "{USER}"\n'
        f'key_file = "{lab.key}"\nknown_hosts = "{lab.known_hosts}"\n'
        for name in hosts
    )
    platform = '[platform]\nid = "lab"\nname = "Lab"\nbase_url = "https://shop.example"\n'
    path = folder / f"hosts-{len(hosts)}.toml"
    path.write_text(f"{platform}{entries}[hosts_limits]\nconnections = {connections}\n", encoding="utf-8")
    return path


def forget(lab: Lab, hosts: Sequence[str]) -> None:
    """Take away what asking left in the homes."""
    for name in hosts:
        for left in (".cache", ".ansible"):
            shutil.rmtree(lab.home(name) / left, ignore_errors=True)


def asked(lab: Lab, hosts: Sequence[str], words: Sequence[str], env: Mapping[str, str], log: Path) -> Cost:
    """Run a command in the client's namespace, its output into ``log``, and return what it cost.

    Raises:
        RuntimeError: it failed; the message has the end of what it wrote.
    """
    before_s, began_s = _hosts_s(lab, hosts), time.perf_counter()
    with log.open("wb") as told:
        inside = ["ip", "netns", "exec", lab.client, *words]
        child = subprocess.Popen(inside, cwd=ROOT, env=env, stdout=told, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    whole_s = time.perf_counter() - began_s
    if child.returncode:
        wrote = log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{' '.join(words)}: status {child.returncode}: {wrote[-2000:]}")
    asking_s = usage.ru_utime + usage.ru_stime
    # Sessions that are closing are waited for: what they took is their server's only then. Ansible's stay open.
    psutil.wait_procs(_sessions(lab, hosts), timeout=_CLOSING_S)
    return Cost(whole_s=whole_s, asking_s=asking_s, hosts_s=_hosts_s(lab, hosts) - before_s)


def _hosts_s(lab: Lab, hosts: Sequence[str]) -> float:
    """Return the processor's seconds of the hosts' SSH servers and all that they ever started."""
    return sum(map(_spent_s, (*_servers(lab, hosts), *_sessions(lab, hosts))))


def _servers(lab: Lab, hosts: Sequence[str]) -> list[psutil.Process]:
    return [psutil.Process(server.pid) for name in hosts if (server := lab.built[name].process) is not None]


def _sessions(lab: Lab, hosts: Sequence[str]) -> list[psutil.Process]:
    return [process for server in _servers(lab, hosts) for process in server.children(recursive=True)]


def _spent_s(process: psutil.Process) -> float:
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0  # its parent has waited for it by now, and has its seconds
    return float(spent.user + spent.system + spent.children_user + spent.children_system)
