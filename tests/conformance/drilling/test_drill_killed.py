"""SIGKILL of the harness at every step: the host heals itself, and the ledger tells of it once somebody asks."""

import shutil
import signal
from pathlib import Path

import pytest

from conformance.drilling.running import WOUNDED
from profiles.drills.course import COURSE
from tests.conformance.drilling.subject import ended, subject
from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

DEADMAN_S = 12
BEFORE_THE_FAULT = ("arm", "before")


@pytest.mark.parametrize("step", COURSE)
def test_whoever_kills_the_harness_the_host_heals(step: str, running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path, deadman_s=DEADMAN_S) as drilled:
        process = drilled.start()
        drilled.started_at(step, process)
        process.kill()
        ended(process)
        drilled.wait_until_it_heals_itself()
        assert not drilled.stands_still()
        done = duheng("drill", "--recover", folder=tmp_path)
        assert (done.returncode, done.stdout) == (0, "")
        assert not drilled.lock.exists()
        assert drilled.untouched()
        (told,) = drilled.runs()
        assert (told["ended"], told["complete"]) == ("killed", False)
        assert told["steps"][-1]["step"] == step
        if step in BEFORE_THE_FAULT:
            assert told["phases"]["injected_ms"] is None
        if COURSE.index(step) > COURSE.index("inject"):
            by = "deadman" if COURSE.index(step) < COURSE.index("revert") else told["reverted_by"]
            assert told["reverted_by"] == by
            assert told["proof_of_revert"]["proved"] is True
        assert duheng("drill", "--recover", folder=tmp_path).stderr == ""  # once is enough
        assert len(drilled.runs()) == 1


def test_recovering_does_not_wait_for_the_dead_man(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path, deadman_s=600) as drilled:
        process = drilled.start()
        drilled.started_at("watch", process)
        process.send_signal(signal.SIGKILL)
        ended(process)
        assert drilled.stands_still()
        done = duheng("drill", "--recover", folder=tmp_path)
        assert "the fault was taken out; on record" in done.stderr
        assert drilled.untouched()
        assert drilled.runs()[0]["reverted_by"] == "harness"


def test_a_host_that_holds_nothing_of_the_run_any_more_is_not_proven_healed(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path, deadman_s=DEADMAN_S) as drilled:
        process = drilled.start()
        drilled.started_at("watch", process)
        process.kill()
        ended(process)
        drilled.wait_until_it_heals_itself()
        for left in tmp_path.glob("drill.*"):  # another machine goes by the name, or somebody tidied
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        for _ in range(2):
            done = duheng("drill", "--recover", folder=tmp_path)
            assert done.returncode == WOUNDED
            assert "NOT proven healed; look whether the fault is still there" in done.stderr
        assert drilled.runs() == []


def test_a_drill_that_lives_is_not_recovered(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        process = drilled.start()
        drilled.started_at("inject", process)
        done = duheng("drill", "--recover", folder=tmp_path)
        assert "another run is writing" in done.stderr
        assert ended(process)[0] == 0
        assert drilled.runs()[0]["complete"] is True
