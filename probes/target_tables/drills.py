"""Drills: faults that are put into the platform on purpose, what may stand in for them, and what stops them."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "drill": Table(
            shape="table",
            en="Drills (duheng drill): what permits them and what stops them.",
            zh="演练（duheng drill）：许可与停止条件。",
            keys={
                "token_path": Key(
                    type="text",
                    default="/etc/duheng/drill-token.json",
                    en="Absolute path of the permission on each host that is drilled; its owner puts it there.",
                    zh="被演练主机上许可文件的绝对路径，由主机负责人放置。",
                ),
                "stop_file": Key(
                    type="path",
                    en="While this file exists beside Duheng, no drill begins, and one that runs ends.",
                    zh="运行度衡的机器上存在该文件时，不开始任何演练，进行中的演练立即结束并恢复。",
                ),
                "max_down_s": Key(
                    type="number",
                    default=900.0,
                    en="Error budget: after so many seconds without a good journey the fault is taken out.",
                    zh="错误预算：连续这么多秒没有成功的流程，即撤除故障。",
                ),
                "max_orders": Key(
                    type="whole",
                    default=200,
                    en="Ceiling of orders in one drill; journeys after it stop before the order.",
                    zh="每次演练的下单上限；达到后流程止于下单之前。",
                ),
            },
        ),
        "drills": Table(
            shape="array",
            en="What can be drilled; `duheng drill --list` names the faults and the keys that each needs.",
            zh="可以演练的项目；各类故障及其所需的键见 duheng drill --list。",
            keys={
                "name": Key(type="name", required=True, en="Its name; keep it.", zh="名称，请勿更改。"),
                "fault": Key(
                    type="name", en="Name of the fault; default: the drill's name.", zh="故障名称，默认与演练同名。"
                ),
                "host": Key(
                    type="name", required=True, en="The [[hosts]] entry that is hit.", zh="注入故障的 [[hosts]] 主机。"
                ),
                "root": Key(
                    type="flag",
                    default=False,
                    en="true: its scripts run as root, through sudo -n sh, which the host's owner must allow.",
                    zh="true 表示脚本经 sudo -n sh 以 root 执行（须由主机负责人允许）。",
                ),
                "unit": Key(type="text", en="systemd unit of the process.", zh="进程所属的 systemd 单元。"),
                "pidfile": Key(type="text", en="File that holds the process's id.", zh="保存进程号的文件。"),
                "start": Key(
                    type="words",
                    en="Command that starts the process, where nothing else does; run when the fault is taken out.",
                    zh="进程未被其他机制拉起时用于启动它的命令；撤除故障时执行。",
                ),
                "limit_s": Key(
                    type="number",
                    en="Recovery must take less, in seconds; default: the clause's own limit. Never looser.",
                    zh="恢复时间须小于该秒数，默认取条款限值；不得放宽。",
                ),
                "deadman_s": Key(
                    type="interval",
                    default=300.0,
                    en="After so many seconds the host takes the fault out by itself, whatever became of Duheng.",
                    zh="超过该秒数后，主机自行撤除故障，无论度衡是否仍在运行。",
                ),
                "depth": Key(
                    type="depth",
                    default="checkout",
                    en="How far the watched journeys go; order marks orders, which are counted afterwards.",
                    zh="所观察流程的深度；order 会产生带标记的订单，事后逐一核对。",
                ),
                "told_by": Key(
                    type="text",
                    en="Log on the host that tells of the recovery, each line beginning with an RFC 3339 instant.",
                    zh="主机上记录恢复过程的日志，每行以 RFC 3339 时刻开头。",
                ),
                "detected": Key(type="pattern", en="Its line says: detected.", zh="表示“已发现”的日志行。"),
                "decided": Key(type="pattern", en="Its line says: decided.", zh="表示“已决定”的日志行。"),
                "acted": Key(type="pattern", en="Its line says: acted.", zh="表示“已处置”的日志行。"),
            },
        ),
    }
)
