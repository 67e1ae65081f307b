"""3.1.1.4 recovery by switch-over: to the disaster centre, the data backup system, the standby network.

What a drill saw of each stands under ``switched``: ``{"centre" | "data" | "network": {"at_ms", "where"} | null}``.
Null: it was looked for, and left no trace. Not there: it was not looked for.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from conformance.judges.drill_run import Drill
from conformance.judges.drill_runs import DrillJudge, after_it
from conformance.judges.hosts import Tell, number, right, unsure, wrong
from reports.availability_words import span
from reports.verdict import Requirement, Text

SWITCHES: Mapping[str, Text] = MappingProxyType(
    {
        "centre": Text(en="the switch-over to the disaster centre", zh="向灾备中心的切换"),
        "data": Text(en="the activation of the data backup system", zh="数据备份系统的启用"),
        "network": Text(en="the activation of the standby network system", zh="备用网络系统的启用"),
    }
)


def looks_for(name: str) -> Callable[[Drill], bool]:
    """Return whether a drill plays a disaster, and looked for a switch."""

    def about(drill: Drill) -> bool:
        return drill.disaster is not None and name in drill.of("switched")

    return about


def switched(name: str) -> DrillJudge:
    """Return the judge of one of the three."""
    of = SWITCHES[name]

    def judge(requirement: Requirement, drill: Drill) -> Tell:  # noqa: ARG001 - judges of drills are called alike
        seen = drill.of("switched").get(name)
        begin, took = drill.at_ms("injected"), drill.recovery()
        at = number(seen.get("at_ms")) if isinstance(seen, Mapping) else None
        if seen is None:
            return wrong(f"it left no trace of {of.en}", f"没有{of.zh}的记录", shows=f"no trace of {of.en} in its log")
        if at is None or begin is None:
            return unsure(f"it tells no time of {of.en}", f"未说明{of.zh}的时刻", cause="target")
        if at < begin:
            return unsure(
                f"{of.en} is dated before the fault: the clocks differ", f"{of.zh}早于故障：时钟不一致", cause="target"
            )
        if took is None or not took.whole:
            return unsure(
                f"{of.en} began, but the platform did not come back by it",
                f"{of.zh}已开始，但平台并未由此恢复",
                cause="target",
            )
        after = span(round(at - begin))
        where = f" ({seen['where']})" if seen.get("where") else ""
        where_zh = f"（{seen['where']}）" if seen.get("where") else ""
        return after_it(drill) or right(
            f"its log shows {of.en} {after.en} after the fault{where}",
            f"其日志显示故障后 {after.zh}{of.zh}{where_zh}",
        )

    return judge
