"""One row of the matrix: a shop with one defect, examined whole, told violated on that defect's check and on no other.

The rows are shared out to the files beside this one by clause, so that they run on all processors (one file, one
worker); ``tests/conformance/test_defect_matrix.py`` sees that each row is in exactly one of them.
"""

from pathlib import Path

from conformance.judges.table import JUDGEMENTS
from tests.examining import examine
from tests.miniatures.defects import DEFECTS
from tests.miniatures.shop.miniature import MiniatureShop

_BY_NAME = {defect.name: defect for defect in DEFECTS}
_WRITTEN = frozenset({defect.check: defect.name for defect in DEFECTS}.values())
"""One defect of each check: every check is seen violated in a written report, too."""


def defects_of(*prefixes: str) -> tuple[str, ...]:
    """Return the names of the defects whose check begins so, in the table's order."""
    return tuple(defect.name for defect in DEFECTS if defect.check.startswith(prefixes))


def assert_told_there_only(name: str, folder: Path) -> None:
    """Examine a shop with this defect, and see that its check is told violated, on evidence, and no other is."""
    check = _BY_NAME[name].check
    needs = JUDGEMENTS[check].needs  # what takes seconds looks only where it is what must tell
    with MiniatureShop.with_defect(name) as shop:
        target = shop.target_toml(
            folder,
            browser="browser.walk" in needs,
            at_random="trade.at_random" in needs,
            payments="payment.hundred" in needs,
        )
        examined = examine(target, folder / "out", write=name in _WRITTEN)
    assert examined.told("violates") == {check}, f"{name} is {check}'s\n{examined.reasons()}"
    assert examined.findings[check].verdict.observations, f"{check} is told on no evidence"
    assert examined.exit == 1, f"violated, and the exit status is {examined.exit}"
