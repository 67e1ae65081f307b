"""3.1.3.4 power loss: after a hard power-off under write load every committed row is there, and the check is clean.

``power``: ``{"rows_committed", "rows_found", "rows_lost": [id], "check": {"ran", "clean", "output"}}``.

A mere crash can violate it too: what the end of a process loses, the end of the machine loses. It never shows the
clause kept, since what the operating system still holds survives a crash and not a power cut.
"""

from collections.abc import Mapping, Sequence

from conformance.judges.drill_kept import Kept, kept, known
from conformance.judges.drill_run import Drill, names
from conformance.judges.drill_runs import after_it
from conformance.judges.hosts import Tell, number, right, unsure, wrong
from reports.verdict import Measured, Requirement

POWER = "power"
_CRASH = "software"
_SHOWN = 10


def cuts_power(drill: Drill) -> bool:
    """Tell whether a drill bears on the clause: a power cut, or a crash that lost what had been acknowledged."""
    if drill.kind == POWER:
        return True
    return drill.kind == _CRASH and _damaged(drill) is not None


def clears(drill: Drill) -> bool:
    """Tell whether a crash lost nothing, so that an older one of the same drill speaks no more.

    What the older one had found wrong it has to tell of as well: see ``tells_less``.
    """
    if drill.kind != _CRASH:
        return False
    return all(isinstance(each, Kept) and not each.bad and not each.unread for each in kept(drill))


def tells_less(requirement: Requirement, newer: Drill, older: Drill) -> bool:  # noqa: ARG001 - the degree wants it
    """Tell whether a run does not tell of all that an older one had lost."""
    told = {each.of for each in known(newer) if not each.unread}
    return not {each.of for each in known(older) if each.bad} <= told


def survives(requirement: Requirement, drill: Drill) -> Tell:  # noqa: ARG001 - judges of drills are called alike
    """Judge one drill: acknowledged orders, payments and stock movements, committed rows, the consistency check."""
    damaged = _damaged(drill)
    if damaged is not None:
        return _lost(drill, damaged)
    if drill.kind != POWER:  # it says nothing of a power cut, and stands in the place of a crash that lost something
        return right("nothing was lost on a mere crash", "仅进程崩溃，未丢失任何已确认的记录")
    power, check = drill.of("power"), drill.of("power").get("check")
    committed, found = number(power.get("rows_committed")), number(power.get("rows_found"))
    if committed is None or found is None:
        return _back_at_all(drill) or unsure("its committed rows were not counted", "未清点已提交的行", cause="target")
    if committed <= 0:
        return unsure("no row was committed before the cut", "断电前没有提交任何行", cause="target")
    if found < committed:
        return _lost_rows(committed, found, names(power.get("rows_lost")))
    if not isinstance(check, Mapping) or check.get("ran") is not True or not isinstance(check.get("clean"), bool):
        return unsure(
            f"all {committed:,.0f} committed rows are there, but no consistency check told",
            f"{committed:,.0f} 行均在，但没有一致性检查的结果",
            cause="target",
        )
    if check["clean"] is False:
        output = str(check.get("output") or "-").strip()[:200]
        return wrong(
            f"the consistency check after the cut is not clean ({output})",
            f"断电后的一致性检查未通过（{output}）",
            shows=f"consistency check: {output}",
        )
    return after_it(drill) or right(
        f"{committed:,.0f} of {committed:,.0f} committed rows are there, the check is clean",
        f"{committed:,.0f} 行已提交数据全部存在，一致性检查通过",
        measured=Measured(metric="committed_rows_lost", value=0),
    )


def _damaged(drill: Drill) -> Kept | None:
    return next((each for each in known(drill) if each.bad), None)


def _lost(drill: Drill, damaged: Kept) -> Tell:
    named, cut, of = damaged.named, drill.kind == POWER, damaged.of
    after_en = "after the power cut" if cut else "after a mere crash (a power cut loses no less)"
    after_zh = "断电后" if cut else "仅进程崩溃后（断电丢失只会更多）"
    en = f"{damaged.bad:,} of {damaged.acknowledged:,} {of.acknowledged.en} {of.not_whole.en} {after_en}"
    whole, unit = f"{damaged.acknowledged:,} {of.unit_zh}{of.acknowledged.zh}", of.unit_zh
    zh = f"{after_zh}，{whole}中有 {damaged.bad:,} {unit}{of.not_whole.zh}"
    return wrong(
        f"{en} ({named.en or 'not named'})",
        f"{zh}（{named.zh or '未列出编号'}）",
        shows=f"{en} ({named.en or 'not named'})",
        measured=Measured(metric=f"acknowledged_{of.many.en.replace(' ', '_')}_damaged", value=damaged.bad),
    )


def _lost_rows(committed: float, found: float, which: Sequence[str]) -> Tell:
    named, gone = which[:_SHOWN], f"{committed - found:,.0f}"
    ids_en, ids_zh = (f" ({', '.join(named)})", f"（{'、'.join(named)}）") if named else ("", "")
    en = f"{gone} of {committed:,.0f} committed rows are gone after the cut{ids_en}"
    return wrong(
        en,
        f"断电后 {committed:,.0f} 行已提交数据中缺失 {gone} 行{ids_zh}",
        shows=en,
        measured=Measured(metric="committed_rows_lost", value=committed - found),
    )


def _back_at_all(drill: Drill) -> Tell | None:
    if drill.healed is not False or drill.at_ms("first_good") is not None:
        return None
    en = "the database did not start again after the cut"
    return wrong(en, "断电后数据库未能重新启动", shows=en)
