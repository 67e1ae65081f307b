"""The marked flood at a real edge with an address of its own: noticed, told, kept out, and let in again; or not."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.drilling.sending_flood import IN_A_ROW
from conformance.judges.drill_attacks import SEEN, noticed
from tests.conformance.drilling.attacked import judged, run_drill
from tests.conformance.drilling.edge import Edge, edge
from tests.conformance.drilling.guarded import (
    BEHIND,
    NAME,
    SOURCE,
    WEB,
    administration,
    fail2ban,
    lab_with_edge,
    nftables,
    on_edge,
)
from tests.miniatures.lab.lab import USER, Lab
from tests.miniatures.lab.names import need_lab
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.backups.asking import needs

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    need_lab()
    needs(("nginx", "nginx-light"), ("nft", "nftables"), ("fail2ban-server", "fail2ban"), ("nsenter", "util-linux"))
    with lab_with_edge() as built:
        yield built


@pytest.fixture
def folder(lab: Lab) -> Path:
    return Path(tempfile.mkdtemp(dir=lab.home(NAME)))


def flooded(lab: Lab, folder: Path, there: Edge, **entry: Any) -> tuple[int, str, dict[str, Any]]:
    """Return what came of a drill of the edge, over SSH."""
    host = {"address": lab.address(NAME), "user": USER, "key_file": str(lab.key), "known_hosts": str(lab.known_hosts)}
    given = {
        "source": SOURCE,
        "root": True,
        "watch_s": 120,
        "login_url": f"{there.url}login",
        "inspect_log": str(there.log),
    }

    def act() -> tuple[int, str, dict[str, Any]]:
        with MiniatureShop() as shop:
            return run_drill(shop, folder, "marked-flood", host=host, listed=there.place, **{**given, **entry})

    return lab.inside(act)


def told_of(data: dict[str, Any]) -> dict[str, str]:
    return {name: judged(data, f"SBT-3.1.2.4-{name}", noticed(name)).word for name in SEEN}


@pytest.mark.parametrize("bans", [True, False], ids=["bans", "only-says-so"])
def test_fail2ban_sees_it_alarms_of_it_and_keeps_it_out_where_it_really_bans(
    lab: Lab, folder: Path, bans: bool
) -> None:
    with (
        edge(folder, address=lab.address(NAME), ports=(WEB, BEHIND), hand=on_edge(lab)) as there,
        fail2ban(lab, folder, there.log, bans=bans) as (log, alarms),
    ):
        status, said, data = flooded(
            lab,
            folder,
            there,
            jail="shop",
            ports=[WEB, 23],
            monitor_log=str(log),
            monitor=r"\[shop\] Found",
            block_log=str(log),
            block=r"\[shop\] Ban",
            alarm_log=str(alarms),
            alarm=r"^\+",
        )
        assert status == 0, said
        banned = subprocess.run(
            [*on_edge(lab), "fail2ban-client", "status", "shop"], check=True, capture_output=True, text=True
        )
        assert SOURCE not in banned.stdout  # let in again
    attack = data["attack"]
    assert (attack["source"], attack["kept_out"]) == (SOURCE, bans)
    assert SOURCE in attack["seen"]["monitor"]["line"]
    assert attack["seen"]["alarm"]["line"] == f"+{SOURCE}"
    words = {"inspect": "conforms", "monitor": "conforms", "alarm": "conforms"}
    assert told_of(data) == {**words, "block": "conforms" if bans else "violates"}


def test_a_packet_filter_keeps_it_out_and_nobody_is_told(lab: Lab, folder: Path) -> None:
    (folder / "alarms").touch()
    with (
        edge(folder, address=lab.address(NAME), ports=(WEB, BEHIND), hand=on_edge(lab)) as there,
        nftables(lab) as banned,
    ):
        status, said, data = flooded(lab, folder, there, ban_set=banned, watch_s=5, alarm_log=str(folder / "alarms"))
        assert status == 0, said
        listed = subprocess.run(
            [*on_edge(lab), "nft", "--json", "list", "set", *banned], capture_output=True, text=True, check=True
        )
        assert "elem" not in json.dumps(json.loads(listed.stdout)["nftables"][1])
    assert data["attack"]["seen"]["alarm"] is None
    assert data["attack"]["seen"]["block"]["where"] == "set inet guard banned"
    assert data["proof_of_revert"] == {"proved": True, "how": f"{SOURCE} is not kept out (set inet guard banned)"}
    tells = {name: judged(data, f"SBT-3.1.2.4-{name}", noticed(name)) for name in ("inspect", "alarm", "block")}
    assert {name: tell.word for name, tell in tells.items()} == {
        "inspect": "conforms",
        "alarm": "violates",
        "block": "conforms",
    }


def test_an_edge_that_nobody_guards_leaves_it_unblocked(lab: Lab, folder: Path) -> None:
    (folder / "blocks").touch()
    with edge(folder, address=lab.address(NAME), ports=(WEB, BEHIND), hand=on_edge(lab)) as there:
        status, said, data = flooded(
            lab,
            folder,
            there,
            attempts=4,
            ssh_port=22,
            watch_s=5,
            block_log=str(folder / "blocks"),
            banned=["test", "-e", str(folder / "{source}")],
            unban=["rm", "-f", str(folder / "{source}")],
        )
        assert status == 0, said
        over_http = there.log.read_text().count(f"duheng (duheng-{data['run_id']})")
    tries = IN_A_ROW + 1  # whether it is kept out
    assert (data["attack"]["sent"], over_http, data["attack"]["kept_out"]) == (4 + 4 + tries, 4 + tries, False)
    assert judged(data, "SBT-3.1.2.4-block", noticed("block")).word == "violates"


def test_a_flood_from_where_the_edge_is_administered_is_refused(lab: Lab, folder: Path) -> None:
    with (
        edge(folder, address=lab.address(NAME), ports=(WEB, BEHIND), hand=on_edge(lab)) as there,
        nftables(lab) as banned,
    ):
        status, said, data = flooded(lab, folder, there, ban_set=banned, source=administration(lab))
        assert (status, f"this session comes from {administration(lab)}" in said) == (2, True), said
        assert there.log.read_text() == ""
    assert (data["ended"], data["attack"]) == ("aborted", None)
    assert not list(folder.glob("drill.*"))
