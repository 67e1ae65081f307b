"""Whether the stock of an article fell by what was acknowledged as sold during a drill. Pure.

A look: ``{"phase", "stock": pieces | null, "sold": pieces of acknowledged orders so far, "unsure": pieces of orders
whose confirmation broke off so far, "why": text}``. There are four: at the ``start``, ``before`` the fault, after
``during`` it (it is out again), and ``after`` further journeys. From ``start`` to ``before``, and from ``during`` to
``after``, the platform is well: there the stock must fall by what was sold, to the piece. Else it follows something
else than orders, or others buy as well, and what it did in between tells nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.verdict import Text

PHASES = ("start", "before", "during", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What came of the stock between the fault and the end of it: pieces of ``goods``."""

    goods: str
    sold: int
    unsure: int
    fell: int

    @property
    def lost(self) -> int:
        """Pieces that were acknowledged as sold, and still stand in the stock."""
        return max(0, self.sold - self.fell)

    @property
    def doubled(self) -> int:
        """Pieces that left the stock beyond all that can have been sold."""
        return max(0, self.fell - self.sold - self.unsure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Why the stock tells nothing; ``suspicious`` where it did tell before the fault."""

    why: Text
    suspicious: bool


def moves_in(told: Mapping[str, Any]) -> Moves | Untold:
    """Return what the looks at a drill's stock tell: ``{"goods": name | null, "looks": [look], "why": text}``."""
    looks = _looks(told.get("looks"))
    if not looks:
        return _untold(str(told.get("why") or "nobody looked"), str(told.get("why") or "未查看"))
    if (unread := _unread(looks, PHASES[:2])) is not None:
        return unread
    start, before = looks["start"], looks["before"]
    sold, fell = before["sold"] - start["sold"], start["stock"] - before["stock"]
    if sold <= 0 or before["unsure"] > start["unsure"] or fell != sold:
        return _untold(
            f"before the fault it fell by {fell:,} where {sold:,} pieces were sold: it does not follow orders here",
            f"故障前售出 {sold:,} 件而库存减少 {fell:,} 件，此处库存不随订单变化",
        )
    if (unread := _unread(looks, PHASES[2:])) is not None:
        return unread
    during, after = looks["during"], looks["after"]
    fell, sold = during["stock"] - after["stock"], after["sold"] - during["sold"]
    if not sold <= fell <= sold + after["unsure"] - during["unsure"]:
        return _untold(
            f"after the fault it fell by {fell:,} where {sold:,} pieces were sold, and followed the orders before it",
            f"故障前库存随订单变化，故障后售出 {sold:,} 件而库存减少 {fell:,} 件",
            suspicious=True,
        )
    return Moves(
        goods=str(told.get("goods") or ""),
        sold=during["sold"] - before["sold"],
        unsure=during["unsure"] - before["unsure"],
        fell=before["stock"] - during["stock"],
    )


def _looks(told: Any) -> Mapping[str, Mapping[str, Any]]:
    looks: Sequence[Any] = told if isinstance(told, list | tuple) else ()
    found = {str(each.get("phase")): each for each in looks if isinstance(each, Mapping) and _counts(each)}
    return {phase: found[phase] for phase in PHASES if phase in found}


def _counts(look: Mapping[str, Any]) -> bool:
    return all(_is_whole(look.get(name)) for name in ("sold", "unsure"))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _unread(looks: Mapping[str, Mapping[str, Any]], phases: Sequence[str]) -> Untold | None:
    """Return that one of the looks is missing; it is suspicious where it could be read before the fault."""
    for phase in phases:
        look = looks.get(phase, {})
        if not _is_whole(look.get("stock")):
            why = str(look.get("why") or "")
            en, zh = (f" ({why})", f"（{why}）") if why else ("", "")
            return _untold(
                f"it could not be read {_WHEN[phase].en}{en}", f"{_WHEN[phase].zh}无法读取{zh}", phase in PHASES[2:]
            )
    return None


def _untold(en: str, zh: str, suspicious: bool = False) -> Untold:
    return Untold(why=Text(en=en, zh=zh), suspicious=suspicious)


_WHEN = {
    "start": Text(en="before the fault", zh="故障前"),
    "before": Text(en="before the fault", zh="故障前"),
    "during": Text(en="after the fault", zh="故障后"),
    "after": Text(en="at the end", zh="结束时"),
}
