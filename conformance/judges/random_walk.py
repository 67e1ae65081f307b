"""SBT-3.1.3, complete transactions: whatever two buyers do at random, what was acknowledged stays as it was bought."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from probes.trade.invariants import Break, broken
from reports.verdict import Measured, Requirement, Threshold, Verdict

_TOLD = {
    "cart": ("the cart does not hold what was put in it", "购物车内容与操作不符"),
    "sums": ("the sums are not those of the lines", "金额与明细不符"),
    "kept": ("an acknowledged order is not to be read", "已确认的订单无法读取"),
    "as bought": ("an order does not hold what was bought", "订单内容与所购不符"),
    "unchanged": ("an order is not the same for everybody and at any time", "订单前后或各方所见不一致"),
    "unique": ("two orders have one number", "两笔订单使用同一订单号"),
    "stock": ("more was sold than there was", "售出数量超过库存"),
}
_DID = {
    "begin": "清空",
    "empty": "清空",
    "add": "加入商品",
    "change": "修改数量",
    "remove": "移除商品",
    "confirm": "确认订单",
}
_CAME = {"denied": "读取被拒绝", "broken": "读取失败"}
_READS = frozenset({"read", "operator reads"})
_ELSEWHERE = {"cart": ("cart", "购物车"), "kept": ("order handling", "订单处理")}


def nothing_lost(requirement: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``trade.at_random``: every invariant holds over the whole history, which is as long as the clause's bound.

    What does not hold in a plain purchase either is no matter of chance: what fails there is told by the checks of cart
    and order handling. Sums that do not add up in a plain purchase may be taxes, and are left alone.
    """
    data = seen.data
    control = broken(data["control"])
    plain = next((each for each in control if each.name in _ELSEWHERE), None)
    if plain is not None or not any(record["did"] == "confirm" and record.get("number") for record in data["control"]):
        name, zh = _ELSEWHERE[plain.name] if plain is not None else _ELSEWHERE["kept"]
        return untold(
            seen,
            f"A plain purchase already goes wrong, so that nothing was tried at random; see 3.2.1 ({name}).",
            f"普通购买已不正常，未进行随机操作，详见3.2.1（{zh}）。",
        )
    ignored = {each.name for each in control if each.name == "sums"}
    for records in _histories(data):
        found = next((each for each in broken(records) if each.name not in ignored), None)
        if found is not None:
            return _lost(seen, records, found)
    return _enough(requirement.thresholds[0], seen, ignored)


def _histories(data: Mapping[str, Any]) -> list[Sequence[Mapping[str, Any]]]:
    """Return what is judged: the plain purchase, the shortened journey, each round, and all of it to the end."""
    journey = [data["journey"]["records"]] if data.get("journey") else []
    everything = [record for records in data["rounds"] for record in records]
    return [data["control"], *journey, *data["rounds"], [*everything, *data["at_the_end"]]]


def _lost(seen: Observation, records: Sequence[Mapping[str, Any]], found: Break) -> Verdict:
    data = seen.data
    told = _TOLD[found.name]
    journey = data.get("journey") or {}
    way = _way(records, found)
    shrunk = "shortened to" if journey.get("shrunk") and records is journey.get("records") else "after"
    shrunk_zh = "缩短为" if shrunk == "shortened to" else "经"
    return bad(
        seen,
        f"In {_steps(data)} steps at random (seed {data['seed']}) {told[0]} ({found.name}): {_shown(found)}; "
        f"{shrunk} {len(way)} steps.",
        f"随机操作 {_steps(data)} 步（种子 {data['seed']}），{told[1]}：{_shown_zh(found)}；"
        f"{shrunk_zh} {len(way)} 步。",
        repeat=_repeat(way),
    )


def _shown(found: Break) -> str:
    match found.name:
        case "cart":
            return f"after {found.about} it holds {found.seen}, should hold {found.due}"
        case "kept":
            return f"order {found.about} came {found.seen}"
        case "unique":
            return f"{found.about} stands for both"
        case "as bought" | "unchanged":
            return f"order {found.about} is {found.seen}, should be {found.due}"
        case _:
            return f"{found.about} is {found.seen}, should be {found.due}"


def _shown_zh(found: Break) -> str:
    match found.name:
        case "cart":
            return f"{_DID.get(found.about, found.about)}之后购物车为 {found.seen}，应为 {found.due}"
        case "kept":
            return f"订单 {found.about} {_CAME.get(found.seen, found.seen)}"
        case "unique":
            return f"订单号 {found.about}"
        case "as bought" | "unchanged":
            return f"订单 {found.about} 为 {found.seen}，应为 {found.due}"
        case _:
            return f"{found.about} 为 {found.seen}，应为 {found.due}"


def _way(records: Sequence[Mapping[str, Any]], found: Break) -> Sequence[Mapping[str, Any]]:
    """Return what leads to the break, without emptying both carts beforehand and looking at orders that stay whole."""
    first = next((at for at, record in enumerate(records) if record["did"] not in {"begin", "empty"}), 0)
    return [
        record
        for at, record in enumerate(records[: found.at + 1])
        if at == found.at
        or (at >= first and not (record["did"] in _READS and str(record.get("number")) != found.about))
    ]


def _repeat(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the journey as a person repeats it: what to do, step by step, each with the requests that did it."""
    buyers = dict.fromkeys(str(record["who"]) for record in records if record["did"] in _DID)
    cast = ", ".join(f"{who} is {'another' if at else 'a'} buyer" for at, who in enumerate(buyers))
    lines = [f"0. {cast}, each with an empty cart; an order gets a number of its own each time"]
    for number, record in enumerate(records, start=1):
        what = " ".join(
            str(record[name]) for name in ("did", "quantity", "goods", "number") if record.get(name) is not None
        )
        lines.append(f"{number}. {record['who']}: {what} -> {record['came']}")
        lines += [f"{number}. {line}" for line in record.get("requests", ())]
    return tuple(lines)


def _steps(data: Mapping[str, Any]) -> int:
    """Return how many steps were taken, by the records: begin and end of a round are none."""
    counted = {"add", "change", "remove", "empty", "browse", "check out", "confirm", "read", "cancel"}
    return min(int(data["steps"]), sum(record["did"] in counted for records in data["rounds"] for record in records))


def _enough(bound: Threshold, seen: Observation, ignored: set[str]) -> Verdict:
    data = seen.data
    steps = _steps(data)
    if steps < bound.value:
        reason = data.get("stopped") or "the walk ended"
        return untold(
            seen,
            f"Only {steps} of {bound.value:g} steps at random were taken: {reason}",
            f"随机操作只进行了 {steps} 步，未达到 {bound.value:g} 步：{reason}",
        )
    orders = sum(record["did"] == "confirm" and record["came"] == "done" for each in data["rounds"] for record in each)
    if not orders:
        return untold(seen, "No order came about at random.", "随机操作未生成任何订单。")
    besides = (", sums apart", "（金额除外）") if ignored else ("", "")
    return good(
        seen,
        f"In {steps} steps of two buyers at random (seed {data['seed']}) with {orders} orders nothing was lost, "
        f"doubled or altered{besides[0]}.",
        f"两名买家随机操作 {steps} 步（种子 {data['seed']}），生成 {orders} 笔订单，均无丢失、重复或改动{besides[1]}。",
        measured=Measured(metric=bound.metric, value=steps, unit=bound.unit),
        threshold=bound,
    )
