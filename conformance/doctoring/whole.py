"""What stands in the way of a whole examination, put together."""

from datetime import datetime

from conformance.catalogue.load import Catalogue
from conformance.doctoring.hosts import of_hosts
from conformance.doctoring.lack import Lack
from conformance.doctoring.machine import of_machine
from conformance.doctoring.shop import of_shop
from conformance.doctoring.undeclared import of_undeclared
from conformance.judges.table import JUDGEMENTS
from probes.target import Target


def lacks_of(target: Target | None, now: datetime) -> tuple[Lack, ...]:
    """Return what is missing on this machine, in the target file, and in what it names."""
    if target is None:
        return tuple(of_machine())
    return (*of_machine(), *of_shop(target, now), *of_hosts(target), *of_undeclared(target))


def built(catalogue: Catalogue) -> tuple[int, int]:
    """Return how many checks have a judge, and how many there are."""
    checks = [requirement for requirement in catalogue.requirements if requirement.node == "check"]
    return sum(requirement.id in JUDGEMENTS for requirement in checks), len(checks)
