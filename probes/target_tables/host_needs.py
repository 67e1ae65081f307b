"""What is declared of the hosts' need: utilisation, anti-virus, firewall, and databases whose sessions are traced."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import DATABASE_KINDS, Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "utilisation": Table(
            shape="table",
            en="The declared standard of utilisation on every host: highest means over 30 days, and peaks (3.1.1.1).",
            zh="所声明的利用率标准：每台主机30天平均值的上限，以及峰值上限（3.1.1.1）。",
            keys={
                "cpu_percent": Key(type="percent", en="Processors busy, percent.", zh="CPU 利用率（%）。"),
                "memory_percent": Key(type="percent", en="Memory in use, percent.", zh="内存利用率（%）。"),
                "disk_percent": Key(type="percent", en="Disks busy, percent.", zh="磁盘忙碌率（%）。"),
                "network_mbit_s": Key(type="number", en="Network traffic, Mbit/s.", zh="网络流量（Mbit/s）。"),
                "peak_cpu_percent": Key(
                    type="percent",
                    en="At the declared peak: processors busy, percent, highest 1-minute p99 (so the other peaks).",
                    zh="所声明的峰值下的 CPU 利用率（%），取1分钟 p99 的最高值（其他峰值同）。",
                ),
                "peak_memory_percent": Key(
                    type="percent", en="At the peak: memory in use, percent.", zh="峰值下的内存利用率（%）。"
                ),
                "peak_disk_percent": Key(
                    type="percent", en="At the peak: disks busy, percent.", zh="峰值下的磁盘忙碌率（%）。"
                ),
                "peak_network_mbit_s": Key(
                    type="number", en="At the peak: network traffic, Mbit/s.", zh="峰值下的网络流量（Mbit/s）。"
                ),
            },
        ),
        "antivirus": Table(
            shape="table",
            en="The declared bounds of the anti-virus software (3.1.4.3).",
            zh="防病毒软件的申报限值（3.1.4.3）。",
            keys={
                "scan_s": Key(
                    type="number", en="Longest time to scan 1 GiB, seconds.", zh="扫描 1 GiB 的最长用时（秒）。"
                ),
                "memory_mb": Key(
                    type="number",
                    en="Most memory that the engine holds on average, MB; not judged where it is not given.",
                    zh="引擎平均内存占用上限（MB）；未填则不判定。",
                ),
            },
        ),
        "firewall": Table(
            shape="table",
            en="What is known of the firewall's software (3.1.4.2).",
            zh="防火墙软件的已知情况（3.1.4.2）。",
            keys={
                "advisories_of": Key(
                    type="day",
                    en="The day on which the offline list of advisories was brought up to date.",
                    zh="离线漏洞公告清单的更新日期。",
                ),
                "throughput_mbit_s": Key(
                    type="number",
                    en="Throughput by its data sheet, Mbit/s; the sheet itself has to be shown.",
                    zh="产品资料标称的吞吐量（Mbit/s）；须另行出示该资料。",
                ),
            },
        ),
        "advisories": Table(
            shape="array",
            en="The offline list of critical holes in firewall software; none: give [firewall] advisories_of only.",
            zh="防火墙软件严重漏洞的离线清单；没有时只填 [firewall] advisories_of。",
            keys={
                "id": Key(type="text", required=True, en="Number of the advisory.", zh="公告编号。"),
                "product": Key(
                    type="name",
                    required=True,
                    en="Software as the host names it: nftables, iptables, firewalld, ufw, kernel.",
                    zh="软件名称：nftables、iptables、firewalld、ufw、kernel。",
                ),
                "fixed_in": Key(
                    type="text", required=True, en="First version without the hole.", zh="修复该漏洞的首个版本。"
                ),
            },
        ),
        "databases": Table(
            shape="array",
            en="Databases of which a marked session is looked for in their audit log (3.1.3.5).",
            zh="用于审计日志追踪检查的数据库（3.1.3.5）。",
            keys={
                "name": Key(type="name", required=True, en="Its name in the report.", zh="报告中的数据库名称。"),
                "host": Key(
                    type="name",
                    required=True,
                    en="Name of the host on which the session is opened and the log lies.",
                    zh="打开会话并存放日志的主机名称。",
                ),
                "kind": Key(
                    type="database_kind",
                    required=True,
                    en=f"{', '.join(DATABASE_KINDS)}.",
                    zh=f"{'、'.join(DATABASE_KINDS)}。",
                ),
                "account": Key(
                    type="text", required=True, en="Account that opens the session.", zh="打开会话所用账号。"
                ),
                "database": Key(type="text", required=True, en="Database to open.", zh="所连接的数据库名。"),
                "address": Key(
                    type="text",
                    default="127.0.0.1",
                    en="Address of the server as its host reaches it, or the path of its socket.",
                    zh="在该主机上访问数据库的地址，或套接字路径。",
                ),
                "port": Key(type="whole", en="Its port; default: the kind's own.", zh="端口，默认为该类数据库的端口。"),
                "password_env": Key(
                    type="variable",
                    en="Environment variable that holds the account's password; never handed over on a command line.",
                    zh="存放账号口令的环境变量；不经命令行传递。",
                ),
                "password_file": Key(
                    type="path",
                    en="Owner-only file that holds the account's password.",
                    zh="存放账号口令的文件（仅属主可读）。",
                ),
                "log": Key(
                    type="text",
                    required=True,
                    en="The audit log on the host: a file, or a folder of which the newest file is read.",
                    zh="主机上的审计日志：文件，或目录（读取其中最新的文件）。",
                ),
                "sudo": Key(
                    type="flag",
                    default=False,
                    en="true: the log is read as root (sudo -n find, sudo -n tail).",
                    zh="true 表示以 root 身份读取日志（sudo -n find、sudo -n tail）。",
                ),
                "settle_s": Key(
                    type="number",
                    default=10.0,
                    en="Seconds within which an entry shows in the log.",
                    zh="日志记录出现的最长等待秒数。",
                ),
            },
        ),
    }
)
