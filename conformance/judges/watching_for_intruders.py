"""3.1.2.4 network management: monitoring on every host; network monitoring or intrusion detection somewhere.

A machine's own word may violate; the console, and appliances in the network, are for a document to show.
"""

from collections.abc import Mapping
from typing import Any

from conformance.judges.hosts import (
    DAY_S,
    FACTS,
    Declarations,
    Gap,
    Host,
    Tell,
    hosts_in,
    merged,
    number,
    part,
    section_or_tell,
    unsure,
    wrong,
)
from conformance.judges.judgement import Evidence
from conformance.judges.words import bound
from reports.verdict import Measured, Requirement, Threshold, Verdict

_RECORDS_ONLY = frozenset({"auditd", "aide"})
"""They write down what happened; nobody is told in real time."""

_NO_MONITORING = frozenset({"sysstat", "fluent-bit"})
"""They keep figures or logs on the host; nobody watches by them alone."""

_BY_SIGNATURES = frozenset({"suricata", "snort"})


def monitored(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge whether a monitoring agent or exporter runs on the host."""
    section = section_or_tell(host, "monitoring")
    if isinstance(section, Tell):
        return section
    running = [name for name in _running(section) if name not in _NO_MONITORING]
    if running:
        return unsure(
            f"is monitored by {', '.join(running)}; an export of the console of the last 24 h has to show it",
            f"由 {'、'.join(running)} 监控，须以监控台最近24小时的导出记录证明",
            cause="document",
        )
    tools = [pair for pair in _tools(section) if pair[0] not in _NO_MONITORING]
    installed = [name for name, tool in tools if tool.get("installed") is True]
    if installed:
        said = ", ".join(installed)
        return wrong(
            f"has {said} installed, and it does not run",
            f"已安装 {'、'.join(installed)}，但未运行",
            shows=f"section monitoring -> {said} installed, running []",
        )
    return wrong("runs no monitoring process", "没有运行任何监控进程", shows="section monitoring -> running []")


def intrusions_detected(requirement: Requirement, evidence: Evidence, declarations: Declarations) -> Verdict:
    """Judge intrusion detection over all hosts: one that runs somewhere suffices, with signatures that are current."""
    limit = bound(requirement, "signature_age")
    told = [(host, _detecting(host, limit)) for host in hosts_in(evidence, declarations)]
    idle = [(host, tell) for host, tell in told if tell is _IDLE]
    working = [(host, tell) for host, tell in told if tell.cause == "document" and tell not in (_NONE, _IDLE)]
    if idle and not working:
        told = [(host, _asleep(host) if tell is _IDLE else tell) for host, tell in told]
    elif working:  # a host without one is no fault where another one watches
        told = [(host, tell) for host, tell in told if tell not in (_NONE, _IDLE)]
    return merged(requirement, told, evidence.missing_of(FACTS), limit)


_NONE = unsure(
    "runs no intrusion detection; the list of appliances has to name one",
    "未运行入侵检测系统，须以设备清单证明另有此类设备",
    cause="document",
)
_IDLE = unsure("its intrusion detection does not run", "入侵检测系统未运行", cause="document")


def _detecting(host: Host, limit: Threshold) -> Tell:
    section = section_or_tell(host, "intrusion")
    if isinstance(section, Tell):
        return section
    running = [name for name in _running(section) if name not in _RECORDS_ONLY]
    tools = dict(_tools(section))
    for name in running:
        if (fault := _blunt(host, name, tools.get(name, {}), limit)) is not None:
            return fault
    if running:
        return unsure(
            f"runs {', '.join(running)}; that it is fit for the network takes the list of equipment",
            f"运行 {'、'.join(running)}，是否适合该网络须以设备清单证明",
            cause="document",
        )
    installed = [name for name, tool in tools.items() if tool.get("installed") is True and name not in _RECORDS_ONLY]
    return _IDLE if installed else _NONE


def _asleep(host: Host) -> Tell:
    section = section_or_tell(host, "intrusion")
    tools = () if isinstance(section, Tell) else _tools(section)
    said = [name for name, tool in tools if tool.get("installed") is True and name not in _RECORDS_ONLY]
    return wrong(
        f"has {', '.join(said)} installed, and it does not run; no other host runs one",
        f"已安装 {'、'.join(said)} 但未运行，其他主机也没有运行中的入侵检测",
        shows=f"section intrusion -> {', '.join(said)} installed, running []",
    )


def _blunt(host: Host, name: str, tool: Mapping[str, Any], limit: Threshold) -> Tell | None:
    """Return what is told of one that runs and can detect nothing: old signatures, none, or no jail."""
    dated = number(tool.get("rules_date_ms")) if name in _BY_SIGNATURES else None
    if dated is not None:
        age = host.at.timestamp() / DAY_S - dated / 1000 / DAY_S
        if age > limit.value:
            return wrong(
                f"runs {name} with signatures that are {age:.0f} days old, at most {limit.value:g} are allowed",
                f"{name} 的特征库已有 {age:.0f} 天未更新，限值 {limit.value:g} 天",
                shows=f"section intrusion, {name} -> signatures {age:.0f} days old",
                measured=Measured(metric=limit.metric, value=round(age, 1), unit=limit.unit),
            )
        if age < -1:
            return unsure(
                f"runs {name} with signatures that are dated in the future",
                f"{name} 的特征库日期晚于检查时刻",
                cause="target",
            )
    empty = (name in _BY_SIGNATURES and tool.get("rules") == 0) or (
        name == "fail2ban" and not isinstance(part(tool, "detail"), Gap) and not tool.get("jails")
    )
    if empty:
        return wrong(
            f"runs {name} without any rule or jail: it detects nothing",
            f"{name} 没有任何规则，检测不到任何入侵",
            shows=f"section intrusion, {name} -> no rule",
        )
    return None


def _running(section: Mapping[str, Any]) -> list[str]:
    return [str(each) for each in section.get("running") or ()]


def _tools(section: Mapping[str, Any]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    tools = section.get("tools")
    pairs = tools.items() if isinstance(tools, Mapping) else ()
    return tuple((str(name), tool) for name, tool in pairs if isinstance(tool, Mapping))
