"""SBT-3.1.3 and 3.1.3.5, traces: whose order it is, who did what when, and a log that shows every alteration."""

import re
from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from conformance.judges.figures import amount, outputs, text
from conformance.judges.instants import apart_s, zone_of
from conformance.judges.words import bad, done, good, requests, untold, why
from probes.audit.wording import SPEAKS_OF, somebody_else, stands
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

_FIELDS = {
    "account": ("account", "账户"),
    "placed_at": ("time", "时间"),
    "channel": ("channel", "渠道"),
}
_VALUED = frozenset({"price", "rights", "cancel"})
_UNTRIED = ("it was not tried", "未曾尝试")
_UNSURE = ("it names somebody who cannot be told to be the one that did it, nor another", "无法判断所载操作人是否属实")
_UNREAD = ("its time cannot be read as one", "所载时间无法识别")
_WAS_NONE = ("it names no rights before, which may be that there were none", "未载明变更前的权限，可能此前没有权限")
_UNNAMED = (
    "its entry names what it was done to by a name that is not known to be it, nor another",
    "无法判断记载的对象是否为本次操作的对象",
)
_DOUBTS = frozenset({_UNSURE, _UNREAD, _WAS_NONE, _UNNAMED})
_OPERATIONS = {
    "log-in": ("the operator's log-in", "运营方登录"),
    "price": ("a change of price", "改价"),
    "rights": ("a change of rights", "权限变更"),
    "cancel": ("the cancellation of an order", "取消订单"),
}


def orders_attributed(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``audit.records`` for 3.1.3: each order record names the account, the time and the way it came by."""
    data = seen.data
    if not done(data.get("own")):
        reason = why(data.get("own")) or why(data.get("confirm")) or "the order was acknowledged without a number"
        return untold(
            seen,
            f"The operator's record of an order could not be read: {reason}",
            f"无法读取运营方的订单记录：{reason}",
        )
    shown = outputs(data["own"])
    described = tuple(data["described"])
    empty = [name for name in described if not text(shown.get(name))]
    sampled = [each for each in data.get("sample") or () if isinstance(each, Mapping)]
    nobody = "account" in described and any(not each.get("account") for each in sampled)
    empty += [name for name in described if name != "account" and any(not each.get(name) for each in sampled)]
    if empty:
        return _bare(seen, tuple(dict.fromkeys(empty)))
    if (wrong := _misattributed(requirement, seen, shown, declarations)) is not None:
        return wrong
    if nobody:
        return _nobody_s(seen)
    if missing := [name for name in _FIELDS if name not in described]:
        return untold(
            seen,
            f"The adapter reads no {_en(missing)} of an order; describe where the operator's view shows it.",
            f"适配文件未说明从何处读取订单的{_zh(missing)}。",
            cause="settings",
        )
    number = len(sampled) + 1
    return good(
        seen,
        f"Each of {number} order records names account, time and channel; account and time of our own order are right.",
        f"抽查的{number}笔订单记录均载明账户、时间和渠道；本次所下订单的账户与时间属实。",
    )


def _en(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(_FIELDS[name][0] for name in names)


def _zh(names: list[str] | tuple[str, ...]) -> str:
    return "、".join(_FIELDS[name][1] for name in names)


def _bare(seen: Observation, names: tuple[str, ...]) -> Verdict:
    return bad(
        seen,
        f"Order records name no {_en(names)}.",
        f"订单记录未载明{_zh(names)}。",
        repeat=requests(seen.data["confirm"], seen.data["own"]),
    )


def _nobody_s(seen: Observation) -> Verdict:
    """Tell of earlier orders without an account: of guests, or of customers who have left (the run's own buyers do)."""
    return untold(
        seen,
        "The record of our own order names its account; an earlier record in the sample names none. Its buyer may have "
        "been a guest, or have left since: somebody has to look.",
        "本次所下订单的记录载明账户；抽查的较早订单中有未载明账户的，其买家可能是游客，或已注销账户，须人工核对。",
    )


def _misattributed(
    requirement: Requirement, seen: Observation, shown: Mapping[str, Any], declarations: Mapping[str, Any]
) -> Verdict | None:
    """Return what is told where the record of our own order names somebody else, or another time."""
    data = seen.data
    repeat = requests(data["confirm"], data["own"])
    same = _same_person(shown.get("account"), data["account"]) if "account" in data["described"] else True
    if same is None:
        return untold(
            seen,
            "The account in the order record cannot be told to be the one that placed it, nor another.",
            "无法判断订单记录所载账户是否为下单账户。",
            cause="settings",
        )
    if not same:
        return bad(
            seen,
            "The record of an order names another account than the one that placed it.",
            "订单记录所载账户并非下单账户。",
            repeat=repeat,
        )
    if "placed_at" not in data["described"]:
        return None
    apart = apart_s(text(shown["placed_at"]), zone_of(declarations), data["began"], data["ended"])
    if apart is None:
        return untold(
            seen, "The time in the order record cannot be read as one.", "订单记录中的时间无法识别。", cause="settings"
        )
    if apart > _tolerance(requirement):
        return bad(
            seen,
            f"The record of an order names a time {apart:.0f} s away from when it was placed.",
            f"订单记录所载时间与实际下单时间相差{apart:.0f}秒。",
            repeat=repeat,
        )
    return None


def _same_person(shown: Any, names: Any) -> bool | None:
    """Tell whether a shown name is one of an account's; None where it may be: a number, a starred or a display name."""
    written = text(shown)
    if any(stands(text(name), written) for name in names):
        return True
    return False if somebody_else(written) or not written else None


def _tolerance(requirement: Requirement) -> float:
    return requirement.thresholds[0].value


def operations_traced(requirement: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``audit.operations`` for 3.1.3.5: each operation stands in the trail with who, when, what, old and new."""
    operations = [each for each in seen.data.get("operations") or () if isinstance(each, Mapping)]
    faults, unknown = [], []
    for each in operations:
        name = _OPERATIONS[each["operation"]]
        if not done(each.get("done")) or not done(each.get("read")):
            reason = text(each.get("missing")) or why(each.get("done")) or why(each.get("read"))
            unknown.append((name, (reason, reason), bool(each.get("missing"))))
            continue
        fault = _untraced(each, _tolerance(requirement), zone_of(declarations))
        if fault in _DOUBTS:
            unknown.append((name, fault, True))
        elif fault is not None:
            faults.append((name, fault, requests(each["done"], each["read"])))
    if faults:
        return bad(
            seen,
            " ".join(f"Of {name[0]} the audit trail {fault[0]}." for name, fault, _ in faults),
            "".join(f"{name[1]}：审计记录{fault[1]}。" for name, fault, _ in faults),
            repeat=(line for _, _, lines in faults for line in lines),
        )
    if unknown or {each["operation"] for each in operations} != set(_OPERATIONS):
        (en, zh), said, missing = unknown[0] if unknown else (("an operation", "某项操作"), _UNTRIED, True)
        return untold(
            seen,
            f"It could not be told whether {en} is traced: {said[0]}",
            f"无法判断{zh}是否留痕：{said[1]}",
            cause="settings" if missing else "target",
        )
    return good(
        seen,
        "Log-in, change of price, change of rights and cancellation stand in the audit trail with who, when and what; "
        "the changes with old and new value.",
        "登录、改价、权限变更和取消订单均见于审计记录，载明何人、何时、何事，变更并载明前后值。",
    )


def _untraced(each: Mapping[str, Any], tolerance_s: float, zone: tzinfo) -> tuple[str, str] | None:
    """Return what the trail lacks of an operation, in both languages; None where nothing is."""
    entries = [entry for entry in each["entries"] if isinstance(entry, Mapping)]
    about = [entry for entry in entries if _about(entry, each)]
    if not about:
        return _UNNAMED if any(_may_be_about(entry, each) for entry in entries) else ("holds no entry", "没有记载")
    lacks = [_lack(entry, each, tolerance_s, zone) for entry in about]
    if None in lacks:
        return None
    return next((lack for lack in lacks if lack in _DOUBTS), lacks[0])


def _about(entry: Mapping[str, Any], each: Mapping[str, Any]) -> bool:
    """Tell whether an entry is about the operation, whoever it says did it: by what it was done to, or what it made."""
    if each["operation"] == "log-in":
        return _called(entry, each)
    said = " ".join(text(entry.get(name)) for name in ("what", "old", "new", "who"))
    return any(stands(text(mark), said) for mark in each["marks"]) or _equal(entry.get("new"), each.get("new"))


def _called(entry: Mapping[str, Any], each: Mapping[str, Any]) -> bool:
    return SPEAKS_OF[each["operation"]].search(text(entry.get("what"))) is not None


def _may_be_about(entry: Mapping[str, Any], each: Mapping[str, Any]) -> bool:
    """Tell whether an entry may be about it: right person and operation, its object by a name that we do not know."""
    return _called(entry, each) and _same_person(entry.get("who"), each["actor"]) is True


def _lack(
    entry: Mapping[str, Any], each: Mapping[str, Any], tolerance_s: float, zone: tzinfo
) -> tuple[str, str] | None:
    same = _same_person(entry.get("who"), each["actor"])
    if same is None:
        return _UNSURE
    if not same:
        return "names somebody else", "所载操作人不符" if text(entry.get("who")) else "未载明操作人"
    apart = apart_s(text(entry.get("when")), zone, each["began"], each["ended"])
    if apart is None:
        return _UNREAD if text(entry.get("when")) else ("names no time", "未载明时间")
    if apart > tolerance_s:
        return f"names a time {apart:.0f} s away", f"所载时间相差{apart:.0f}秒"
    if each["operation"] in _VALUED:
        old, new = text(entry.get("old")), text(entry.get("new"))
        if not (old or new):
            return "names neither old nor new value", "未载明变更前后值"
        if not new or (each.get("new") and not _equal(new, each["new"])):
            return "does not name the new value", "未载明变更后的值"
        if not old and each["operation"] == "rights":
            return _WAS_NONE
        if not old or old == new or (each.get("old") and not _equal(old, each["old"])):
            return "does not name the old value", "未载明变更前的值"
    return None


def _equal(shown: Any, known: Any) -> bool:
    """Tell whether two values are one amount, or one text; trails may write amounts in minor units (1393 is 13.93)."""
    if known is None:
        return False
    mine, theirs = _number(shown), _number(known)
    if mine is None or theirs is None:
        return text(shown).casefold() == text(known).casefold()
    return mine == theirs or (text(shown).isdecimal() and mine == theirs * 100)


def _number(value: Any) -> Decimal | None:
    """Return the amount that a text names, with its currency or without; ``1.393,00`` is one as well."""
    digits = re.sub(r"[^\d.,\-]", "", text(value)).strip(".,")
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    return amount(digits.replace(",", ""))


def log_kept(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``audit.log`` for 3.1.3: the log shows every alteration and holds the order. Never conforms by itself."""
    data = seen.data
    repeat = (f"read the log of [audit] log twice, an order in between: {data['number']}",)
    told = _unverified(seen, repeat) or _rewritten(seen, repeat) or _without_order(seen, repeat)
    if told is not None:
        return told
    consent = "" if data["account_found"] else " No event of the new account's consent was found in it."
    consent_zh = "" if data["account_found"] else "未见新账户的同意事件。"
    number = data["second"]["entries"]
    return untold(
        seen,
        f"The log of {number} lines verifies, only grew, and holds the order.{consent} How long it is kept, and by "
        "whom it is vouched for, takes a document.",
        f"日志共{number}行，校验通过，只增不改，并载有该订单。{consent_zh}保存期限及其效力须由文件证明。",
        cause="attestation",
    )


def _unverified(seen: Observation, repeat: tuple[str, ...]) -> Verdict | None:
    """Tell of a line that does not verify among such as do; of a log of another form; of one that has no proofs."""
    kept = seen.data["chained"] or seen.data["signed"]
    for reading in (seen.data["first"], seen.data["second"]):
        if reading["bad_line"] is None:
            continue
        if reading.get("verified", 1):
            return bad(
                seen,
                f"The log does not verify: line {reading['bad_line']} {reading['why']}.",
                f"日志未通过校验：第{reading['bad_line']}行的散列或签名不符。",
                repeat=repeat,
            )
        if kept:
            return untold(
                seen,
                "No line of the log verifies: it is in another form than the one that is documented, or its public key "
                "is another.",
                "日志没有一行能通过校验：其格式与文档约定不同，或声明的公钥不符。",
                cause="settings",
            )
    if kept:
        return None
    return bad(
        seen,
        "The log's lines carry neither a chain of hashes nor signatures: they could be altered with no trace.",
        "日志各行既无散列链也无签名，可被无痕修改。",
        repeat=repeat,
    )


def _rewritten(seen: Observation, repeat: tuple[str, ...]) -> Verdict | None:
    if seen.data["grew_only"]:
        return None
    if seen.data.get("latest_only"):
        return untold(
            seen,
            "The log shows its latest lines only, so it could not be seen whether the earlier ones stay as they were.",
            "日志只显示最近的若干行，无法确认此前的内容是否保持不变。",
            cause="settings",
        )
    return bad(
        seen,
        "What stood in the log before was rewritten: the later reading does not begin with the earlier one.",
        "日志中已有的内容被改写：后一次读取并非以前一次的内容开头。",
        repeat=repeat,
    )


def _without_order(seen: Observation, repeat: tuple[str, ...]) -> Verdict | None:
    data = seen.data
    if data["number"] is None:
        return untold(seen, "No order came about that the log could hold.", "未能下单，无从在日志中查找。")
    if data["order_found"]:
        return None
    if data["source"] == "file" and data["first"] == data["second"]:
        return untold(
            seen,
            "The file with the log did not change while an order was placed: it is a copy made before.",
            "下单前后日志文件没有变化，应是此前导出的副本。",
            cause="settings",
        )
    return bad(
        seen,
        "The order placed by this examination does not stand in the log.",
        "本次检查所下的订单未见于日志。",
        repeat=repeat,
    )
