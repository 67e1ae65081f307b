"""What became of all that a platform acknowledged in a drill: orders, payments, pieces that left the stock.

Counted here, out of the ids and the looks; a percentage that somebody else worked out is not taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from conformance.judges.drill_run import Drill, names
from conformance.judges.hosts import Tell, number, unsure
from probes.target_watch import PAYING
from reports.stock_moves import Moves, Untold, moves_in
from reports.verdict import Text

_SHOWN = 10
_LONG = 200
_UNLISTED = "unlisted"
_WHOLE = 100

_WHOLE_AGAIN = Text(en="came back whole", zh="完整恢复")
_NOT_WHOLE = Text(en="did not come back whole", zh="未能完整恢复")


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """What is counted: its name, how it is called once acknowledged, its unit in Chinese, and how it is said to be."""

    many: Text
    acknowledged: Text
    unit_zh: str
    whole: Text = _WHOLE_AGAIN
    not_whole: Text = _NOT_WHOLE


ORDERS = Of(
    many=Text(en="orders", zh="订单"), acknowledged=Text(en="acknowledged orders", zh="已确认订单"), unit_zh="笔"
)
PAYMENTS = Of(
    many=Text(en="payments", zh="支付"), acknowledged=Text(en="acknowledged payments", zh="已确认支付"), unit_zh="笔"
)
STOCK = Of(
    many=Text(en="stock movements", zh="库存变动"),
    acknowledged=Text(en="pieces acknowledged as sold", zh="已确认售出的商品"),
    unit_zh="件",
    whole=Text(en="left the stock, once each", zh="库存扣减无误"),
    not_whole=Text(en="did not leave the stock, or left it twice", zh="库存扣减有误"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of the acknowledged orders, payments or pieces of a drill.

    ``bad`` of them did not come back whole (``named``: which); of ``unread`` nobody can tell whether they did
    (``why``, where that is known).
    """

    of: Of
    acknowledged: int
    bad: int
    unread: int
    named: Text
    why: Text | None = None

    @property
    def percent(self) -> Fraction:
        """The recovery degree in percent, exactly; what nobody could look at counts as recovered."""
        return Fraction(_WHOLE * (self.acknowledged - self.bad), self.acknowledged)

    @property
    def least_percent(self) -> Fraction:
        """The same, had nothing come back of what nobody could look at."""
        return Fraction(_WHOLE * (self.acknowledged - self.bad - self.unread), self.acknowledged)


def kept(drill: Drill) -> Sequence[Kept | Tell]:
    """Return what became of each kind that the drill was to compare, or why that is not known; orders come first."""
    return [orders_of(drill), *_further(drill)]


def known(drill: Drill) -> Sequence[Kept]:
    """Return what became of each kind of which that is known."""
    return [each for each in kept(drill) if isinstance(each, Kept)]


def not_compared(drill: Drill) -> Text | None:
    """Return why the stock was not compared where nothing was to be expected of it; None where it was, or should be."""
    found = _stock_of(drill)
    if not isinstance(found, Untold) or found.suspicious:
        return None
    return Text(en=f"stock was not compared: {found.why.en}", zh=f"未比对库存：{found.why.zh}")


def blurred(drill: Drill) -> Text | None:
    """Return that sold pieces may hide behind others that stood in carts; None where none can."""
    found = _stock_of(drill)
    if not isinstance(found, Moves) or not found.blurred:
        return None
    return Text(
        en=f"up to {found.blurred:,} of these pieces cannot be told from others that stood in carts and were not sold",
        zh=f"其中至多 {found.blurred:,} 件无法与购物车中未售出的商品区分",
    )


def orders_of(drill: Drill) -> Kept | Tell:
    """Return what became of the orders; why that is not known where it is not."""
    return _counted(drill.data.get("orders"), ORDERS)


def _further(drill: Drill) -> Iterator[Kept | Tell]:
    paid = "payments" in drill.data and drill.of("journeys").get("depth") == PAYING
    if paid or isinstance(drill.data.get("payments"), Mapping):
        yield _counted(drill.data.get("payments"), PAYMENTS)
    found = _stock_of(drill)
    if isinstance(found, Untold) and found.suspicious:
        yield unsure(f"its stock tells nothing: {found.why.en}", f"库存无从判断：{found.why.zh}", cause="target")
    elif isinstance(found, Moves):
        yield _moved(found)


def _stock_of(drill: Drill) -> Moves | Untold | None:
    stock = drill.data.get("stock")
    return moves_in(stock) if isinstance(stock, Mapping) else None


def _counted(told: Any, of: Of) -> Kept | Tell:
    en, zh = of.many.en, of.many.zh
    if not isinstance(told, Mapping):
        return unsure(f"its {en} were not compared", f"未比对其{zh}", cause="target")
    acknowledged, found = _count(told, "acknowledged"), _count(told, "found")
    unread = 0 if told.get("unread") is None else _count(told, "unread")
    if acknowledged is None or found is None or unread is None:
        return unsure(f"it does not tell how many {en} came back", f"未说明恢复了多少{zh}", cause="target")
    if acknowledged <= 0:
        return unsure(
            f"no {en[:-1]} was acknowledged before the fault: there is nothing to come back",
            f"故障前没有任何{zh}得到确认，无可恢复",
            cause="target",
        )
    lost, doubled, altered = (names(told.get(key)) for key in ("lost", "doubled", "altered"))
    missing = acknowledged - found - unread
    if not 0 <= len(lost) <= missing or found < 0 or unread < 0:
        return unsure(f"its counts of {en} contradict each other", f"{zh}数目自相矛盾", cause="target")
    # Of those that are missing not each need be named; of those that are there each bad one is. Two acknowledgements of
    # one number are one order that is missing, and stands among the doubled: it counts once.
    twice = set(doubled) - set(lost) - set(altered)
    bad = missing + len(set(altered) - set(lost)) + max(0, len(twice) - (missing - len(lost)))
    return Kept(
        of=of,
        acknowledged=acknowledged,
        bad=min(bad, acknowledged - unread),
        unread=unread,
        why=_why(str(told.get("why") or "")),
        named=_named(("lost", "丢失", lost), ("doubled", "重复", doubled), ("altered", "被改动", altered)),
    )


def _why(told: str) -> Text | None:
    if told == _UNLISTED:
        return Text(en="the provider's list does not show them", zh="支付机构的清单中未列出")
    return Text(en=told[:_LONG], zh=told[:_LONG]) if told else None


def _moved(moves: Moves) -> Kept:
    counts = (("not taken off the stock", "未从库存扣减", moves.lost), ("too many taken off", "多扣减", moves.doubled))
    wrong = [(en, zh, count) for en, zh, count in counts if count]
    return Kept(
        of=STOCK,
        acknowledged=moves.sold,
        bad=moves.bad,
        unread=0,
        named=Text(
            en="; ".join(f"{moves.goods}: {count:,} {en}" for en, _, count in wrong),
            zh="；".join(f"{moves.goods}：{zh} {count:,} 件" for _, zh, count in wrong),
        ),
    )


def _named(*kinds: tuple[str, str, Sequence[str]]) -> Text:
    told = [(en, zh, ids) for en, zh, ids in kinds if ids]
    return Text(
        en="; ".join(f"{en}: {_listed(ids, ', ')}" for en, _, ids in told),
        zh="；".join(f"{zh}：{_listed(ids, '、')}" for _, zh, ids in told),
    )


def _listed(ids: Sequence[str], comma: str) -> str:
    shown = comma.join(ids[:_SHOWN])
    if len(ids) <= _SHOWN:
        return shown
    return f"{shown}, ... ({len(ids)} in all)" if comma == ", " else f"{shown}等 {len(ids)} 笔"


def _count(told: Mapping[str, Any], key: str) -> int | None:
    value = number(told.get(key))
    return round(value) if value is not None and value.is_integer() else None
