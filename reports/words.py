"""The house's words in both languages: verdicts, causes, exits, obligations. Every rendering takes them from here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from probes.errors import Cause
from reports.report import Exit
from reports.verdict import Measured, Operator, Text, Threshold, Word

Lang: TypeAlias = Literal["zh", "en"]


def pick(text: Text, lang: Lang) -> str:
    """Return the text in one language; in the other where it is missing."""
    return (text.zh or text.en) if lang == "zh" else (text.en or text.zh)


def language(code: str) -> Lang:
    """Return zh or en for a language code such as zh-CN; anything but Chinese reads English."""
    return "zh" if code.lower().startswith("zh") else "en"


VERDICTS: Mapping[Word | Literal["waived"], Text] = MappingProxyType(
    {
        "conforms": Text(zh="符合", en="Conforms"),
        "violates": Text(zh="不符合", en="Violates"),
        "undetermined": Text(zh="无法判定", en="Undetermined"),
        "not_applicable": Text(zh="不适用", en="Not applicable"),
        "waived": Text(zh="已豁免", en="Waived"),
    }
)

VERDICTS_EXPLAINED: Mapping[Word | Literal["waived"], Text] = MappingProxyType(
    {
        "conforms": Text(zh="看到了证据，符合条款。", en="Evidence was seen, and it is right."),
        "violates": Text(zh="看到了证据，违反条款。", en="Evidence was seen, and it is wrong."),
        "undetermined": Text(
            zh="没有足够的证据，既不能说符合，也不能说不符合。",
            en="There was not enough evidence to say either. It is not a pass.",
        ),
        "not_applicable": Text(
            zh="目标文件已说明理由，或证据表明前提不成立。",
            en="The target file says so with a reason, or evidence shows the condition absent.",
        ),
        "waived": Text(
            zh="偏差已被负责人接受；判定结果本身不变，仍计入上面的数字。",
            en="A deviation that an owner accepted. The verdict stands and is counted to the left as well.",
        ),
    }
)

CAUSES: Mapping[Cause, Text] = MappingProxyType(
    {
        "target": Text(zh="平台没有给出可用的回答", en="The platform gave no usable answer"),
        "network": Text(zh="检查机自身的网络不通", en="Our own network was down"),
        "settings": Text(zh="目标文件或环境缺少设置", en="A setting was missing"),
        "permission": Text(zh="本次运行无权这样做", en="This run was not allowed to"),
        "stale": Text(zh="证据已过期", en="The evidence was too old"),
        "document": Text(zh="缺少文件材料", en="A document is missing"),
        "attestation": Text(zh="缺少负责人签署的声明", en="A signed declaration is missing"),
        "not-built": Text(zh="本版本尚不能检查", en="This version cannot check it yet"),
    }
)

CAUSES_NEXT: Mapping[Cause, Text] = MappingProxyType(
    {
        "target": Text(
            zh="平台离线、超时、限流、回答异常，或所见不足以判定。请查看各条理由，确认平台可用后重新检查。",
            en="It was away, timed out, throttled us, answered garbage, or what it showed does not suffice. "
            "Read the reason of each, make sure that the platform is up, then examine again.",
        ),
        "network": Text(
            zh="请检查检查机的网络、DNS 与代理，然后重新检查。",
            en="Check this machine's network, DNS and proxy, then examine again.",
        ),
        "settings": Text(
            zh="请补全目标文件或环境变量；duheng doctor 会逐条列出缺少的内容。",
            en="Complete the target file or the environment; duheng doctor lists what is missing.",
        ),
        "permission": Text(
            zh="请在目标文件 [platform] 中设置 authorised = true；生产环境还须有一个当前有效的 [[windows]] 时间窗口。",
            en="Set authorised = true under [platform] in the target file; in production an open [[windows]] as well.",
        ),
        "stale": Text(
            zh="长期证据超出有效期。请恢复长期监测、演练或压测后再检查。",
            en="Long-run evidence is past its age limit. Resume the long watch, drills or load, then examine again.",
        ),
        "document": Text(
            zh="仅凭机器证据不能判定。请提供条款要求的文件，并在目标文件中登记。",
            en="Machine evidence alone cannot decide. Supply the document and declare it in the target file.",
        ),
        "attestation": Text(
            zh="需要有权签字的人作出声明。取得声明后登记，再检查。",
            en="Someone entitled to sign has to declare it. Record the declaration, then examine again.",
        ),
        "not-built": Text(
            zh="须由人工另行审查；不得据本报告推定为符合。",
            en="A person has to examine it by other means. Nothing may be concluded from this report.",
        ),
    }
)

# What an auditor must worry about first stands first.
CAUSE_ORDER: tuple[Cause, ...] = (
    "target", "network", "settings", "permission", "stale", "document", "attestation", "not-built",
)  # fmt: skip

EXITS: Mapping[Exit, Text] = MappingProxyType(
    {
        0: Text(
            zh="计入结论的条款全部符合、已豁免或不适用",
            en="Everything that counts conforms, is waived or does not apply",
        ),
        1: Text(zh="存在不符合的条款", en="At least one clause is violated"),
        2: Text(
            zh="没有未获豁免的不符合项，但不能得出符合的结论",
            en="No violation without a waiver, but conformity could not be told",
        ),
    }
)

OPERATORS: Mapping[Operator, str] = MappingProxyType({">=": "≥", "<=": "≤", "<": "<", ">": ">", "==": "="})

ALL = "all"  # the header's scope of a run for which nothing was chosen

_OBLIGATIONS: Mapping[str, Text] = MappingProxyType(
    {
        "mandatory": Text(zh="强制", en="mandatory"),
        "recommended": Text(zh="推荐", en="recommended"),
        "optional": Text(zh="可选", en="optional"),
        "informative": Text(zh="资料性", en="informative"),
    }
)
_ENVIRONMENTS: Mapping[str, Text] = MappingProxyType(
    {
        "production": Text(zh="生产环境", en="production"),
        "staging": Text(zh="预发布环境", en="staging"),
        "disposable": Text(zh="一次性环境", en="disposable"),
    }
)
_KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "requirement": Text(zh="要求", en="requirement"),
        "conditional": Text(zh="有条件的要求", en="conditional requirement"),
        "permission": Text(zh="允许", en="permission"),
        "definition": Text(zh="定义", en="definition"),
        "applicability": Text(zh="适用范围", en="applicability"),
        "statement": Text(zh="陈述", en="statement"),
        "summary": Text(zh="汇总", en="summary"),
    }
)
_METHODS: Mapping[str, Text] = MappingProxyType(
    {
        "probe": Text(zh="探测", en="probe"),
        "journey": Text(zh="业务流程", en="journey"),
        "agent": Text(zh="主机代理", en="host agent"),
        "ledger": Text(zh="长期记录", en="ledger"),
        "drill": Text(zh="演练", en="drill"),
        "backup": Text(zh="备份目录", en="backup catalogue"),
        "load": Text(zh="压力测试", en="load"),
        "document": Text(zh="文件审查", en="document"),
        "attestation": Text(zh="签署声明", en="attestation"),
    }
)
_MADE: Mapping[str, Text] = MappingProxyType(
    {
        "account": Text(zh="账户", en="account"),
        "address": Text(zh="地址", en="address"),
        "cart": Text(zh="购物车", en="cart"),
        "order": Text(zh="订单", en="order"),
        "price": Text(zh="价格", en="price"),
        "profile": Text(zh="个人资料", en="profile"),
        "": Text(zh="未知对象", en="something unknown"),
    }
)


def made(name: str) -> Text:
    """Return the words for a kind of object that a run made; an unknown one stands for itself."""
    return _MADE.get(name, Text(zh=name, en=name))


def scope(name: str) -> Text:
    """Return the words for a report's scope; what was chosen stands for itself."""
    return Text(zh="全部条款", en="all clauses") if name == ALL else Text(zh=name, en=name)


def chosen(number: int, whole: int | None) -> Text:
    """Return how many checks were chosen of how many, and that nothing is said of the others.

    ``whole`` is None where the number of all checks is not known.
    """
    if whole is None:
        return Text(
            zh=f"本次只选择了 {number} 项检查；其余各项均未检查，本报告对其不作任何结论。",
            en=f"Only {counted(number, 'check')} {_were(number)} chosen; nothing is said of any other.",
        )
    rest = whole - number
    return Text(
        zh=f"全部 {whole} 项检查中只选择了 {number} 项；其余 {rest} 项均未检查，本报告对其不作任何结论。",
        en=f"{number} of {counted(whole, 'check')} {_were(number)} chosen; nothing is said of the other {rest}.",
    )


def counted(number: int, noun: str) -> str:
    """Return ``1 check`` or ``2 checks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def obligation(name: str) -> Text:
    """Return the words for an obligation; an unknown one stands for itself."""
    return _OBLIGATIONS.get(name, Text(zh=name, en=name))


def environment(name: str) -> Text:
    """Return the words for an environment; an unknown one stands for itself."""
    return _ENVIRONMENTS.get(name, Text(zh=name, en=name))


def kind(name: str) -> Text:
    """Return the words for a requirement's kind; an unknown one stands for itself."""
    return _KINDS.get(name, Text(zh=name, en=name))


def method(name: str) -> Text:
    """Return the words for a method of examination; an unknown one stands for itself."""
    return _METHODS.get(name, Text(zh=name, en=name))


def _number(value: float | str | bool) -> str:
    if isinstance(value, bool):
        return "是 / yes" if value else "否 / no"
    return value if isinstance(value, str) else f"{value:.10g}"


def amount(measured: Measured) -> str:
    """Return ``mtbf = 912 h``."""
    return f"{measured.metric} = {_number(measured.value)} {measured.unit}".rstrip()


def bound(threshold: Threshold) -> str:
    """Return ``mtbf ≥ 8500 h``."""
    operator = OPERATORS[threshold.operator]
    return f"{threshold.metric} {operator} {_number(threshold.value)} {threshold.unit}".rstrip()
