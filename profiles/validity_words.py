"""Says why a run tells nothing, in English and Chinese, from the reasons as data (``profiles.validity``)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "closed-model": (
            "its users wait for their answers before they go on (closed model), so a slow shop hides itself",
            "其用户等到答复后才继续（封闭模型），缓慢的商店会掩盖自身的缓慢",
        ),
        "stopped": ("it was stopped in second {second} ({why}): {detail}", "在第 {second} 秒被停止（{why}）：{detail}"),
        "cut-off": ("its record breaks off after {second} s", "其记录在 {second} 秒后中断"),
        "not-ended": ("it did not come to its planned end ({ended})", "未按计划结束（{ended}）"),
        "seconds-missing": ("its record lacks {seconds} planned seconds", "其记录缺少计划中的 {seconds} 秒"),
        "inconsistent": ("its record does not fit together: {what}", "其记录前后不一致：{what}"),
        "other-plan": (
            "its record is of another plan ({record}, not {plan})",
            "其记录属于另一计划（{record}，而非 {plan}）",
        ),
        "lost-worker": (
            "worker {worker} was lost in second {second}: {why}",
            "工作进程 {worker} 在第 {second} 秒丢失：{why}",
        ),
        "workers": ("{there} workers were there, {planned} were planned", "实有工作进程 {there} 个，计划 {planned} 个"),
        "rate": (
            "from {from_s} s to {to_s} s it delivered {delivered} of {planned} arrivals ({off_percent} % off the plan)",
            "第 {from_s} 至 {to_s} 秒内应到 {planned} 位，实到 {delivered} 位（偏离计划 {off_percent} %）",
        ),
        "dropped": (
            "{dropped} of {planned} arrivals found no room ({percent} %, the budget is {budget_percent} %)",
            "计划的 {planned} 位到访者中有 {dropped} 位因无空位被舍弃（{percent} %，限额 {budget_percent} %）",
        ),
        "cpu": (
            "worker {worker} used {percent} % of its processor for 10 s (the limit is {limit_percent} %)",
            "工作进程 {worker} 有 10 秒占用其处理器的 {percent} %（上限 {limit_percent} %）",
        ),
        "cpu-unknown": (
            "how busy worker {worker} was is not known for half of the time",
            "工作进程 {worker} 有一半以上时间的处理器占用情况不明",
        ),
        "late": (
            (
                "the generator was late: {late} of {arrivals} arrivals came more than {limit_ms} ms after their time, "
                "at worst {worst_ms} ms"
            ),
            "发压程序迟到：{arrivals} 位到访者中有 {late} 位晚于计划 {limit_ms} 毫秒以上，最晚 {worst_ms} 毫秒",
        ),
        "clock-unknown": (
            "how far the clock of worker {worker} is off is not known",
            "工作进程 {worker} 的时钟偏差未知",
        ),
        "clock-skew": (
            "the clock of worker {worker} is off by {skew_ms} ms (the limit is {limit_ms} ms)",
            "工作进程 {worker} 的时钟偏差为 {skew_ms} 毫秒（上限 {limit_ms} 毫秒）",
        ),
        "clock-stepped": (
            "the wall clock was set by {by_ms} ms during the run",
            "运行期间系统时钟被调整了 {by_ms} 毫秒",
        ),
        "behind": (
            "each second was told {by_ms} ms or more after its end: a worker began late, or the clock was set",
            "每一秒都在结束 {by_ms} 毫秒或更久之后才报告：有工作进程开始过晚，或系统时钟被调整",
        ),
        "nothing": ("nobody came ({started} shoppers, {steps} steps)", "无人到访（{started} 位顾客，{steps} 个步骤）"),
    }
)

CODES: Final = tuple(_WORDS)
"""The codes of all reasons."""


def reason_words(reason: Mapping[str, Any]) -> tuple[str, str]:
    """Return a reason in words, English and Chinese; one that nobody knows is told by its code.

    Args:
        reason: ``{"code": ..., **numbers}``, as ``profiles.validity.Reason.as_json`` gives it.
    """
    code = str(reason.get("code"))
    numbers = {name: _shown(value) for name, value in reason.items()}
    known = _WORDS.get(code, ("it is told as {code}", "原因代码为 {code}"))
    return known[0].format_map(_Or(numbers)), known[1].format_map(_Or(numbers))


class _Or(dict[str, str]):
    """A number that an old record lacks is shown as a question mark."""

    def __missing__(self, _: str) -> str:
        return "?"


def _shown(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"
