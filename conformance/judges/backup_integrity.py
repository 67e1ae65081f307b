"""3.1.1.3.5 backup data kept whole, several verification means; 3.1.3.4 data survive the fire of a site."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.backup_places import at_another_site
from conformance.judges.backup_sets import CATALOGUE, RESTORE, Catalogue, any_of, catalogues
from conformance.judges.backup_tools import known
from conformance.judges.judgement import Evidence, Missing, together
from conformance.judges.restores import Restored, restores
from conformance.judges.words import bad, bound, good, untold
from reports.verdict import Measured, Requirement, Text, Undetermined, Verdict

_SHOWN = 5


def kept_whole(_: Requirement, evidence: Evidence, __: Mapping[str, Any]) -> Verdict:
    """Judge whether every restored backup equals the manifest taken at backup time."""
    return together((*(equal(each) for each in restores(evidence)), *_verdicts(evidence.missing_of(RESTORE))))


def equal(made: Restored) -> Verdict:
    """Judge one restored copy against the manifest taken at backup time."""
    if not made.done:
        return bad(
            made.seen,
            f"{made.name}: the backup {made.id} could not be restored: {made.why}.",
            f"{made.name}：备份 {made.id} 无法恢复：{made.why}。",
            repeat=[made.line(f"failed: {made.why}")],
        )
    measured = Measured(metric="differing_checksums", value=len(made.differ))
    if made.differ:
        shown = ", ".join(made.differ[:_SHOWN])
        return bad(
            made.seen,
            f"{made.name}: {len(made.differ)} of {made.compared} checksums of the restored {made.id} differ from the "
            f"manifest: {shown}.",
            f"{made.name}：从 {made.id} 恢复的数据有 {len(made.differ)} 项校验和与清单不一致（共 {made.compared} 项）："
            f"{shown}。".replace(", ", "、"),
            repeat=[made.line(f"differs: {name}") for name in made.differ[:_SHOWN]],
            measured=measured,
        )
    if made.uncounted:
        return untold(
            made.seen,
            f"{made.name}: {made.id} came back, but not all of it could be counted ({made.uncounted[0]}).",
            f"{made.name}：{made.id} 已恢复，但部分内容无法清点（{made.uncounted[0]}）。",
        )
    if made.compared == 0:
        return untold(
            made.seen,
            f"{made.name}: {made.id} came back, but there is no manifest of the backup time to compare it with "
            f"({made.lacks or 'it names nothing'}).",
            f"{made.name}：{made.id} 已恢复，但没有备份时的清单可供比对（{made.lacks or '清单为空'}）。",
            cause="settings",
        )
    return _unlisted(made) or good(
        made.seen,
        f"{made.name}: all {made.compared} checksums of the restored {made.id} equal the manifest.",
        f"{made.name}：从 {made.id} 恢复的数据共 {made.compared} 项校验和，与清单全部一致。",
        measured=measured,
    )


def _unlisted(made: Restored) -> Verdict | None:
    """Return what keeps an equal copy from telling of all that it should hold: no objects of it were compared."""
    kinds = [kind for kind in made.data["holds"] if not (kind in made.contents and made.contents[kind].found)]
    if not kinds:
        return None
    return untold(
        made.seen,
        f"{made.name}: {made.id} came back, but its manifest counts nothing of: {', '.join(kinds)}.",
        f"{made.name}：{made.id} 已恢复，但其清单未清点下列数据：{'、'.join(kinds)}。",
        cause="settings",
    )


def means(requirement: Requirement, evidence: Evidence, _: Mapping[str, Any]) -> Verdict:
    """Judge whether each tool has several means of verification, and notices a copy with one flipped byte."""
    seen = catalogues(evidence)
    flips = {each.name: each for each in restores(evidence)}
    least = bound(requirement, "verification_means")
    told = []
    for each in seen:
        has = known(each).means
        told.append(_flip(each, flips.get(each.name)))
        if has is None:
            told.append(_unknown_tool(each))
            continue
        measured = Measured(metric=least.metric, value=len(has), unit=least.unit)
        names, names_zh = ", ".join(en for en, _ in has), "、".join(zh for _, zh in has)
        if len(has) < least.value:
            told.append(
                bad(
                    each.seen,
                    f"{each.name}: {each.data['tool']} verifies by {names or 'nothing'} only; {least.value:g} means "
                    "are asked.",
                    f"{each.name}：{each.data['tool']} 的校验手段仅有{names_zh or '零种'}，"
                    f"要求不少于 {least.value:g} 种。",
                    repeat=[each.line(f"verification: {names or 'none'}")],
                    measured=measured,
                    threshold=least,
                )
            )
        else:
            told.append(
                good(
                    each.seen,
                    f"{each.name}: {each.data['tool']} verifies by {names}.",
                    f"{each.name}：{each.data['tool']} 的校验手段有{names_zh}。",
                    measured=measured,
                    threshold=least,
                )
            )
    lacking = (*evidence.missing_of(CATALOGUE), *evidence.missing_of(RESTORE))
    return together((*(each for each in told if each is not None), *_verdicts(lacking)))


def _unknown_tool(each: Catalogue) -> Verdict:
    return untold(
        each.seen,
        f"{each.name}: which means of verification its software has is unknown ({each.data['version'] or 'no name'}).",
        f"{each.name}：其备份软件（{each.data['version'] or '未报名称'}）具备哪些校验手段不详。",
        cause="document",
    )


def _flip(each: Catalogue, made: Restored | None) -> Verdict | None:
    if made is None:
        return None  # a restore that could not be made is told by what is missing
    if made.refused is None:
        return untold(
            made.seen,
            f"{made.name}: no copy with a flipped byte was put before the tool: {made.refusal or 'not tried'}.",
            f"{made.name}：未能让备份软件校验一份被改动一个字节的副本（{made.refusal or '未尝试'}）。",
        )
    if not made.refused:
        return bad(
            made.seen,
            f"{made.name}: {each.data['tool']} accepted a copy in which one byte had been flipped.",
            f"{made.name}：副本中一个字节被改动后，{each.data['tool']} 仍校验通过。",
            repeat=[made.line("a copy with one flipped byte passes verification")],
        )
    return good(
        made.seen,
        f"{made.name}: {each.data['tool']} refused a copy in which one byte had been flipped.",
        f"{made.name}：副本中一个字节被改动后，{each.data['tool']} 能够查出。",
    )


def survives_fire(_: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
    """Judge whether the loss of the production site leaves whole data: a restore from a remote copy alone."""
    seen = catalogues(evidence)
    places = {each.name: at_another_site(each, declarations) for each in seen}
    away = [each for each in seen if places[each.name] is None]
    lacking = evidence.missing_of(CATALOGUE)
    if not away:
        return any_of((*(told for told in places.values() if told is not None), *_verdicts(lacking)))
    made = {each.name: each for each in restores(evidence)}
    missing = {each.subject: each for each in evidence.missing_of(RESTORE)}
    told: list[Verdict] = []
    for each in away:
        if each.name in made:
            told.append(_burnt(each, made[each.name]))
        else:
            lost = missing.get(each.name) or missing.get("")
            told.append(lost.verdict if lost else _not_restored(each))
    return together((*_data_left_behind(seen, away, lacking), *told))


def _burnt(each: Catalogue, made: Restored) -> Verdict:
    told = equal(made)
    site = each.data["site"]
    en, zh = f" (from the copy at {site} alone)", f"（仅用存放于 {site} 的副本恢复）"
    reason = Text(zh=f"{told.reason.zh.removesuffix('。')}{zh}。", en=f"{told.reason.en.removesuffix('.')}{en}.")
    return dataclasses.replace(told, reason=reason)


def _not_restored(each: Catalogue) -> Verdict:
    return untold(
        each.seen,
        f"{each.name} lies at {each.data['site']}, but no restore from it was tried.",
        f"{each.name} 存放于 {each.data['site']}，但没有由其试恢复。",
    )


def _data_left_behind(
    seen: Sequence[Catalogue], away: Sequence[Catalogue], missing: Sequence[Missing]
) -> tuple[Verdict, ...]:
    """Return what speaks against data that only the burnt site holds."""
    saved = {kind for each in away for kind in each.data["holds"]}
    lost = [each for each in seen if set(each.data["holds"]) - saved]
    if not lost:
        return ()
    kinds = sorted({kind for each in lost for kind in each.data["holds"]} - saved)
    if missing:
        return tuple(_verdicts(missing))
    return (
        bad(
            lost[0].seen,
            f"Only the production site holds copies of: {', '.join(kinds)}.",
            f"下列数据只在生产地点有备份：{'、'.join(kinds)}。",
            repeat=[lost[0].line(f"no copy of {', '.join(kinds)} elsewhere")],
        ),
    )


def _verdicts(missing: Sequence[Missing]) -> tuple[Undetermined, ...]:
    return tuple(each.verdict for each in missing)
