"""Wrong on purpose: every defect of the miniature shop against every built check.

The shop without defects conforms everywhere; each defect is told violated on its own check and on no other; a shop
that is away is told nowhere.
"""

from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.judges.table import JUDGEMENTS
from reports.verdict import Undetermined
from tests.examining import examine
from tests.miniatures.defects import DEFECTS
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration
PARTIAL = {own_id for own_id in JUDGEMENTS if load_catalogue().by_id[own_id].automation == "partial"}
"""What a machine sees may violate these, and never makes them conform."""


def test_without_defects_everything_conforms(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        examined = examine(shop.target_toml(tmp_path, browser=True, payments=True), tmp_path / "out")
    assert examined.told("conforms") == set(JUDGEMENTS) - PARTIAL, examined.reasons()
    assert examined.told("undetermined") == PARTIAL
    assert examined.exit == 2  # the checks without a judge could not be told


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_each_defect_is_told_on_its_check_and_no_other(name: str, tmp_path: Path) -> None:
    defect = next(entry for entry in DEFECTS if entry.name == name)
    needs = JUDGEMENTS[defect.check].needs  # what takes seconds looks only where it is what must tell
    with MiniatureShop.with_defect(name) as shop:
        target = shop.target_toml(
            tmp_path,
            browser="browser.walk" in needs,
            at_random="trade.at_random" in needs,
            payments="payment.hundred" in needs,
        )
        examined = examine(target, tmp_path / "out")
    assert examined.told("violates") == {defect.check}, examined.reasons()
    assert examined.findings[defect.check].verdict.observations
    assert examined.exit == 1


def test_away_nothing_conforms_and_nothing_violates(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        target = shop.target_toml(tmp_path, browser=True, payments=True)
    examined = examine(target, tmp_path / "out")
    assert examined.told("undetermined") == set(JUDGEMENTS), examined.reasons()
    causes = {
        name: verdict.cause
        for name, finding in examined.findings.items()
        if isinstance(verdict := finding.verdict, Undetermined) and name in JUDGEMENTS
    }
    assert set(causes.values()) == {"target"}, causes
    assert examined.exit == 2
