"""What the pictures of backups say, in Chinese and English: kinds, kinds of data, places, states of an entry."""

from collections.abc import Mapping
from typing import Final

from reports.verdict import Text

KINDS: Final[Mapping[str, Text]] = {
    "full": Text(zh="完全备份", en="full"),
    "differential": Text(zh="差分备份", en="differential"),
    "incremental": Text(zh="增量备份", en="incremental"),
    "image": Text(zh="映像备份", en="image"),
    "other": Text(zh="其他备份", en="other"),
}
"""In the order in which they are drawn."""

DATA: Final[Mapping[str, Text]] = {
    "pages": Text(zh="网页", en="pages"),
    "customers": Text(zh="客户", en="customers"),
    "trades": Text(zh="交易", en="trades"),
    "management": Text(zh="管理", en="management"),
    "merchants": Text(zh="商家", en="merchants"),
}

PLACES: Final[Mapping[str, Text]] = {
    "local": Text(zh="本地", en="local"),
    "remote": Text(zh="异地", en="remote"),
    "offline": Text(zh="离线", en="offline"),
}

STATES: Final[Mapping[str, Text]] = {
    "bad": Text(zh="失败、残缺或校验不通过", en="failed, half written, or its verification failed"),
    "unknown": Text(zh="未经校验，或时间不可信", en="not verified, or of a time that cannot be believed"),
    "good": Text(zh="已校验，完好", en="verified, whole"),
}
"""What an entry of a catalogue is, the worst first; what was not verified is not good."""

AWAY: Final[Mapping[str, Text]] = {
    "target": Text(zh="备份主机或备份工具没有给出可用的回答", en="the host or the tool gave no usable answer"),
    "permission": Text(zh="本次运行无权读取", en="this run may not read it"),
}
"""Why nothing was read, where that is other than the house's words for a cause."""

GAPS: Final[Mapping[str, Text]] = {
    "over": Text(zh="超过限值", en="longer than the limit"),
    "open": Text(zh="能否守住限值取决于未经校验的备份", en="the limit holds only if what was not verified is good"),
    "within": Text(zh="在限值之内", en="within the limit"),
    "short": Text(zh="记录尚不足一个周期", en="the record is shorter than one period"),
    "free": Text(zh="未设限值", en="no limit is set"),
}
