"""Hosts watched over real SSH: sampled and asked to end over one connection; one whose wire is pulled is told."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.clock import Deadline, SystemClock
from probes.host.meanwhile import Meanwhile
from probes.redaction import Redactor
from probes.target_file import read_target
from tests.miniatures.lab.lab import USER, Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab

pytestmark = pytest.mark.integration
LASTS_S = 2.5
MOST_S = 15
"""So long the agent goes on at the end of the pulled wire."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    need_lab()
    with open_folder() as folder, Lab(folder, LabHost(name="web1"), LabHost(name="pulled")) as built:
        yield built


def test_over_ssh_each_host_is_sampled_and_a_pulled_wire_is_told(lab: Lab, tmp_path: Path) -> None:
    entries = [
        f'[[hosts]]\nname = "{name}"\naddress = "{lab.address(name)}"\nuser = "{USER}"\n'
        f'key_file = "{lab.key}"\nknown_hosts = "{lab.known_hosts}"\n'
        for name in ("pulled", "web1")
    ]
    path = tmp_path / "duheng.toml"
    path.write_text(
        '[platform]\nid = "lab"\nname = "Lab"\nbase_url = "https://shop.example"\n' + "".join(entries), encoding="utf-8"
    )
    watch = Meanwhile(read_target(path), clock=SystemClock(), redactor=Redactor(), most_s=MOST_S)

    def watched() -> tuple[dict[str, Any], ...]:
        watch.start(Deadline.after(SystemClock(), 60))
        threading.Event().wait(LASTS_S)
        lab.unplug("pulled")
        try:
            return watch.stop(Deadline.after(SystemClock(), 40))
        finally:
            lab.plug("pulled")  # its sshd would wait for us for minutes

    pulled, web1 = lab.inside(watched)
    assert web1["state"] == "read", web1
    assert web1["samples"] >= 3
    assert web1["interfaces"]
    assert {"rx_dropped", "rx_fifo", "tx_dropped"} <= set(web1["interfaces"][0])
    assert not any(each["hardware"] for each in web1["interfaces"])  # a lab's are all the kernel's own
    assert abs(web1["clock"]["ahead_s"]) <= web1["clock"]["within_s"]
    assert (pulled["state"], pulled["cause"]) == ("unread", "target")
