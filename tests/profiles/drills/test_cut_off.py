"""A dependency cut off, on hosts with addresses of their own and real packet filters."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.clock import Deadline, SystemClock
from probes.transports.ssh_opening import SshPlace, ssh_shell
from profiles.drills import deadman
from profiles.drills.deadman import HELD
from tests.miniatures.lab.lab import USER, Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab
from tests.probes.backups.asking import needs
from tests.profiles.drills.drilled import Drilled, drilled

pytestmark = pytest.mark.integration
PORT = 5432
SIX = "fd77::2"
USUAL = "/usr/sbin:/usr/bin:/sbin:/bin"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """``web`` is drilled: it is reached through eth0, and ``data`` stands behind its v2."""
    need_lab()
    needs(("nft", "nftables"), ("iptables", "iptables"))
    web = LabHost(name="web", sudoers=f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    with open_folder() as folder, Lab(folder, web, LabHost(name="data", sshd=False, behind="web")) as built:
        built.mute("data", PORT)
        for where, device, address in (("web", "v2", "fd77::1/64"), ("data", "eth0", f"{SIX}/64")):
            words = ["-6", "address", "add", address, "dev", device, "nodad"]
            subprocess.run(["ip", "-n", built.built[where].namespace, *words], check=True)
        yield built


@pytest.fixture(params=["nft", "iptables"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where programs are found: with nft, and where the kernel wants nothing of nft."""
    if request.param == "nft":
        return USUAL
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nft").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "nft").chmod(0o755)
    return f"{tmp_path}/bin:{USUAL}"


def cut(
    lab: Lab,
    folder: Path,
    *,
    path: str = USUAL,
    session: str = "10.77.1.1 50022 10.77.1.2 22",
    account: str | None = None,
    **entry: Any,
) -> Drilled:
    """Return a cut on ``web``, between it and ``data`` where nothing else is said."""
    account_words = ("setpriv", "--reuid", account, "--clear-groups") if account else ()
    return drilled(
        "cut-off",
        {"peer": lab.address("data"), **entry},
        folder,
        hand=("ip", "netns", "exec", lab.built["web"].namespace, *account_words),
        path=path,
        SSH_CONNECTION=session,
    )


def on_web(lab: Lab, *argv: str) -> str:
    words = ["ip", "netns", "exec", lab.built["web"].namespace, *argv]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def connects(lab: Lab, address: str, *, within_s: float = 60) -> bool:
    def act() -> bool:
        try:
            socket.create_connection((address, PORT), timeout=within_s).close()
        except OSError:
            return False
        return True

    return lab.inside(act, namespace=lab.built["web"].namespace)


def rules(lab: Lab) -> str:
    tables = [line for line in on_web(lab, "nft", "list", "tables").splitlines() if "duheng" in line]
    return "\n".join([*tables, on_web(lab, "iptables", "-S"), on_web(lab, "ip6tables", "-S")])


@pytest.mark.parametrize("port", [PORT, None])
def test_a_peer_is_cut_off_and_is_back(lab: Lab, port: int | None, path: str, tmp_path: Path) -> None:
    before, data = rules(lab), lab.address("data")
    entry: dict[str, Any] = {"port": port} if port else {}
    with cut(lab, tmp_path, path=path, **entry) as run:
        run.arm()
        assert run.inject()[0] == 0
        status, said = run.effect()
        assert (status, said.endswith(f"packets from and to {data} were dropped")) == (0, True)
        assert not connects(lab, data, within_s=0.5)
        assert run.healed() == (1, "the cut still stands")
        assert run.heal()[0] == 0
        assert connects(lab, data)
        assert (run.revert(), run.revert(), run.healed()[0]) == (0, 0, 0)
        assert {note.status for note in run.done() if note.what == "healed"} == {0}
    assert rules(lab) == before


def test_nothing_of_a_peer_of_ip_version_6_passes(lab: Lab, path: str, tmp_path: Path) -> None:
    there = lab.built["data"].namespace
    with (
        lab.inside(lambda: socket.create_server((SIX, PORT), family=socket.AF_INET6), namespace=there),
        cut(lab, tmp_path, path=path, peer="FD77:0::2", port=PORT) as run,
    ):
        run.arm()
        assert run.inject()[0] == 0
        assert run.effect()[0] == 0
        assert not connects(lab, SIX, within_s=0.5)
        assert connects(lab, lab.address("data"))  # another address is another peer
        run.done()
        assert connects(lab, SIX)


def test_an_interface_goes_down_and_comes_back_with_its_routes_and_addresses(lab: Lab, tmp_path: Path) -> None:
    data = lab.address("data")
    on_web(lab, "ip", "route", "add", "192.0.2.0/24", "via", data, "metric", "77")
    on_web(lab, "ip", "route", "add", "198.51.100.0/24", "via", data, "table", "177")
    on_web(lab, "ip", "-6", "route", "add", "fd99::/64", "via", SIX)
    shown = ["ip", "-4", "route", "show", "table", "all"]
    before = sorted(on_web(lab, *shown).splitlines())
    with cut(lab, tmp_path, interface="v2", port=PORT) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert run.effect() == (0, f"v2 is down, and {data} is reached no longer")
        assert "192.0.2.0/24" not in on_web(lab, *shown)
        assert run.healed() == (1, "the cut still stands")
        on_web(lab, "ip", "link", "set", "v2", "up")  # alone, that is not all
        assert run.healed()[1].startswith("v2 lacks what it had, route: ")
        assert run.heal() == (0, f"the cut is gone, and {data} port {PORT} answers")
        assert sorted(on_web(lab, *shown).splitlines()) == before
        assert "fd99::/64 via fd77::2 dev v2" in on_web(lab, "ip", "-6", "route")
        assert "inet6 fd77::1/64 scope global" in on_web(lab, "ip", "-6", "address", "show", "dev", "v2")
        run.done()


def test_a_cut_that_somebody_takes_away_is_no_cut(lab: Lab, tmp_path: Path) -> None:
    with cut(lab, tmp_path, port=PORT) as run:
        run.arm()
        assert run.inject()[0] == 0
        on_web(lab, "nft", "flush", "ruleset")  # as a firewall does that is loaded anew
        assert run.effect() == (1, f"{lab.address('data')} is reached all the same")
        run.done()


def test_a_cut_is_taken_out_though_nothing_can_be_written(lab: Lab, path: str, tmp_path: Path) -> None:
    before = rules(lab)
    with cut(lab, tmp_path, path=path, port=PORT) as run:
        run.arm()
        assert run.inject()[0] == 0
        (Path(run.place.folder) / "tables").mkdir()
        assert run.heal()[0] == 0
        assert rules(lab) == before
        run.done()


def test_a_cut_is_taken_out_though_nobody_can_tell_whether_it_stands(lab: Lab, tmp_path: Path) -> None:
    blind, tool = tmp_path / "blind", tmp_path / "bin" / "nft"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\n[ ! -e {blind} ] || [ "$1" != list ] || exit 1\nexec {shutil.which("nft")} "$@"\n')
    tool.chmod(0o755)
    before = rules(lab)
    with cut(lab, tmp_path, path=f"{tool.parent}:{USUAL}", port=PORT) as run:
        run.arm()
        assert run.inject()[0] == 0
        blind.touch()
        assert (run.revert(), run.healed()) == (0, (1, "nobody can tell whether the cut still stands"))
        assert rules(lab) == before
        blind.unlink()
        run.done()


def test_nobody_comes_back_so_the_dead_man_lets_the_peer_in_again(lab: Lab, tmp_path: Path) -> None:
    with cut(lab, tmp_path, port=PORT) as run:
        run.arm(seconds=10)
        assert run.inject()[0] == 0
        run.wait_for_the_dead_man()
        assert connects(lab, lab.address("data"))
        assert "duheng" not in rules(lab)
        assert [note.who for note in run.journal() if note.what == "revert"][:1] == ["deadman"]


def test_a_revert_where_nothing_was_put_in_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    on_web(lab, "nft", "add", "table", "inet", "duheng_drill_run_theirs")
    with cut(lab, tmp_path, port=PORT) as run:
        run.arm()
        assert (run.revert(), run.healed()) == (0, (0, "nothing was cut off"))
        run.done()
    assert "duheng_drill_run_theirs" in rules(lab)
    on_web(lab, "nft", "delete", "table", "inet", "duheng_drill_run_theirs")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"peer": "10.77.1.1"}, "10.77.1.1 is where this session comes from: the cut would end it"),
        ({"interface": "eth0"}, "eth0 carries this session: the cut would end it"),
        ({"interface": "eth9"}, "there is no interface eth9"),
        ({"port": 5433}, "10.77.2.2 port 5433 does not answer before it is cut off"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    lab: Lab, entry: dict[str, Any], told: str, tmp_path: Path
) -> None:
    before = rules(lab)
    with cut(lab, tmp_path, **entry) as run:
        run.arm()
        assert run.inject() == (HELD, told)
        assert run.effect() == (1, "nothing was cut off")
        run.done()
    assert rules(lab) == before


def test_an_interface_below_the_one_that_carries_the_session_is_refused(lab: Lab, tmp_path: Path) -> None:
    for words in (
        "link add port0 type veth peer name port1",
        "link add bridge0 type bridge",
        "link set port0 master bridge0",
        "address add 10.78.0.1/30 dev bridge0",
        "link set port0 up",
        "link set bridge0 up",
    ):
        on_web(lab, "ip", *words.split())
    with cut(lab, tmp_path, session="10.78.0.2 50022 10.78.0.1 22", interface="port0") as run:
        run.arm()
        assert run.inject() == (HELD, "port0 carries this session: the cut would end it")
        run.done()
    on_web(lab, "ip", "link", "delete", "bridge0")
    on_web(lab, "ip", "link", "delete", "port0")


def test_who_is_not_root_is_told_so(lab: Lab) -> None:
    with open_folder() as folder:
        folder.chmod(0o777)
        with cut(lab, folder, account="nobody", port=PORT) as run:
            run.arm()
            assert run.inject() == (HELD, "a cut needs root: write root = true")
            run.done()


def test_sudo_does_not_hide_where_the_session_comes_from(lab: Lab) -> None:
    run = cut(lab, lab.folder, peer="10.77.1.1")
    where = SshPlace(name="web", address=lab.address("web"), user=USER, key_file=lab.key, known_hosts=lab.known_hosts)
    texts = [
        deadman.arming(run.place, run.scripts, owner={"run_id": run.place.run_id}, seconds=600),
        deadman.injecting(run.place),
        deadman.healing(run.place, who="harness", release=True),
        deadman.collecting(run.place),
    ]

    def act() -> list[tuple[int, str]]:
        deadline = Deadline.after(SystemClock(), 120)
        with ssh_shell(where, deadline) as shell:
            ran = [shell.run(["sh", "-s"], stdin=text.encode(), sudo=True, deadline=deadline) for text in texts]
        return [(each.status, each.stdout.decode()) for each in ran]

    armed, injected, healed, collected = lab.inside(act)
    assert armed == (0, "armed\n")
    assert injected == (HELD, "10.77.1.1 is where this session comes from: the cut would end it\n")
    assert (healed[0], collected[0]) == (0, 0)
