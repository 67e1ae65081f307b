"""A realistic dossier made of plain values: about 680 requirements, every verdict, every cause, both languages."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from probes.canonical import canonical_bytes, digest, freeze
from probes.errors import CAUSES, Cause
from probes.observation import Header as Seen
from probes.observation import Observation, Reading, Unobserved
from reports.dossier import Dossier, evidence_digest
from reports.finding import Waiver
from reports.report import Header, Report, close, conclude
from reports.verdict import (
    Conforms,
    Measured,
    NotApplicable,
    Requirement,
    Text,
    Threshold,
    Undetermined,
    Verdict,
    Violates,
)

_CHAPTERS = (
    ("3.1", Text(zh="技术保障", en="Technical assurance"), "recommended", 14),
    ("3.2", Text(zh="经营服务要求", en="Operating services"), "mandatory", 12),
    ("4", Text(zh="销售商经营要求", en="Sellers"), "mandatory", 15),
    ("5", Text(zh="配送服务商服务要求", en="Delivery services"), "mandatory", 8),
    ("6", Text(zh="金融服务商服务要求", en="Financial services"), "mandatory", 3),
    ("7", Text(zh="客户信息和利益保护要求", en="Customer information and interests"), "mandatory", 5),
)
_TITLES = (
    Text(zh="注册功能", en="Registration works"),
    Text(zh="购物车能够增加、修改和删除商品", en="The cart adds, changes and removes goods"),
    Text(zh="配送费与商品价格分开列示", en="The delivery fee stands apart from the price of the goods"),
    Text(
        zh="登录、订单等页面采用不低于 128 位的加密", en="Sensitive pages are encrypted with keys of at least 128 bits"
    ),
    Text(zh="客户只能查看自己的订单", en="A customer sees none but their own orders"),
    Text(zh="平均无故障时间", en="Mean time between failures"),
    Text(zh="公示经营者资质", en="The operator's qualifications are published"),
)


def requirement(number: int, parent: Requirement, title: Text, **changes: Any) -> Requirement:
    """Return a made-up check below a group."""
    values: dict[str, Any] = {
        "id": f"{parent.id}-check-{number}",
        "clause": f"{parent.clause}#{number}",
        "document": parent.document,
        "chapter": parent.chapter,
        "node": "check",
        "parent": parent.id,
        "aggregate": None,
        "obligation": parent.obligation,
        "kind": "requirement",
        "subject": "platform",
        "title": title,
        "statement": Text(
            zh=f"平台应当做到：{title.zh}。条款原文在此以自己的话转述。",
            en=f"The platform shall see to it: {title.en.lower()}. The clause is told in words of our own.",
        ),
        "thresholds": (),
        "methods": ("probe", "journey"),
        "automation": "full",
        "reading": None,
        "observed": Text(
            zh="两位买家各自的会话看到的页面。", en="The pages that two buyers see in sessions of their own."
        ),
        "age_limit_s": 86400.0,
    }
    return Requirement(**(values | changes))


def group(clause: str, parent: Requirement | None, title: Text, **changes: Any) -> Requirement:
    """Return a made-up group."""
    values: dict[str, Any] = {
        "id": f"SBT-{clause}",
        "clause": clause,
        "document": "SBT",
        "chapter": clause,
        "node": "group",
        "parent": parent.id if parent else None,
        "aggregate": "all",
        "obligation": "mandatory",
        "kind": "requirement",
        "subject": "platform",
        "title": title,
        "statement": Text(zh=f"本组条款涉及：{title.zh}。", en=f"Clauses about: {title.en}."),
        "thresholds": (),
        "methods": ("journey",),
        "automation": "full",
        "reading": None,
        "observed": Text(zh="由下级条款得出。", en="Follows from the clauses below it."),
        "age_limit_s": 86400.0,
    }
    return Requirement(**(values | changes))


def catalogue() -> tuple[Requirement, ...]:
    """Return about 680 requirements in six chapters."""
    made: list[Requirement] = []
    titles = cycle(_TITLES)
    for chapter, title, obligation, groups in _CHAPTERS:
        top = group(chapter, None, title, obligation=obligation)
        made.append(top)
        if chapter == "3.1":
            made.append(_mtbf(top))
        for number in range(1, groups + 1):
            kind = "permission" if number == groups else "requirement"
            below = group(
                f"{chapter}.{number}",
                top,
                Text(zh=f"{title.zh}（第 {number} 组）", en=f"{title.en}, group {number}"),
                chapter=chapter,
                obligation=obligation,
                aggregate="any" if number == 5 else "all",
                kind=kind,
            )
            made.append(below)
            made.extend(requirement(each, below, next(titles), kind=kind) for each in range(1, 11))
    return tuple(made)


def _mtbf(parent: Requirement) -> Requirement:
    return requirement(
        99,
        parent,
        Text(zh="平均无故障时间不少于 8500 小时", en="Mean time between failures of at least 8500 h"),
        id="SBT-3.1-mtbf",
        thresholds=(
            Threshold(metric="mtbf", operator=">=", value=8500, unit="h", as_written="MTBF≥8500h", interpreted=True),
        ),
        methods=("ledger",),
        reading=Text(
            zh="无故障且已知运行时间不足 8500 小时的，不判符合。",
            en="With no failure it conforms only if the known operating time itself reaches 8500 h.",
        ),
    )


def look(kind: str, subject: str, data: Mapping[str, Any], *attachments: str) -> Observation:
    """Return an observation of the sample run."""
    return Observation(header=_seen(kind, subject), data=freeze(dict(data)), attachments=attachments)


def blind(kind: str, subject: str, cause: Cause, detail: str) -> Unobserved:
    """Return what could not be seen in the sample run."""
    return Unobserved(header=_seen(kind, subject), cause=cause, detail=detail)


def _seen(kind: str, subject: str) -> Seen:
    return Seen(
        platform_id="shop-staging",
        kind=kind,
        subject=subject,
        observed_at="2026-03-14T02:11:09.482113Z",
        clock_offset_s=0.012,
        vantage="qa-runner-3",
        probe_version="1",
        run_id="20260314T021055Z-7f3a",
    )


PAGE = "<!doctype html>\n<html lang=zh>\n<title>我的订单</title>\n<h1>订单 100017</h1>\n<p>收货人：李雷</p>\n"


def readings() -> tuple[tuple[Reading, ...], dict[str, bytes]]:
    """Return the readings of the sample run and their attachments."""
    page, picture = PAGE.encode(), bytes(range(256))
    attachments = {digest(page): page, digest(picture): picture}
    order = {
        "number": "100017",
        "owner": "buyer_a",
        "lines": [{"name": "搪瓷杯", "quantity": 2, "line_total": "35.98"}],
    }
    steps = [
        {"method": "GET", "url": f"https://shop.example/orders/{n}/", "status": 200} for n in range(100017, 100022)
    ]
    seen: tuple[Reading, ...] = (
        look("access.horizontal", "orders", {"order": order, "read_by": "buyer_b", "exchanges": steps}, digest(page)),
        look("tls.trust", "https://shop.example", {"version": "TLSv1.3", "bits": 256, "hsts": None}, digest(picture)),
        look("page", "https://shop.example/login/", {"status": 200, "text": "登录 " * 9000}),
        blind("shop.checkout", "buyer_a", "target", "No whole answer from https://shop.example/checkout/ within 20 s."),
        look("dns", "shop.example", {"addresses": ["192.0.2.10", "2001:db8::10"]}),
    )
    return seen, attachments


def verdicts(requirements: Sequence[Requirement], seen: Sequence[Reading]) -> dict[str, Verdict]:
    """Return verdicts for the checks: mostly undetermined, as in life, with some of every other sort."""
    order, tls, page, gone, dns = (reading.id for reading in seen)
    told: dict[str, Verdict] = {}
    causes = cycle(CAUSES)
    checks = [each for each in requirements if each.node == "check"]
    for number, check in enumerate(checks):
        match number % 41:
            case 3:
                told[check.id] = Violates(
                    reason=Text(
                        zh="买家乙读到了买家甲的订单 100017，包括收货人姓名与地址。",
                        en="Buyer B read order 100017 of buyer A, with the name and address of its receiver.",
                    ),
                    observations=(order, page),
                    repeat=(
                        "buyer_a: POST /checkout/confirm/ -> 302 /orders/100017/",
                        "buyer_b: GET /orders/100017/ -> 200",
                    ),
                )
            case 4 | 5 | 6:
                told[check.id] = Conforms(
                    reason=Text(
                        zh="协商结果为 TLS 1.3，密钥 256 位。", en="TLS 1.3 was negotiated with keys of 256 bits."
                    ),
                    observations=(tls, dns),
                    measured=Measured(metric="key_bits", value=256, unit="bit"),
                    threshold=Threshold(metric="key_bits", operator=">=", value=128, unit="bit", as_written="128位"),
                )
            case 7:
                told[check.id] = NotApplicable(
                    reason=Text(zh="平台不经营生鲜商品。", en="The platform sells no fresh goods."), observations=(dns,)
                )
            case 8 | 9:
                cause = next(causes)
                told[check.id] = Undetermined(
                    reason=Text(
                        zh="结账页面在 20 秒内没有完整回答。", en="The checkout gave no whole answer within 20 s."
                    ),
                    cause=cause,
                    observations=(gone,),
                )
            case _:
                told[check.id] = Undetermined(
                    reason=Text(zh="本版本没有判定该条款的程序。", en="This version has no judge for the clause."),
                    cause="document" if number % 7 == 0 else "not-built",
                )
    if "SBT-3.1-mtbf" in told:
        told["SBT-3.1-mtbf"] = Undetermined(
            reason=Text(
                zh="已知运行 912 小时，无故障；还差 7588 小时。", en="912 h known without failure; 7588 h are lacking."
            ),
            cause="stale",
            observations=(dns,),
            measured=Measured(metric="mtbf", value=912.0, unit="h"),
            threshold=Threshold(metric="mtbf", operator=">=", value=9000, unit="h"),
        )
    return told


def dossier(
    *,
    lang: str = "zh",
    requirements: Sequence[Requirement] | None = None,
    told: Mapping[str, Verdict] | None = None,
    evidence: Sequence[Reading] | None = None,
    attachments: Mapping[str, bytes] | None = None,
    **header: Any,
) -> Dossier:
    """Return the sample dossier; each part may be given instead."""
    scope = tuple(requirements if requirements is not None else catalogue())
    seen, kept = readings()
    if told is None:
        told = verdicts(scope, seen)
    waived = [key for key, verdict in told.items() if isinstance(verdict, Violates)][1:3]
    waivers = {
        key: Waiver(
            requirement_id=key,
            reason="旧版订单页将于四月下线 / the old order page is taken down in April",
            owner="王敏 <wang.min@shop.example>",
            expires_at="2026-04-30T23:59:59+08:00",
        )
        for key in waived
    }
    shown = tuple(evidence if evidence is not None else seen)
    return Dossier(
        report=report(scope, told, waivers, shown, lang=lang, **header),
        readings=shown,
        attachments=kept if attachments is None else attachments,
        catalogue_json=b"[]",
        target=freeze({"platform": {"id": "shop-staging", "base_url": "https://shop.example"}}),
    )


def report(
    scope: Sequence[Requirement],
    told: Mapping[str, Verdict],
    waivers: Mapping[str, Waiver],
    seen: Sequence[Reading],
    /,
    **changes: Any,
) -> Report:
    """Return the sample run's report."""
    values: dict[str, Any] = {
        "run_id": "20260314T021055Z-7f3a",
        "started": "2026-03-14T02:10:55.120044Z",
        "finished": "2026-03-14T02:14:31.902117Z",
        "examined_at": "2026-03-14T02:14:20.000000Z",
        "tool": "duheng 0.1.0",
        "platform_id": "shop-staging",
        "platform_name": "示例商城（预发布）",
        "base_url": "https://shop.example",
        "environment": "staging",
        "vantage": "qa-runner-3",
        "clock_offset_s": 0.012,
        "target_sha256": digest(b"target"),
        "catalogue_sha256": digest(b"catalogue"),
        "evidence_count": len(seen),
        "evidence_sha256": evidence_digest(seen),
        "ledger_head": digest(canonical_bytes("head")),
        "scope": "SB/T 10469",
        "accepted_causes": (),
        "lang": "zh",
    }
    return close(Header(**(values | changes)), conclude(scope, told, waivers))
