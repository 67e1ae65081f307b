"""By what an entry of an audit trail is known to be about an operation, and to name somebody. Pure."""

import re
from collections.abc import Mapping

SPEAKS_OF: Mapping[str, re.Pattern[str]] = {
    "log-in": re.compile(r"log.?in|sign.?in|logged.?in|signed.?in|session|登录|登入|登陆", re.IGNORECASE),
    "price": re.compile(r"pric|售价|单价|改价|价格", re.IGNORECASE),
    "rights": re.compile(r"right|role|permission|privilege|grant|staff|权限|角色|授权", re.IGNORECASE),
    "cancel": re.compile(r"cancel|void|取消|撤销|作废", re.IGNORECASE),
}
"""Operation to the words of one who notes it down."""

NOBODY = re.compile(r"system|anonymous|unknown|guest|none|null|n/a|-|系统|匿名|游客|未知|无", re.IGNORECASE)
"""Names that name nobody, whole."""


def stands(word: str, text: str) -> bool:
    """Tell whether a word stands in a text, in any case: Latin words and numbers on their own, Chinese anywhere."""
    if not word:
        return False
    first, last = (r"(?<![0-9A-Za-z])" if word[0].isascii() else "", r"(?![0-9A-Za-z])" if word[-1].isascii() else "")
    return re.search(f"{first}{re.escape(word)}{last}", text, re.IGNORECASE) is not None


def somebody_else(who: str) -> bool:
    """Tell whether a shown name is surely another's, once it is known not to be the one's: an address, or nobody."""
    return ("@" in who and "*" not in who) or NOBODY.fullmatch(who) is not None
