"""Where ``/proc`` shows an account its own processes only, nothing is told as absent that merely cannot be seen."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from probes.host.agent import databases, firewall, processes, shares
from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread
from tests.probes.host.agent.apart import need, read_apart

pytestmark = pytest.mark.integration
NEEDING = ("antivirus", "databases", "intrusion", "monitoring", "services", "shares")
NOBODY = "nobody --regid nogroup"
SERVERS = """
mount -t proc -o OPTIONS proc /proc
mount -t tmpfs tmpfs /mnt; chmod 755 /mnt; cp "$(command -v sleep)" /mnt/postgres; cp /mnt/postgres /mnt/clamd
/mnt/postgres 600 & /mnt/clamd 600 & await pgrep -x postgres; await pgrep -x clamd
"""


CHILD, FIRST = "trap : EXIT", "exec \\"
"""What stands before the agent's line: so that the shell stays the first process, or the agent becomes that."""


def _read(options: str, then: str, *sections: str, account: str = NOBODY) -> Mapping[str, Any]:
    return read_apart(SERVERS.replace("OPTIONS", options) + then, *sections, account=account)


@pytest.mark.parametrize(("options", "then"), [("hidepid=1", CHILD), ("hidepid=2", CHILD), ("hidepid=2", FIRST)])
def test_what_is_hidden_is_unread_for_want_of_rights(options: str, then: str) -> None:
    need(pgrep="procps")
    told = _read(options, then, *NEEDING, "power", "sockets")
    assert {name: (told[name]["state"], told[name].get("cause")) for name in NEEDING} == dict.fromkeys(
        NEEDING, ("unread", "permission")
    )
    assert "hidepid" in told["databases"]["why"]
    nut = told["power"]["data"]["nut"]
    assert (nut["state"], nut.get("cause"), nut.get("running")) == ("unread", "permission", None)
    assert told["sockets"]["state"] == "read"


@pytest.mark.parametrize(
    ("options", "then", "account"),
    [("hidepid=2", FIRST, ""), ("hidepid=0", CHILD, NOBODY), ("hidepid=0", FIRST, NOBODY)],
)
def test_whoever_sees_all_processes_tells_what_runs(options: str, then: str, account: str) -> None:
    need(pgrep="procps")
    told = _read(options, then, "databases", "antivirus", account=account)
    assert [server["kind"] for server in told["databases"]["data"]["servers"]] == ["postgresql"]
    assert told["antivirus"]["data"]["clamav"]["daemon_running"] is True


def _host(folder: Path, files: Mapping[str, str]) -> Machine:
    """Return a host whose ``/proc`` hides the first process."""
    hidden = {"proc/77/cmdline": "python3\0", "proc/77/status": "Name:\tpython3\n", "proc/net/protocols": "p\nTCP\n"}
    for name, text in {**hidden, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="ascii")
    return Machine(root=str(folder))


def test_a_socket_that_shares_is_told_whoever_holds_it(tmp_path: Path) -> None:
    with pytest.raises(Unread, match="hidepid"):
        shares.read(_host(tmp_path, {}))
    row = "   0: 00000000:01BD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
    host = _host(tmp_path, {"proc/net/tcp": "  sl  local_address rem_address   st\n" + row})
    assert shares.read(host)["active"] == [{"kind": "smb", "process": None, "pid": None, "listening": ["0.0.0.0:445"]}]


def test_a_firewall_is_told_though_its_manager_is_hidden_where_a_file_keeps_its_rules(tmp_path: Path) -> None:
    with pytest.raises(Unread, match="hidepid"):
        firewall.read(_host(tmp_path, {}))
    told = firewall.read(_host(tmp_path, {"etc/firewalld/firewalld.conf": "DefaultZone=public\n"}))
    (manager,) = [each for each in told["management"] if each["name"] == "firewalld"]
    assert (manager["installed"], manager["active"], manager["detail"]["cause"]) == (None, None, "permission")


def test_a_host_without_its_processes_tells_that(tmp_path: Path) -> None:
    with pytest.raises(Unread, match="no /proc") as told:
        processes.processes(Machine(root=str(tmp_path)))
    assert told.value.cause == "target"
    with pytest.raises(Unread, match="hidepid"):
        databases.read(_host(tmp_path, {}))
