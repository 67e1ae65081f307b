"""The shop: its address, the accounts, interfaces and payment that are declared, its adapter, a browser."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from urllib.parse import urlsplit

from conformance.doctoring.lack import FIRST, Lack, declaring, same, standing_on, tried
from conformance.doctoring.machine import missing_extras
from probes.browser.chromium import lacking
from probes.errors import SettingsError
from probes.interfaces.api_key import has_key, key_in
from probes.payment import sandbox
from probes.probe_verbs import VERBS_OF
from probes.redaction import Redactor
from probes.registry import PROBES
from probes.shop.credentials import password_of
from probes.shop.journey import Adapter
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.transports.trust import trusting_context
from reports.verdict import Text

PLACEHOLDER = "shop.example"
"""The host in the target file that `duheng init` writes."""

_READ_ONLY_ZH: Mapping[str, str] = MappingProxyType(
    {
        "the target file does not say authorised = true": "目标文件未写明 authorised = true",
        "environment = production, and no declared window is open": "environment = production，且无开放的时间窗口",
    }
)

_GET_ONE = Text(
    zh="安装一个（Debian：apt-get install chromium-headless-shell；其他：playwright install --only-shell chromium）",
    en="install one (Debian: apt-get install chromium-headless-shell; else: playwright install --only-shell chromium)",
)

_NO_BROWSER: Mapping[str, tuple[Text, Text]] = MappingProxyType(
    {
        "playwright": (
            Text(
                zh="未安装 Playwright，无法以浏览器走购买流程",
                en="Playwright is not installed: no browser can walk the buying journey",
            ),
            Text(zh="运行 pip install 'duheng[browser]'", en="run pip install 'duheng[browser]'"),
        ),
        "executable": (
            Text(
                zh="[browser] executable 所指的程序不存在", en="[browser] executable names a program that is not there"
            ),
            Text(
                zh="改正该项，或删去以使用已安装的浏览器", en="mend it, or drop it to use a browser that is installed"
            ),
        ),
        "chromium": (
            Text(
                zh="没有可走购买流程的浏览器（Chromium）",
                en="there is no browser (Chromium) to walk the buying journey",
            ),
            _GET_ONE,
        ),
    }
)


def of_shop(target: Target, now: datetime) -> Iterator[Lack]:
    """Yield what is missing to examine the shop itself, and whether the run may write."""
    yield from _of_address(target)
    yield from tried(partial(trusting_context, target.ca_file))
    for role in target.roles.values():
        yield from tried(partial(password_of, role, Redactor()))
    if has_key(target):
        yield from tried(partial(key_in, target, Redactor()))
    if target.mailbox_listen and "mail" in missing_extras():
        yield Lack(
            what=Text(zh="[mailbox] 需要扩展 [mail]", en="[mailbox] wants the extra [mail]"),
            remedy=Text(zh="运行 pip install 'duheng[mail]'", en="run pip install 'duheng[mail]'"),
        )
    if (reason := target.why_not_write(now)) is not None:
        yield Lack(
            what=Text(
                zh=f"本次运行只能读取：{_READ_ONLY_ZH.get(reason, reason)}", en=f"the run may only read: {reason}"
            ),
            remedy=Text(
                zh="经平台方同意后，在预发布环境设 authorised = true，或声明 [[windows]]",
                en="once the platform's owner agrees: authorised = true on staging, or an open [[windows]] entry",
            ),
            checks=standing_on(lambda kind: PROBES[kind].writes),
        )
    yield from _of_roles(target)
    yield from _of_api(target)
    yield from _of_payment(target)
    yield from _of_adapter_file(target)


def _of_address(target: Target) -> Iterator[Lack]:
    parts = urlsplit(target.platform.base_url)
    if parts.hostname == PLACEHOLDER:
        yield Lack(
            what=Text(
                zh=f"[platform] base_url 仍是 duheng init 的示例地址（{PLACEHOLDER}）",
                en=f"[platform] base_url is still the placeholder of `duheng init` ({PLACEHOLDER})",
            ),
            remedy=Text(zh="改为平台的实际网址", en="give the address of your platform"),
        )
    if parts.scheme == "http":
        yield Lack(
            what=Text(
                zh="[platform] base_url 为 http：流程须经 TLS，SBT-3.1.3.3-ssl128 将判为不符合",
                en="[platform] base_url is http: journeys go over TLS, and SBT-3.1.3.3-ssl128 will be violated",
            ),
            remedy=Text(
                zh="如平台有 https 入口，请写其 https 网址；http 入口写在 plain_url",
                en="where the platform has an https entry, give that one; the http entry belongs in plain_url",
            ),
        )


def _of_roles(target: Target) -> Iterator[Lack]:
    for role in ("operator", "seller_a", "seller_b"):
        if role not in target.roles:
            yield Lack(
                what=Text(zh=f"未声明 [roles.{role}]", en=f"[roles.{role}] is not declared"),
                remedy=Text(
                    zh=f"在 [roles.{role}] 中写明 username 与 password_env",
                    en=f"give [roles.{role}] with username and password_env",
                ),
                checks=declaring(f"roles.{role}"),
            )


def _of_payment(target: Target) -> Iterator[Lack]:
    yield from tried(partial(sandbox.key_in, target, Redactor()))
    if target.declared("payment", "sandbox") is not True or not sandbox.declared_hosts(target):
        yield Lack(
            what=Text(zh="[payment] 未声明支付服务商的沙箱", en="[payment] declares no sandbox of a payment provider"),
            remedy=Text(
                zh="在 [payment] 中写明 hosts 与 sandbox = true（仅限不涉及真实资金的沙箱）",
                en="give [payment] with hosts and sandbox = true, where no real money moves",
            ),
            checks=declaring("payment.sandbox"),
        )


def _of_api(target: Target) -> Iterator[Lack]:
    if not target.declared("api", "description"):
        yield Lack(
            what=Text(zh="[api] 未声明接口说明", en="[api] declares no API description"),
            remedy=Text(
                zh="在 [api] 中写明 description 与 key_env，并在 [interfaces.*] 中写明各类接口的操作",
                en="give [api] with description and key_env, and the operations of each kind in [interfaces.*]",
            ),
            checks=declaring("api.description"),
        )


def _of_adapter_file(target: Target) -> Iterator[Lack]:
    try:
        adapter = adapter_of(target)
    except SettingsError as error:
        yield from (Lack(what=same(fault), remedy=FIRST) for fault in error.faults)
        return
    if adapter is not None:
        yield from _of_adapter(adapter)
        yield from _of_browser(target)
        return
    yield Lack(
        what=Text(zh="未设置 [platform] adapter", en="[platform] adapter is not set"),
        remedy=Text(
            zh='设 adapter = "oscar"，或给出自备流程文件的路径',
            en='say adapter = "oscar", or give the path of a journey file of your own',
        ),
        checks=declaring("platform.adapter"),
    )


def _of_adapter(adapter: Adapter) -> Iterator[Lack]:
    needing: dict[str, list[str]] = {}
    for kind, needed in VERBS_OF.items():
        for verb in needed:
            if not adapter.describes(verb):
                needing.setdefault(verb, []).append(kind)
    for verb, kinds in needing.items():
        yield Lack(
            what=Text(
                zh=f"适配“{adapter.title_zh}”没有流程 {verb}",
                en=f"the adapter for {adapter.title_en} has no journey {verb}",
            ),
            remedy=Text(zh=f"在适配文件中加入 [journeys.{verb}]", en=f"add [journeys.{verb}] to the adapter file"),
            checks=standing_on(lambda kind, kinds=kinds: kind in kinds),  # type: ignore[misc]
        )


def _of_browser(target: Target) -> Iterator[Lack]:
    if target.declared("browser", "walk") is False:
        return
    if (missing := lacking(target)) is not None:
        what, remedy = _NO_BROWSER[missing]
        yield Lack(what=what, remedy=remedy, checks=standing_on(lambda kind: kind == "browser.walk"))
