"""3.1.1.4.2 recovery degree: of the marked orders that were acknowledged, those present, equal and not doubled.

Counted here, out of the ids; a percentage that somebody else worked out is not taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from conformance.judges.drill_run import Drill, names
from conformance.judges.drill_runs import after_it
from conformance.judges.hosts import Tell, number, right, unsure, wrong
from reports.verdict import Measured, Operator, Requirement, Text

_SHOWN = 10
_WHOLE = 100
_PLACING = frozenset({"order", "payment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What became of the acknowledged orders of a drill.

    ``bad`` of them did not come back whole; of ``unread`` nobody could look whether they did.
    """

    acknowledged: int
    bad: int
    unread: int
    lost: Sequence[str]
    doubled: Sequence[str]
    altered: Sequence[str]

    @property
    def percent(self) -> Fraction:
        """The recovery degree in percent, exactly; what nobody could look at counts as recovered."""
        return Fraction(_WHOLE * (self.acknowledged - self.bad), self.acknowledged)

    @property
    def least_percent(self) -> Fraction:
        """The same, had nothing come back of what nobody could look at."""
        return Fraction(_WHOLE * (self.acknowledged - self.bad - self.unread), self.acknowledged)

    def named(self) -> Text:
        """Return what did not come back, with ids."""
        kinds = (("lost", "丢失", self.lost), ("doubled", "重复", self.doubled), ("altered", "被改动", self.altered))
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


def counts_orders(drill: Drill) -> bool:
    """Tell whether a drill was meant to count orders, or did: one whose journeys stop before the order says nothing."""
    depth = drill.of("journeys").get("depth")
    return depth in _PLACING or isinstance(drill.data.get("orders"), Mapping)


def orders_of(drill: Drill) -> Orders | Tell:
    """Return what became of the orders; why that is not known where it is not."""
    told = drill.data.get("orders")
    if not isinstance(told, Mapping):
        return unsure("its orders were not compared", "未比对其订单", cause="target")
    own = drill.of("orders")
    acknowledged, found = _count(own, "acknowledged"), _count(own, "found")
    unread = 0 if own.get("unread") is None else _count(own, "unread")
    if acknowledged is None or found is None or unread is None:
        return unsure("it does not tell how many orders came back", "未说明恢复了多少订单", cause="target")
    if acknowledged <= 0:
        return unsure(
            "no order was acknowledged before the fault: there is nothing to come back",
            "故障前没有任何订单得到确认，无可恢复",
            cause="target",
        )
    lost, doubled, altered = (names(own.get(key)) for key in ("lost", "doubled", "altered"))
    missing = acknowledged - found - unread
    if not 0 <= len(lost) <= missing or found < 0 or unread < 0:
        return unsure("its counts of orders contradict each other", "订单数目自相矛盾", cause="target")
    # Of those that are missing not each need be named; of those that are there each bad one is. Two acknowledgements of
    # one number are one order that is missing, and stands among the doubled: it counts once.
    twice = set(doubled) - set(lost) - set(altered)
    bad = missing + len(set(altered) - set(lost)) + max(0, len(twice) - (missing - len(lost)))
    return Orders(
        acknowledged=acknowledged,
        bad=min(bad, acknowledged - unread),
        unread=unread,
        lost=lost,
        doubled=doubled,
        altered=altered,
    )


def _count(own: Mapping[str, Any], key: str) -> int | None:
    value = number(own.get(key))
    return round(value) if value is not None and value.is_integer() else None


def came_back(requirement: Requirement, drill: Drill) -> Tell:
    """Judge the recovery degree of one drill: exactly, so that 98 % is not above 98 %."""
    orders, bound = orders_of(drill), requirement.thresholds[0]
    if isinstance(orders, Tell):
        return orders
    percent = orders.percent
    measured = Measured(metric=bound.metric, value=float(percent), unit=bound.unit)
    whole, good, share = orders.acknowledged, orders.acknowledged - orders.bad, shown_percent(percent)
    en = f"{good:,} of {whole:,} acknowledged orders came back whole, {share} %"
    zh = f"{whole:,} 笔已确认订单中 {good:,} 笔完整恢复，占 {share}%"
    if not _keeps(percent, bound.operator, Fraction(str(bound.value))):
        named = orders.named()
        ids_en, ids_zh = (f" ({named.en})", f"（{named.zh}）") if named.en else ("", "")
        limit_en, limit_zh = _bound_words(bound.operator, bound.value)
        told = f"{en}, against {limit_en}{ids_en}"
        return wrong(told, f"{zh}，要求{limit_zh}{ids_zh}", shows=told, measured=measured)
    if not _keeps(orders.least_percent, bound.operator, Fraction(str(bound.value))):
        return unsure(
            f"{en}, but nobody could look at {orders.unread:,} of them",
            f"{zh}，但其中 {orders.unread:,} 笔无法查看",
            cause="target",
            measured=measured,
        )
    return _given_back(drill) or after_it(drill) or right(en, zh, measured=measured)


def _given_back(drill: Drill) -> Tell | None:
    """Return why orders that are there do not show a recovery; None where the platform was back by itself.

    Where it was not, the drill took its fault out, and with it gave back what it had taken away.
    """
    took = drill.recovery()
    if took is not None and took.whole:
        return None
    return unsure(
        "what is there was there again only once the drill had taken its fault out: that shows no recovery",
        "演练撤除故障之后数据才重新可用，不能说明平台已恢复",
        cause="target",
    )


def shown_percent(percent: Fraction) -> str:
    """Return a percentage that is never rounded up to the next whole one."""
    if percent.denominator == 1:
        return str(percent.numerator)
    return f"{int(percent * _WHOLE) / _WHOLE:.2f}"


def _keeps(percent: Fraction, operator: Operator, value: Fraction) -> bool:
    match operator:
        case ">":
            return percent > value
        case ">=" | "==":
            return percent >= value
        case _:
            return False


def _bound_words(operator: Operator, value: float) -> tuple[str, str]:
    if operator == ">":
        return f"more than {value:g} %", f"大于 {value:g}%"
    return f"{value:g} %", f"{value:g}%"
