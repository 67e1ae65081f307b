"""Sentences of the judge of the access matrix, in English and Chinese."""

from collections.abc import Mapping

from reports.access_words import KINDS
from reports.verdict import Text

DOUBTS: Mapping[str, Text] = {
    "owner": Text(en="the owner's own access did not work before and after.", zh="所有者本人的访问未能在前后都成功。"),
    "own": Text(
        en="the session's own access did not work before and after (it may have ended), so the denial means nothing.",
        zh="该会话对自有内容的访问未能在前后都成功（会话可能已结束），拒绝结果不能说明问题。",
    ),
    "neither": Text(en="neither denied nor effective.", zh="既未被拒绝，也未生效。"),
    "words": Text(
        en="the owner's own answer shows nothing by which a leak would be known.",
        zh="所有者本人看到的内容中没有可用于识别泄露的信息。",
    ),
    "control": Text(
        en="the same request took no effect when its owner sent it, so that it had none proves nothing.",
        zh="同一请求由所有者本人发出也未生效，因此不能说明问题。",
    ),
}
"""Why a refusal proves nothing (``probes.access.cells.doubt``)."""

_WHO: Mapping[str, Text] = {
    "visitor": Text(en="a visitor", zh="访客"),
    "ended": Text(en="an ended session", zh="已退出的会话"),
}


def who(role: str) -> Text:
    """Return how a role is named in a sentence (in Chinese with a space before what follows, where it is Latin)."""
    return _WHO.get(role, Text(en=role, zh=f"{role} "))


def thing(kind: str) -> Text:
    """Return how a kind of object is named in a sentence."""
    return KINDS.get(kind, Text(en=kind, zh=kind))
