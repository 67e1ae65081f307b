"""What the table of nights says, in Chinese and English: verbs, how a step and a night ended, and for what cause."""

from collections.abc import Mapping
from typing import Final

from reports.verdict import Text

VERBS: Final[Mapping[str, Text]] = {
    "recover": Text(zh="恢复中断的演练", en="recovery of a drill"),
    "load": Text(zh="负载", en="load"),
    "drill": Text(zh="演练", en="drill"),
    "restore": Text(zh="试恢复", en="trial restores"),
    "examine": Text(zh="检查", en="examination"),
}

STEPS: Final[Mapping[str, Text]] = {
    "done": Text(zh="完成", en="done"),
    "failed": Text(zh="失败", en="failed"),
    "cut-short": Text(zh="中途结束", en="cut short"),
    "missed": Text(zh="未执行", en="missed"),
    "running": Text(zh="进行中", en="running"),
    "waiting": Text(zh="待执行", en="waiting"),
}
"""How a step ended. That it was done says nothing of what it found: its record and the verdicts do."""

NIGHTS: Final[Mapping[str, Text]] = {
    "planned": Text(zh="按计划结束", en="went as planned"),
    "undone": Text(zh="有步骤未完成", en="not all of it was done"),
    "stopped": Text(zh="被停止", en="stopped"),
    "killed": Text(zh="被强行终止", en="killed"),
    "under-way": Text(zh="进行中", en="under way"),
    "missed": Text(zh="应有而未进行", en="missed: there was none"),
}

CAUSES: Final[Mapping[str, Text]] = {
    "window": Text(zh="时间不足", en="no time was left"),
    "stopped": Text(zh="夜间作业被停止", en="the night was stopped"),
    "killed": Text(zh="夜间作业被强行终止", en="the night was killed"),
    "wound": Text(zh="演练后主机未确认恢复", en="a host was not proven healed"),
    "exit": Text(zh="步骤未能得出结果", en="it came to nothing"),
    "ended": Text(zh="步骤被他人终止", en="somebody ended it"),
}
"""Why a step was not done; the sentence beside it is the program's own."""

NO_WINDOW: Final = "no window was open, and none is declared after it"
MISSED: Final[Mapping[str, Text]] = {
    NO_WINDOW: Text(zh="当时没有开放的时段，此后也未声明任何时段", en=NO_WINDOW),
}
"""Why a night could not be, where that is known."""
