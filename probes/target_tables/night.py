"""The night shift: what runs, in which order, and within which hours."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import WEEKDAYS, Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "night": Table(
            shape="table",
            en="The night (duheng night): one step after the other, and one report at the end.",
            zh="夜间作业（duheng night）：逐项执行，最后生成一份报告。",
            keys={
                "steps": Key(
                    type="night_steps",
                    required=True,
                    en="In order: load:PROFILE, drill:NAME, restore (trial restores); at the end examine, "
                    "or examine:CLAUSES.",
                    zh="按顺序：load:负载方案、drill:演练名、restore（试恢复），最后为 examine 或 examine:条款。",
                ),
                "from": Key(
                    type="time_of_day",
                    en="Nothing begins before, by the clock of [platform] timezone; default: the [[windows]].",
                    zh="最早开始时刻，按 [platform] timezone 的钟点；默认以 [[windows]] 为准。",
                ),
                "until": Key(
                    type="time_of_day",
                    en="By then all is over (next morning, where earlier than from); what would not end is left out.",
                    zh="最晚结束时刻（早于 from 时指次日）；届时无法结束的步骤不予执行。",
                ),
                "days": Key(
                    type="weekdays",
                    default=WEEKDAYS,
                    en="Days on which a night begins: mon, tue, wed, thu, fri, sat, sun.",
                    zh="夜间作业开始的星期：mon、tue、wed、thu、fri、sat、sun。",
                ),
            },
        ),
    }
)
