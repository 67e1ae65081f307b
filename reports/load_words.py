"""What the picture of load runs says, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from reports.verdict import Text

STATES: Final[Mapping[str, Text]] = {
    "counts": Text(zh="有效", en="counts"),
    "stopped": Text(zh="中途停止", en="stopped"),
    "invalid": Text(zh="不计入", en="does not count"),
}
"""Whether a run is judged by."""

RATES: Final[Mapping[str, Text]] = {
    "planned": Text(zh="计划", en="planned"),
    "delivered": Text(zh="实到", en="delivered"),
    "dropped": Text(zh="舍弃", en="dropped"),
    "failed": Text(zh="失败的步骤", en="failed steps"),
}

SERIES: Final = ("p50", "p95", "p99")

FACTS: Final[Mapping[str, Text]] = {
    "rate": Text(zh="峰值速率（计划 / 实到）", en="peak rate (planned / delivered)"),
    "held": Text(zh="峰值保持", en="peak held"),
    "arrivals": Text(zh="顾客（计划 / 实到 / 舍弃）", en="shoppers (planned / came / dropped)"),
    "steps": Text(zh="步骤（失败）", en="steps (failed)"),
    "latency": Text(zh="时延 p50 / p95 / p99 / 最大", en="latency p50 / p95 / p99 / max"),
    "orders": Text(zh="已确认订单", en="acknowledged orders"),
    "wrong": Text(zh="丢失 / 重复 / 改变", en="lost / doubled / altered"),
    "oversold": Text(zh="超卖", en="oversold"),
    "generator": Text(zh="加压端 CPU 最高", en="generator CPU, highest"),
    "backup": Text(zh="期间的备份：购买数（失败、未完成）", en="backup meanwhile: purchases (failed, unfinished)"),
}

RESOURCES: Final[Mapping[str, Text]] = {
    "cpu": Text(zh="CPU", en="CPU"),
    "memory": Text(zh="内存", en="memory"),
    "disk": Text(zh="磁盘", en="disk"),
    "network_bytes": Text(zh="网络", en="network"),
}
