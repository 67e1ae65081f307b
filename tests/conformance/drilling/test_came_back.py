"""A way back that came to its good end: the drill's host knows, wherever it ran, and it is watched a while longer."""

from contextlib import closing
from pathlib import Path

import pytest

from conformance.drilling.record import Record
from conformance.drilling.watching import SETTLE_S
from profiles.drills.course import RECOVER
from profiles.drills.way_back import WELL
from tests.awaiting import until
from tests.conformance.drilling.subject import ended, subject
from tests.conformance.drilling.test_losing_killed import losing
from tests.conformance.drilling.test_runbook import begun, declare
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.shop.walking import HandClock

pytestmark = pytest.mark.integration
ELSEWHERE = '[[hosts]]\nname = "standby"\naddress = "local"\n'


@pytest.mark.parametrize("noted", [True, False])
def test_what_was_restored_from_another_host_is_held_where_the_drills_host_knows_it(
    noted: bool, running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        data = losing(drilled)
        declare(drilled, recover_on="standby")
        target, back = tmp_path / "duheng.toml", tmp_path / "back.sh"
        target.write_text(target.read_text() + ELSEWHERE)
        if not noted:  # as where nothing more can be written there
            back.write_text(f"{back.read_text()}cd {tmp_path}/drill.drill-*[0-9a-f] && mkdir {WELL}\n")
        status, said = ended(drilled.start())
        assert status == 0, said
        assert ("its good end cannot be noted on web1" in said) is not noted, said
        assert drilled.untouched()
        (told,) = drilled.runs()
    assert (data / "thing").read_text().strip() == ("restored" if noted else "old")
    assert told["proof_of_revert"]["how"].startswith("held: ") is noted
    assert (told["phases"]["acted_ms"] is not None) is noted


def test_what_it_brought_back_may_show_a_moment_later(running_shop: MiniatureShop, tmp_path: Path) -> None:
    clock = HandClock()
    with subject(running_shop, tmp_path) as drilled, closing(Record(tmp_path / "record.jsonl", clock)) as record:
        declare(drilled, recover=["true"])
        (tmp_path / "drill.run-12345678").mkdir()
        runbook = begun(tmp_path, record, clock)
        assert until(lambda: runbook.under_way() and record.has("end", RECOVER), "it is over, and watched on")
        clock.pause(SETTLE_S)
        assert not runbook.under_way()
        runbook.stop()
