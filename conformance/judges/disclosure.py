"""SBT-3.1.3.3, no disclosure: what a buyer's browser tells third parties on the way from front page to order."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from conformance.judges.figures import text
from conformance.judges.words import bad, done, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict

PERSONAL = ("name", "phone", "email", "address")
TRADE = ("order number", "amount")
_NEEDED = ("register", "log_in", "check_out", "confirm_order")

_SECOND_LEVEL = frozenset({"com", "net", "org", "gov", "edu", "co", "ac"})

_ZH = {
    "name": "姓名",
    "phone": "电话",
    "email": "邮箱",
    "address": "地址",
    "order number": "订单号",
    "amount": "订单金额",
}


def personal_kept(_: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``browser.walk`` for 3.1.3.3: no request to a third party carries name, phone, e-mail or address."""
    return _judged(seen, PERSONAL, _NEEDED, site_of(declarations))


def trade_kept(_: Requirement, seen: Observation, declarations: Mapping[str, Any]) -> Verdict:
    """Judge ``browser.walk`` for 3.1.3.3: no request to a third party carries order number or order amount."""
    return _judged(seen, TRADE, (*_NEEDED, "read_order"), site_of(declarations))


def site_of(declarations: Mapping[str, Any]) -> str:
    """Return the domain under which the platform's hosts lie (``shop.com.cn``); empty where its host is no such name.

    Whoever has it has its subdomains, unless it is a hoster's: so a host under it is never taken to be the platform's,
    only asked about.
    """
    host = _host((declarations.get("platform") or {}).get("base_url"))
    labels = host.rstrip(".").split(".")
    if len(labels) < 2 or labels[-1].isdecimal():  # noqa: PLR2004 - localhost, an address
        return ""
    generic = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL  # noqa: PLR2004 - a country's domain
    return ".".join(labels[-3 if generic else -2 :])


def _host(origin: Any) -> str:
    try:
        return urlsplit(text(origin)).hostname or ""
    except ValueError:
        return ""


def _lies_in(origin: Any, site: str) -> bool:
    host = _host(origin)
    return bool(site) and (host == site or host.endswith(f".{site}"))


def _judged(seen: Observation, kinds: tuple[str, ...], needed: tuple[str, ...], site: str) -> Verdict:
    data = seen.data
    leaks = [hit for hit in _records(data, "hits") if hit.get("party") == "third" and hit.get("canary") in kinds]
    strange = [hit for hit in leaks if not _lies_in(hit.get("origin"), site)]
    if strange:
        return _leaked(seen, strange)
    if leaks:
        return _whose(seen, leaks)
    if failed := _failed(data, needed):
        step, why = failed
        return untold(
            seen,
            f"The browser did not come to the end of the buying journey: {step}: {why}",
            f"浏览器未能走完购买流程（{step}）：{why}",
        )
    if missing := [kind for kind in kinds if kind not in (data.get("canaries") or ())]:
        return untold(
            seen,
            f"There was nothing to look for: the order showed no {', '.join(missing)}.",
            f"没有可供查找的内容：订单未显示{'、'.join(_ZH[kind] for kind in missing)}。",
        )
    return _unseen(seen) or _kept(seen, kinds)


def _records(data: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    found = data.get(name)
    return tuple(each for each in found if isinstance(each, Mapping)) if isinstance(found, list | tuple) else ()


def _leaked(seen: Observation, leaks: list[Mapping[str, Any]]) -> Verdict:
    kinds = list(dict.fromkeys(text(hit["canary"]) for hit in leaks))
    origins = sorted({text(hit["origin"]) for hit in leaks})
    return bad(
        seen,
        f"The buyer's browser gave third parties ({', '.join(origins)}) the buyer's {', '.join(kinds)}.",
        f"买家的浏览器向第三方（{'，'.join(origins)}）发送了{'、'.join(_ZH[kind] for kind in kinds)}。",
        repeat=(
            f"browser, {hit['step']}: {hit['method']} {hit['origin']}{hit['path']} ({hit['kind']}): "
            f"{hit['canary']} in {hit['where']}, {hit['encoding']}"
            for hit in leaks
        ),
        measured=Measured(metric="third_party_disclosures", value=float(len(leaks))),
    )


def _whose(seen: Observation, leaks: list[Mapping[str, Any]]) -> Verdict:
    """Return that the receiver lies in the platform's own domain: likely the platform itself, and not listed."""
    kinds = list(dict.fromkeys(text(hit["canary"]) for hit in leaks))
    origins = sorted({text(hit["origin"]) for hit in leaks})
    return untold(
        seen,
        f"The buyer's browser gave {', '.join(origins)} the buyer's {', '.join(kinds)}. This lies in the platform's "
        "own domain and the target file does not list it: if it is the platform's, list it under [platform] hosts.",
        f"买家的浏览器向{'，'.join(origins)}发送了{'、'.join(_ZH[kind] for kind in kinds)}。"
        "该主机位于平台自己的域名之下，但目标文件未列出：若属于平台，请列入 [platform] hosts。",
        cause="settings",
    )


def _failed(data: Mapping[str, Any], needed: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the first step that was tried and did not come about, or that was needed and is missing, with why."""
    steps = _records(data, "steps")
    for step in steps:
        tried = step.get("done") is not None or step.get("step") in needed
        if (tried or not text(step.get("why")).startswith("the adapter")) and not done(step.get("done")):
            return text(step.get("step")), text(step.get("why")) or "it did not come about"
    walked = {step.get("step") for step in steps}
    lacking = next((verb for verb in needed if verb not in walked), None)
    if lacking is None and not _records(data, "pages"):
        lacking = "home"
    return None if lacking is None else (lacking, "it was not reached")


def _unseen(seen: Observation) -> Verdict | None:
    """Return why what was seen does not suffice: code of third parties that never ran, bodies that nobody read."""
    unread = sorted(
        {text(each.get("origin")) for each in _records(seen.data, "unread") if each.get("party") == "third"}
    )
    if unread:
        return untold(
            seen,
            f"The body of a request to {', '.join(unread)} could not be read.",
            f"发往{'，'.join(unread)}的请求正文无法读取。",
        )
    code = sorted(
        text(each.get("origin"))
        for each in _records(seen.data, "origins")
        if each.get("party") == "third" and each.get("scripts")
    )
    if not code:
        return None
    return untold(
        seen,
        f"The pages run code from {', '.join(code)}. The target file lists no such host, so it was not fetched, and it "
        "cannot be told what it would send. If the privacy notice lists it, declare it under [[processors]]; to let it "
        "run and be watched, list it under [browser] watched; if it is the platform's own, under [platform] hosts.",
        f"页面要运行来自{'，'.join(code)}的代码。目标文件未列出这些主机，代码未被取回，无法判断其会发送什么。"
        "若隐私政策已列明，请在 [[processors]] 中声明；若允许其运行并接受观察，请列入 [browser] watched；"
        "若属于平台自己，请列入 [platform] hosts。",
        cause="settings",
    )


def _kept(seen: Observation, kinds: Iterable[str]) -> Verdict:
    asked = [each for each in _records(seen.data, "origins") if each.get("party") == "third"]
    requests = sum(int(each["requests"]) for each in asked)
    return good(
        seen,
        f"From the front page to the order the browser made {requests} requests to {len(asked)} third parties; none "
        f"carried the buyer's {', '.join(kinds)}, plain, encoded or hashed.",
        f"从首页到下单，浏览器共向{len(asked)}个第三方发出{requests}次请求，"
        f"均未携带买家的{'、'.join(_ZH[kind] for kind in kinds)}（明文、编码或散列）。",
        measured=Measured(metric="third_party_disclosures", value=0.0),
    )
