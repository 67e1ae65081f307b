"""Backups: where their catalogues are read, what they hold, the plan that they follow, and where they are restored."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import (
    BACKUP_PLACES,
    BACKUP_TOOLS,
    DATA_KINDS,
    MEDIUM_STATES,
    PLAN_ORDERS,
    Key,
    Table,
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "backups": Table(
            shape="array",
            en="Repositories of backups, read from the tool's own catalogue.",
            zh="备份仓库，从备份软件自身的目录读取。",
            keys={
                "name": Key(type="name", required=True, en="Its name in the report.", zh="报告中的备份名称。"),
                "tool": Key(
                    type="backup_tool",
                    required=True,
                    en=f"{', '.join(BACKUP_TOOLS)}; files: dumps with a manifest; command: prints the common JSON.",
                    zh=f"{', '.join(BACKUP_TOOLS)}；files 为带清单的转储文件，command 为输出通用 JSON 的命令。",
                ),
                "host": Key(
                    type="name",
                    required=True,
                    en="Name of the host on which the catalogue is read.",
                    zh="读取备份目录的主机名称。",
                ),
                "repository": Key(
                    type="text",
                    en="restic, borg: the repository; pgbackrest: its number, default 1. Never with a password in it.",
                    zh="restic、borg 的仓库位置；pgbackrest 的仓库编号，默认1。其中不得含口令。",
                ),
                "stanza": Key(type="text", en="pgbackrest: the stanza.", zh="pgbackrest 的 stanza 名称。"),
                "config": Key(
                    type="text",
                    en="pgbackrest: its configuration file, where it is not the usual one.",
                    zh="pgbackrest 的配置文件（非默认位置时）。",
                ),
                "path": Key(
                    type="text",
                    en="files: folder of dumps and manifests; others: folder of their manifests (ID.manifest.json).",
                    zh="files：转储与清单所在目录；其他软件：清单目录（ID.manifest.json）。",
                ),
                "command": Key(
                    type="words",
                    en="command: program and arguments that print the catalogue.",
                    zh="command：输出备份目录的程序与参数。",
                ),
                "restore_command": Key(
                    type="words",
                    en="command: program and arguments that restore {id} into the folder {target}.",
                    zh="command：把 {id} 恢复到目录 {target} 的程序与参数。",
                ),
                "start": Key(
                    type="words",
                    en="Program and arguments that make a new backup on its host; run by duheng load --backup alone.",
                    zh="在该主机上生成新备份的程序与参数；仅由 duheng load --backup 执行。",
                ),
                "password_env": Key(
                    type="variable",
                    en="Environment variable that holds the repository's password; handed over beside standard input.",
                    zh="存放仓库口令的环境变量；不经命令行传递。",
                ),
                "password_file": Key(
                    type="path",
                    en="Owner-only file that holds the repository's password.",
                    zh="存放仓库口令的文件（仅属主可读）。",
                ),
                "sudo": Key(
                    type="flag",
                    default=False,
                    en="true: the catalogue is read as root (sudo -n).",
                    zh="true 表示以 root 身份读取目录（sudo -n）。",
                ),
                "holds": Key(
                    type="data_kinds",
                    required=True,
                    en=f"Kinds of data that it holds, of {', '.join(DATA_KINDS)}.",
                    zh=f"所含数据种类，可用：{', '.join(DATA_KINDS)}。",
                ),
                "place": Key(
                    type="backup_place",
                    required=True,
                    en=f"{', '.join(BACKUP_PLACES)} (offline: cannot be reached from production).",
                    zh="local（本地）、remote（异地）或 offline（离线，生产环境无法访问）。",
                ),
                "site": Key(
                    type="text",
                    en="The place where it lies, as [[hosts]] name it.",
                    zh="存放地点（与 [[hosts]] 的 site 一致）。",
                ),
                "medium": Key(type="text", en="Medium or bucket on which it lies.", zh="介质或存储桶的标识。"),
                "medium_state": Key(
                    type="medium_state",
                    en=f"{', '.join(MEDIUM_STATES)}.",
                    zh="in-use（使用中）、full（已满）或 retired（已停用）。",
                ),
                "kind": Key(
                    type="backup_kind",
                    en="What an entry counts as where the tool does not say; restic: incremental if it has a parent.",
                    zh="目录未写明时按何种备份方式计；restic 有父快照的默认计为 incremental。",
                ),
                "incremental_h": Key(
                    type="number", en="Cycle of incremental backups, in hours.", zh="增量备份周期（小时）。"
                ),
                "differential_h": Key(
                    type="number", en="Cycle of differential backups, in hours.", zh="差异备份周期（小时）。"
                ),
                "full_h": Key(type="number", en="Cycle of full backups, in hours.", zh="全量备份周期（小时）。"),
                "kept_whole_h": Key(
                    type="number",
                    en="Hours for which every backup is kept; older ones are thinned out. Gaps count within them only, "
                    "but at least 168.",
                    zh="完整保留全部备份的小时数，更早的备份按保留策略稀疏。间隔仅在此范围内计算，但不少于168小时。",
                ),
                "schedule": Key(
                    type="schedule",
                    en='What starts it: a cron line ("0 */2 * * *") or a systemd timer ("backup.timer").',
                    zh="定时启动方式：cron 表达式（“0 */2 * * *”）或 systemd 定时器（“backup.timer”）。",
                ),
                "zone": Key(
                    type="zone",
                    en="Zone of the schedule, and of times that the catalogue writes without an offset.",
                    zh="定时计划的时区，以及目录中未带偏移的时间所属时区。",
                ),
                "verification": Key(
                    type="text",
                    en="File on the host with the newest output of the tool's verification, which is then not run.",
                    zh="主机上保存最近一次校验输出的文件；声明后读取该文件而不再执行校验。",
                ),
            },
        ),
        "backup_plan": Table(
            shape="array",
            en="The plan: cycles ranked by flow and by importance of the data (3.1.1.3.3).",
            zh="备份计划：按数据流量与重要程度排定的周期（3.1.1.3.3）。",
            keys={
                "data": Key(type="data_kind", required=True, en="Kind of data.", zh="数据种类。"),
                "by": Key(
                    type="plan_order",
                    required=True,
                    en=f"{' or '.join(PLAN_ORDERS)}.",
                    zh="flow（流量）或 importance（重要程度）。",
                ),
                "rank": Key(type="whole", required=True, en="1 is the greatest.", zh="名次，1为最高。"),
                "cycle_h": Key(
                    type="number", required=True, en="Hours between two backups of it.", zh="两次备份之间的小时数。"
                ),
            },
        ),
        "restore": Table(
            shape="table",
            en="Trial restores: into a scratch place only, and only where [platform] authorised.",
            zh="试恢复：仅写入临时目录，且须 [platform] authorised = true。",
            keys={
                "scratch": Key(
                    type="text",
                    required=True,
                    en="Existing folder on the host into which backups are restored; each into a new folder in it.",
                    zh="主机上已有的临时目录；每次恢复使用其中新建的子目录。",
                ),
                "headroom": Key(
                    type="number",
                    default=2.0,
                    en="Free space asked for, as a multiple of what is written.",
                    zh="所需剩余空间为写入量的倍数。",
                ),
                "account": Key(
                    type="name",
                    default="postgres",
                    en="Account of the scratch database server where the log-in is root.",
                    zh="以 root 登录时，临时数据库服务所用账号。",
                ),
            },
        ),
    }
)
