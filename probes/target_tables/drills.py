"""Drills: faults that are put into the platform on purpose, what may stand in for them, and what stops them."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_attack_keys import KEYS as ATTACKS
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
                "journey_s": Key(
                    type="interval",
                    default=15.0,
                    en="A watched journey that takes longer has failed.",
                    zh="所观察的流程超过该秒数即为失败。",
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
                "command": Key(
                    type="text",
                    en="How its command line begins, in whole words; only one such process, with those below it.",
                    zh="其命令行的开头（以完整单词计）；此类进程（连同其子进程）必须唯一。",
                ),
                "start": Key(
                    type="words",
                    en="Command that starts the process, where nothing else does; run when the fault is taken out.",
                    zh="进程未被其他机制拉起时用于启动它的命令；撤除故障时执行。",
                ),
                "recover": Key(
                    type="words",
                    en="The platform's own way back: a command, begun once the fault has taken effect, and timed.",
                    zh="平台自身的恢复手段：故障生效后开始执行并计时的命令。",
                ),
                "recover_on": Key(
                    type="name",
                    en="The [[hosts]] entry on which recover is run; default: the host that is hit.",
                    zh="执行 recover 的 [[hosts]] 主机，默认即被演练主机。",
                ),
                "data": Key(
                    type="text",
                    en="Folder or file of the service's data, which is moved aside; no link, no mount point.",
                    zh="服务的数据目录或文件，演练时移至一旁；不得是符号链接或挂载点。",
                ),
                "local_backup": Key(
                    type="words",
                    en="Folders or files of all backups on the host, moved aside as well: only the remote copy serves.",
                    zh="主机上全部本地备份的目录或文件，一并移至一旁，只留异地副本。",
                ),
                "promoted": Key(
                    type="words",
                    en="Command on the host: 0 once the disaster site has taken over, 1 while not; else nobody knows.",
                    zh="退出码 0 表示灾备站点已接管，1 表示尚未接管，其余表示无从得知。",
                ),
                "centre": Key(
                    type="words",
                    en="Command on the host: status 0 once the disaster centre serves; a trace of its switch-over.",
                    zh="灾备中心接管服务后退出码为 0 的命令。",
                ),
                "data_system": Key(
                    type="words",
                    en="Command on the host: status 0 once the data backup system is active.",
                    zh="数据备份系统启用后退出码为 0 的命令。",
                ),
                "network": Key(
                    type="words",
                    en="Command on the host: status 0 once the standby network is active.",
                    zh="备用网络系统启用后退出码为 0 的命令。",
                ),
                "peer": Key(
                    type="text",
                    en="Address of the peer that is cut off; for a certificate, at which it is served (127.0.0.1).",
                    zh="被切断的依赖方 IP 地址；证书演练中为对外提供证书的地址（默认 127.0.0.1）。",
                ),
                "port": Key(
                    type="whole",
                    en="TCP port of the peer, where it alone is cut off; of the certificate; of the database.",
                    zh="只切断该 TCP 端口时填写；证书演练中为提供证书的端口，数据库演练中为数据库端口。",
                ),
                "interface": Key(
                    type="text",
                    en="Interface that goes down, instead of packets that are dropped; never the harness's own way in.",
                    zh="改为停用该网络接口（而非丢弃数据包）；不得是度衡登录所用的接口。",
                ),
                "path": Key(
                    type="text",
                    en="Directory whose file system is filled; not the root's, nor where the drill's own notes are.",
                    zh="要写满的文件系统中的一个目录；不得在根文件系统或演练自身目录所在的文件系统上。",
                ),
                "reserve_bytes": Key(
                    type="whole",
                    en="Bytes that stay free when a file system is filled; default: 1048576.",
                    zh="写满文件系统时保留的空闲字节数，默认 1048576。",
                ),
                "off": Key(
                    type="words",
                    en="Command on the host that cuts the power of another machine at once; no password in it.",
                    zh="在该主机上立即切断另一台机器电源的命令；其中不得含口令。",
                ),
                "on": Key(
                    type="words",
                    en="Command on the host that gives it power again; it may be run on a machine that is on.",
                    zh="恢复该机器供电的命令；机器已通电时执行亦无妨。",
                ),
                "state": Key(
                    type="words",
                    en="Command on the host, of status 0, that prints whether the machine is on or off.",
                    zh="输出该机器电源状态的命令，退出码为 0。",
                ),
                "off_says": Key(
                    type="pattern",
                    en="What state prints where the machine is off; read by grep -E.",
                    zh="机器断电时 state 的输出（按 grep -E 匹配）。",
                ),
                "redundant": Key(
                    type="words",
                    en="Command on the host whose status is 0 where redundancy is whole.",
                    zh="冗余完好时退出码为 0 的命令。",
                ),
                "writes": Key(
                    type="words",
                    en="Command on the host that writes rows, and prints a new id a line as each commit came about.",
                    zh="持续写入的命令：每行提交成功后立即输出一行新的编号。",
                ),
                "reads": Key(
                    type="words",
                    en="Command on the host that prints the ids of all rows that are there, a line each.",
                    zh="逐行输出现有全部行编号的命令。",
                ),
                "check": Key(
                    type="words",
                    en="Command on the host whose status is 0 where the database is consistent.",
                    zh="数据库一致时退出码为 0 的检查命令。",
                ),
                "certificate": Key(
                    type="text",
                    en="File of the served certificate (PEM), which is swapped for one that has run out.",
                    zh="对外提供的证书文件（PEM），演练时换成已过期的证书。",
                ),
                "key": Key(
                    type="text",
                    en="File of its private key; it is read on the host alone, and stays as it is.",
                    zh="该证书的私钥文件；仅在主机上读取，不作改动。",
                ),
                "reload": Key(
                    type="words",
                    en="Command that makes the server load its certificate anew.",
                    zh="使服务器重新加载证书的命令。",
                ),
                **ATTACKS,
                "array": Key(
                    type="text",
                    en="Array of Linux (md) whose member fails, such as /dev/md0.",
                    zh="成员盘失效的 Linux 软件阵列（md），如 /dev/md0。",
                ),
                "member": Key(
                    type="text",
                    en="Member of the array that fails, by a name that lasts (/dev/disk/by-id/...).",
                    zh="阵列中失效的成员盘，宜用固定名称（/dev/disk/by-id/...）。",
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
