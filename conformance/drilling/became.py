"""What became of all that a platform acknowledged during a drill, in a line each for people. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.stock_moves import Untold, moves_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """A line about orders, payments or stock; ``wrong`` says what is not as it was acknowledged, empty where all is."""

    of: str
    line: str
    wrong: str = ""


def became(compared: Mapping[str, Any]) -> Iterator[Became]:
    """Yield a line about each part of what the step ``compare`` found."""
    yield _counted("orders", compared["orders"])
    if compared["payments"] is not None:
        yield _counted("payments", compared["payments"])
    moves = moves_in(compared["stock"])
    if isinstance(moves, Untold):
        yield Became(of="stock", line=f"stock: not compared: {moves.why.en}")
        return
    counts = {"not taken off it": moves.lost, "too many taken off it": moves.doubled}
    wrong = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
    counted = f"{moves.sold} pieces acknowledged as sold, {moves.fell} left it"
    yield Became(of="stock", line=f"stock of {moves.goods}: {counted}; {wrong or 'all whole'}", wrong=wrong)


def _counted(of: str, told: Mapping[str, Any]) -> Became:
    wrong = ", ".join(f"{len(told[name])} {name}" for name in ("lost", "doubled", "altered") if told[name])
    unread = f", {told['unread']} could not be looked at" if told["unread"] else ""
    return Became(
        of=of,
        line=f"{of}: {told['acknowledged']} acknowledged, {told['found']} found{unread}; {wrong or 'all whole'}",
        wrong=wrong,
    )
