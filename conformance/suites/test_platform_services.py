"""SB/T 10469, 3.2: business services of the platform."""

from conformance.examination import Examination
from conformance.families import Settle
from reports.verdict import Requirement

FAMILY = "platform_services"


def test_clause(requirement: Requirement, examination: Examination, settle: Settle) -> None:
    """Take the readings, call the judge, hand the verdict over."""
    settle(requirement, examination.judge(requirement))
