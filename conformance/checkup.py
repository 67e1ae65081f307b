"""What is missing on this machine and in this target, and which clauses stay undetermined because of it."""

import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from conformance.catalogue.load import Catalogue
from conformance.judges.table import JUDGEMENTS
from conformance.places import ledger_of
from conformance.recalling import HISTORY
from probes.browser.chromium import lacking
from probes.errors import DuhengError, EvidenceError, LookFailed, SettingsError
from probes.interfaces.api_key import has_key, key_in
from probes.payment import sandbox
from probes.probe_verbs import VERBS_OF
from probes.redaction import Redactor
from probes.registry import PROBES
from probes.shop.credentials import password_of
from probes.shop.journey import Adapter
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.target_keys import TABLES
from probes.transports.trust import trusting_context
from reports import latencies
from reports.ledger.chain import Verification
from reports.ledger.standing_record import standing
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
RECORD_AGE = timedelta(hours=24)
"""How old the end of the standing record may be (the age limit of the checks that are told from it)."""

PLACEHOLDER = "shop.example"
"""The host in the target file that `duheng init` writes."""

_FIRST = Text(
    zh="检查开始前须补齐（否则退出码为 64）", en="put this right first; without it nothing is examined (exit 64)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that is missing: what, what to do, and the checks that stay undetermined for it."""

    what: Text
    remedy: Text
    checks: tuple[str, ...] = ()


def missing_extras() -> tuple[str, ...]:
    """Return the names of the extras that are not installed here."""
    return tuple(extra for extra, (module, _) in EXTRAS.items() if importlib.util.find_spec(module) is None)


def built(catalogue: Catalogue) -> tuple[int, int]:
    """Return how many checks have a judge, and how many there are."""
    checks = [requirement for requirement in catalogue.requirements if requirement.node == "check"]
    return sum(requirement.id in JUDGEMENTS for requirement in checks), len(checks)


def lacks(target: Target | None, now: datetime) -> tuple[Lack, ...]:
    """Return what stands in the way of a whole examination: on this machine, in the target file, in what it names."""
    key = default_folder(os.environ) / PRIVATE_FILE
    found = list(_tried(lambda: load_signer(key))) if key.exists() else []
    return (*found, *(() if target is None else _of_target(target, now)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """The ledger's file; what its verification found (None: there is no file yet, or it cannot be read)."""

    file: Path
    found: Verification | None
    lacks: tuple[Lack, ...] = ()


def ledger_state(target: Target) -> LedgerState | None:
    """Verify the target's ledger where its file exists, and create none; None for a ledger that is in no file."""
    try:
        file = ledger_of(target).file()
        if file is None:
            # A kind of store that nobody knows is told here, as it would be by an examination.
            ledger_of(target).open().close()
            return None
    except SettingsError as error:
        return LedgerState(
            file=target.path, found=None, lacks=tuple(Lack(what=_same(fault), remedy=_FIRST) for fault in error.faults)
        )
    except EvidenceError as error:
        return LedgerState(file=target.path, found=None, lacks=(Lack(what=_same(str(error)), remedy=_FIRST),))
    if not file.exists():
        return LedgerState(file=file, found=None)
    try:
        with ledger_of(target).open() as store:
            found = store.verify()
    except EvidenceError as error:
        return LedgerState(file=file, found=None, lacks=(Lack(what=_same(str(error)), remedy=_FIRST),))
    return LedgerState(file=file, found=found, lacks=tuple(_damage(file, found)))


def record_lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what the standing record lacks: long-run checks are told from it alone, and it takes its time."""
    try:
        return _of_record(target, now)
    except EvidenceError as error:
        return (Lack(what=_same(str(error)), remedy=_FIRST),)


def _of_record(target: Target, now: datetime) -> tuple[Lack, ...]:
    file = ledger_of(target).file()
    if file is not None and not file.exists():
        return (_no_record(),)
    since_ms = round((now - RECORD_AGE).timestamp() * 1000)
    with ledger_of(target).open() as store:
        recent = standing(store, target.platform.id, since_ms=since_ms).intervals
        if any(each.state != "unknown" for each in recent):
            return ()
        return (_no_record() if not standing(store, target.platform.id).intervals else _old_record(),)


def _no_record() -> Lack:
    return Lack(
        what=Text(zh="台账中没有可用性的长期记录", en="the ledger holds no standing record of availability"),
        remedy=Text(
            zh="持续运行 duheng watch；已有的历史可用 duheng import 导入",
            en="keep `duheng watch` running; bring in a history that exists already with `duheng import`",
        ),
        checks=_recalling(HISTORY),
    )


def _old_record() -> Lack:
    return Lack(
        what=Text(
            zh="可用性的长期记录在最近 24 小时内没有已知的结果",
            en="the standing record of availability knows nothing of the last 24 hours",
        ),
        remedy=Text(
            zh="请查明 duheng watch 是否在运行，并让其持续运行",
            en="see whether `duheng watch` runs, and keep it running",
        ),
        checks=_recalling(HISTORY),
    )


def latency_lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what is wrong with the raw latencies of the target's ledger, which must be sound itself.

    Raises:
        EvidenceError: the ledger cannot be read.
    """
    days = int(target.declared("watch", "latency_days") or TABLES["watch"].keys["latency_days"].default)
    kept_since_ms = round((now - timedelta(days=days)).timestamp() * 1000)
    with ledger_of(target).open() as store:
        wrong = latencies.problems(store, target.platform.id, kept_since_ms=kept_since_ms)
    remedy = Text(
        zh="可用性记录不受影响；请查明原因，或从备份中取回时延数据",
        en="the record of what was up is not touched; find out why, or take the latencies from a backup",
    )
    return tuple(Lack(what=Text(zh=f"时延数据：{what}", en=what), remedy=remedy) for what in wrong)


def _damage(file: Path, found: Verification) -> Iterator[Lack]:
    for problem in found.problems:
        zh, en = ("", "") if problem.seq is None else (f"第 {problem.seq} 条记录", f", entry {problem.seq}")
        yield Lack(
            what=Text(zh=f"台账 {file.name} {zh}：{problem.what}", en=f"{file.name}{en}: {problem.what}"),
            remedy=Text(
                zh="保留该文件备查，恢复备份，或用 [ledger] url 另起一个台账",
                en="keep the file for whoever looks into it; restore a backup, or begin another with [ledger] url",
            ),
        )


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


def _of_target(target: Target, now: datetime) -> Iterator[Lack]:
    yield from _of_address(target)
    yield from _tried(lambda: trusting_context(target.ca_file))
    for role in target.roles.values():
        yield from _tried(lambda role=role: password_of(role, Redactor()))  # type: ignore[misc]
    if has_key(target):
        yield from _tried(lambda: key_in(target, Redactor()))
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
            checks=_standing_on(lambda kind: PROBES[kind].writes),
        )
    yield from _of_roles(target)
    yield from _of_api(target)
    yield from _of_payment(target)
    yield from _of_shop(target)


def _of_roles(target: Target) -> Iterator[Lack]:
    for role in ("operator", "seller_a", "seller_b"):
        if role not in target.roles:
            yield Lack(
                what=Text(zh=f"未声明 [roles.{role}]", en=f"[roles.{role}] is not declared"),
                remedy=Text(
                    zh=f"在 [roles.{role}] 中写明 username 与 password_env",
                    en=f"give [roles.{role}] with username and password_env",
                ),
                checks=_declaring(f"roles.{role}"),
            )


def _of_payment(target: Target) -> Iterator[Lack]:
    yield from _tried(lambda: sandbox.key_in(target, Redactor()))
    if target.declared("payment", "sandbox") is not True or not sandbox.declared_hosts(target):
        yield Lack(
            what=Text(zh="[payment] 未声明支付服务商的沙箱", en="[payment] declares no sandbox of a payment provider"),
            remedy=Text(
                zh="在 [payment] 中写明 hosts 与 sandbox = true（仅限不涉及真实资金的沙箱）",
                en="give [payment] with hosts and sandbox = true, where no real money moves",
            ),
            checks=_declaring("payment.sandbox"),
        )


def _of_api(target: Target) -> Iterator[Lack]:
    if not target.declared("api", "description"):
        yield Lack(
            what=Text(zh="[api] 未声明接口说明", en="[api] declares no API description"),
            remedy=Text(
                zh="在 [api] 中写明 description 与 key_env，并在 [interfaces.*] 中写明各类接口的操作",
                en="give [api] with description and key_env, and the operations of each kind in [interfaces.*]",
            ),
            checks=_declaring("api.description"),
        )


def _of_shop(target: Target) -> Iterator[Lack]:
    try:
        adapter = adapter_of(target)
    except SettingsError as error:
        yield from (Lack(what=_same(fault), remedy=_FIRST) for fault in error.faults)
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
        checks=_declaring("platform.adapter"),
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
            checks=_standing_on(lambda kind, kinds=kinds: kind in kinds),  # type: ignore[misc]
        )


def _of_browser(target: Target) -> Iterator[Lack]:
    if target.declared("browser", "walk") is False:
        return
    if (missing := lacking(target)) is not None:
        what, remedy = _NO_BROWSER[missing]
        yield Lack(what=what, remedy=remedy, checks=_standing_on(lambda kind: kind == "browser.walk"))


def _tried(attempt: Callable[[], object]) -> Iterator[Lack]:
    try:
        attempt()
    except DuhengError as error:
        yield Lack(what=_same(error.detail if isinstance(error, LookFailed) else str(error)), remedy=_FIRST)


def _same(told: str) -> Text:
    return Text(zh=told, en=told)


def _standing_on(concerned: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the checks that need such a look, or one that comes after such a look."""

    def stands(kind: str) -> bool:
        return kind in PROBES and (concerned(kind) or any(stands(before) for before in PROBES[kind].after))

    return tuple(check for check, judgement in JUDGEMENTS.items() if any(stands(kind) for kind in judgement.needs))


def _recalling(kind: str) -> tuple[str, ...]:
    return tuple(check for check, judgement in JUDGEMENTS.items() if kind in judgement.needs)


def _declaring(key: str) -> tuple[str, ...]:
    return tuple(check for check, judgement in JUDGEMENTS.items() if key in judgement.declares)
