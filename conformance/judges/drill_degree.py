"""3.1.1.4.2 recovery degree: of what was acknowledged, the share that is present, equal and not doubled.

Orders, payments and stock movements are counted each by themselves; the least of the shares decides.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from conformance.judges.drill_kept import Kept, blurred, kept, known, not_compared
from conformance.judges.drill_run import Drill, joined
from conformance.judges.drill_runs import after_it
from conformance.judges.hosts import Tell, right, unsure, wrong
from probes.target_watch import PLACING
from reports.verdict import Measured, Operator, Requirement, Text

_WHOLE = 100


def counts_orders(drill: Drill) -> bool:
    """Tell whether a drill was meant to count orders, or did: one whose journeys stop before the order says nothing."""
    depth = drill.of("journeys").get("depth")
    return depth in PLACING or isinstance(drill.data.get("orders"), Mapping)


def tells_less(requirement: Requirement, newer: Drill, older: Drill) -> bool:
    """Tell whether a run that conforms does not tell of a kind of which too little of an older one had come back."""
    bound = requirement.thresholds[0]
    value = Fraction(str(bound.value))
    short = {each.of for each in known(older) if not _keeps(each.percent, bound.operator, value)}
    return not short <= {each.of for each in known(newer)}


def came_back(requirement: Requirement, drill: Drill) -> Tell:
    """Judge the recovery degree of one drill: exactly, so that 98 % is not above 98 %."""
    every, bound = kept(drill), requirement.thresholds[0]
    found = [each for each in every if isinstance(each, Kept)]
    if not found:
        return next(each for each in every if isinstance(each, Tell))
    least, value = min(found, key=lambda each: each.percent), Fraction(str(bound.value))
    measured = Measured(metric=bound.metric, value=float(least.percent), unit=bound.unit)
    under = [each for each in found if not _keeps(each.percent, bound.operator, value)]
    if under:
        return _too_little(under, found, bound.operator, bound.value, measured)
    if isinstance(every[0], Tell):
        return every[0]
    unread = [each for each in found if not _keeps(each.least_percent, bound.operator, value)]
    if unread:
        return _not_looked_at(unread, found, measured)
    open_ = next((each for each in every if isinstance(each, Tell)), None)
    if open_ is not None:
        return unsure(f"{_shares(found).en}, but {open_.en}", f"{_shares(found).zh}，但{open_.zh}", cause=open_.cause)
    beside = [each for each in (blurred(drill), not_compared(drill)) if each is not None]
    told = joined([_shares(found), *beside])
    return _given_back(drill) or after_it(drill) or right(told.en, told.zh, measured=measured)


def _too_little(
    under: Sequence[Kept], found: Sequence[Kept], operator: Operator, value: float, measured: Measured
) -> Tell:
    ids_en = "; ".join(each.named.en for each in under if each.named.en)
    ids_zh = "；".join(each.named.zh for each in under if each.named.zh)
    limit_en, limit_zh = _bound_words(operator, value)
    shares, rest = _shares(under), _shares([each for each in found if each not in under])
    en = f"{shares.en}, against {limit_en}{f' ({ids_en})' if ids_en else ''}{f'; {rest.en}' if rest.en else ''}"
    zh = f"{shares.zh}，要求{limit_zh}{f'（{ids_zh}）' if ids_zh else ''}{f'；{rest.zh}' if rest.zh else ''}"
    return wrong(en, zh, shows=en, measured=measured)


def _not_looked_at(unread: Sequence[Kept], found: Sequence[Kept], measured: Measured) -> Tell:
    shares, which = _shares(found), unread[0]
    why_en, why_zh = (f" ({which.why.en})", f"（{which.why.zh}）") if which.why is not None else ("", "")
    return unsure(
        f"{shares.en}, but nobody can tell of {which.unread:,} of the {which.of.many.en}{why_en}",
        f"{shares.zh}，但其中 {which.unread:,} {which.of.unit_zh}{which.of.many.zh}无法核实{why_zh}",
        cause="target",
        measured=measured,
    )


def _shares(found: Sequence[Kept]) -> Text:
    """Return the share of each kind that came back whole."""
    return joined([_share(each) for each in found])


def _share(each: Kept) -> Text:
    whole, good, percent = each.acknowledged, each.acknowledged - each.bad, shown_percent(each.percent)
    name, unit = each.of.acknowledged, each.of.unit_zh
    return Text(
        en=f"{good:,} of {whole:,} {name.en} {each.of.whole.en}, {percent} %",
        zh=f"{whole:,} {unit}{name.zh}中 {good:,} {unit}{each.of.whole.zh}，占 {percent}%",
    )


def _given_back(drill: Drill) -> Tell | None:
    """Return why records that are there do not show a recovery; None where the platform was back by itself.

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
