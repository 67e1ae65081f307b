"""The one table of clause families: which suite file examines which clauses. Every judged record is in exactly one."""

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from reports.verdict import Requirement, Verdict

Settle: TypeAlias = Callable[[Requirement, Verdict], None]

FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scope_and_terms": ("1", "REF", "2"),
        "stability_and_backup": ("3.1.1",),
        "network": ("3.1.2",),
        "transactions": ("3.1.3",),
        "safety_management": ("3.1.4",),
        "interfaces": ("3.1.5",),
        "platform_services": ("3.2",),
        "sellers_before_sale": ("4.1.1",),
        "sellers_during_sale": ("4.1.2",),
        "sellers_after_sale": ("4.1.3",),
        "delivery_before_sale": ("5.1.1",),
        "delivery_during_sale": ("5.1.2",),
        "delivery_after_sale": ("5.1.3",),
        "payment": ("6",),
        "customer_information": ("7",),
    }
)


def family_of(requirement: Requirement) -> str:
    """Return the family whose clauses hold the requirement's clause (``3.1.3.2#1`` is in ``3.1.3``).

    Raises:
        LookupError: no family has it; the table wants a row.
    """
    family = _family(requirement.clause.partition("#")[0])
    if family is None:
        raise LookupError(f"no clause family has {requirement.id} ({requirement.clause})")
    return family


@functools.cache
def _family(clause: str) -> str | None:
    for family, prefixes in FAMILIES.items():
        if any(clause == prefix or clause.startswith(prefix + ".") for prefix in prefixes):
            return family
    return None
