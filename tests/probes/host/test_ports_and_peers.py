"""Ports from outside, and sockets between hosts, on real network namespaces with a real packet filter."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.host import peers, ports
from probes.look import Probe
from probes.observation import Observation, Reading, Unobserved
from probes.runner import run_probe
from probes.target import Target
from probes.target_file import read_target
from tests.miniatures.lab.lab import USER, Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab
from tests.probes.looking import looking

pytestmark = pytest.mark.integration
RULES = """
table inet wall {
  chain input { type filter hook input priority 0; policy accept; tcp dport { 3306, 9200 } drop; }
}
"""


def need_nft() -> str:
    found = shutil.which("nft", path="/usr/sbin:/usr/bin")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("nft is not installed (Debian: nftables)")
    if found is None:
        pytest.skip("nft is not installed (Debian: nftables)")
    return found


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    need_lab()
    nft = need_nft()
    with open_folder() as folder, Lab(folder, LabHost(name="gate"), LabHost(name="inner", behind="gate")) as built:
        for port in (80, 3306, 5432):
            built.mute("gate", port)
        subprocess.run(
            ["ip", "netns", "exec", built.built["gate"].namespace, nft, "-f", "-"], input=RULES.encode(), check=True
        )
        yield built


def declared(lab: Lab, folder: Path, *, authorised: bool = True, outside: str | None = None) -> Target:
    def host(name: str, more: str) -> str:
        return (
            f'[[hosts]]\nname = "{name}"\naddress = "{lab.address(name)}"\nuser = "{USER}"\n'
            f'key_file = "{lab.key}"\nknown_hosts = "{lab.known_hosts}"\n{more}\n'
        )

    public = f'outside = ["{outside or lab.address("gate")}"]\nopen_ports = [80, 443]\nmanagement_ports = [22]'
    path, jump = folder / "duheng.toml", 'jump = "gate"'
    path.write_text(
        f'[platform]\nid = "lab"\nname = "Lab"\nbase_url = "https://shop.example"\n'
        f"authorised = {str(authorised).lower()}\n{host('gate', public)}{host('inner', jump)}",
        encoding="utf-8",
    )
    return read_target(path)


def read(lab: Lab, probe: Probe, target: Target, subject: str) -> Reading:
    return lab.inside(lambda: run_probe(probe, looking(target, subject), run_id="run")[0])


def states(reading: Reading) -> dict[int, str]:
    assert isinstance(reading, Observation), reading
    (address,) = reading.data["addresses"]
    tried: Any = address["ports"]
    return {each["port"]: each["state"] for each in tried}


def test_open_closed_and_filtered_ports_are_told_apart(lab: Lab, tmp_path: Path) -> None:
    target = declared(lab, tmp_path)
    assert ports.PROBE.subjects(target) == ("gate",)
    seen = states(read(lab, ports.PROBE, target, "gate"))
    assert {port for port, state in seen.items() if state == "open"} == {22, 80, 5432}
    assert {port for port, state in seen.items() if state == "filtered"} == {3306, 9200}
    assert seen[443] == "closed"
    assert set(seen) == {22, 80, 443, *ports.WELL_KNOWN}


def test_nothing_is_tried_where_the_run_is_not_authorised(lab: Lab, tmp_path: Path) -> None:
    reading = read(lab, ports.PROBE, declared(lab, tmp_path, authorised=False), "gate")
    assert isinstance(reading, Unobserved)
    assert reading.cause == "permission"


def test_an_address_without_a_route_is_our_own_network(lab: Lab, tmp_path: Path) -> None:
    reading = read(lab, ports.PROBE, declared(lab, tmp_path, outside="198.51.100.1"), "gate")
    assert isinstance(reading, Unobserved)
    assert reading.cause == "network"


def test_a_target_without_public_addresses_has_one_look_that_tells_it(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "duheng.toml"
    path.write_text('[platform]\nid = "lab"\nname = "Lab"\nbase_url = "https://shop.example"\nauthorised = true\n')
    target = read_target(path)
    for probe in (ports.PROBE, peers.PROBE):
        (subject,) = probe.subjects(target)
        reading = read(lab, probe, target, subject)
        assert isinstance(reading, Unobserved)
        assert reading.cause == "settings"


def test_a_socket_between_two_hosts_and_one_that_has_no_way(lab: Lab, tmp_path: Path) -> None:
    target = declared(lab, tmp_path)
    there, back = (read(lab, peers.PROBE, target, name) for name in ("gate", "inner"))
    assert isinstance(there, Observation), there
    assert (there.data["to"], there.data["state"]) == ("inner", "connected")
    assert isinstance(back, Observation), back
    assert back.data["state"] == "unreachable"
    assert "unreachable" in str(back.data["why"])
