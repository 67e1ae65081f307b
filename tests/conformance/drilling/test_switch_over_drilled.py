"""A whole switch-over: the owner's way back promotes the other site, its traces are told, and nothing fails back."""

from pathlib import Path

import pytest

from reports.verdict import Conforms, Undetermined, Violates
from tests.conformance.drilling.subject import ended, subject
from tests.conformance.drilling.test_runbook import declare
from tests.examining import examine
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


def test_the_disaster_site_takes_over_and_is_held(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        site = tmp_path / "site"
        site.mkdir()
        declare(
            drilled,
            fault="switch-over",
            recover=["sh", "-c", f"echo east >{site}/centre; touch {site}/promoted"],
            promoted=["test", "-e", str(site / "promoted")],
            centre=["grep", "east", str(site / "centre")],
            data_system=["test", "-e", str(site / "data")],
        )
        drilled.permit(allows=["switch-over"])
        before = drilled.hit.pid()
        status, said = ended(drilled.start())
        assert (status, "taken out: proven (held: the disaster site has taken over" in said) == (0, True), said
        assert drilled.hit.pid() == before
        assert not Path(f"/proc/{before}").exists() or drilled.hit.state() == "Z"
        assert not list(tmp_path.glob("drill.*"))
        (told,) = drilled.runs()
        findings = examine(tmp_path / "duheng.toml", tmp_path / "out", clauses="3.1.1.4", write=False).findings
    assert told["switched"]["data"] is None
    assert told["switched"]["centre"]["where"] == "east"
    assert told["phases"]["injected_ms"] <= told["switched"]["centre"]["at_ms"]
    assert "network" not in told["switched"]  # nobody looked
    assert isinstance(findings["SBT-3.1.1.4-dr-centre"].verdict, Conforms)
    assert isinstance(findings["SBT-3.1.1.4-dr-data"].verdict, Violates)  # looked for, and no trace
    assert isinstance(findings["SBT-3.1.1.4-dr-network"].verdict, Undetermined)
    assert isinstance(findings["SBT-3.1.1.4.1-severe"].verdict, Conforms)
