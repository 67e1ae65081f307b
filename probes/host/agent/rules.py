"""The common form of firewall rules, whatever program lists them; pure."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, Hashable, List, Mapping, Optional, Sequence, Tuple


HOOKS = ("input", "forward", "output")
MOST_ACCEPTED = 500


class Rules:
    """What a listing of rules adds up to, while it is read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.chains = []  # type: List[Dict[str, Any]]
        self.accepted = []  # type: List[Dict[str, Any]]
        self.rules = 0
        self.counting = {"rules": 0, "packets": 0, "bytes": 0, "dropped_packets": 0}
        self.prefixes = []  # type: List[str]
        self.logging = 0

    def count(self, packets: int, size: int, dropping: bool) -> None:
        """Add a rule's counter."""
        self.counting["rules"] += 1
        self.counting["packets"] += packets
        self.counting["bytes"] += size
        self.counting["dropped_packets"] += packets if dropping else 0

    def log(self, prefix: "Optional[str]") -> None:
        """Add a rule that logs."""
        self.logging += 1
        if prefix and prefix not in self.prefixes:
            self.prefixes.append(prefix)

    def accept(self, **told: "Any") -> None:
        """Add a rule that lets in."""
        if len(self.accepted) < MOST_ACCEPTED:
            self.accepted.append(told)


def denies(chains: "List[Dict[str, Any]]", hook: str, families: "Sequence[str]") -> bool:
    """Tell whether what no rule names is refused there, of each family of addresses (``ip``, ``ip6``).

    One base chain that drops is enough, since all are asked; where no chain hangs on the hook, nothing is refused.
    """
    return all(any(_drops(chain, hook, family) for chain in chains) for family in families)


def _drops(chain: "Dict[str, Any]", hook: str, family: str) -> bool:
    concerned = chain["hook"] == hook and chain["type"] == "filter" and chain["family"] in {"inet", family}
    return concerned and not chain["lets_all_in"] and (chain["policy"] == "drop" or chain["ends_in_drop"])


def verdict(
    chain: "Hashable",
    rules: "Mapping[Hashable, Sequence[Tuple[str, Any]]]",
    above: "FrozenSet[Hashable]" = frozenset(),
) -> "Optional[str]":
    """Return what becomes of all that no narrower rule of a chain names: ``accept``, ``drop``, None for its policy.

    ``rules`` are, for each chain and in order, those without a condition: ``(accept | drop | return | jump | goto,
    where to)``. What follows the first that decides is never asked: a last ``drop`` behind an ``accept`` is none.
    """
    for kind, target in rules.get(chain, ()):
        if kind in {"accept", "drop"}:
            return kind
        found = verdict(target, rules, above | {chain}) if target is not None and target not in above else None
        if found is not None or kind in {"return", "goto"}:
            return found
    return None
