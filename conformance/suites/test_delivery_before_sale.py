"""SB/T 10469, 5.1.1: delivery providers before the sale."""

from conformance.examination import Examination
from conformance.families import Settle
from reports.verdict import Requirement

FAMILY = "delivery_before_sale"


def test_clause(requirement: Requirement, examination: Examination, settle: Settle) -> None:
    """Take the readings, call the judge, hand the verdict over."""
    settle(requirement, examination.judge(requirement))
