"""What must be seen of each platform interface (SBT-3.1.5): the effect of its authorised round trip. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from conformance.judges.figures import amount, outputs, same_number, text
from conformance.judges.words import bad, denied, done, good, requests, untold
from probes.observation import Observation
from reports.verdict import Verdict


def rounds(seen: Observation) -> tuple[Mapping[str, Any], ...]:
    """Return the authorised rounds of an observation."""
    return tuple(each for each in seen.data.get("rounds") or () if isinstance(each, Mapping))


def last_round(seen: Observation) -> Mapping[str, Any]:
    """Return the last round; empty where there was none."""
    return next(reversed(rounds(seen)), {})


def state_of(step: Any) -> Any:
    """Return the state that a told read gave; None where it gave none."""
    return outputs(step).get("state")


def made_by(seen: Observation) -> tuple[str, ...]:
    """Return the requests of the last round."""
    last = last_round(seen)
    return requests(last.get("before"), last.get("act"), last.get("after"))


def names(state: Any, number: str) -> bool:
    """Tell whether a state shows a number, alone or with words around it."""
    return any(same_number(leaf, number) for _, leaf in _leaves(state))


Effect = Callable[[Observation], Verdict]
_CLOSED_EN = "calls without credentials, and with others than its own, got and did nothing."
_CLOSED_ZH = "没有凭据或使用无效凭据的调用未取得数据，也未产生效果。"


def _good(seen: Observation, en: str, zh: str) -> Verdict:
    if any(call.get("fit") == "fits" for call in seen.data.get("calls") or ()):
        return good(
            seen, f"{en}, in the form documented; {_CLOSED_EN}", f"{zh}，应答与说明的数据结构相符；{_CLOSED_ZH}"
        )
    return good(
        seen,
        f"{en} (the form of the answer was compared with no schema); {_CLOSED_EN}",
        f"{zh}（应答形式未与数据结构说明比对）；{_CLOSED_ZH}",
    )


def _no_effect(seen: Observation, en: str, zh: str, *further: Mapping[str, Any] | None) -> Verdict:
    return bad(seen, en, zh, repeat=(*made_by(seen), *requests(*further)))


def _one_more(seen: Observation) -> Verdict:
    """Stock: the receipt of one piece makes it one more, in one of two tries or in both together."""
    states = [(amount(state_of(each.get("before"))), amount(state_of(each.get("after")))) for each in rounds(seen)]
    changes = [after - before for before, after in states if before is not None and after is not None]
    if len(changes) < len(states) or not states:
        return untold(seen, "The stock that was read is no number.", "读取的库存不是数字。", cause="settings")
    first, last = states[0][0], states[-1][1]
    assert first is not None
    assert last is not None
    if Decimal(1) in changes or last - first == len(states):
        return _good(seen, "The receipt of one piece made the stock one more", "登记入库1件后库存增加1件")
    shown = ", ".join(str(each) for each in changes)
    shown_zh = "、".join(str(each) for each in changes)
    if changes[0] < 0 or len(set(changes)) > 1:
        return untold(
            seen,
            f"The stock changed by {shown}: others were buying or stocking up at the same time.",
            f"库存变化为 {shown_zh}：同时有他人购买或补货。",
        )
    return _no_effect(
        seen,
        f"The receipt of one piece was acknowledged, and the stock changed by {shown}.",
        f"入库1件得到确认，而库存变化为 {shown_zh}。",
    )


def _marked(seen: Observation) -> Verdict:
    """Customers: what the update wrote stands in what is read afterwards, and did not before."""
    last = last_round(seen)
    if text(last.get("mark")) and last["mark"] in str(state_of(last.get("after"))):
        return _good(seen, "The test customer was read and updated", "测试客户已读取并更新")
    return _no_effect(
        seen,
        "The update was acknowledged, and the customer is read without it.",
        "更新得到确认，而再次读取客户时没有该内容。",
    )


def _made_is_there(seen: Observation) -> Verdict:
    """Logistics, banks: under the number that was given for it, what was made can be read."""
    last = last_round(seen)
    made, state = text(outputs(last.get("act")).get("made")), state_of(last.get("after"))
    if not made:
        return untold(
            seen,
            "The journey that acts gives no number of what it made (output made).",
            "操作流程没有给出所建内容的编号（输出 made）。",
            cause="settings",
        )
    control = seen.data.get("control")
    if _canned(control):
        return _no_effect(
            seen,
            "The answer is the same for the number that was given and for one that was not.",
            "对已给出的编号与并未给出的编号得到相同的应答。",
            control,
        )
    if names(state, made) or (text(last.get("mark")) and last["mark"] in str(state)) or denied(control):
        return _good(seen, "What was made could be read under its number", "所建内容可凭编号读取")
    return untold(
        seen,
        "What is read under the number names neither it nor what was asked for.",
        "凭编号读取的内容中既没有该编号，也没有所提交的内容。",
        cause="settings",
    )


def _canned(control: Mapping[str, Any] | None) -> bool:
    """Tell whether the answer was the same for something else, what was asked for aside."""
    return control is not None and done(control) and bool(control.get("same"))


def _of_this_order(seen: Observation) -> Verdict:
    """Accounts, proceeds: the answer is about this order, and names an amount; another order's is not the same."""
    state, control = state_of(last_round(seen).get("after")), seen.data.get("control")
    number = text((seen.data.get("about") or {}).get("order"))
    if _canned(control):
        return _no_effect(
            seen,
            "The answer is the same for the test order and for one that does not exist.",
            "对测试订单与不存在的订单给出相同的应答。",
            control,
        )
    if not names(state, number):
        return _of_another(seen, state, number)
    figures = [
        figure for _, leaf in _leaves(state) if not same_number(leaf, number) and (figure := _sum_in(leaf)) is not None
    ]
    if not figures:
        return _no_effect(
            seen,
            f"The answer for order {number} names no amount.",
            f"对订单 {number} 的应答没有给出金额。",
        )
    if not any(figures):
        return untold(
            seen,
            f"The answer for order {number} names no amount but 0: it may not be settled yet, or not at all.",
            f"对订单 {number} 的应答中金额均为0：可能尚未结算。",
        )
    return _good(seen, f"The answer for order {number} names it and its amounts", f"对订单 {number} 的应答给出其金额")


def _of_another(seen: Observation, state: Any, number: str) -> Verdict:
    """Tell what is to be said of an answer that does not name the order: another's, or nobody's."""
    form = _form(number)
    other = next((text(leaf) for key, leaf in _leaves(state) if _ORDER.search(key) and _form(text(leaf)) == form), None)
    if other is not None:
        return _no_effect(
            seen,
            f"The answer for order {number} is about order {other}.",
            f"对订单 {number} 的应答是关于订单 {other} 的。",
        )
    return untold(
        seen,
        f"The answer for order {number} does not name it, so that nothing shows whose amounts these are; let the "
        "output state hold the number as well.",
        f"对订单 {number} 的应答没有给出订单号，无从证明金额属于该订单；请让输出 state 同时包含订单号。",
        cause="settings",
    )


_ORDER = re.compile("order|订单", re.IGNORECASE)
_SUM = re.compile(r"[^\d\s.,-]{0,4}\s?(-?\d[\d,]*(?:\.\d+)?)\s?[^\d\s.,-]{0,4}")


def _form(number: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", number))


def _sum_in(leaf: Any) -> Decimal | None:
    """Return an amount as interfaces write it: ``24.5``, ``"24.50"``, ``"¥1,234.50"``, ``"24.50元"``."""
    found = _SUM.fullmatch(leaf.strip()) if isinstance(leaf, str) else None
    return amount(leaf if found is None else found[1].replace(",", ""))


def _of_this_day(seen: Observation) -> Verdict:
    """Analysis: a day on which an order was placed counts it; a day before the shop was there counts none.

    Orders are placed while this looks, so the same totals for every day may have grown by the time of the control: the
    day itself is read before it and after it.
    """
    today, control = amount(state_of(last_round(seen).get("after"))), seen.data.get("control")
    earlier = amount(state_of(control)) if done(control) else Decimal(0)
    if today is None or earlier is None:
        return untold(seen, "The total that was read is no number.", "读取的合计不是数字。", cause="settings")
    if today <= 0:
        return untold(
            seen,
            "An order was placed on this day, and the totals of the day count none yet: where they are made once a "
            "day, nothing can be seen of them on the day itself.",
            "当日已有订单，而当日合计仍为零：若统计按日生成（T+1），当日无从查看。",
        )
    again = amount(state_of(seen.data.get("again")))
    if earlier and min(today, again or today) <= earlier <= max(today, again or today):
        return _no_effect(
            seen,
            f"The totals are the same ({earlier}) for a day on which an order was placed and for one in the year 2001.",
            f"有订单的当日与2001年某日的合计相同（{earlier}）。",
            control,
        )
    return _good(
        seen, f"The totals of the day ({today}) count the orders placed on it", f"当日合计（{today}）计入了当日订单"
    )


def _of_this_person(seen: Observation) -> Verdict:
    """Identity: who gives the right name and telephone is confirmed, and who gives another telephone is not."""
    state, control = state_of(last_round(seen).get("after")), seen.data.get("control")
    if state in (None, False, ""):
        return _no_effect(
            seen, "The test identity, rightly given, was not confirmed.", "测试身份信息正确，却没有得到确认。"
        )
    if _canned(control):
        return _no_effect(
            seen,
            "An identity with a wrong telephone number is confirmed just as the right one.",
            "电话号码错误的身份与正确的身份得到同样的确认。",
            control,
        )
    return _good(
        seen,
        "The test identity was confirmed, and one with a wrong telephone was not",
        "测试身份得到确认，电话号码错误者没有",
    )


def _leaves(value: Any, key: str = "") -> Iterable[tuple[str, Any]]:
    """Yield what stands in a JSON value, each with the name under which it stands."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, key)
    else:
        yield key, value


EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "accounting": _of_this_order,
        "stock": _one_more,
        "sales-payment": _of_this_order,
        "identity": _of_this_person,
        "logistics": _made_is_there,
        "e-bank": _made_is_there,
        "crm": _marked,
        "analytics": _of_this_day,
    }
)
