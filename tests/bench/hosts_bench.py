"""Facts of 1, 20 and 100 hosts of a lab, cold and warm; 20 of them beside ``ansible -m setup``, in the same run.

Cold: nothing of either is on the hosts, and no connection is open. Warm: the agent is cached there; ansible's own
connections are still open (``ControlPersist``), ours are made anew. Ansible (GPL) is a yardstick only, never imported:
the extra ``[bench]`` brings it, or Debian's ansible-core. All hosts share the processors of this machine with who asks.
"""

import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from probes.host.agent.boot import PYTHON
from probes.host.package import packages
from tests.bench.children import environment
from tests.bench.hosts_lab import Cost, asked, fleet, forget, names, target_file
from tests.bench.table import Row, ratio
from tests.miniatures.lab.lab import USER, Lab, open_folder
from tests.miniatures.lab.names import lacking

ROUNDS = 3
MOST, BESIDE = 100, 20
CONNECTIONS = 20
"""Hosts asked at the same time, by both programs."""

SAMPLED_S = 30
_COLD, _WARM = 5.0, 8.0
_AGENT_KB, _SAMPLER_PERCENT = 200.0, 0.5
_SETTINGS = ("-m", "setup", "-f", str(CONNECTIONS))


def hosts_rows(folder: Path, *, rounds: int = ROUNDS, most: int = MOST, sampled_s: float = SAMPLED_S) -> list[Row]:
    """Measure the agent's size and its sampling, and the fleet where a lab can be built."""
    return [_size(), _sampling(folder, sampled_s), *_fleet_rows(rounds, most)]


def _size() -> Row:
    known = packages()
    whole, code = (len(known.whole.content(python)) / 1000 for python in ("", PYTHON))
    plain = len(known.plain.content("")) / 1000
    return Row(
        what="the host agent, with psutil inside",
        value=max(whole, code),
        unit="kB",
        at_most=_AGENT_KB,
        absolute=f"{whole:.1f} kB as text, {plain:.1f} kB without psutil; {code:.1f} kB compiled for one Python",
    )


def _sampling(folder: Path, sampled_s: float) -> Row:
    """Let the service sample at 1 Hz, and return its share of a core once it is under way."""
    words = [sys.executable, "-m", "probes.host.agent", "--sample", "1", "--spool", str(folder / "spool")]
    with subprocess.Popen(words, env=environment(folder), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline(), "the sampling service ended"
        before_s = _own_s(child.pid)
        try:
            child.wait(sampled_s)
        except subprocess.TimeoutExpired:
            spent_s = _own_s(child.pid) - before_s
        else:
            raise RuntimeError(f"the sampling service ended with status {child.returncode}")
        child.terminate()
    return Row(
        what="the host agent sampling at 1 Hz",
        value=100 * spent_s / sampled_s,
        unit="% of a core",
        at_most=_SAMPLER_PERCENT,
        absolute=f"{1000 * spent_s:.1f} ms of the processor in {sampled_s:.0f} s",
    )


def _own_s(pid: int) -> float:
    """Return the processor's seconds of a process of one thread, to the nanosecond: ticks would tell of none."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def _fleet_rows(rounds: int, most: int) -> list[Row]:
    why = lacking()
    if why is not None:
        return [_left_out(f"facts of {most} hosts", f"left out: no lab of hosts, since {why}")]
    with open_folder() as folder, fleet(folder, most) as (lab, number):
        asking = _Asking(lab, folder)
        rows = []
        for size in sorted({1, min(BESIDE, number), number}):
            asking.ours(size, cold=False)  # for warming up: this machine's files, compiled code
            rows += _alone(asking, size, 1 if size > BESIDE else rounds)
        if number < most:
            rows.append(_left_out(f"facts of {most} hosts", f"left out: this machine takes {number} of them"))
        return rows + _beside(asking, min(BESIDE, number), rounds)


def _left_out(what: str, why: str) -> Row:
    sys.stderr.write(f"{what}: {why}\n")
    return Row(what=what, value=None, unit="", absolute=why)


class _Asking:
    """Both programs, each ready to ask the first so many hosts of a lab."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self._lab, self._folder = lab, folder
        own = environment(folder)
        self._env = own | {
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(folder / "ansible/tmp"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._open),
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "LC_ALL": "C.UTF-8",
        }

    @property
    def _open(self) -> Path:
        return self._folder / "open"

    def ours(self, size: int, *, cold: bool) -> Cost:
        hosts = names(size)
        if cold:
            forget(self._lab, hosts)
        path = target_file(self._lab, self._folder, hosts, CONNECTIONS)
        words = [sys.executable, "-m", "tests.bench.hosts_ours", str(path)]
        return asked(self._lab, hosts, words, self._env, self._folder / "ours.log")

    def ansible(self, program: str, size: int, *, cold: bool) -> Cost:
        hosts = names(size)
        if cold:
            self.close()
            forget(self._lab, hosts)
        words = [program, "all", "-i", str(self._inventory(hosts)), *_SETTINGS]
        return asked(self._lab, hosts, words, self._env, self._folder / "ansible.log")

    def _inventory(self, hosts: Sequence[str]) -> Path:
        path = self._folder / "inventory"
        common = f"ansible_user={USER} ansible_ssh_private_key_file={self._lab.key}"
        options = f"ansible_ssh_common_args='-o UserKnownHostsFile={self._lab.known_hosts}'"
        python = "ansible_python_interpreter=/usr/bin/python3"
        lines = [f"{name} ansible_host={self._lab.address(name)} {common} {options} {python}" for name in hosts]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def close(self) -> None:
        """End the connections that ansible keeps open."""
        for socket in self._open.glob("*") if self._open.exists() else ():
            words = ["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "any"]
            subprocess.run(words, capture_output=True, check=False)


def _alone(asking: _Asking, size: int, rounds: int) -> list[Row]:
    taken: Mapping[str, list[Cost]] = {"cold": [], "warm": []}
    for _ in range(rounds):
        taken["cold"].append(asking.ours(size, cold=True))
        taken["warm"].append(asking.ours(size, cold=False))
    hosts = "1 host" if size == 1 else f"{size} hosts"
    return [
        Row(
            what=f"facts of {hosts}, {how}",
            value=statistics.median(cost.whole_s for cost in costs),
            unit="s",
            absolute=f"{_processor(costs, size)}, {'medians of ' if rounds > 1 else 'measured '}{_times(rounds)}",
        )
        for how, costs in taken.items()
    ]


def _times(rounds: int) -> str:
    return str(rounds) if rounds > 1 else "once"


def _processor(costs: Sequence[Cost], size: int) -> str:
    asking_s = statistics.median(cost.asking_s for cost in costs)
    host_s = statistics.median(cost.hosts_s for cost in costs) / size
    return f"processor: {asking_s:.2f} s of who asks, {host_s:.2f} s of each host"


def _beside(asking: _Asking, size: int, rounds: int) -> list[Row]:
    """Ask by turns; the first cold turn of ansible is for warming up."""
    program = _ansible()
    if program is None:
        why = "left out: ansible is not installed (extra [bench], or Debian's ansible-core)"
        return [_left_out(f"facts of {size} hosts, against ansible -m setup", why)]
    rows = []
    ours: Mapping[str, list[Cost]] = {"cold": [], "warm": []}
    theirs: Mapping[str, list[Cost]] = {"cold": [], "warm": []}
    try:
        asking.ansible(program, 1, cold=True)
        for _ in range(rounds):
            for how in ("cold", "warm"):
                ours[how].append(asking.ours(size, cold=how == "cold"))
            for how in ("cold", "warm"):
                theirs[how].append(asking.ansible(program, size, cold=how == "cold"))
    finally:
        asking.close()
    for how, goal in (("cold", _COLD), ("warm", _WARM)):
        rows.append(_against(f"facts of {size} hosts, {how}: so many times as fast as ansible", ours[how], theirs[how],
                             size=size, goal=goal))  # fmt: skip
    return rows


def _against(what: str, ours: Sequence[Cost], theirs: Sequence[Cost], *, size: int, goal: float) -> Row:
    own, other = ([cost.whole_s for cost in costs] for costs in (ours, theirs))
    absolute = (
        f"{statistics.median(other):.2f} s / {statistics.median(own):.2f} s; "
        f"ansible's {_processor(theirs, size)}; our {_processor(ours, size)}"
    )
    return Row(what=what, value=ratio(other, own), unit="x", at_least=goal, absolute=absolute)


def _ansible() -> str | None:
    beside = Path(sys.executable).with_name("ansible")
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("ansible")
