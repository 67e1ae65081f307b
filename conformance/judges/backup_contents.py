"""3.1.1.3.4 what backups contain: restored into a scratch place, and the objects of each kind of data counted."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.backup_sets import DATA_WORDS, RESTORE, any_of
from conformance.judges.judgement import Evidence, WholeJudge, together
from conformance.judges.restores import Content, Restored, restores
from conformance.judges.words import bad, good, untold
from reports.verdict import Measured, Requirement, Text, Undetermined, Verdict, Violates


def contained(kind: str) -> WholeJudge:
    """Return the judge of one kind of data: all objects come back in one backup, and lack in none."""

    def judged(_: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
        made, missing = restores(evidence), evidence.missing_of(RESTORE)
        told = [_one(each, kind) for each in made if kind in each.data["holds"] or kind in each.contents]
        lacking = [
            each.verdict for each in missing if each.subject == "" or _may_hold(declarations, each.subject, kind)
        ]
        wrong = [each for each in told if isinstance(each, Violates)]
        if wrong:
            return together(tuple(wrong))
        if told or lacking:
            return any_of((*told, *lacking))
        return _nowhere(made, kind)

    return judged


def _may_hold(declarations: Mapping[str, Any], name: str, kind: str) -> bool:
    entries = [entry for entry in declarations.get("backups") or () if entry.get("name") == name]
    return not entries or any(kind in (entry.get("holds") or ()) for entry in entries)


def _nowhere(made: tuple[Restored, ...], kind: str) -> Verdict:
    en, zh = DATA_WORDS[kind]
    if not made:
        return Undetermined(reason=Text(zh="没有试恢复。", en="No trial restore was made."), cause="settings")
    lines = [each.line(f"holds {', '.join(each.data['holds']) or 'nothing declared'}") for each in made]
    return bad(
        made[0].seen,
        f"No backup holds {en}: none declares it, and none of {len(made)} restored copies contains it.",
        f"没有任何备份包含{zh}：既未声明，{len(made)} 份恢复结果中也没有。",
        repeat=lines,
    )


def _one(made: Restored, kind: str) -> Verdict:
    en, zh = DATA_WORDS[kind]
    if not made.done:
        return bad(
            made.seen,
            f"{made.name}: the backup {made.id}, which should hold {en}, could not be restored: {made.why}.",
            f"{made.name}：应含{zh}的备份 {made.id} 无法恢复：{made.why}。",
            repeat=[made.line(f"failed: {made.why}")],
        )
    found = made.contents.get(kind)
    if found is not None and found.found is None:
        return untold(
            made.seen,
            f"{made.name} came back, but {en} could not be counted: {found.why}.",
            f"{made.name} 已恢复，但无法清点{zh}：{found.why}。",
        )
    if found is None:
        return untold(
            made.seen,
            f"{made.name} came back, but nobody said where in it {en} lies; name it in the manifest's holds.",
            f"{made.name} 已恢复，但清单未说明{zh}位于何处，请写入清单的 holds。",
            cause="settings",
        )
    return _counted(made, found, en, zh)


def _counted(made: Restored, found: Content, en: str, zh: str) -> Verdict:
    measured = Measured(metric="restored_objects", value=found.found or 0)
    if found.found == 0 or (found.expected is not None and found.found != found.expected) or found.equal is False:
        held = "an unknown number of" if found.expected is None else found.expected
        held_zh = "未知数量" if found.expected is None else f"{found.expected} 个"
        unlike = ", and their checksum differs" if found.equal is False else ""
        return bad(
            made.seen,
            f"{made.name}: the restored {made.id} holds {found.found} objects of {en}; at backup time there were {held}"
            f"{unlike}.",
            f"{made.name}：从 {made.id} 恢复出的{zh}为 {found.found} 个，备份时为{held_zh}"
            f"{'，且校验和不一致' if unlike else ''}。",
            repeat=[made.line(f"{found.found} of {held} objects")],
            measured=measured,
        )
    if found.expected is None or found.equal is None:
        return untold(
            made.seen,
            f"{made.name}: {found.found} objects of {en} came back, but no manifest of the backup time says how many "
            "there were.",
            f"{made.name}：恢复出{zh} {found.found} 个，但没有备份时的清单可供核对。",
            cause="settings",
        )
    return good(
        made.seen,
        f"{made.name}: all {found.found} objects of {en} came back from {made.id}, with the checksum of backup time.",
        f"{made.name}：从 {made.id} 恢复出{zh} {found.found} 个，数量与校验和均与备份时一致。",
        measured=measured,
    )
