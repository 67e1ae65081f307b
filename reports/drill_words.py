"""What the pictures of drills say, in Chinese and English: kinds, steps of a recovery, how a run came out."""

from collections.abc import Mapping
from typing import Final

from reports.verdict import Text

KINDS: Final[Mapping[str, Text]] = {
    "software": Text(zh="软件故障", en="software fault"),
    "hardware": Text(zh="硬件故障", en="hardware fault"),
    "general": Text(zh="一般性灾难", en="general disaster"),
    "severe": Text(zh="严重性灾难", en="severe disaster"),
    "power": Text(zh="断电", en="power cut"),
    "attack": Text(zh="攻击", en="attack"),
    "virus": Text(zh="病毒", en="virus"),
}
"""In the order in which they are drawn."""

STEPS: Final[Mapping[str, Text]] = {
    "failing": Text(zh="首次失败", en="first failing"),
    "detected": Text(zh="发现", en="detected"),
    "decided": Text(zh="决定", en="decided"),
    "acted": Text(zh="处置", en="acted"),
    "good": Text(zh="首次成功", en="first good"),
    "verified": Text(zh="确认", en="verified"),
}
"""What follows an injected fault, in its order; a run may lack any of them."""

STATES: Final[Mapping[str, Text]] = {
    "within": Text(zh="在限值内恢复", en="back within the limit"),
    "over": Text(zh="超过限值", en="beyond the limit"),
    "open": Text(zh="未自行恢复，仅知下限", en="not back by itself, longer than this"),
    "free": Text(zh="已恢复，未设限值", en="back, no limit is set"),
    "untold": Text(zh="不能说明问题", en="tells nothing"),
}
"""How a run came out; what tells nothing is neither good nor bad."""

WHY: Final[Mapping[str, Text]] = {
    "killed": Text(zh="演练在结束前被强行终止", en="it was killed before its end"),
    "aborted": Text(zh="演练被中止", en="it was broken off"),
    "incomplete": Text(zh="记录不完整", en="its record is not complete"),
    "effect": Text(zh="未证明故障已生效", en="the fault is not proven to have taken effect"),
    "before": Text(zh="演练前平台状态不稳定", en="the platform was not steady before it"),
    "after": Text(zh="演练后平台状态不稳定", en="the platform was not steady after it"),
    "unfelt": Text(zh="没有恢复时间", en="no recovery time is known"),
}
"""Why a run tells nothing."""

BY: Final[Mapping[str, Text]] = {
    "harness": Text(zh="由演练撤除", en="taken out by the drill"),
    "deadman": Text(zh="由主机上的看门狗撤除", en="taken out by the host's dead man"),
}
