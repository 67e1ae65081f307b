"""The fourth answer: did things happen in the order told, and by which clock?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from probes.clock import parse_rfc3339
from reports.dossier import Dossier
from reports.signing.answers import Step, bad, good, some

_CLOCKS_MAY_DIFFER = timedelta(minutes=5)


def check_time(dossier: Dossier, now: datetime) -> Iterator[Step]:
    """Yield steps about the order of instants and the recorded clock; ``now`` is the verifier's own time."""
    header = dossier.report.header
    try:
        started, examined, finished = map(parse_rfc3339, (header.started, header.examined_at, header.finished))
        own = {r.id: parse_rfc3339(r.header.observed_at) for r in dossier.readings if r.header.run_id == header.run_id}
        earlier = {
            r.id: parse_rfc3339(r.header.observed_at) for r in dossier.readings if r.header.run_id != header.run_id
        }
        waived = {
            finding.requirement.id: parse_rfc3339(finding.waiver.expires_at)
            for finding in dossier.report.findings
            if finding.waiver is not None
        }
    except (ValueError, OverflowError) as error:
        yield bad(f"时刻无法读取：{error}", f"an instant cannot be read: {error}")
        return
    if not started <= examined <= finished:
        yield bad(
            f"开始 {header.started}、判定 {header.examined_at}、结束 {header.finished} 次序颠倒",
            f"started {header.started}, examined {header.examined_at}, finished {header.finished}: out of order",
        )
    else:
        yield good(
            f"{header.started} 开始，{header.examined_at} 判定，{header.finished} 结束",
            f"started {header.started}, examined {header.examined_at}, finished {header.finished}",
        )
    outside = sorted(each for each, at in own.items() if not started <= at <= examined)
    outside += sorted(each for each, at in earlier.items() if at > examined)
    if outside:
        yield bad(f"观测时刻不在检查之内：{some(outside)}", f"observed outside the run: {some(outside)}")
    else:
        yield good(
            f"本次观测 {len(own)} 条在检查之内，引用此前的观测 {len(earlier)} 条",
            f"{len(own)} reading(s) within the run, {len(earlier)} from before it",
        )
    if expired := sorted(each for each, at in waived.items() if at <= examined):
        yield bad(f"判定时豁免已过期：{some(expired)}", f"waivers that had expired: {some(expired)}")
    if finished > now + _CLOCKS_MAY_DIFFER:
        yield bad(f"结束时刻 {header.finished} 在未来", f"finished {header.finished}, which lies in the future")
    yield _clock(header.clock_offset_s)


def _clock(offset_s: float | None) -> Step:
    # Still good: without an authority the order is the examiner's word, and that is said, not hidden.
    known_zh = "未知" if offset_s is None else f"{offset_s:+.3f} 秒"
    known_en = "unknown" if offset_s is None else f"{offset_s:+.3f} s"
    return good(
        f"检查机时钟偏差：{known_zh}；无时间戳机构见证（not witnessed），时刻以检查方时钟为准",
        f"clock offset of the examiner: {known_en}; not witnessed: no timestamp authority confirms these instants",
    )
