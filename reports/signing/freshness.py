"""The fifth answer: was the evidence fresh enough when it was judged; and, where asked, is it today?"""

from collections.abc import Iterator
from datetime import datetime

from probes.clock import parse_rfc3339
from reports.dossier import Dossier
from reports.finding import Finding
from reports.signing.answers import Step, bad, good, some
from reports.verdict import Conforms, Violates

_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S


def check_freshness(dossier: Dossier, now: datetime, not_older_than_s: float | None) -> Iterator[Step]:
    """Yield steps about the age of the evidence behind every check that was told conforming or violating.

    At the run each observation must be within its requirement's age limit. ``not_older_than_s`` asks about ``now``:
    the newest observation behind each of those findings must not be older (seconds); long-run evidence has old ones.
    """
    try:
        examined = parse_rfc3339(dossier.report.header.examined_at)
        seen = {reading.id: parse_rfc3339(reading.header.observed_at) for reading in dossier.readings}
    except (ValueError, OverflowError) as error:
        yield bad(f"时刻无法读取：{error}", f"an instant cannot be read: {error}")
        return
    told = [finding for finding in dossier.report.findings if _rests_on_evidence(finding)]
    stale = [
        f"{finding.requirement.id} ({_age((examined - at).total_seconds())})"
        for finding in told
        for at in [seen[each] for each in finding.verdict.observations if each in seen]
        if (examined - at).total_seconds() > finding.requirement.age_limit_s
    ]
    if stale:
        yield bad(f"判定时证据已超过期限：{some(stale)}", f"evidence was past its age limit at the run: {some(stale)}")
    else:
        yield good(
            f"判定时，{len(told)} 个结论的证据都在期限之内",
            f"at the run the evidence of {len(told)} finding(s) was within its age limit",
        )
    if not_older_than_s is None:
        age = _age((now - examined).total_seconds())
        yield good(f"距今 {age}；未要求今日时效", f"examined {age} ago; nothing was asked about today")
    else:
        yield _today(told, seen, now, not_older_than_s)


def _rests_on_evidence(finding: Finding) -> bool:
    return finding.requirement.node == "check" and isinstance(finding.verdict, Conforms | Violates)


def _today(told: list[Finding], seen: dict[str, datetime], now: datetime, limit_s: float) -> Step:
    old: list[str] = []
    for finding in told:
        instants = [seen[each] for each in finding.verdict.observations if each in seen]
        if instants and (now - max(instants)).total_seconds() > limit_s:
            old.append(f"{finding.requirement.id} ({_age((now - max(instants)).total_seconds())})")
    if old:
        return bad(f"证据早于 {_age(limit_s)} 之前：{some(old)}", f"older today than {_age(limit_s)}: {some(old)}")
    if not told:
        return bad("没有任何结论有证据", "no finding rests on evidence")
    return good(f"至今不超过 {_age(limit_s)}", f"not older today than {_age(limit_s)}")


def _age(seconds: float) -> str:
    if seconds >= 2 * _DAY_S:
        return f"{seconds / _DAY_S:.1f} d"
    if seconds >= 2 * _HOUR_S:
        return f"{seconds / _HOUR_S:.1f} h"
    return f"{seconds:.0f} s"
