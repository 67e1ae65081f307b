"""Whether the stock of an article fell by what was acknowledged as sold during a drill. Pure.

A look: ``{"phase", "at_ms", "stock": pieces | null, "sold": pieces of acknowledged orders so far, "unsure": further
pieces that were put into a cart so far, "why": text}``. There are four: at the ``start``, ``before`` the fault, after
it (``during``: it is out again), and ``after`` further journeys. From ``start`` to ``before``, and from ``during`` to
``after``, the platform is well: there the stock must fall by what was sold. Else it follows something else than orders,
or others buy as well, and tells nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from reports.verdict import Text

PHASES: Final = ("start", "before", "during", "after")

UNPAID_MS: Final = 10 * 60_000
"""After so long a platform may cancel orders that nobody paid, and put their goods back."""

LACKS: Final[Mapping[str, Text]] = {
    "operator": Text(en="no operator is declared who could read it", zh="未声明可查看库存的操作员账号"),
    "journey": Text(en="the adapter describes no read_stock journey", zh="适配文件未提供 read_stock 流程"),
    "article": Text(en="no article could be chosen", zh="无法选定商品"),
    "few": Text(en="too few pieces are there for a drill", zh="现有件数不足以进行演练"),
}
"""Why nobody looked, by the code that a drill tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What came of the stock from the start of a drill until its fault was out: pieces of ``goods``.

    ``unsure`` stood in carts and were not sold: they may have left, or not.
    """

    goods: str
    sold: int
    unsure: int
    fell: int

    @property
    def lost(self) -> int:
        """Pieces that were sold, and still stand in the stock."""
        return max(0, self.sold - self.fell)

    @property
    def doubled(self) -> int:
        """Pieces that left the stock beyond all that can have been sold."""
        return max(0, self.fell - self.sold - self.unsure)

    @property
    def blurred(self) -> int:
        """Sold pieces that may still stand there, had as many left that only stood in carts."""
        return min(self.sold - self.lost, max(0, self.sold + self.unsure - self.fell) - self.lost)

    @property
    def bad(self) -> int:
        """Of the pieces that were sold, those that did not leave the stock once."""
        return min(self.sold, self.lost + self.doubled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Why the stock tells nothing; ``suspicious`` where it did tell before the fault."""

    why: Text
    suspicious: bool


def moves_in(told: Mapping[str, Any]) -> Moves | Untold:
    """Return what the looks at a drill's stock tell.

    ``told``: ``{"goods": name | null, "looks": [look], "landed": how many orders stand though nobody confirmed them,
    "pays": were the orders paid, "lacks": a key of LACKS | null, "why": text}``.
    """
    looks = _looks(told.get("looks"))
    if "start" not in looks:
        return Untold(why=_lacking(told), suspicious=False)
    well = _before(looks) or _after(looks) or _contradicts(looks)
    if well is not None:
        return well
    start, during = looks["start"], looks["during"]
    moves = Moves(
        goods=str(told.get("goods") or ""),
        sold=during["sold"] - start["sold"],
        unsure=during["unsure"] - start["unsure"],
        fell=start["stock"] - during["stock"],
    )
    if (open_ := _late(moves, looks, _whole(told.get("landed")))) is not None:
        return open_
    if moves.lost and not told.get("pays") and during["at_ms"] - start["at_ms"] > UNPAID_MS:
        en = f"{moves.lost:,} pieces came back to it, and unpaid orders may have been cancelled in so long a time"
        zh = f"有 {moves.lost:,} 件回到库存，而时间较长，未付款的订单可能已被取消"
        return Untold(why=Text(en=en, zh=zh), suspicious=True)
    return moves


def _before(looks: Mapping[str, Mapping[str, Any]]) -> Untold | None:
    """Return why the stock told nothing before the fault; None where it fell by what was sold, to the piece."""
    if (unread := _unread(looks, PHASES[:2])) is not None:
        return unread
    start, before = looks["start"], looks["before"]
    sold, fell = before["sold"] - start["sold"], start["stock"] - before["stock"]
    if sold <= 0 or before["unsure"] > start["unsure"]:
        return _untold("before the fault not every purchase came about", "故障前并非每次购买都成功")
    if fell != sold:
        return _untold(
            f"before the fault it fell by {fell:,} where {sold:,} pieces were sold: it does not follow orders here",
            f"故障前售出 {sold:,} 件而库存减少 {fell:,} 件，此处库存不随订单变化",
        )
    return None


def _contradicts(looks: Mapping[str, Mapping[str, Any]]) -> Untold | None:
    """Return that the looks count backwards; None where each counts on."""
    counts = [looks[phase] for phase in PHASES]
    if all(left["sold"] <= right["sold"] for left, right in pairwise(counts)):
        return None
    return _untold("its counts contradict each other", "数目自相矛盾", suspicious=True)


def _late(moves: Moves, looks: Mapping[str, Mapping[str, Any]], landed: int) -> Untold | None:
    """Return why pieces that had not left when the fault was out prove no loss; None where they do, or all had left."""
    start, after = looks["start"], looks["after"]
    missing = after["sold"] - start["sold"] - (start["stock"] - after["stock"])
    if moves.lost > max(0, missing):
        en = f"{moves.lost:,} pieces had not left it when the fault was out, and {max(0, missing):,} at the end"
        zh = f"故障撤除时有 {moves.lost:,} 件尚未扣减，结束时为 {max(0, missing):,} 件"
        return Untold(why=Text(en=en, zh=zh), suspicious=True)
    if not moves.lost and landed and missing + landed > 0:
        en = f"{landed:,} orders stand that nobody confirmed, and not all of their pieces left it"
        zh = f"有 {landed:,} 笔未获确认的订单存在，其商品未全部从库存扣减"
        return Untold(why=Text(en=en, zh=zh), suspicious=True)
    return None


def _after(looks: Mapping[str, Mapping[str, Any]]) -> Untold | None:
    """Return why the stock tells nothing after the fault, though it did before; None where it fell as it should.

    What was unsure may leave late, or come back, whatever it is.
    """
    if (unread := _unread(looks, PHASES[2:])) is not None:
        return unread
    start, during, after = (looks[phase] for phase in ("start", "during", "after"))
    fell, sold = during["stock"] - after["stock"], after["sold"] - during["sold"]
    early, late = during["unsure"] - start["unsure"], after["unsure"] - start["unsure"]
    if sold - early <= fell <= sold + late:
        return None
    return _untold(
        f"after the fault it fell by {fell:,} where {sold:,} pieces were sold, and followed the orders before it",
        f"故障前库存随订单变化，故障后售出 {sold:,} 件而库存减少 {fell:,} 件",
        suspicious=True,
    )


def _looks(told: Any) -> Mapping[str, Mapping[str, Any]]:
    looks: Sequence[Any] = told if isinstance(told, list | tuple) else ()
    found = {str(each.get("phase")): each for each in looks if isinstance(each, Mapping) and _counts(each)}
    return {phase: found[phase] for phase in PHASES if phase in found}


def _counts(look: Mapping[str, Any]) -> bool:
    return all(_is_whole(look.get(name)) for name in ("sold", "unsure", "at_ms"))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: Any) -> int:
    return value if _is_whole(value) else 0


def _unread(looks: Mapping[str, Mapping[str, Any]], phases: Sequence[str]) -> Untold | None:
    """Return that one of the looks is missing; it is suspicious where it could be read before the fault."""
    for phase in phases:
        look = looks.get(phase, {})
        if not _is_whole(look.get("stock")):
            en, zh = _beside(str(look.get("why") or ""))
            when = _WHEN[phase]
            return _untold(
                f"it could not be read {when.en}{en}", f"{when.zh}无法读取{zh}", suspicious=phase in PHASES[2:]
            )
    return None


def _lacking(told: Mapping[str, Any]) -> Text:
    lacks = LACKS.get(str(told.get("lacks")), Text(en="nobody looked", zh="无人查看"))
    en, zh = _beside(str(told.get("why") or ""))
    return Text(en=f"{lacks.en}{en}", zh=f"{lacks.zh}{zh}")


def _beside(why: str) -> tuple[str, str]:
    return (f" ({why})", f"（{why}）") if why else ("", "")


def _untold(en: str, zh: str, *, suspicious: bool = False) -> Untold:
    return Untold(why=Text(en=en, zh=zh), suspicious=suspicious)


_WHEN: Final[Mapping[str, Text]] = {
    "start": Text(en="before the fault", zh="故障前"),
    "before": Text(en="before the fault", zh="故障前"),
    "during": Text(en="after the fault", zh="故障后"),
    "after": Text(en="at the end", zh="结束时"),
}
