"""3.1.1.3.3 cycles by flow and by importance: the declared plan against the catalogues, a document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.backup_cycles import alone_or_together, judged_record, spared
from conformance.judges.backup_gaps import record_of
from conformance.judges.backup_sets import CATALOGUE, DATA_WORDS, Catalogue, Pair, catalogues
from conformance.judges.judgement import Evidence, WholeJudge, together
from conformance.judges.words import bad, untold
from reports.verdict import Conforms, Requirement, Text, Undetermined, Verdict

_ANY: Pair = ("(any kind)", "备份")
ORDERS: Mapping[str, Pair] = {"flow": ("flow", "流量"), "importance": ("importance", "重要程度")}


def ranked(by: str) -> WholeJudge:
    """Return the judge of the plan that ranks data by ``flow`` or by ``importance``."""

    def judged(_: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
        words = ORDERS[by]
        plan = sorted(
            (entry for entry in declarations.get("backup_plan") or () if entry["by"] == by), key=lambda one: one["rank"]
        )
        seen, missing = catalogues(evidence), evidence.missing_of(CATALOGUE)
        lacking = tuple(each.verdict for each in missing)
        if not plan:
            return together((_undeclared(by, words), *lacking))
        if not seen:
            return together(lacking)
        told = [*_of_the_plan(plan, seen, words), *(_kept(entry, seen, unread=bool(missing)) for entry in plan)]
        wrong = [each for each in spared(told, seen, missing, declarations) if not isinstance(each, Conforms)]
        return together((*wrong, *lacking, _to_be_read(plan, seen, words)))

    return judged


def _undeclared(by: str, words: Pair) -> Undetermined:
    return Undetermined(
        reason=Text(
            zh=f"目标文件没有按{words[1]}排定的备份计划；请用 [[backup_plan]]（by = “{by}”）写明。",
            en=f'The target file holds no backup plan by {words[0]}; write it as [[backup_plan]] with by = "{by}".',
        ),
        cause="settings",
    )


def _of_the_plan(plan: Sequence[Mapping[str, Any]], seen: Sequence[Catalogue], words: Pair) -> list[Verdict]:
    """Return what is wrong with the plan itself: data without a cycle, ranks that the cycles do not follow."""
    first, found = seen[0], list[Verdict]()
    planned = Counter(entry["data"] for entry in plan)
    left = [kind for kind in dict.fromkeys(kind for each in seen for kind in each.data["holds"]) if kind not in planned]
    if left:
        found.append(
            bad(
                first.seen,
                f"The plan by {words[0]} names no cycle for data that are backed up: {_said(left, 0)}.",
                f"按{words[1]}排定的计划没有为已备份的数据规定周期：{_said(left, 1)}。",
                repeat=[f"target file: [[backup_plan]] lacks {', '.join(left)}"],
            )
        )
    turned = [
        (one, other)
        for index, one in enumerate(plan)
        for other in plan[index + 1 :]
        if one["rank"] < other["rank"] and one["cycle_h"] > other["cycle_h"]
    ]
    if turned:
        one, other = turned[0]
        found.append(
            bad(
                first.seen,
                f"The cycles do not follow the {words[0]}: {DATA_WORDS[one['data']][0]} rank {one['rank']} "
                f"is backed up every {one['cycle_h']:g} h, {DATA_WORDS[other['data']][0]} rank {other['rank']} every "
                f"{other['cycle_h']:g} h.",
                f"周期与{words[1]}不符：{DATA_WORDS[one['data']][1]}名次 {one['rank']}，周期 {one['cycle_h']:g} h；"
                f"{DATA_WORDS[other['data']][1]}名次 {other['rank']}，周期却为 {other['cycle_h']:g} h。",
                repeat=[f"target file: [[backup_plan]] {one['data']} and {other['data']}"],
            )
        )
    if len(planned) > 1 and len({entry["cycle_h"] for entry in plan}) == 1:
        found.append(
            bad(
                first.seen,
                f"The plan has one cycle of {plan[0]['cycle_h']:g} h for all data: nothing follows the {words[0]}.",
                f"计划对全部数据采用同一周期 {plan[0]['cycle_h']:g} h，未按{words[1]}安排。",
                repeat=["target file: [[backup_plan]] cycle_h is the same everywhere"],
            )
        )
    return found


def _kept(entry: Mapping[str, Any], seen: Sequence[Catalogue], *, unread: bool) -> Verdict:
    """Judge the catalogues that hold a kind of data against its planned cycle; any kind of backup counts."""
    group = tuple(each for each in seen if entry["data"] in each.data["holds"])
    words = DATA_WORDS[entry["data"]]
    if not group:
        en = f"The plan names {words[0]} every {entry['cycle_h']:g} h, but no catalogue that was read holds it."
        zh = f"计划规定{words[1]}每 {entry['cycle_h']:g} h 备份一次，但已读取的备份目录均不含该数据。"
        if unread:
            return untold(seen[0].seen, en, zh)
        return bad(seen[0].seen, en, zh, repeat=[f"target file: [[backups]] holds lacks {entry['data']}"])

    def told(some: Sequence[Catalogue]) -> Verdict:
        record = record_of(some, (run for each in some for run in each.runs))
        return judged_record(some, record, float(entry["cycle_h"]), _ANY, bound=None)

    return alone_or_together(group, told)


def _to_be_read(plan: Sequence[Mapping[str, Any]], seen: Sequence[Catalogue], words: Pair) -> Undetermined:
    cycles = ", ".join(f"{DATA_WORDS[entry['data']][0]} {entry['cycle_h']:g} h" for entry in plan)
    cycles_zh = "、".join(f"{DATA_WORDS[entry['data']][1]} {entry['cycle_h']:g} h" for entry in plan)
    return Undetermined(
        reason=Text(
            zh=f"备份目录与按{words[1]}申报的计划（{cycles_zh}）相符；计划文件本身及其{words[1]}依据须由人查阅。",
            en=f"The catalogues agree with the declared plan by {words[0]} ({cycles}); the plan itself, and that its "
            "ranks are the true ones, somebody has to read.",
        ),
        cause="document",
        observations=tuple(each.seen.id for each in seen),
    )


def _said(kinds: Sequence[str], language: int) -> str:
    return ("、" if language else ", ").join(DATA_WORDS[kind][language] for kind in kinds)
