"""3.1.4.3 anti-virus software: how fast its engine is, what it takes, and whether every host has it, up to date."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from conformance.judges.hosts import (
    DAY_S,
    FACTS,
    Declarations,
    Gap,
    Host,
    Tell,
    Told,
    hosts_in,
    merged,
    number,
    part,
    records,
    right,
    section_or_tell,
    unread,
    unsure,
    wrong,
)
from conformance.judges.judgement import Evidence
from conformance.judges.records import UNKNOWN_ALLOWED
from conformance.judges.words import bound
from reports.verdict import Measured, Requirement, Threshold, Verdict

_GIB = 2**30
_MB = 1_000_000
_HOUR_S = 3600
_FARTHEST_ZONE_H = 14
_NONE = unsure(
    "has no anti-virus engine to measure; 3.1.4.3 on its deployment tells of that",
    "没有可测量的防病毒引擎，见3.1.4.3部署一项",
    cause="target",
)


def _engine(host: Host) -> Mapping[str, Any] | Tell:
    section = section_or_tell(host, "antivirus")
    if isinstance(section, Tell):
        return section
    clamav = section.get("clamav")
    installed = isinstance(clamav, Mapping) and clamav.get("installed") is True
    return section if installed else _NONE


def engine_fast(_: Requirement, host: Host, declarations: Declarations) -> Tell:
    """Judge the time to scan the sample set, scaled to 1 GiB, against the declared bound."""
    section = _engine(host)
    if isinstance(section, Tell):
        return section
    scan = part(section, "scan")
    if isinstance(scan, Gap):
        return unread(scan)
    limit = number((declarations.get("antivirus") or {}).get("scan_s"))
    seconds, size = number(scan.get("seconds")), number(scan.get("bytes"))
    if scan.get("complete") is False and limit is not None:
        return _unfinished(seconds or 0.0, limit)
    if limit is None:
        return unsure(
            "no bound is declared; add scan_s to [antivirus]",
            "未申报限值，请在 [antivirus] 中填写 scan_s",
            cause="settings",
        )
    if seconds is None or not size:
        return unsure("its engine scanned nothing", "引擎未扫描任何样本", cause="target")
    return _timed(seconds, size, limit)


def _unfinished(seconds: float, limit: float) -> Tell:
    """Tell of a scan that was broken off: the agent's own bound is no fault of the engine, the declared one is."""
    if seconds > limit:
        return wrong(
            f"its engine did not finish the scan of the sample set ({seconds:.0f} s)",
            f"引擎未能完成样本集扫描（{seconds:.0f} s）",
            shows=f"section antivirus, scan -> not complete ({seconds:.0f} s)",
        )
    return unsure(
        f"the scan of the sample set was broken off after {seconds:.0f} s, before the declared bound of {limit:g} s",
        f"样本集扫描在 {seconds:.0f} s 后中止，未达申报限值 {limit:g} s",
        cause="settings",
    )


def _timed(seconds: float, size: float, limit: float) -> Tell:
    """Tell of a timed scan. A small sample is mostly the engine's start: scaled up it may conform, never violate."""
    scaled = seconds * _GIB / size
    measured = Measured(metric="scan_time", value=round(scaled, 1), unit="s")
    if scaled <= limit:
        return right(
            f"its engine scans 1 GiB in {scaled:.0f} s, within {limit:g}",
            f"引擎扫描 1 GiB 用时 {scaled:.0f} s，不超过 {limit:g} s",
            measured=measured,
        )
    if size >= _GIB or seconds > limit:
        return wrong(
            f"its engine takes {seconds:.0f} s for {size / _GIB:.2f} GiB, {limit:g} s are declared for 1 GiB",
            f"引擎扫描 {size / _GIB:.2f} GiB 用时 {seconds:.0f} s，申报限值为每 GiB {limit:g} s",
            shows=f"section antivirus, scan -> {seconds:.0f} s",
            measured=measured,
        )
    return unsure(
        f"the sample of {size / _GIB:.3f} GiB is too small to tell: scaled up it would take {scaled:.0f} s",
        f"样本仅 {size / _GIB:.3f} GiB，不足以判断：折算为 {scaled:.0f} s",
        cause="settings",
        measured=measured,
    )


def resources_small(requirement: Requirement, host: Host, declarations: Declarations) -> Tell:
    """Judge the engine's mean CPU over a day, and its memory where a bound is declared."""
    section = _engine(host)
    if isinstance(section, Tell):
        return section
    use = part(section, "use")
    if isinstance(use, Gap):
        return unread(use)
    limit = bound(requirement, "engine_cpu")
    mean, span_s = _share_of_host(host, number(use.get("cpu_mean_percent"))), number(use.get("covered_s")) or 0.0
    if mean is None or span_s <= 0:
        return unsure("its engine's use was not sampled", "未采集引擎的资源占用", cause="settings")
    measured = Measured(metric=limit.metric, value=round(mean, 2), unit=limit.unit)
    known = span_s / DAY_S
    if mean * min(1.0, known) > limit.value:
        return wrong(
            f"its engine holds {mean:.1f} % of the CPU on average, at most {limit.value:g} % are allowed",
            f"引擎平均占用 CPU {mean:.1f}%，限值 {limit.value:g}%",
            shows=f"section antivirus, use -> CPU {mean:.1f} %",
            measured=measured,
        )
    if (much := _too_much_memory(use, declarations)) is not None:
        return much
    if 1 - known > UNKNOWN_ALLOWED:
        return unsure(
            f"its engine's use is on record for {span_s / _HOUR_S:.1f} h only, a day is wanted (CPU {mean:.1f} %)",
            f"引擎资源占用仅有 {span_s / _HOUR_S:.1f} h 记录，须满一天（CPU {mean:.1f}%）",
            cause="stale",
            measured=measured,
        )
    if mean > limit.value:
        return unsure("its engine's use is at the bound", "引擎资源占用处于限值附近", cause="stale", measured=measured)
    return right(
        f"its engine holds {mean:.1f} % of the CPU on average", f"引擎平均占用 CPU {mean:.1f}%", measured=measured
    )


def _share_of_host(host: Host, mean: float | None) -> float | None:
    """Return percent of the whole host of what is percent of one processor."""
    cpu = host.section("cpu")
    processors = None if isinstance(cpu, Gap) else number(cpu.get("logical"))
    return mean / processors if mean is not None and processors else mean


def _too_much_memory(use: Mapping[str, Any], declarations: Declarations) -> Tell | None:
    limit = number((declarations.get("antivirus") or {}).get("memory_mb"))
    held = number(use.get("memory_mean_bytes"))
    if limit is None or held is None or held / _MB <= limit:
        return None
    return wrong(
        f"its engine holds {held / _MB:.0f} MB of memory on average, at most {limit:g} are declared",
        f"引擎平均占用内存 {held / _MB:.0f} MB，申报限值 {limit:g} MB",
        shows=f"section antivirus, use -> memory {held / _MB:.0f} MB",
        measured=Measured(metric="engine_memory", value=round(held / _MB, 1), unit="MB"),
    )


def deployed(requirement: Requirement, evidence: Evidence, declarations: Declarations) -> Verdict:
    """Judge whether an engine runs on every host, in one version, with current signatures."""
    limit = bound(requirement, "signature_age")
    hosts = hosts_in(evidence, declarations)
    told = _of_one_version([(host, _protected(host, limit)) for host in hosts])
    return merged(requirement, told, evidence.missing_of(FACTS), limit)


def _protected(host: Host, limit: Threshold) -> Tell:
    section = section_or_tell(host, "antivirus")
    if isinstance(section, Tell):
        return section
    clamav = section.get("clamav")
    found: Mapping[str, Any] = clamav if isinstance(clamav, Mapping) else {}
    others = [each for each in records(section.get("others")) if each.get("running") is True]
    if not (found.get("daemon_running") is True or found.get("on_access") is True):
        return _unprotected(found, others)
    dated = _published_ms(found)
    if dated is None and records(found.get("signatures")):
        return unsure(
            "runs an anti-virus engine with signatures of its own alone, whose publisher tells no date",
            "防病毒引擎仅使用自有特征库，没有发布方标注的日期",
            cause="attestation",
        )
    if dated is None:
        return wrong(
            "runs an anti-virus engine without signatures",
            "防病毒引擎没有特征库",
            shows="section antivirus, clamav -> signatures []",
        )
    age_h = (host.at.timestamp() - dated / 1000) / _HOUR_S
    if age_h < -1:
        return unsure("its signatures are dated in the future", "特征库日期晚于检查时刻", cause="target")
    measured = Measured(metric=limit.metric, value=round(max(0.0, age_h), 2), unit=limit.unit)
    if age_h >= limit.value:
        return wrong(
            f"its anti-virus signatures are {age_h:.0f} h old, less than {limit.value:g} h is wanted",
            f"防病毒特征库已 {age_h:.0f} h 未更新，须小于 {limit.value:g} h",
            shows=f"section antivirus, clamav -> signatures {age_h:.0f} h old",
            measured=measured,
        )
    if _loaded_ms(found) is None:
        asked = part(found, "asked")
        why = f" ({asked.why})" if isinstance(asked, Gap) else ""
        return unsure(
            f"has current signatures in its files, and which of them its daemon has loaded is not told{why}",
            f"特征库文件为最新，但无法得知守护进程实际加载的版本{why.replace(' (', '（').replace(')', '）')}",
            cause=asked.cause if isinstance(asked, Gap) else "target",
            measured=measured,
        )
    version = found.get("engine") or found.get("version")
    return right(
        f"runs ClamAV {version} with current signatures", f"运行 ClamAV {version}，特征库为最新", measured=measured
    )


def _published_ms(found: Mapping[str, Any]) -> float | None:
    """Return the date of the newest signatures that their publisher dated, or of those in use where these are older.

    A file's own time may be anybody's; and a daemon may run on signatures that it loaded a year ago.
    """
    dates = [
        at
        for each in records(found.get("signatures"))
        if each.get("by") == "publisher" and (at := number(each.get("date_ms"))) is not None
    ]
    newest, loaded = max(dates, default=None), _loaded_ms(found)
    return newest if newest is None or loaded is None else min(newest, loaded)


def _loaded_ms(found: Mapping[str, Any]) -> float | None:
    """Return the date that the daemon gives of what it has loaded, with all that a zone may add to it."""
    said = str((found.get("asked") or {}).get("said") or "").split("/")
    try:
        at = datetime.strptime(said[-1].strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
    return (at.timestamp() + _FARTHEST_ZONE_H * _HOUR_S) * 1000


def _unprotected(found: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Tell:
    if others:
        names = ", ".join(str(each.get("name")) for each in others)
        return unsure(
            f"runs {names}, whose signatures cannot be read here; its console has to show them",
            f"运行 {names}，无法读取其特征库，须以其管理控制台证明",
            cause="attestation",
        )
    if found.get("installed") is True:
        return wrong(
            "has an anti-virus engine that does not run",
            "防病毒引擎已安装但未运行",
            shows="section antivirus, clamav -> installed, not running",
        )
    return wrong("has no anti-virus engine", "没有防病毒引擎", shows="section antivirus, clamav -> not installed")


def _of_one_version(told: list[Told]) -> list[Told]:
    """Mark the hosts whose engine is of another version than that of most; of a tie, the ones that come later."""
    versions = {host.name: _version(host) for host, tell in told if tell.word == "conforms"}
    if len(set(versions.values())) <= 1:
        return told
    usual = Counter(versions.values()).most_common(1)[0][0]

    def other(host: Host, tell: Tell) -> Tell:
        version = versions.get(host.name, usual)
        if version == usual:
            return tell
        return wrong(
            f"its engine is version {version}, that of most hosts is {usual}",
            f"引擎版本为 {version}，多数主机为 {usual}",
            shows=f"section antivirus, clamav -> engine {version}",
        )

    return [(host, other(host, tell)) for host, tell in told]


def _version(host: Host) -> str:
    section = host.section("antivirus")
    clamav = {} if isinstance(section, Gap) else section.get("clamav") or {}
    return str(clamav.get("engine") or clamav.get("version"))
