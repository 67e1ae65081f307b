"""SB/T 10469, 3.1.2: operating systems, databases, protocols, network management."""

from conformance.examination import Examination
from conformance.families import Settle
from reports.verdict import Requirement

FAMILY = "network"


def test_clause(requirement: Requirement, examination: Examination, settle: Settle) -> None:
    """Take the readings, call the judge, hand the verdict over."""
    settle(requirement, examination.judge(requirement))
