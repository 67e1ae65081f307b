"""The contract of a fault: how it is put in, how that is proven, how it is taken out, and how that is proven.

A fault is data and four pieces of POSIX sh, made from its ``[[drills]]`` entry alone; nothing else than sh has to be on
the host. They run in the run's own folder there, which is theirs to keep notes in, each within a minute:

- ``inject`` puts it in. Status 0: it was put in; ``effect`` is asked all the same.
- ``effect`` has status 0 where the fault is seen to have taken effect. Its first line of output says how that is known.
- ``revert`` takes it out. It may run twice, after a reboot, or where nothing was put in: that changes nothing.
- ``healed`` has status 0 where the fault is seen to be gone; its first line says how that is known.
- ``tell``, where there is one, is asked once the platform was seen steady again, or was not: it prints JSON objects, a
  line each, of the shapes that the README names; their instants (``..._ms``) are the host's wall clock.

No secret stands in them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

Kind: TypeAlias = Literal["software", "hardware", "general", "severe", "attack", "virus", "power"]
DISASTERS: Final = ("general", "severe")
"""Kinds of faults after which data has to be brought back: with its original medium, and without."""

Entry: TypeAlias = Mapping[str, Any]
"""A ``[[drills]]`` entry of the target file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """The four texts of sh; and ``tell``, where the fault has something of its own to tell."""

    inject: str
    effect: str
    revert: str
    healed: str
    tell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault.

    ``needs`` are groups of keys of the entry: one key of each group must be there. ``cannot_be_reverted`` says in a
    sentence what stays for ever, None where nothing does.
    """

    name: str
    en: str
    zh: str
    kind: Kind
    scripts: Callable[[Entry], Scripts]
    needs: tuple[tuple[str, ...], ...] = ()
    cannot_be_reverted: str | None = None


def lacking(fault: Fault, entry: Entry) -> Iterator[str]:
    """Yield in words what an entry lacks for a fault."""
    for group in fault.needs:
        if not any(key in entry for key in group):
            yield f"the fault {fault.name} needs {' or '.join(group)}"
