"""SB/T 10469, chapter 7: customers' information and interests."""

from conformance.examination import Examination
from conformance.families import Settle
from reports.verdict import Requirement

FAMILY = "customer_information"


def test_clause(requirement: Requirement, examination: Examination, settle: Settle) -> None:
    """Take the readings, call the judge, hand the verdict over."""
    settle(requirement, examination.judge(requirement))
