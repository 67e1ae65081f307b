"""SBT-3.1.3.3 and 3.1.3: encrypted access, the plain entry, and nothing sensitive in clear."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from conformance.judges.words import bad, good, requests, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Threshold, Verdict, Violates

OK = 200
BROKEN = 500  # from here on the server says that it failed
_KEPT_FROM_VISITORS = frozenset({401, 403})
_NO_SUCH_PAGE = frozenset({404, 410})
_NO_BARE_GET = frozenset({400, 405, 406, 415, 422})
"""How an interface answers who opens its address like a page: http led to it all the same."""
_NOT_SERVED = frozenset({"refused", "away", "not-tried"})
_CLOSED = _NOT_SERVED | {"timeout"}
"""A port that drops what comes is closed to visitors; what it would serve to the patient is not known."""
MODERN = frozenset({"TLSv1.2", "TLSv1.3"})


def encrypted_access(requirement: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``net.tls``: trusted, in date, for this name, TLS 1.2 or newer, and at least the bits of the clause.

    This looks at what a visitor's handshake negotiates; every suite that is *offered* is judged in ``suites``.
    """
    data = seen.data
    bound = requirement.thresholds[0]
    place = seen.header.subject
    if not data["speaks_tls"]:
        return bad(
            seen,
            f"{place} speaks no TLS: {data['answer']}.",
            f"{place} 不支持TLS（{data['answer']}）。",
            repeat=[f"visitor: TLS handshake with {place}"],
        )
    if data["problems"]:
        listed = ", ".join(data["problems"])
        return bad(
            seen,
            f"The certificate of {place} is not to be trusted: {listed} ({data['verify_error']}).",
            f"{place} 的证书不可信：{listed}（{data['verify_error']}）。",
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
    if data["secret_bits"] is None or not data["negotiated"]:
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
    if not seen.data["trusted"]:
        return untold(
            seen,
            f"{seen.header.subject}: no handshake with a verified certificate came about, and it was not told why.",
            f"{seen.header.subject}：未能完成证书验证通过的握手，原因不明。",
        )
    return good(
        seen,
        f"A current client negotiates {suite}, {bits} bit; the certificate is trusted, in date and for this name.",
        f"当前客户端协商为 {suite}，{bits} 位，证书可信、在有效期内且名称相符。",
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
    if not _sensitive(seen):
        return _nothing_named(seen)
    secure = seen.data["secure"]
    if not secure["connected"] or (secure["status"] or 0) >= BROKEN:
        reason = secure["error"] or f"it answers {secure['status']}"
        reason_zh = secure["error"] or f"应答为 {secure['status']}"
        return untold(seen, f"The encrypted entry could not be reached: {reason}", f"无法访问加密入口：{reason_zh}")
    untold_pages = []
    for page in _sensitive(seen):
        verdict = _astray(seen, page) if page["connected"] else _unknown(seen, page, _CLOSED)
        if isinstance(verdict, Violates):
            return verdict
        untold_pages += [verdict] if verdict is not None else []
    return untold_pages[0] if untold_pages else _kept_encrypted(seen)


def _nothing_named(seen: Observation) -> Verdict:
    return untold(seen, "The adapter names no sensitive pages.", "适配文件没有列出涉敏页面。", cause="settings")


def _unknown(seen: Observation, page: Mapping[str, Any], closed: frozenset[str]) -> Verdict | None:
    """Return that nothing can be told of a page over http; None where its error says enough."""
    if page["error"] in closed:
        return None
    return untold(
        seen,
        f"{page['path']} could not be looked at over http: {page['error']}",
        f"未能以http查看 {page['path']}：{page['error']}",
        cause="network" if page["error"] == "network" else "target",
    )


def _astray(seen: Observation, page: Mapping[str, Any]) -> Verdict | None:
    final = page["final"]
    if not page["redirects_to_https_same_host"] and not _secure_elsewhere(final):
        return bad(
            seen,
            f"Over http, {page['path']} answers {page['status']} and does not lead to the encrypted flow.",
            f"以http访问 {page['path']} 返回 {page['status']}，未引导至加密流程。",
            repeat=[_request(seen, page)],
        )
    if final is not None and (final["ok"] or final["status"] in _KEPT_FROM_VISITORS or _interface(page, final)):
        return None
    if final is None or final["status"] is None or final["status"] in _NO_SUCH_PAGE:
        reason = "nothing was read" if final is None else final["error"] or f"{final['url']} answers {final['status']}"
        return untold(
            seen,
            f"Where {page['path']} leads could not be read: {reason}",
            f"{page['path']} 引导到的页面无法读取：{reason}",
        )
    return bad(
        seen,
        f"Over http, {page['path']} leads to {final['url']}, which answers {final['status']}.",
        f"以http访问 {page['path']} 被引导到 {final['url']}，其应答为 {final['status']}。",
        repeat=[_request(seen, page), f"visitor: GET {final['url']} -> {final['status']}"],
    )


def _interface(page: Mapping[str, Any], final: Mapping[str, Any]) -> bool:
    """Tell whether http led to the very same address over https, and that is none to be opened like a page."""
    return final["status"] in _NO_BARE_GET and urlsplit(str(final["url"])).path == urlsplit(str(page["path"])).path


def _secure_elsewhere(final: Mapping[str, Any] | None) -> bool:
    """Tell whether the way ends on an encrypted page of another listed host (a log-in host of its own, say)."""
    return final is not None and bool(final["ok"]) and str(final["url"]).lower().startswith("https://")


def _hsts(seen: Observation) -> int:
    """Return the shortest time, in seconds, for which every way in keeps a visitor encrypted; 0 where one does not."""
    entry = seen.data["hsts_max_age_s"] or 0
    ways = [page["hsts_max_age_s"] or 0 for page in _sensitive(seen) if page["connected"]]
    return max(int(entry), min((int(way) for way in ways), default=0))


def _kept_encrypted(seen: Observation) -> Verdict:
    if not _hsts(seen):
        return bad(
            seen,
            "The encrypted entry sends no HSTS (Strict-Transport-Security), so the next visit may go in clear again.",
            "加密入口没有发送HSTS（Strict-Transport-Security），下次访问仍可能走明文。",
            repeat=[f"visitor: GET {seen.data['secure_url']}/ -> no Strict-Transport-Security"],
        )
    number = len(_sensitive(seen))
    return good(
        seen,
        f"{number} sensitive page(s): http leads to https on the same host, and HSTS keeps visitors there.",
        f"{number} 个涉敏页面：http引导至同一主机的https，并由HSTS保持。",
        measured=Measured(metric="hsts_max_age", value=_hsts(seen), unit="s"),
    )


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
    if not pages:
        return _nothing_named(seen)
    for page in pages:
        if not page["connected"] and (unknown := _unknown(seen, page, _NOT_SERVED)) is not None:
            return unknown
    return good(
        seen, f"None of {len(pages)} sensitive pages is served in clear.", f"{len(pages)} 个涉敏页面均不以明文提供。"
    )


def ordered_encrypted(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``shop.order`` for 3.1.3: the whole way to the confirmation is encrypted."""
    schemes = seen.data.get("schemes")
    if not schemes:
        return untold(seen, "The checkout was not reached.", "未能进入结账流程。")
    if set(schemes) != {"https"}:
        return bad(
            seen,
            f"The checkout runs over {', '.join(schemes)}.",
            f"结账流程使用 {'、'.join(schemes)}。",
            repeat=requests(*(seen.data.get(step) for step in ("preview", "confirm", "buyer"))),
        )
    return good(seen, "The whole checkout runs over https.", "结账流程全程使用https。")
