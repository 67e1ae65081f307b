"""Wrong on purpose: every defect of the miniature shop against every built check.

The shop without defects conforms everywhere; a shop that is away is told nowhere; each defect is told violated on its
own check and on no other: that takes minutes, and is shared out to the files in ``matrix``.
"""

from importlib import import_module
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.judges.table import JUDGEMENTS
from reports.verdict import Undetermined
from tests.conformance import matrix
from tests.conformance.judges.backup_subjects import BACKUPS
from tests.conformance.judges.host_subjects import HOSTS
from tests.conformance.judges.standing_subjects import LONG_RUN
from tests.examining import examine
from tests.miniatures.defects import DEFECTS
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration
MACHINES = {*BACKUPS, *HOSTS}
"""A miniature shop declares no machines; their checks have recorded ones (``judges/test_hosts.py``)."""
SHORT_RUN = set(JUDGEMENTS) - set(LONG_RUN) - MACHINES
"""What one examination can see; the others stand on a record (``judges/test_standing_subjects.py``)."""
PARTIAL = {own_id for own_id in JUDGEMENTS if load_catalogue().by_id[own_id].automation == "partial"}
"""What a machine sees may violate these, and never makes them conform."""


def test_without_defects_everything_conforms(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        examined = examine(shop.target_toml(tmp_path, browser=True, payments=True), tmp_path / "out")
    assert examined.told("conforms") == SHORT_RUN - PARTIAL, examined.reasons()
    assert examined.told("undetermined") == PARTIAL | set(LONG_RUN) | MACHINES
    assert examined.exit == 2  # the checks without a judge could not be told


def test_each_defect_is_in_exactly_one_file_of_the_matrix() -> None:
    files = sorted(path.stem for path in Path(matrix.__path__[0]).glob("test_*.py"))
    told = [name for file in files for name in import_module(f"{matrix.__name__}.{file}").NAMES]
    assert sorted(told) == sorted(defect.name for defect in DEFECTS)


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
    assert {causes[name] for name in SHORT_RUN} == {"target"}, causes
    assert {causes[name] for name in LONG_RUN} == {"stale"}, causes
    assert examined.exit == 2
