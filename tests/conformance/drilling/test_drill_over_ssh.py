"""A drill on a host that is reached over SSH, with an address of its own; and one that dies in the middle."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from tests.conformance.drilling.subject import Subject, ended, subject
from tests.conformance.running import duheng
from tests.miniatures.lab.lab import UID, USER, Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    need_lab()
    with open_folder() as folder, Lab(folder, LabHost(name="web1"), LabHost(name="web2")) as built:
        yield built


def over_ssh(lab: Lab, name: str) -> str:
    keys = {"address": lab.address(name), "user": USER, "key_file": str(lab.key), "known_hosts": str(lab.known_hosts)}
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())


def test_a_whole_drill_over_ssh(lab: Lab) -> None:
    def act() -> None:
        with MiniatureShop() as shop, on(shop, lab, "web1") as drilled:
            status, said = ended(drilled.start())
            assert status == 0, said
            assert drilled.untouched()
            (told,) = drilled.runs()
            assert (told["complete"], told["reverted_by"]) == (True, "harness")

    lab.inside(act)


def test_a_host_that_dies_in_the_middle_heals_itself_and_is_told_of_afterwards(lab: Lab) -> None:
    def act() -> None:
        with MiniatureShop() as shop, on(shop, lab, "web2") as drilled:
            drill = drilled.start_standing("begin:watch")
            drill.at("begin:watch")
            lab.unplug("web2")
            drill.go_on()
            status, said = drill.ended()
            assert status == 1, said
            assert "NOT proven healed; its dead man goes on trying" in said
            assert "sh ./heal.sh person 1 release" in said
            drilled.wait_until_it_heals_itself()
            assert not drilled.stands_still()
            assert drilled.runs()[0]["proof_of_revert"] is None
            plug_in(lab, "web2")
            done = duheng("drill", "--recover", folder=drilled.folder)
            assert "the dead man had taken the fault out; on record" in done.stderr
            assert drilled.untouched()
            told = drilled.runs()[0]
            assert (told["ended"], told["complete"], told["reverted_by"]) == ("aborted", False, "deadman")
            assert told["proof_of_revert"]["proved"] is True

    lab.inside(act)


def on(shop: MiniatureShop, lab: Lab, name: str) -> AbstractContextManager[Subject]:
    return subject(shop, lab.home(name), address=over_ssh(lab, name), account=UID)


def plug_in(lab: Lab, name: str) -> None:
    words = ["ip", "-n", lab.built[name].namespace, "link", "set", "eth0", "up"]
    subprocess.run(words, check=True)
