"""SBT-3.1.3.3 and 3.1.3: encrypted access, the plain entry, and nothing sensitive in clear."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Threshold, Verdict

OK = 200
MODERN = frozenset({"TLSv1.2", "TLSv1.3"})


def encrypted_access(requirement: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``net.tls``: trusted, in date, for this name, TLS 1.2 or newer, and at least the bits of the clause.

    This looks at what a visitor's handshake negotiates; every suite that is *offered* is enumerated elsewhere.
    """
    data = seen.data
    bound = requirement.thresholds[0]
    place = seen.header.subject
    if not data["speaks_tls"]:
        return bad(
            seen, f"{place} speaks no TLS.", f"{place} 不支持TLS。", repeat=[f"visitor: TLS handshake with {place}"]
        )
    if data["problems"]:
        listed = ", ".join(data["problems"])
        return bad(
            seen,
            f"The certificate of {place} is not to be trusted: {listed} ({data['verify_error']}).",
            f"{place} 的证书不可信：{listed}({data['verify_error']})。",
            repeat=[f"visitor: TLS handshake with {place} -> {data['verify_error']}"],
        )
    measured = Measured(metric=bound.metric, value=int(data["secret_bits"] or 0), unit=bound.unit)
    if data["protocol"] is not None and data["protocol"] not in MODERN:
        return bad(
            seen,
            f"{place} negotiates {data['protocol']}.",
            f"{place} 协商为 {data['protocol']}。",
            repeat=[f"visitor: TLS handshake with {place} -> {data['protocol']}"],
            measured=measured,
            threshold=bound,
        )
    if data["secret_bits"] is None:
        return untold(
            seen,
            f"What {place} negotiates could not be told: {data['refusal']}",
            f"无法判定 {place} 协商的加密强度：{data['refusal']}",
        )
    return _strong(seen, measured, bound)


def _strong(seen: Observation, measured: Measured, bound: Threshold) -> Verdict:
    bits, suite = int(measured.value), f"{seen.data['protocol']} {seen.data['cipher']}"
    repeat = [f"visitor: TLS handshake with {seen.header.subject} -> {suite}"]
    if seen.data["prohibited_suite"]:
        return bad(
            seen,
            f"{suite} must not be used, whatever its key length.",
            f"{suite} 属禁用套件，与密钥长度无关。",
            repeat=repeat,
            measured=measured,
            threshold=bound,
        )
    if bits < bound.value:
        return bad(
            seen,
            f"{suite} gives {bits} bit.",
            f"{suite} 有效强度为 {bits} 位。",
            repeat=repeat,
            measured=measured,
            threshold=bound,
        )
    return good(
        seen,
        f"{suite}, {bits} bit, certificate trusted, in date and for this name.",
        f"{suite}，{bits} 位，证书可信、在有效期内且名称相符。",
        measured=measured,
        threshold=bound,
    )


def _sensitive(seen: Observation) -> tuple[Mapping[str, Any], ...]:
    # The home page is looked at for the way it leads; it is sensitive only where it asks for personal data.
    return tuple(page for page in seen.data["pages"] if page["path"] != "/" or page["form_fields"])


def _in_clear(page: Mapping[str, Any]) -> bool:
    # A redirect to another page in clear leads astray; it does not serve the sensitive page itself.
    return bool(page["form_fields"]) or (page["served_form"] and page["status"] == OK)


def _request(seen: Observation, page: Mapping[str, Any]) -> str:
    base = seen.data["plain_url"].rstrip("/")
    return f"visitor: GET {base}{page['path']} -> {page['status'] or page['error']} {page['location'] or ''}".rstrip()


def plain_entry(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``web.plain`` for 3.1.3.3: whoever comes by http reaches the flow encrypted, and HSTS keeps them there.

    A flow served in clear is told under 3.1.3 (confidential); here it is no bonus. A closed http port is no fault where
    the encrypted entry works: the point of the clause is that the flow can be reached encrypted.
    """
    clear = [page["path"] for page in _sensitive(seen) if _in_clear(page)]
    if clear:
        return untold(
            seen,
            f"{clear[0]} is served in clear; see 3.1.3 (confidential).",
            f"{clear[0]} 以明文提供，详见3.1.3（交易信息保密）。",
        )
    if not seen.data["secure"]["connected"]:
        return untold(
            seen,
            f"The encrypted entry could not be reached: {seen.data['secure']['error']}",
            f"无法访问加密入口：{seen.data['secure']['error']}",
        )
    for page in _sensitive(seen):
        if page["connected"] and (astray := _astray(seen, page)) is not None:
            return astray
    return _kept_encrypted(seen)


def _astray(seen: Observation, page: Mapping[str, Any]) -> Verdict | None:
    if not page["redirects_to_https_same_host"]:
        return bad(
            seen,
            f"Over http, {page['path']} answers {page['status']} and does not lead to the encrypted flow.",
            f"以http访问 {page['path']} 返回 {page['status']}，未引导至加密流程。",
            repeat=[_request(seen, page)],
        )
    final = page["final"]
    if final is None or final["ok"]:
        return None
    if final["status"] is None:
        return untold(
            seen,
            f"Where {page['path']} leads could not be read: {final['error']}",
            f"{page['path']} 引导到的页面无法读取：{final['error']}",
        )
    return bad(
        seen,
        f"Over http, {page['path']} leads to {final['url']}, which answers {final['status']}.",
        f"以http访问 {page['path']} 被引导到 {final['url']}，其应答为 {final['status']}。",
        repeat=[_request(seen, page), f"visitor: GET {final['url']} -> {final['status']}"],
    )


def _kept_encrypted(seen: Observation) -> Verdict:
    if not seen.data["hsts_max_age_s"]:
        return bad(
            seen,
            "The encrypted entry sends no HSTS (Strict-Transport-Security), so the next visit may go in clear again.",
            "加密入口没有发送HSTS(Strict-Transport-Security)，下次访问仍可能走明文。",
            repeat=[f"visitor: GET {seen.data['secure_url']}/ -> no Strict-Transport-Security"],
        )
    number = len(_sensitive(seen))
    return good(
        seen,
        f"{number} sensitive page(s): http leads to https on the same host, and HSTS keeps visitors there.",
        f"{number} 个涉敏页面：http引导至同一主机的https，并由HSTS保持。",
        measured=Measured(metric="hsts_max_age", value=int(seen.data["hsts_max_age_s"]), unit="s"),
    )


_NOT_SERVED = frozenset({"away", "not-tried"})


def nothing_in_clear(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``web.plain`` for 3.1.3: no log-in, order or account page is served without encryption."""
    pages = _sensitive(seen)
    clear = [page for page in pages if _in_clear(page)]
    if clear:
        return bad(
            seen,
            f"Served in clear over http: {', '.join(page['path'] for page in clear)}.",
            f"以明文http提供：{'、'.join(page['path'] for page in clear)}。",
            repeat=[_request(seen, page) for page in clear],
        )
    unknown = [page["path"] for page in pages if not page["connected"] and page["error"] not in _NOT_SERVED]
    if unknown:
        return untold(seen, f"{unknown[0]} could not be looked at over http.", f"未能以http查看 {unknown[0]}。")
    if not pages:
        return untold(seen, "The adapter names no sensitive pages.", "适配文件没有列出涉敏页面。", cause="settings")
    return good(
        seen, f"None of {len(pages)} sensitive pages is served in clear.", f"{len(pages)} 个涉敏页面均不以明文提供。"
    )


def ordered_encrypted(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 3.1.3: the whole way to the confirmation is encrypted."""
    schemes = seen.data.get("schemes")
    if not schemes:
        return untold(seen, "The checkout was not reached.", "未能进入结账流程。")
    if tuple(schemes) != ("https",):
        return bad(
            seen,
            f"The checkout runs over {', '.join(schemes)}.",
            f"结账流程使用 {'、'.join(schemes)}。",
            repeat=seen.data["preview"]["requests"],
        )
    return good(seen, "The whole checkout runs over https.", "结账流程全程使用https。")
