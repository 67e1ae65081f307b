"""Keys of ``[[drills]]`` for attacks and the test virus: what is sent from where, and where its traces stand."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import Key

KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "source": Key(
            type="text",
            en="Own IP address from which an attack is sent; not the one from which the host is administered.",
            zh="发出攻击所用的本机 IP 地址；不得与管理被演练主机所用的地址相同。",
        ),
        "seen_as": Key(
            type="text",
            en="The IP address as which the edge sees source, where it is translated on the way.",
            zh="边界看到的来源 IP 地址；途中经地址转换时填写。",
        ),
        "edge": Key(
            type="text",
            en="Address or name of the edge that is scanned; default: the host's own address.",
            zh="被扫描边界的地址或名称，默认即该主机的地址。",
        ),
        "ports": Key(
            type="ports",
            en="Ports of the edge that the marked scan tries, at most 100.",
            zh="带标记的扫描所尝试的边界端口，最多 100 个。",
        ),
        "login_url": Key(
            type="url",
            en="Log-in page to which marked log-ins of an unknown account are posted; their failure must be logged.",
            zh="接收带标记的未知账户登录请求的登录地址；登录失败须留有日志。",
        ),
        "login_fields": Key(
            type="words",
            en='Names of its two fields; default ["email", "password"].',
            zh='登录表单的两个字段名，默认 ["email", "password"]。',
        ),
        "ssh_port": Key(
            type="whole",
            en="Port of the edge at which a marked unknown user logs in over SSH, in vain.",
            zh="带标记的未知用户尝试 SSH 登录（必然失败）的边界端口。",
        ),
        "attempts": Key(
            type="whole",
            en="Failed log-ins at most, one after the other; default 20, at most 200.",
            zh="失败登录的次数上限，逐次进行；默认 20，最多 200。",
        ),
        **{
            key: value
            for name, en, zh in (
                ("inspect", "inspected", "检查"),
                ("monitor", "monitored", "监控"),
                ("alarm", "raised an alarm", "报警"),
                ("block", "blocked", "阻断"),
            )
            for key, value in (
                (
                    f"{name}_log",
                    Key(
                        type="text",
                        en=f"Log on the host in which it stands that a marked attack was {en}."
                        if name != "alarm"
                        else "Log, or mail spool, on the host in which it stands that an alarm was raised.",
                        zh=f"主机上留有{zh}记录的日志{'或邮件文件' if name == 'alarm' else ''}。",
                    ),
                ),
                (
                    name,
                    Key(
                        type="pattern",
                        en="Pattern (grep -E) of that line, beside our address or mark; default: any line.",
                        zh="该行须匹配的模式（grep -E），且须含本次来源地址或标记；默认任意行。",
                    ),
                ),
            )
        },
        "reached_log": Key(
            type="text",
            en="Log on the host in which it stands what arrived: for the attack set, the application's access log.",
            zh="主机上记录到达请求的日志；攻击集演练中为应用自身的访问日志。",
        ),
        "watch_s": Key(
            type="interval",
            en="Traces must come within so many seconds; default 300, the clause's. Never looser.",
            zh="须在该秒数内出现记录，默认取条款的 300 秒；不得放宽。",
        ),
        "jail": Key(
            type="text",
            en="Jail of fail2ban that keeps the attacker out, and from which our address is taken again.",
            zh="封禁攻击来源的 fail2ban jail；演练后从中解除本次来源地址。",
        ),
        "ban_set": Key(
            type="words",
            en='Set of nft that keeps the attacker out: ["inet", "filter", "banned"].',
            zh='封禁攻击来源的 nft 集合，如 ["inet", "filter", "banned"]。',
        ),
        "banned": Key(
            type="words",
            en="Other ways: a command with status 0 while {source} is kept out, 1 where it is not.",
            zh="其他封禁方式：{source} 被封禁时退出状态为 0、未封禁时为 1 的命令。",
        ),
        "unban": Key(
            type="words",
            en="Beside banned: the command that lets {source} in again; it may run twice.",
            zh="与 banned 配套：解除对 {source} 封禁的命令，可重复执行。",
        ),
        "replay_at": Key(
            type="url",
            en="Where the attack set is replayed; default: [platform] base_url.",
            zh="重放攻击集的地址，默认取 [platform] base_url。",
        ),
        "drop_in": Key(
            type="text",
            en="Folder on the host into which the test file is dropped.",
            zh="落盘投放测试文件的主机目录。",
        ),
        "caught_log": Key(
            type="text",
            en="Log on the host in which the scanner names a file that it caught.",
            zh="防病毒软件记录查获文件名的主机日志。",
        ),
        "upload": Key(
            type="url",
            en="Where the test file is uploaded without a log-in; needs served_at and stored_in.",
            zh="无须登录即可上传测试文件的地址；须同时声明 served_at 和 stored_in。",
        ),
        "upload_field": Key(
            type="text", en='Name of the form field; default "file".', zh='上传表单的文件字段名，默认 "file"。'
        ),
        "served_at": Key(
            type="url",
            en="Address, with its last slash, below which an uploaded file is served by its own name.",
            zh="可按原文件名取得上传文件的地址前缀（含末尾斜杠）。",
        ),
        "stored_in": Key(
            type="text",
            en="Folder on the host in which uploads lie, from which those of the drill are taken away.",
            zh="主机上存放上传文件的目录；演练后从中删除本次上传的文件。",
        ),
    }
)
