"""The one list of programs that the agent may run; ``duheng doctor`` makes the sudoers file from those that want root.

A program that is not in it is never run. ``{device}`` stands for one block device, named as in ``DEVICES``.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Tuple


class Command:
    """One command line: absolute path (sudoers wants it), arguments, whether it wants root, and what for."""

    def __init__(self, path: str, arguments: "Tuple[str, ...]", root: bool, en: str, zh: str) -> None:
        """Keep them."""
        self.path = path
        self.arguments = arguments
        self.root = root
        self.en = en
        self.zh = zh


DEVICE = "{device}"
DEVICES = (
    "/dev/sd[a-z]",
    "/dev/sd[a-z][a-z]",
    "/dev/vd[a-z]",
    "/dev/nvme[0-9]",
    "/dev/nvme[0-9]n[0-9]",
    "/dev/md[0-9]",
    "/dev/md[0-9][0-9]",
    "/dev/md[0-9][0-9][0-9]",
)
"""Names of block devices, as sudoers matches them: without ``*``, which would match spaces and further arguments."""

DAYS = 31
"""Days of which the load is read where ``sar`` keeps it: today is 0."""

TIMER_PROPERTIES = "Id,ActiveState,TimersCalendar,TimersMonotonic,NextElapseUSecRealtime,LastTriggerUSec,Unit"
PG_QUERY = "select name, setting from pg_settings"
MARIADB_QUERY = "show global variables"

COMMANDS: "Mapping[str, Command]" = {
    "nft": Command("/usr/sbin/nft", ("-j", "list", "ruleset"), True, "firewall rules", "防火墙规则"),
    "chronyc": Command("/usr/bin/chronyc", ("-c", "tracking"), False, "clock offset", "时钟偏差"),
    "rpm": Command(
        "/usr/bin/rpm", ("-qa", "--qf", r"%{NAME} %{VERSION}-%{RELEASE}\n"), False, "installed packages", "已安装软件包"
    ),
    "smartctl": Command("/usr/sbin/smartctl", ("--json", "-a", DEVICE), True, "state of disks", "磁盘状态"),
    "mdadm": Command("/usr/sbin/mdadm", ("--detail", DEVICE), True, "state of arrays", "阵列状态"),
    "zpool-list": Command(
        "/usr/sbin/zpool", ("list", "-Hp", "-o", "name,health,size,allocated"), False, "ZFS pools", "ZFS 存储池"
    ),
    "zpool-status": Command("/usr/sbin/zpool", ("status", "-P"), False, "ZFS pools", "ZFS 存储池"),
    "lvs": Command(
        "/usr/sbin/lvs",
        ("--reportformat", "json", "-a", "-o", "lv_name,vg_name,segtype,lv_health_status,sync_percent"),
        True,
        "logical volumes",
        "逻辑卷",
    ),
    "birth": Command("/usr/bin/stat", ("-c", "%W", "/"), False, "age of the installation", "系统安装时间"),
    "units": Command(
        "/usr/bin/systemctl",
        ("list-units", "--type=service", "--all", "--no-legend", "--plain", "--no-pager", "--full"),
        False,
        "services",
        "服务",
    ),
    "timers": Command(
        "/usr/bin/systemctl",
        ("show", "--all", "--no-pager", "-p", TIMER_PROPERTIES, "*.timer"),
        False,
        "timers",
        "定时器",
    ),
    "iptables": Command("/usr/sbin/iptables-save", ("-c",), True, "firewall rules", "防火墙规则"),
    "ip6tables": Command("/usr/sbin/ip6tables-save", ("-c",), True, "firewall rules (IPv6)", "防火墙规则（IPv6）"),
    "ufw": Command("/usr/sbin/ufw", ("status", "verbose"), True, "firewall's management", "防火墙管理程序"),
    "firewalld": Command("/usr/bin/firewall-cmd", ("--list-all-zones",), True, "firewall's zones", "防火墙区域"),
    "fail2ban": Command("/usr/bin/fail2ban-client", ("banned",), True, "blocked addresses", "已封禁地址"),
    "fail2ban-status": Command("/usr/bin/fail2ban-client", ("status",), True, "jails", "封禁规则"),
    "audit-rules": Command("/usr/sbin/auditctl", ("-l",), True, "audit rules", "审计规则"),
    "audit-status": Command("/usr/sbin/auditctl", ("-s",), True, "state of the audit", "审计状态"),
    "psql": Command(
        "/usr/sbin/runuser",
        ("-u", "postgres", "--", "/usr/bin/psql", "-XAtqw", "-h", "/run/postgresql", "-d", "postgres", "-c", PG_QUERY),
        True,
        "settings of PostgreSQL",
        "PostgreSQL 设置",
    ),
    "mariadb": Command(
        "/usr/bin/mariadb",
        ("--no-defaults", "--batch", "--skip-column-names", "-e", MARIADB_QUERY),
        True,
        "settings of MariaDB",
        "MariaDB 设置",
    ),
    **{
        "sadf-%d" % ago: Command(
            "/usr/bin/sadf",
            ("-j", "-%d" % ago, "--", "-u", "-r", "-d", "-n", "DEV"),
            False,
            "load of a day",
            "历史负载",
        )
        for ago in range(DAYS)
    },
}
