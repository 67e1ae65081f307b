"""The longest serial chain of an examination: what its looks would take with room for all of them at once. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One finished look: ``name`` is ``kind/subject``; ``after`` and ``exclusive`` as its probe declares them."""

    name: str
    elapsed_s: float
    after: tuple[str, ...] = ()
    exclusive: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The name of its probe."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Looks of which each had to wait for the one before, and the seconds that they take together."""

    names: tuple[str, ...]
    elapsed_s: float


def longest_chain(looks: Iterable[Timed]) -> Chain:
    """Return the chain that ends last where every look starts as soon as it may, however many run at once.

    A look may start when all looks of its ``after`` kinds are over and nothing that runs holds one of its ``exclusive``
    resources; of two that want the same, the one that was planned first goes first.

    Raises:
        ValueError: looks wait for each other in a circle.
    """
    waiting = list(looks)
    chains: dict[str, Chain] = {}
    running: dict[str, Timed] = {}
    before: Chain | None = None
    while waiting or running:
        for look in _free(waiting, running.values()):
            waiting.remove(look)
            running[look.name] = look
            chains[look.name] = _longer(before, look)
        if not running:
            raise ValueError(f"these wait for each other: {', '.join(look.name for look in waiting)}")
        over = min(running, key=lambda name: chains[name].elapsed_s)
        del running[over]
        before = chains[over]
    return max(chains.values(), key=lambda chain: chain.elapsed_s, default=Chain(names=(), elapsed_s=0.0))


def _longer(before: Chain | None, look: Timed) -> Chain:
    """Return the chain of a look that starts at the very moment when the last look of ``before`` is over."""
    names, elapsed_s = (before.names, before.elapsed_s) if before else ((), 0.0)
    return Chain(names=(*names, look.name), elapsed_s=elapsed_s + look.elapsed_s)


def _free(waiting: Iterable[Timed], running: Iterable[Timed]) -> list[Timed]:
    waiting, running = list(waiting), list(running)
    unfinished = {look.kind for look in (*waiting, *running)}
    held = {resource for look in running for resource in look.exclusive}
    free = []
    for look in waiting:
        if not unfinished.intersection(look.after) and not held & look.exclusive:
            held |= look.exclusive
            free.append(look)
    return free


def largest_share(elapsed_s: Mapping[str, float]) -> tuple[str, float]:
    """Return the look that took longest, and its share of what all took together (0 to 1).

    Raises:
        ValueError: there are none.
    """
    name = max(elapsed_s, key=lambda each: elapsed_s[each])
    whole = sum(elapsed_s.values())
    return name, elapsed_s[name] / whole if whole else 0.0
