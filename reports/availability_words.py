"""What the pictures of the standing record say, in Chinese and English: states of a day, classes, lengths, months."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from reports.verdict import Text

DAYS: Final[Mapping[str, Text]] = {
    "good": Text(zh="全天已知，无故障", en="known all day, no failure"),
    "some": Text(zh="有故障，低于限值", en="failures, below the limit"),
    "bad": Text(zh="故障达到或超过限值", en="failures at or above the limit"),
    "partly": Text(zh="部分未知，或当天尚未结束", en="partly unknown, or not over yet"),
    "unknown": Text(zh="全天未知", en="nothing known"),
    "excluded": Text(zh="计划维护，事先已公告", en="planned maintenance, announced"),
    "future": Text(zh="尚未到来", en="still to come"),
}
"""What a day of the calendar says; what is known of a day never hides what is not."""

CLASSES: Final[Mapping[str, Text]] = {
    "software": Text(zh="软件", en="software"),
    "hardware": Text(zh="硬件", en="hardware"),
    "network": Text(zh="网络", en="network"),
    "unclassified": Text(zh="未分类", en="unclassified"),
}

STEPS: Final[Mapping[str, Text]] = {
    "detected": Text(zh="发现", en="detected"),
    "decided": Text(zh="决定", en="decided"),
    "acted": Text(zh="处置", en="acted"),
    "verified": Text(zh="验证", en="verified"),
}

CHECKS: Final[Mapping[str, Text]] = {
    "page": Text(zh="页面", en="page"),
    "journey": Text(zh="业务流程", en="journey"),
    "payment": Text(zh="支付", en="payment"),
}

DEPTHS: Final[Mapping[str, Text]] = {
    "page": Text(zh="到页面为止", en="as far as the page"),
    "cart": Text(zh="到购物车为止", en="as far as the cart"),
    "checkout": Text(zh="到结账为止，不下单", en="as far as the checkout, no order placed"),
    "order": Text(zh="到下单为止", en="as far as the order"),
    "payment": Text(zh="到支付为止", en="as far as the payment"),
}

SERIES: Final[Mapping[str, Text]] = {
    "p50": Text(zh="中位数", en="median"),
    "p95": Text(zh="95 百分位", en="95th percentile"),
    "p99": Text(zh="99 百分位", en="99th percentile"),
    "max": Text(zh="最大值", en="longest"),
}

WEEKDAYS: Final[Sequence[Text]] = tuple(
    Text(zh=zh, en=en)
    for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_UNITS: Final = ((_DAY, "天", "d"), (_HOUR, "小时", "h"), (_MINUTE, "分", "min"), (_SECOND, "秒", "s"))


def named(table: Mapping[str, Text], name: str) -> Text:
    """Return the words for a name; an unknown one stands for itself."""
    return table.get(name, Text(zh=name, en=name))


def month(day: date, *, year: bool = False) -> Text:
    """Return ``3月`` / ``Mar``, with the year where asked."""
    name = _MONTHS[day.month - 1]
    if year:
        return Text(zh=f"{day.year}年{day.month}月", en=f"{name} {day.year}")
    return Text(zh=f"{day.month}月", en=name)


def span(length_ms: int) -> Text:
    """Return a length of time in its two largest units: ``2 小时 5 分`` / ``2 h 5 min``."""
    for number, (unit, zh, en) in enumerate(_UNITS):
        if length_ms >= unit:
            whole, rest = divmod(length_ms, unit)
            below = _UNITS[number + 1 : number + 2]
            parts = [(whole, zh, en), *((rest // size, small_zh, small_en) for size, small_zh, small_en in below)]
            told = [part for part in parts if part[0]]
            return Text(
                zh=" ".join(f"{count} {word}" for count, word, _ in told),
                en=" ".join(f"{count} {word}" for count, _, word in told),
            )
    return Text(zh=f"{length_ms} 毫秒" if length_ms else "0 秒", en=f"{length_ms} ms" if length_ms else "0 s")


def latency(milliseconds: float) -> str:
    """Return a latency with three figures: ``85 ms``, ``1.41 s``."""
    return f"{milliseconds:.3g} ms" if milliseconds < _SECOND else f"{milliseconds / _SECOND:,.3g} s"


def hours(number: float) -> Text:
    """Return hours without decimals, from 100 h on; ``8,500 小时`` / ``8,500 h``."""
    told = f"{number:,.0f}" if number >= 100 or number == 0 else f"{number:,.3g}"  # noqa: PLR2004 - three figures
    return Text(zh=f"{told} 小时", en=f"{told} h")


def share(part: float) -> str:
    """Return a share in percent, never rounded to what it is not: ``< 0.1 %``, ``94.2 %``, ``> 99.9 %``."""
    percent = 100 * part
    if percent < 0.1:  # noqa: PLR2004 - one decimal
        return "< 0.1 %" if percent else "0 %"
    return "> 99.9 %" if 99.9 < percent < 100 else f"{percent:.1f} %"  # noqa: PLR2004 - one decimal
