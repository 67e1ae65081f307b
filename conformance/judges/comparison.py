"""Two views of one order, line by line and sum by sum: what differs, in English and Chinese. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from conformance.judges.figures import Line, amount, lines_of, matched, outputs, said, unlike

Words: TypeAlias = tuple[str, str]
"""The same few words in English and Chinese."""

SUMS = (("goods_total", "货款"), ("delivery_fee", "配送费"), ("total", "总额"))


def difference(left: Mapping[str, Any], right: Mapping[str, Any]) -> Words | None:
    """Return what is known to differ between two views of one order; None where nothing is."""
    mine, theirs = lines_of(left), lines_of(right)
    if (wrong := quantities_differ(mine, theirs)) is not None:
        return wrong
    for ours, others in matched(mine, theirs):
        if ours and others and ours.total is not None and others.total is not None and ours.total != others.total:
            return f"{ours.name}: {ours.total} against {others.total}", f"{ours.name}：{ours.total} 与 {others.total}"
    for field, zh in SUMS:
        ours_sum, others_sum = outputs(left).get(field), outputs(right).get(field)
        if unlike(ours_sum, others_sum):
            one, other = _money(ours_sum), _money(others_sum)
            return f"{field} {one} against {other}", f"{zh} {one} 与 {other}"
    return None


def quantities_differ(mine: Sequence[Line], theirs: Sequence[Line]) -> Words | None:
    """Return the lines of both views where articles or pieces differ; None where they agree."""
    pairs = matched(mine, theirs)
    alike = all(ours and others and ours.quantity == others.quantity for ours, others in pairs)
    return (
        None
        if alike
        else (f"lines {said(mine)} against {said(theirs)}", f"明细 {said(mine, '、')} 与 {said(theirs, '、')}")
    )


def sums_compared(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Tell whether there is any sum at all that both views show."""
    ours, others = outputs(left), outputs(right)
    if any(amount(ours.get(field)) is not None and amount(others.get(field)) is not None for field, _ in SUMS):
        return True
    pairs = matched(lines_of(left), lines_of(right))
    return bool(pairs) and all(ours and others and None not in (ours.total, others.total) for ours, others in pairs)


def _money(money: Any) -> str:
    shown = money.get("text") if isinstance(money, Mapping) else None
    return str(shown or amount(money))
