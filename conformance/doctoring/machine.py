"""This machine: the extras that are not installed, and the key that signs."""

import importlib.util
import os
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from conformance.doctoring.lack import Lack, tried
from reports.signing.keys import PRIVATE_FILE, default_folder, load_signer
from reports.verdict import Text

EXTRAS: Mapping[str, tuple[str, Text]] = MappingProxyType(
    {
        "demo": ("oscar", Text(zh="duheng demo 所用的商城", en="the shop of `duheng demo`")),
        "mail": (
            "aiosmtpd",
            Text(zh="收件箱，供以邮件发送验证码的商城使用", en="a mailbox, for shops that mail a token"),
        ),
        "browser": (
            "playwright",
            Text(
                zh="真实浏览器，查看购买流程向第三方发送的内容",
                en="a real browser that tells what third parties are told",
            ),
        ),
    }
)


def missing_extras() -> tuple[str, ...]:
    """Return the names of the extras that are not installed here."""
    return tuple(extra for extra, (module, _) in EXTRAS.items() if importlib.util.find_spec(module) is None)


def of_machine() -> Iterator[Lack]:
    """Yield what is wrong with the key that signs, where there is one."""
    key = default_folder(os.environ) / PRIVATE_FILE
    if key.exists():
        yield from tried(partial(load_signer, key))
