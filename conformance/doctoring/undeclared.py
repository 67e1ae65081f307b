"""What the target file leaves out, and that some checks cannot be told without: one table, key to words.

Accounts, interfaces, payment and adapter have a room of their own (``shop``).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from conformance.doctoring.lack import Lack, declaring
from probes.target import Target
from reports.verdict import Text

WANTED: Final[Mapping[str, tuple[Text, Text]]] = MappingProxyType(
    {
        "hosts": (
            Text(zh="未在 [[hosts]] 中声明平台的主机", en="[[hosts]] declares no machine of the platform"),
            Text(
                zh='逐台写明 name 与 address（本机为 "local"）',
                en='give each machine with name and address ("local" is this one)',
            ),
        ),
        "utilisation": (
            Text(zh="[utilisation] 未声明利用率标准", en="[utilisation] declares no standard of utilisation"),
            Text(zh="写明所采用的上限", en="give the bounds that the platform holds itself to"),
        ),
        "databases": (
            Text(zh="未在 [[databases]] 中声明数据库", en="[[databases]] declares no database"),
            Text(
                zh="写明 host、kind、account、database 与审计日志 log",
                en="give host, kind, account, database and audit log",
            ),
        ),
        "antivirus.scan_s": (
            Text(
                zh="[antivirus] 未声明 scan_s（扫描 1 GiB 的最长用时）",
                en="[antivirus] declares no scan_s, the longest time to scan 1 GiB",
            ),
            Text(zh="写明秒数", en="give the seconds"),
        ),
        "firewall.advisories_of": (
            Text(
                zh="[firewall] 未声明 advisories_of（离线漏洞公告清单的日期）",
                en="[firewall] declares no advisories_of, the day of the offline list of advisories",
            ),
            Text(zh="更新公告清单并写明日期", en="bring the list of advisories up to date, and give the day"),
        ),
        "backups": (
            Text(zh="未在 [[backups]] 中声明备份仓库", en="[[backups]] declares no repository of backups"),
            Text(
                zh="逐个写明 tool、host、holds、place 与各备份方式的周期",
                en="give each with tool, host, holds, place, and the cycle of each kind",
            ),
        ),
        "backup_plan": (
            Text(zh="未在 [[backup_plan]] 中声明备份计划", en="[[backup_plan]] declares no plan"),
            Text(zh="按数据流量与重要程度写明周期", en="give the cycles, ranked by flow and by importance of the data"),
        ),
        "restore.scratch": (
            Text(
                zh="[restore] 未声明 scratch（试恢复的临时目录）",
                en="[restore] declares no scratch, the folder for trial restores",
            ),
            Text(zh="写明主机上已有的空闲目录", en="give a folder that exists on the host and has room"),
        ),
        "load.peak_rate_per_s": (
            Text(
                zh="[load] 未声明 peak_rate_per_s（峰值，每秒到达的顾客数）",
                en="[load] declares no peak_rate_per_s, the shoppers who arrive in a second at the peak",
            ),
            Text(
                zh="写明峰值与 [load] 的各项上限，然后运行 duheng load peak",
                en="give it with the ceilings of [load], then run `duheng load peak`",
            ),
        ),
        "load.query_p95_ms": (
            Text(
                zh="[load] 未声明 query_p95_ms（峰值下查询时间第95百分位的上限）",
                en="[load] declares no query_p95_ms, the bound on the databases' query time at the peak",
            ),
            Text(zh="写明毫秒数", en="give the milliseconds"),
        ),
        "drills": (
            Text(zh="未在 [[drills]] 中声明演练", en="[[drills]] declares no drill"),
            Text(
                zh="写明故障及其所需的键（见 duheng drill --list），然后运行 duheng drill",
                en="give the faults with the keys that `duheng drill --list` names, then run `duheng drill NAME`",
            ),
        ),
        "audit.log": (
            Text(
                zh="[audit] 未声明 log（订单与同意事件的日志）",
                en="[audit] declares no log of orders and consents",
            ),
            Text(zh="写明运营方可读取的页面，或文件", en="give a page that the operator may read, or a file"),
        ),
    }
)


def of_undeclared(target: Target) -> Iterator[Lack]:
    """Yield each of these that the target file does not hold, with the checks that want it."""
    for key, (what, remedy) in WANTED.items():
        if not target.declared(*key.split(".")):
            yield Lack(what=what, remedy=remedy, checks=declaring(key))
