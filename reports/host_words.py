"""What the pictures of hosts say, in Chinese and English: sections of the agent's document, their states, resources."""

from collections.abc import Mapping
from typing import Final

from reports.verdict import Text

GROUPS: Final[tuple[tuple[Text, tuple[str, ...]], ...]] = (
    (
        Text(zh="机器", en="Machine"),
        ("system", "clock", "cpu", "memory", "disks", "raid", "sensors", "power", "age"),
    ),
    (Text(zh="网络", en="Network"), ("network", "sockets", "firewall")),
    (Text(zh="软件", en="Software"), ("services", "shares", "databases", "schedule")),
    (Text(zh="防护", en="Guard"), ("antivirus", "intrusion", "monitoring")),
    (Text(zh="长期", en="Record"), ("utilisation",)),
)
"""The sections of the agent's document, in the order in which they are drawn."""

SECTIONS: Final[Mapping[str, Text]] = {
    "system": Text(zh="系统", en="system"),
    "clock": Text(zh="时钟", en="clock"),
    "cpu": Text(zh="处理器", en="CPU"),
    "memory": Text(zh="内存", en="memory"),
    "disks": Text(zh="磁盘", en="disks"),
    "raid": Text(zh="阵列", en="RAID"),
    "sensors": Text(zh="温度风扇", en="sensors"),
    "power": Text(zh="电源", en="power"),
    "age": Text(zh="机龄", en="age"),
    "network": Text(zh="网络接口", en="network"),
    "sockets": Text(zh="端口", en="sockets"),
    "firewall": Text(zh="防火墙", en="firewall"),
    "services": Text(zh="服务", en="services"),
    "shares": Text(zh="共享", en="shares"),
    "databases": Text(zh="数据库", en="databases"),
    "schedule": Text(zh="定时任务", en="schedule"),
    "antivirus": Text(zh="防病毒", en="anti-virus"),
    "intrusion": Text(zh="入侵检测", en="intrusion"),
    "monitoring": Text(zh="监控", en="monitoring"),
    "utilisation": Text(zh="利用率", en="utilisation"),
}

STATES: Final[Mapping[str, Text]] = {
    "read": Text(zh="已读取", en="read"),
    "none": Text(zh="已查找，没有或未启用", en="looked for: none there, or none in use"),
    "part": Text(zh="部分未读取", en="read in part"),
    "permission": Text(zh="未读取：权限不足", en="unread: not permitted"),
    "settings": Text(zh="未读取：缺少设置或程序", en="unread: a setting or a program is missing"),
    "target": Text(zh="未读取：主机没有给出可用的回答", en="unread: the host gave no usable answer"),
    "missing": Text(zh="主机的文档中没有这一项", en="not in the host's document"),
}
"""What a cell says. Read is no verdict: what was read is judged clause by clause."""

AWAY: Final[Mapping[str, Text]] = {
    "target": Text(zh="主机没有给出可用的回答", en="the host gave no usable answer"),
    "permission": Text(zh="本次运行无权登录或读取", en="this run may not log in, or may not read"),
}
"""Why a host was not read at all, where that is other than the house's words for a cause."""

RESOURCES: Final[Mapping[str, Text]] = {
    "cpu": Text(zh="CPU", en="CPU"),
    "memory": Text(zh="内存", en="memory"),
    "disk": Text(zh="磁盘繁忙", en="disk busy"),
    "disk_space": Text(zh="磁盘空间", en="disk filled"),
    "network": Text(zh="网络流量", en="network"),
}

ROLES: Final[Mapping[str, Text]] = {
    "web": Text(zh="网页", en="web"),
    "app": Text(zh="应用", en="app"),
    "database": Text(zh="数据库", en="database"),
    "firewall": Text(zh="防火墙", en="firewall"),
    "backup": Text(zh="备份", en="backup"),
    "monitoring": Text(zh="监控", en="monitoring"),
}


def separated(texts: tuple[Text, ...]) -> Text:
    """Return texts as a list: ``网页、应用`` / ``web, app``."""
    return Text(zh="、".join(each.zh for each in texts), en=", ".join(each.en for each in texts))
