"""SIGKILL of the harness while data are lost: what was there before is back or held beside, and never overwritten."""

from pathlib import Path

import pytest

from tests.conformance.drilling.subject import Subject, subject
from tests.conformance.drilling.test_runbook import declare
from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


def losing(drilled: Subject) -> Path:
    """Let the drill be one that loses data, whose way back makes them anew and starts; return their folder."""
    data = drilled.folder / "data"
    data.mkdir()
    (data / "thing").write_text("old")
    start = drilled.folder / "start.sh"
    start.write_text("#!/bin/sh\n" + drilled.hit.start[2])
    back = drilled.folder / "back.sh"
    was = f"was=$(cat {drilled.hit.pidfile})"
    begun = f'until [ "$(cat {drilled.hit.pidfile})" != "$was" ]; do sleep 0.1; done'
    back.write_text(
        f"{was}\nmkdir {data}\necho restored >{data}/thing\nsetsid -f sh {start} >/dev/null 2>&1\n{begun}\n"
    )
    declare(drilled, fault="data-lost", data=str(data), recover=["sh", str(back)])
    drilled.permit(allows=["data-lost"])
    return data


@pytest.mark.parametrize("point", ["end:inject", "end:recover", "end:revert"])
def test_nothing_is_overwritten_wherever_it_is_killed(point: str, running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        data = losing(drilled)
        drill = drilled.start_standing(point)
        drill.at(point)
        drill.process.kill()
        drill.ended()
        drilled.wait_until_it_heals_itself()
        recovered = duheng("drill", "--recover", folder=tmp_path)
        assert recovered.returncode == 0, recovered.stderr
        assert drilled.untouched()
        (told,) = drilled.runs()
        restored = point in {"end:recover", "end:revert"}
        aside = list(tmp_path.glob("data.duheng-*"))
        assert (data / "thing").read_text().strip() == ("restored" if restored else "old")
        assert [(path / "thing").read_text() for path in aside] == (["old"] if restored else [])
        assert told["ended"] == "killed"
        assert told["proof_of_revert"]["proved"] is True
