"""The matrix of defects, clauses 3.1.2 and 3.1.5: the network, and the interfaces for partners."""

from pathlib import Path

import pytest

from tests.conformance.matrix.one_defect import assert_told_there_only, defects_of

pytestmark = pytest.mark.integration
NAMES = defects_of("SBT-3.1.2.", "SBT-3.1.5-")


@pytest.mark.parametrize("name", NAMES)
def test_each_defect_is_told_on_its_check_and_no_other(name: str, tmp_path: Path) -> None:
    assert_told_there_only(name, tmp_path)
