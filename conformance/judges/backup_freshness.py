"""Is there a good backup inside its declared interval? What the judges of kinds and places ask of a catalogue."""

from collections.abc import Sequence

from conformance.judges.backup_sets import HOUR_MS, KIND_WORDS, Catalogue, Pair, Run, moment
from conformance.judges.words import bad, good, untold
from reports.verdict import Measured, Verdict

METRIC = "newest_good_backup_age"


def recent(catalogue: Catalogue, runs: Sequence[Run], what: Pair) -> Verdict:
    """Judge whether one of these runs is good and began inside the declared cycle of its kind before the reading."""
    if not runs:
        return _none(catalogue, what)
    newest = max((run for run in runs if run.state == "good"), key=lambda run: run.started_ms or 0, default=None)
    inside = [run for run in runs if run.state == "good" and _inside(catalogue, run) is True]
    if inside:
        return _conforming(catalogue, inside[-1], what)
    if any(run.state == "good" and _inside(catalogue, run) is None for run in runs):
        return _no_cycle(catalogue, runs)
    doubtful = [run for run in runs if run.state == "undated" or _could_be(catalogue, run)]
    if doubtful:
        return _doubtful(catalogue, doubtful, what)
    return _overdue(catalogue, runs, newest, what)


def _inside(catalogue: Catalogue, run: Run) -> bool | None:
    cycle_h = catalogue.cadence_h(run.kind)
    if cycle_h is None or run.started_ms is None:
        return None
    return catalogue.read_at_ms - run.started_ms <= cycle_h * HOUR_MS


def _could_be(catalogue: Catalogue, run: Run) -> bool:
    return run.state == "unverified" and _inside(catalogue, run) is not False


def _none(catalogue: Catalogue, what: Pair) -> Verdict:
    if catalogue.unread:
        return untold(
            catalogue.seen,
            f"{catalogue.name} shows no {what[0]} backup, but {catalogue.unread} of its entries could not be read.",
            f"{catalogue.name} 的目录中未见{what[1]}，但有 {catalogue.unread} 条记录无法读懂。",
        )
    return bad(
        catalogue.seen,
        f"The catalogue of {catalogue.name} holds no {what[0]} backup.",
        f"{catalogue.name} 的备份目录中没有{what[1]}。",
        repeat=[catalogue.line(f"0 of {len(catalogue.runs)} entries: {what[0]}")],
        measured=Measured(metric="good_backups", value=0),
    )


def _conforming(catalogue: Catalogue, run: Run, what: Pair) -> Verdict:
    age_h, cycle_h = _age_h(catalogue, run), catalogue.cadence_h(run.kind)
    return good(
        catalogue.seen,
        f"{catalogue.name}: the newest good {what[0]} backup ({run.id}) began {age_h:.1f} h before the reading, inside "
        f"its declared cycle of {cycle_h:g} h.",
        f"{catalogue.name}：最新一次合格的{what[1]}（{run.id}）"
        f"始于读取前 {age_h:.1f} h，"
        f"在其声明的周期 {cycle_h:g} h 之内。",
        measured=Measured(metric=METRIC, value=round(age_h, 2), unit="h"),
    )


def _no_cycle(catalogue: Catalogue, runs: Sequence[Run]) -> Verdict:
    names = sorted({run.kind for run in runs if catalogue.cadence_h(run.kind) is None})
    keys = ", ".join(f"{name}_h" for name in names if name in {"incremental", "differential", "full"}) or "full_h"
    return untold(
        catalogue.seen,
        f"{catalogue.name} holds good backups, but [[backups]] declares no cycle to hold them against; set {keys}.",
        f"{catalogue.name} 有合格的备份，但 [[backups]] 未声明可供对照的周期，请设置 {keys}。",
        cause="settings",
    )


def _doubtful(catalogue: Catalogue, runs: Sequence[Run], what: Pair) -> Verdict:
    undated = [run for run in runs if run.state == "undated"]
    if undated:
        en, zh = "have times that cannot be believed (none, or in the future)", "的时间不可信（缺失或晚于当前时刻）"
        told = undated
    else:
        en, zh, told = "have no verification that was read and understood", "没有可读懂的校验结果", list(runs)
    return untold(
        catalogue.seen,
        f"{catalogue.name}: {len(told)} {what[0]} backup(s) {en}, and no good one is inside its cycle.",
        f"{catalogue.name}：{len(told)} 次{what[1]}{zh}，周期之内又没有合格的备份，无法判定。",
    )


def _overdue(catalogue: Catalogue, runs: Sequence[Run], newest: Run | None, what: Pair) -> Verdict:
    if newest is None:
        failed = sum(run.state == "bad" for run in runs)
        return bad(
            catalogue.seen,
            f"{catalogue.name}: none of {len(runs)} {what[0]} backup(s) is good; {failed} failed, or failed their "
            "verification.",
            f"{catalogue.name}：{len(runs)} 次{what[1]}无一合格，其中 {failed} 次备份失败或校验不通过。",
            repeat=[catalogue.line(f"{run.id} {run.kind} {moment(run.started_ms)}: {run.state}") for run in runs[-3:]],
            measured=Measured(metric="good_backups", value=0),
        )
    age_h, cycle_h = _age_h(catalogue, newest), catalogue.cadence_h(newest.kind)
    return bad(
        catalogue.seen,
        f"{catalogue.name}: the newest good {what[0]} backup ({newest.id}, {moment(newest.started_ms)}) began "
        f"{age_h:.1f} h before the reading; its declared cycle is {cycle_h:g} h.",
        f"{catalogue.name}：最新一次合格的{what[1]}（{newest.id}，{moment(newest.started_ms)}）"
        f"始于读取前 {age_h:.1f} h，"
        f"而声明的周期为 {cycle_h:g} h。",
        repeat=[catalogue.line(f"newest good: {newest.id} {newest.kind} {moment(newest.started_ms)}")],
        measured=Measured(metric=METRIC, value=round(age_h, 2), unit="h"),
    )


def _age_h(catalogue: Catalogue, run: Run) -> float:
    return (catalogue.read_at_ms - (run.started_ms or 0)) / HOUR_MS


def of_kind(kind: str) -> Pair:
    """Return the words of a kind."""
    return KIND_WORDS[kind]
