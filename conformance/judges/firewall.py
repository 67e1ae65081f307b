"""3.1.4.2 the firewall: default deny, kept configuration, status that somebody is told of, and its own security.

The firewall's hosts are those with the role ``firewall``; where none has it, every host is its own.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from conformance.judges.hosts import (
    FACTS,
    Declarations,
    Gap,
    Host,
    Tell,
    Told,
    day,
    hosts_in,
    merged,
    of_role,
    part,
    records,
    right,
    section_or_tell,
    unread,
    unsure,
    wrong,
)
from conformance.judges.judgement import Evidence
from conformance.judges.words import bound
from reports.verdict import Requirement, Verdict

_DIGITS = re.compile(r"\d+")


def _section(host: Host) -> Mapping[str, Any] | Tell:
    """Return the firewall's section; where neither reader of rules was allowed to look, what is told of that."""
    section = section_or_tell(host, "firewall")
    if isinstance(section, Tell) or section.get("active") is not None:
        return section
    gaps = [found for name in ("nftables", "iptables") if isinstance(found := part(section, name), Gap)]
    kept = next((gap for gap in gaps if gap.cause == "permission"), gaps[0] if gaps else None)
    return unread(kept or Gap(what="firewall", cause="target", why="whether it is active is not told"))


def denies_by_default(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge whether a firewall is loaded on the host and drops what no rule lets in."""
    section = _section(host)
    if isinstance(section, Tell):
        return section
    if section["active"] is not True:
        return wrong("has no firewall rules loaded", "未加载防火墙规则", shows="section firewall -> active false")
    deny = (section.get("default_deny") or {}).get("input")
    if deny is None:
        return unsure(
            "whether its firewall drops what no rule lets in could not be read from the rules",
            "无法从规则判断防火墙是否默认拒绝",
            cause="target",
        )
    if deny is not True:
        return wrong(
            "has a firewall that lets in whatever no rule forbids",
            "防火墙默认放行未被规则禁止的流量",
            shows="section firewall -> default_deny.input false",
        )
    return right("its firewall drops by default", "防火墙默认拒绝")


def manageable(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge whether the rules are kept in a file or a management tool, and by one of them alone."""
    section = _section(host)
    if isinstance(section, Tell):
        return section
    if section["active"] is not True:
        return unsure("has no firewall to be managed", "没有可管理的防火墙", cause="target")
    managers = [str(each.get("name")) for each in records(section.get("management")) if each.get("active") is True]
    if len(managers) > 1:
        return wrong(
            f"its rules are written by {' and '.join(managers)} at once, which undo each other's",
            f"规则同时由 {'、'.join(managers)} 写入，会相互覆盖",
            shows=f"section firewall -> management {', '.join(managers)}",
        )
    kept = [str(each.get("path")) for each in records(section.get("kept_in"))]
    if not managers and not kept:
        return wrong(
            "its rules are in memory only: no file and no management tool keeps them",
            "规则仅存在于内存，没有配置文件或管理工具保存",
            shows="section firewall -> kept_in [], management []",
        )
    said = (*managers, *kept)
    return unsure(
        f"its rules are kept by {', '.join(said)}; that they are easy to manage takes the exported configuration",
        f"规则保存于 {'、'.join(said)}，是否便于管理须以导出的配置证明",
        cause="document",
    )


def status_watched(requirement: Requirement, evidence: Evidence, declarations: Declarations) -> Verdict:
    """Judge whether the firewall's status goes to monitoring, and an alarm rule looks at it on one of the hosts."""
    hosts, missing = hosts_in(evidence, declarations), evidence.missing_of(FACTS)
    walls, walls_missing = of_role("firewall", hosts, missing, declarations)
    told: list[Told] = [(host, _measured(host)) for host in walls]
    alarms = _alarms(hosts)
    if any(tell.word == "violates" for _, tell in (*told, *alarms)):
        return merged(requirement, [*told, *alarms], walls_missing)
    if walls_missing or any(tell.word != "conforms" for _, tell in told):
        return merged(requirement, told, walls_missing)
    if missing and all(tell.word == "undetermined" for _, tell in alarms):
        return merged(requirement, told, missing)  # the rule may be on the host that is away
    return merged(requirement, [*told, *alarms])


def _measured(host: Host) -> Tell:
    section = _section(host)
    if isinstance(section, Tell):
        return section
    monitoring = section_or_tell(host, "monitoring")
    if isinstance(monitoring, Tell):
        return monitoring
    if section["active"] is not True:
        return unsure("has no firewall to be watched", "没有可监视的防火墙", cause="target")
    if not monitoring.get("running"):
        return wrong(
            "tells nobody of its firewall's status: no monitoring runs",
            "防火墙状态无人监视：没有运行监控",
            shows="section monitoring -> running []",
        )
    metrics = part(monitoring, "firewall_metrics")
    if isinstance(metrics, Gap):
        return unread(metrics)
    names = tuple(str(name) for name in metrics.get("names") or ())
    if not names:
        return wrong(
            "its monitoring holds no metric of the firewall",
            "监控中没有防火墙指标",
            shows="section monitoring -> firewall_metrics []",
        )
    return right(
        f"its firewall's status goes to monitoring ({len(names)} metrics)",
        f"防火墙状态已接入监控（{len(names)} 项指标）",
    )


def _alarms(hosts: Sequence[Host]) -> list[Told]:
    """Return what is told of alarm rules: on some host one has to look at the firewall."""
    found: list[Told] = []
    for host in hosts:
        section = host.section("alarms")
        if isinstance(section, Gap):
            found.append((host, unread(section)))
            continue
        rules = [str(each.get("name")) for each in records(section.get("rules")) if each.get("firewall") is True]
        by = {str(each.get("by")) for each in records(section.get("rules")) if each.get("firewall") is True}
        if rules and (asleep := _nobody_asks(host, by)) is not None:
            found.append((host, asleep))
            continue
        if rules:
            said = ", ".join(rules)
            return [(host, right(f"an alarm rule looks at the firewall ({said})", f"有防火墙告警规则（{said}）"))]
        watches = "monitoring" in host.roles or section.get("rules")
        if watches:
            fault = wrong(
                "none of its alarm rules looks at the firewall",
                "告警规则均未涉及防火墙",
                shows="section alarms -> no rule on the firewall",
            )
            found.append((host, fault))
    unknown = [(host, tell) for host, tell in found if tell.word == "undetermined"]
    return unknown or found or [(host, _NO_ALARMS) for host in hosts[:1]]


def _nobody_asks(host: Host, by: set[str]) -> Tell | None:
    """Tell of alarm rules whose program does not run: a file alone alarms nobody."""
    monitoring = section_or_tell(host, "monitoring")
    if isinstance(monitoring, Tell):
        return monitoring
    if by & {str(each) for each in monitoring.get("running") or ()}:
        return None
    names = ", ".join(sorted(by))
    return unsure(
        f"has alarm rules on the firewall in its files, and {names} does not run there",
        f"文件中有防火墙告警规则，但 {names} 未在该主机运行",
        cause="target",
    )


_NO_ALARMS = unsure(
    'alarm rules were seen on no host; declare the one that has them with roles = ["monitoring"]',
    '各主机均未见告警规则，请声明存放告警规则的主机（roles = ["monitoring"]）',
    cause="settings",
)


def without_known_holes(requirement: Requirement, host: Host, declarations: Declarations) -> Tell:
    """Judge the version of the firewall's software against the declared offline list of advisories."""
    section = section_or_tell(host, "firewall")
    if isinstance(section, Tell):
        return section
    versions = {str(name): str(value) for name, value in (section.get("versions") or {}).items() if value}
    system = host.section("system")
    if not isinstance(system, Gap) and (release := (system.get("kernel") or {}).get("release")):
        versions["kernel"] = str(release)
    for each in records(declarations.get("advisories")):
        version = versions.get(str(each.get("product")))
        if version is not None and older(version, str(each.get("fixed_in"))):
            return _holed(each, version)
    if not versions:
        return unsure("the version of its firewall is not told", "未能得知防火墙软件的版本", cause="target")
    limit = bound(requirement, "advisory_age")
    listed = day((declarations.get("firewall") or {}).get("advisories_of"))
    if listed is None:
        return unsure(
            "there is no offline list of advisories to compare with; give [firewall] advisories_of, and [[advisories]]",
            "没有可比对的离线漏洞公告清单，请填写 [firewall] advisories_of 及 [[advisories]]",
            cause="settings",
        )
    if _days_since(host.at, listed.isoformat()) > limit.value:
        return unsure(
            f"the offline list of advisories is of {listed}, older than {limit.value:g} days",
            f"离线漏洞公告清单更新于 {listed}，超过 {limit.value:g} 天",
            cause="stale",
        )
    said = [f"{name} {value}" for name, value in sorted(versions.items())]
    return right(
        f"no advisory of the list of {listed} concerns it ({', '.join(said)})",
        f"{listed} 的漏洞公告清单中没有涉及其版本（{'、'.join(said)}）的条目",
    )


def _holed(advisory: Mapping[str, Any], version: str) -> Tell:
    product, own_id, fixed = (str(advisory.get(key)) for key in ("product", "id", "fixed_in"))
    return wrong(
        f"runs {product} {version}, which has the critical hole {own_id}; {fixed} is without it",
        f"运行 {product} {version}，存在严重漏洞 {own_id}，{fixed} 已修复",
        shows=f"section firewall -> {product} {version}",
    )


def _days_since(at: datetime, listed: str) -> int:
    found = day(listed)
    return 0 if found is None else (at.date() - found).days


def older(version: str, fixed: str) -> bool:
    """Tell whether a version comes before another, number by number (``1:1.0.6-2`` before ``1.0.10``).

    A package's epoch and revision count only where the other version has them, too.
    """
    if ":" not in fixed:
        version = version.rpartition(":")[2]
    if "-" not in fixed:
        version = version.partition("-")[0]
    return [int(each) for each in _DIGITS.findall(version)] < [int(each) for each in _DIGITS.findall(fixed)]
