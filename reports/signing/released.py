"""What a verifier knows by itself: the catalogues that were released, and how to read one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.verdict import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """``digests`` of all released catalogues; ``requirements`` of the one installed here.

    ``requirements_of`` reads a catalogue's bytes; ``in_scope`` returns those that a header's ``scope`` means.
    """

    digests: frozenset[str]
    requirements: Sequence[Requirement]
    requirements_of: Callable[[bytes], Sequence[Requirement]]
    in_scope: Callable[[str, Sequence[Requirement]], Sequence[Requirement]]
