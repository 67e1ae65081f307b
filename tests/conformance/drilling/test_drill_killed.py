"""SIGKILL of the harness at every step: the host heals itself, and the ledger tells of it once somebody asks."""

import shutil
from pathlib import Path

import pytest

from conformance.drilling.running import WOUNDED
from profiles.drills.course import COURSE
from tests.conformance.drilling.subject import subject
from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

ON_THE_HOST = ("arm", "inject", "revert", "disarm")
POINTS = [*(f"begin:{step}" for step in COURSE), *(f"end:{step}" for step in ON_THE_HOST)]
"""Where it is killed: before each step; and after what is done on the host, before it is noted."""


@pytest.mark.parametrize("point", POINTS)
def test_whoever_kills_the_harness_the_host_heals(point: str, running_shop: MiniatureShop, tmp_path: Path) -> None:
    done, _, step = point.partition(":")
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing(point)
        drill.at(point)
        drill.process.kill()
        drill.ended()
        drilled.wait_until_it_heals_itself()
        assert not drilled.stands_still()
        recovered = duheng("drill", "--recover", folder=tmp_path)
        assert (recovered.returncode, recovered.stdout) == (0, "")
        assert not drilled.lock.exists()
        assert drilled.untouched()
        (told,) = drilled.runs()
        assert (told["ended"], told["complete"]) == ("killed", False)
        assert (told["steps"][-1]["step"], told["steps"][-1]["ok"]) == (step, None)
        injected = COURSE.index(step) >= COURSE.index("inject") + (done == "begin")
        assert (told["phases"]["injected_ms"] is not None) == injected
        if injected:
            taken_out = COURSE.index(step) >= COURSE.index("revert") + (done == "begin")
            assert told["reverted_by"] == ("harness" if taken_out else "deadman")
            assert told["proof_of_revert"]["proved"] is True
        assert duheng("drill", "--recover", folder=tmp_path).stderr == ""  # once is enough
        assert len(drilled.runs()) == 1


def test_recovering_does_not_wait_for_the_dead_man(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing("begin:watch")
        drill.at("begin:watch")
        drill.process.kill()
        drill.ended()
        assert drilled.stands_still()
        done = duheng("drill", "--recover", folder=tmp_path)
        assert "the fault was taken out; on record" in done.stderr
        assert drilled.untouched()
        assert drilled.runs()[0]["reverted_by"] == "harness"


def test_a_host_that_holds_nothing_of_the_run_any_more_is_not_proven_healed(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing("begin:watch")
        drill.at("begin:watch")
        drill.process.kill()
        drill.ended()
        drilled.wait_until_it_heals_itself()
        for left in tmp_path.glob("drill.*"):  # another machine goes by the name, or somebody tidied
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        for _ in range(2):
            done = duheng("drill", "--recover", folder=tmp_path)
            assert done.returncode == WOUNDED
            assert "NOT proven healed; look whether the fault is still there" in done.stderr
        (told,) = drilled.runs()  # once: the wound is on record, and told of until it is healed
        assert (told["ended"], told["proof_of_revert"]) == ("killed", None)


def test_a_drill_that_lives_is_not_recovered(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing("begin:inject")
        drill.at("begin:inject")
        done = duheng("drill", "--recover", folder=tmp_path)
        assert "another run is writing" in done.stderr
        drill.go_on()
        assert drill.ended()[0] == 0
        assert drilled.runs()[0]["complete"] is True
