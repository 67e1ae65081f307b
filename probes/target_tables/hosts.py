"""The platform's machines: how they are reached, what they are for, and what is approved on them."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import HOST_ROLES, Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "hosts": Table(
            shape="array",
            en=f"Machines whose facts are read over SSH; roles are {', '.join(HOST_ROLES)}.",
            zh=f"经 SSH 读取状况的主机；roles 可用：{', '.join(HOST_ROLES)}。",
            keys={
                "name": Key(type="name", required=True, en="Its name in the report.", zh="报告中的主机名称。"),
                "address": Key(
                    type="host_address",
                    required=True,
                    en='Host or host:port of its SSH server; "local" is the machine that Duheng runs on.',
                    zh="SSH 服务的主机或主机:端口；“local”指运行度衡的本机。",
                ),
                "user": Key(type="text", en="Account to log in with.", zh="登录账号。"),
                "key_file": Key(
                    type="path",
                    en="Its private key; default: the SSH agent, and the keys in ~/.ssh. No password is ever used.",
                    zh="登录私钥文件，默认使用 SSH agent 与 ~/.ssh 中的密钥；从不使用口令。",
                ),
                "known_hosts": Key(
                    type="path",
                    en="File of known host keys; default: ~/.ssh/known_hosts. A host that is not in it is refused.",
                    zh="已知主机密钥文件，默认 ~/.ssh/known_hosts；不在其中的主机一律拒绝。",
                ),
                "jump": Key(type="name", en="Name of the host through which it is reached.", zh="跳板主机的名称。"),
                "site": Key(type="text", en="The place where it stands.", zh="所在地点。"),
                "roles": Key(type="host_roles", default=(), en="What it is for.", zh="用途。"),
                "sudo": Key(
                    type="flag",
                    default=False,
                    en="true: the account may run the listed commands as root (duheng doctor prints a sudoers file).",
                    zh="true 表示该账号可用 sudo 执行清单所列命令（duheng doctor 会输出 sudoers 文件）。",
                ),
                "open_ports": Key(type="ports", en="TCP ports approved to be open.", zh="批准开放的 TCP 端口。"),
                "management_ports": Key(
                    type="ports",
                    en="TCP ports of its management; never to be reached from outside.",
                    zh="管理端口（TCP），不得从外部访问。",
                ),
                "outside": Key(type="addresses", en="Its public addresses.", zh="对外公开的地址。"),
                "in_service_since": Key(
                    type="day", en="The day on which the machine went into service.", zh="设备投入使用的日期。"
                ),
                "design_life_years": Key(
                    type="number", en="Design life of the machine, years.", zh="设备设计使用年限（年）。"
                ),
                "services": Key(
                    type="names",
                    en="Services of the platform that must run on it: systemd units or names of processes.",
                    zh="须在其上运行的平台服务：systemd 单元名或进程名。",
                ),
                "databases": Key(type="names", en="Databases that run on it.", zh="其上运行的数据库。"),
            },
        ),
        "hosts_limits": Table(
            shape="table",
            en="Bounds of what is read on hosts.",
            zh="读取主机状况的限制。",
            keys={
                "connections": Key(
                    type="whole", default=20, en="Hosts that are read at the same time.", zh="同时读取的主机数。"
                ),
                "deadline_s": Key(type="number", default=60.0, en="Seconds for one host.", zh="单台主机的秒数上限。"),
            },
        ),
    }
)
