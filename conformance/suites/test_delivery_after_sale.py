"""SB/T 10469, 5.1.3: delivery providers after the sale."""

from conformance.examination import Examination
from conformance.families import Settle
from reports.verdict import Requirement

FAMILY = "delivery_after_sale"


def test_clause(requirement: Requirement, examination: Examination, settle: Settle) -> None:
    """Take the readings, call the judge, hand the verdict over."""
    settle(requirement, examination.judge(requirement))
