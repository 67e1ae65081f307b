"""Facts of hosts over real SSH servers, each in a network namespace of its own, each odd in one way."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.clock import Deadline, SystemClock
from probes.host.facts import PROBE
from probes.host.package import packages
from probes.host.reach import shell_on
from probes.observation import Observation, Reading, Unobserved
from probes.runner import run_probe
from probes.target import Target
from probes.target_file import read_target
from tests.miniatures.lab.lab import USER, Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab
from tests.probes.looking import looking

pytestmark = pytest.mark.integration
PYTHON = "/usr/bin/python3"
HOURS_S = 5 * 3600


def _another_python(folder: Path, *, before: str) -> str:
    """Return a search path whose python3 does something first."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    program = folder / "python3"
    program.write_text(
        f"#!{PYTHON} -I\nimport sys\n{before}\nsys.argv = ['-c', *sys.argv[4:]]\n"
        "code = sys.orig_argv[5] if len(sys.orig_argv) > 5 else ''\nexec(code)\n"
    )
    program.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def _no_python(folder: Path) -> str:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    for name in ("timeout", "true"):
        (folder / name).symlink_to(shutil.which(name) or "")
    return str(folder)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    need_lab()
    with open_folder() as folder, Lab(folder, *_hosts(folder)) as built:
        built.mute("mute")
        built.unplug("down")
        other = (folder / "key.pub").read_text().split()
        lines = [
            f"{line.split()[0]} {other[0]} {other[1]}" if line.startswith(built.address("changed") + " ") else line
            for line in built.known_hosts.read_text().splitlines()
        ]
        built.known_hosts.write_text("\n".join(lines) + "\n")
        yield built


def _hosts(folder: Path) -> tuple[LabHost, ...]:
    hours = f"import time; real = time.time; time.time = lambda: real() + {HOURS_S}"
    arm = "import os; real = os.uname; os.uname = lambda: os.uname_result((*real()[:4], 'aarch64'))"
    return (
        LabHost(name="web1"),
        LabHost(name="down"),
        LabHost(name="changed"),
        LabHost(name="bare", path=_no_python(folder / "bare")),
        LabHost(name="sealed", mounts="ro"),
        LabHost(name="gate"),
        LabHost(name="inner", behind="gate"),
        LabHost(name="mute", sshd=False),
        LabHost(name="chatty", profile="echo Welcome to chatty; echo Mind the gap >&2\n"),
        LabHost(name="flood", profile="yes flooding | head -c 3000000 >&2\n"),
        LabHost(name="endless", profile="yes flooding\n"),
        LabHost(name="full", mounts="size=64k"),
        LabHost(name="noexec", mounts="noexec"),
        LabHost(name="ahead", path=_another_python(folder / "ahead", before=hours)),
        LabHost(name="arm", path=_another_python(folder / "arm", before=arm)),
        LabHost(name="closed", shell="/usr/sbin/nologin"),
    )


def target_of(
    lab: Lab, folder: Path, *names: str, jump: str | None = None, more: str = "", deadline_s: float = 60
) -> Target:
    entries = [
        f'[[hosts]]\nname = "{name}"\naddress = "{lab.address(name)}"\nuser = "{USER}"\n'
        f'key_file = "{lab.key}"\nknown_hosts = "{lab.known_hosts}"\n'
        + (f'jump = "{jump}"\n' if lab.hosts[name].behind and jump else "")
        + more
        for name in names
    ]
    path = folder / "duheng.toml"
    path.write_text(
        '[platform]\nid = "lab"\nname = "Lab"\nbase_url = "https://shop.example"\n'
        + "\n".join(entries)
        + f"\n[hosts_limits]\ndeadline_s = {deadline_s}\n"
    )
    return read_target(path)


def read(lab: Lab, target: Target, *names: str) -> dict[str, Reading]:
    """Return the readings of all hosts, gathered as an examination gathers them."""
    first = looking(target, names[0], seconds=120)

    def one(name: str) -> Reading:
        look = looking(target, name, seconds=120)
        shared = type(look)(**{slot: getattr(look, slot) for slot in look.__slots__} | {"scene": first.scene})
        return run_probe(PROBE, shared, run_id="run")[0]

    return lab.inside(lambda: {name: one(name) for name in names})


def facts_of(reading: Reading) -> Any:
    assert isinstance(reading, Observation), reading
    return reading.data


def why_not(reading: Reading) -> tuple[str, str]:
    assert isinstance(reading, Unobserved), reading
    return reading.cause, reading.detail


def left_behind(home: Path) -> list[str]:
    """Return what stands in a home beside what the lab put there; of the cache only its first level."""
    return sorted(
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.name != ".bashrc" and len(path.relative_to(home).parts) <= 3
    )


CACHE = [".cache", ".cache/duheng"]


def test_a_fleet_in_which_some_are_odd(lab: Lab, tmp_path: Path) -> None:
    names = ("web1", "down", "changed", "bare", "sealed", "gate", "inner", "chatty", "flood")
    readings = read(lab, target_of(lab, tmp_path, *names, jump="gate"), *names)
    for name in ("web1", "sealed", "gate", "inner", "chatty", "flood"):
        seen = facts_of(readings[name])
        assert seen["host"] == name
        assert seen["agent"]["psutil"], name
        assert seen["sections"]["memory"]["state"] == "read"
        assert abs(seen["clock"]["ahead_s"]) <= seen["clock"]["within_s"]
    addresses = [
        entry["address"]
        for interface in facts_of(readings["inner"])["sections"]["network"]["data"]["interfaces"]
        for entry in interface["addresses"]
    ]
    assert lab.address("inner") in addresses
    assert why_not(readings["down"])[0] == "target"
    cause, why = why_not(readings["changed"])
    assert cause == "settings"
    assert "was changed, or another machine answers" in why
    cause, why = why_not(readings["bare"])
    assert cause == "settings"
    assert "bare has no python3" in why


def test_nothing_is_left_but_the_cache(lab: Lab, tmp_path: Path) -> None:
    read(lab, target_of(lab, tmp_path, "web1"), "web1")
    kept = [*CACHE, f".cache/duheng/{packages().whole.digest}"]
    assert left_behind(lab.home("web1")) == kept
    again = facts_of(read(lab, target_of(lab, tmp_path, "web1"), "web1")["web1"])
    assert again["agent"]["psutil"]
    assert left_behind(lab.home("web1")) == kept


@pytest.mark.parametrize(("name", "psutil"), [("full", True), ("noexec", False), ("arm", False)])
def test_where_the_cache_is_of_no_use_the_facts_are_read_all_the_same(
    lab: Lab, tmp_path: Path, name: str, *, psutil: bool
) -> None:
    seen = facts_of(read(lab, target_of(lab, tmp_path, name), name)[name])
    assert bool(seen["agent"]["psutil"]) is psutil
    for section in ("cpu", "memory", "network", "sockets", "system", "clock"):
        assert seen["sections"][section]["state"] == "read", section


def test_a_clock_that_is_hours_off_is_measured(lab: Lab, tmp_path: Path) -> None:
    clock = facts_of(read(lab, target_of(lab, tmp_path, "ahead"), "ahead")["ahead"])["clock"]
    assert abs(clock["ahead_s"] - HOURS_S) <= clock["within_s"]


@pytest.mark.parametrize(
    ("name", "cause", "told"),
    [
        ("mute", "target", "did not answer as SSH servers do"),
        ("endless", "target", "prints without end"),
        ("closed", "permission", "may not run commands on closed"),
    ],
)
def test_hosts_that_cannot_be_read_say_why(lab: Lab, tmp_path: Path, name: str, cause: str, told: str) -> None:
    deadline_s = 3 if name == "mute" else 60
    reading = read(lab, target_of(lab, tmp_path, name, deadline_s=deadline_s), name)[name]
    assert why_not(reading)[0] == cause, reading
    assert told in why_not(reading)[1]


def test_a_host_whose_key_is_not_known_is_refused(lab: Lab, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    target = target_of(lab, tmp_path, "web1")
    written = target.path.read_text().replace(str(lab.known_hosts), str(empty))
    target.path.write_text(written)
    cause, why = why_not(read(lab, read_target(target.path), "web1")["web1"])
    assert cause == "settings"
    assert "the host key of web1 (ssh-ed25519 SHA256:" in why
    assert "ssh-keyscan -p 22" in why


def test_an_account_that_the_host_does_not_know_is_refused(lab: Lab, tmp_path: Path) -> None:
    target = target_of(lab, tmp_path, "web1")
    target.path.write_text(target.path.read_text().replace(f'user = "{USER}"', 'user = "stranger"'))
    cause, why = why_not(read(lab, read_target(target.path), "web1")["web1"])
    assert cause == "permission"
    assert "refuses stranger's keys" in why


def test_a_jump_host_that_is_away_is_named(lab: Lab, tmp_path: Path) -> None:
    target = target_of(lab, tmp_path, "inner", "down", jump="down")
    cause, why = why_not(read(lab, target, "inner")["inner"])
    assert cause == "target"
    assert "inner is reached through down" in why


@pytest.mark.parametrize(("name", "kept"), [("full", [".cache", ".cache/duheng"]), ("sealed", [])])
def test_nothing_half_done_is_left_where_there_is_no_room(lab: Lab, tmp_path: Path, name: str, kept: list[str]) -> None:
    target = target_of(lab, tmp_path, name)
    facts_of(read(lab, target, name)[name])

    def found() -> list[str]:
        deadline = Deadline.after(SystemClock(), 60)
        with shell_on(target, name, deadline) as shell:
            ran = shell.run(["find", str(lab.home(name)), "-mindepth", "1", "-printf", "%P\\n"], deadline=deadline)
        return sorted(ran.stdout.decode().split())

    assert lab.inside(found) == kept
