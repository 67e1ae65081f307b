"""3.1.1.1 equipment: age, heat and power. A machine's own word may violate; a paper has to say that it is right."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from conformance.judges.hosts import (
    Declarations,
    Gap,
    Host,
    Tell,
    day,
    number,
    part,
    records,
    section_or_tell,
    unread,
    unsure,
    wrong,
)
from conformance.judges.words import bound
from reports.verdict import Measured, Requirement

_YEAR_D = 365.25
_HOURS_A_YEAR = 24 * _YEAR_D
_NOT_ON_LINE = re.compile(r"off-?line|stand-?by|line.?interactive|后备|互动", re.IGNORECASE)
_FAILED = re.compile(r"fail|bad|error|replace", re.IGNORECASE)
_PASSED_BY = frozenset({"BYPASS", "OFF"})


def service_life(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge a machine's age by its declared first day and design life, and by what its disks and files tell."""
    life = number(host.declared.get("design_life_years"))
    since = day(host.declared.get("in_service_since"))
    age = section_or_tell(host, "age")
    if life is not None:
        told = _too_old(host, since, life) or _disk_too_old(host, life)
        if told is not None:
            return told
    if isinstance(age, Tell):
        return age
    if age.get("virtual"):
        return unsure(
            f"is virtual ({age['virtual']}) and has no age; whoever runs the machine under it has to attest",
            f"为虚拟机或容器（{age['virtual']}），本身没有使用年限，须由提供方出具证明",
            cause="attestation",
        )
    if life is None or since is None:
        keys = " and ".join(
            key for key, value in (("in_service_since", since), ("design_life_years", life)) if value is None
        )
        return unsure(
            f"its age cannot be compared; add {keys} to [[hosts]]",
            f"无法比较使用年限，请在 [[hosts]] 中填写 {keys.replace(' and ', '、')}",
            cause="settings",
        )
    first = day(age.get("first_use"))
    if first is not None and (since - first).days > _YEAR_D:
        return unsure(
            f"is declared in service since {since}, yet shows traces of use from {first}",
            f"声明自 {since} 起使用，但有 {first} 的使用痕迹",
            cause="settings",
        )
    return unsure(
        f"in service since {since}, within a design life of {life:g} years; the asset register has to bear it out",
        f"自 {since} 起使用，在设计年限 {life:g} 年之内，须以资产台账佐证",
        cause="document",
    )


def _too_old(host: Host, since: date | None, life: float) -> Tell | None:
    if since is None or (years := (host.at.date() - since).days / _YEAR_D) <= life:
        return None
    return wrong(
        f"in service since {since}, {years:.1f} years, beyond its design life of {life:g}",
        f"自 {since} 起已使用 {years:.1f} 年，超过设计年限 {life:g} 年",
        shows=f"[[hosts]] in_service_since -> {since}",
        measured=Measured(metric="age", value=round(years, 2), unit="a"),
    )


def _disk_too_old(host: Host, life: float) -> Tell | None:
    disks = host.section("disks")
    for disk in records(None if isinstance(disks, Gap) else disks.get("disks")):
        smart = part(disk, "smart")
        hours = None if isinstance(smart, Gap) else number(smart.get("power_on_h"))
        if hours is not None and hours / _HOURS_A_YEAR > life:
            years, name = hours / _HOURS_A_YEAR, disk.get("name")
            return wrong(
                f"its disk {name} has run for {years:.1f} years, beyond the design life of {life:g}",
                f"磁盘 {name} 已通电运行 {years:.1f} 年，超过设计年限 {life:g} 年",
                shows=f"section disks, {name} -> power_on_h {hours:.0f}",
                measured=Measured(metric="age", value=round(years, 2), unit="a"),
            )
    return None


def ventilation(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge heat by what the sensors tell: throttled processors, a temperature that is critical, a fan that stands."""
    found = host.section("sensors")
    if isinstance(found, Gap):
        if found.cause == "permission":
            return unread(found)
        return unsure(
            "tells of no sensor; the site's certificate has to show its cooling",
            "没有可读的传感器，须以机房证书证明其散热",
            cause="document",
        )
    throttled = number((found.get("throttled") or {}).get("events"))
    if throttled:
        return wrong(
            f"its processors were throttled by heat {throttled:.0f} times since the boot",
            f"自启动以来处理器因过热降频 {throttled:.0f} 次",
            shows=f"section sensors -> throttled {throttled:.0f}",
        )
    return _hot(found) or _standing_fan(found) or _cool()


def _hot(sensors: Mapping[str, Any]) -> Tell | None:
    for each in records(sensors.get("temperatures")):
        at, critical = number(each.get("celsius")), number(each.get("critical_celsius"))
        if at is not None and critical is not None and at >= critical > 0:
            return wrong(
                f"{each.get('label')} stands at {at:.0f} degrees Celsius, its critical one is {critical:.0f}",
                f"{each.get('label')} 温度 {at:.0f} ℃，已达临界值 {critical:.0f} ℃",
                shows=f"section sensors, {each.get('label')} -> {at:.0f} degrees Celsius",
                measured=Measured(metric="temperature", value=at, unit="degrees Celsius"),
            )
    return None


def _standing_fan(sensors: Mapping[str, Any]) -> Tell | None:
    for each in records(sensors.get("fans")):
        speed, lowest = number(each.get("rpm")), number(each.get("lowest_rpm"))
        if speed is not None and lowest and speed < lowest:
            return wrong(
                f"the fan {each.get('label')} turns at {speed:.0f} rpm, below its lowest {lowest:.0f}",
                f"风扇 {each.get('label')} 转速 {speed:.0f} rpm，低于下限 {lowest:.0f} rpm",
                shows=f"section sensors, {each.get('label')} -> {speed:.0f} rpm",
            )
    return None


def _cool() -> Tell:
    return unsure(
        "its sensors tell of no heat; the site's certificate has to show the rest",
        "传感器未显示过热，其余须以机房证书证明",
        cause="document",
    )


def ups_response(requirement: Requirement, host: Host, _: Declarations) -> Tell:
    """Judge what the UPS tells of itself: a transfer that takes too long, a test that it failed, a worn battery."""
    limit = bound(requirement, "transfer_time")
    found = _ups(host)
    if isinstance(found, Tell):
        return found
    for each in found:
        took, name = number(each.get("transfer_ms")), each.get("name")
        if took is not None and took > limit.value:
            return wrong(
                f"the UPS {name} takes {took:g} ms to take over, the limit is {limit.value:g}",
                f"不间断电源 {name} 切换用时 {took:g} ms，限值 {limit.value:g} ms",
                shows=f"section power, {name} -> transfer {took:g} ms",
                measured=Measured(metric=limit.metric, value=took, unit=limit.unit),
            )
        result = str(each.get("test_result") or "")
        if _FAILED.search(result) or "RB" in (each.get("status") or ()):
            said = result or "RB"
            return wrong(
                f"the UPS {name} did not pass its own test ({said})",
                f"不间断电源 {name} 自检未通过（{said}）",
                shows=f"section power, {name} -> {said}",
            )
    return unsure(
        "its UPS tells of no fault; a report of this year has to give the measured transfer time",
        "不间断电源未报告故障，实测切换用时须以本年度检测报告证明",
        cause="document",
    )


def online_power(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge whether the UPS stands in the line: a type that switches over, or one that is passed by, does not."""
    found = _ups(host)
    if isinstance(found, Tell):
        return found
    for each in found:
        name, kind = each.get("name"), str(each.get("type") or "")
        if _NOT_ON_LINE.search(kind):
            return wrong(
                f"the UPS {name} is of the type {kind}, not on-line (double conversion)",
                f"不间断电源 {name} 类型为 {kind}，并非在线式（双变换）",
                shows=f"section power, {name} -> type {kind}",
            )
        passed = sorted(_PASSED_BY.intersection(each.get("status") or ()))
        if passed:
            return wrong(
                f"the UPS {name} protects nothing at this moment ({' '.join(passed)})",
                f"不间断电源 {name} 当前未提供保护（{' '.join(passed)}）",
                shows=f"section power, {name} -> status {' '.join(passed)}",
            )
    return unsure(
        "its UPS is in the line; the equipment sheet has to show that it is on-line protection",
        "不间断电源处于供电回路，是否为在线式须以设备资料证明",
        cause="document",
    )


def _ups(host: Host) -> tuple[Mapping[str, Any], ...] | Tell:
    power = host.section("power")
    if isinstance(power, Gap) and power.cause == "permission":
        return unread(power)
    found = () if isinstance(power, Gap) else records(power.get("ups"))
    nut = Gap(what="nut", cause="target", why="") if isinstance(power, Gap) else part(power, "nut")
    if not found and isinstance(nut, Gap) and nut.cause == "permission":
        return unread(nut)
    return found or unsure(
        "knows of no UPS; a document of the site has to show its power protection",
        "未见不间断电源，须以机房文件证明其断电保护",
        cause="document",
    )
