"""3.1.1.3.5 online backup: while a backup runs, shoppers buy, and none of them fails."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.hosts import Declarations, Tell, number, right, unsure, wrong
from conformance.judges.load_runs import Run, overdone
from reports.verdict import Measured

LEAST_PURCHASES = 20
"""So many purchases that a backup overlaps show that it disturbs none."""


def none_disturbed(run: Run, declarations: Declarations) -> Tell:  # noqa: ARG001 - judges of runs are called alike
    """Judge one run: the backup that was started in it, and the purchases that went on while it ran."""
    backup = run.data.get("backup")
    if not isinstance(backup, Mapping):
        return unsure(
            "no backup was started in it; give one of [[backups]] its start = [command], and load again",
            "运行期间未启动备份；请为 [[backups]] 之一填写 start = [命令]，再次加压",
            cause="settings",
        )
    name, purchases = str(backup.get("backup")), _purchases(backup)
    begun, failed = (number(purchases.get(key)) for key in ("begun_during", "failed_during"))
    if failed:
        return _wrong(run, name, failed, begun or failed)
    if run.cut_short:
        return unsure("it was not run to its end", "未运行到计划结束", cause="stale")
    if backup.get("ok") is not True or backup.get("id") is None:
        why = str(backup.get("why") or "its catalogue holds no new entry")
        return unsure(
            f"the backup {name} came to nothing good ({why})", f"备份 {name} 未取得良好结果（{why}）", cause="target"
        )
    if begun is None or failed is None or begun < LEAST_PURCHASES:
        told = begun or 0.0
        return unsure(
            f"only {told:g} purchases went on while the backup {name} ran; {LEAST_PURCHASES} are needed",
            f"备份 {name} 运行期间仅有 {told:g} 笔购买，至少需要 {LEAST_PURCHASES} 笔",
            cause="stale",
        )
    if unfinished := number(purchases.get("unfinished_during")):
        return unsure(
            f"of {begun:g} purchases while the backup {name} ran, {unfinished:g} were not over when the run was",
            f"备份 {name} 运行期间的 {begun:g} 笔购买中，有 {unfinished:g} 笔在加压结束时仍未完成",
            cause="target",
        )
    return right(
        f"{begun:g} purchases while the backup {name} ran, 0 failed",
        f"备份 {name} 运行期间共 {begun:g} 笔购买，失败 0 笔",
        measured=Measured(metric="failed_purchases", value=0),
    )


def _purchases(backup: Mapping[str, Any]) -> Mapping[str, Any]:
    found = backup.get("purchases")
    return found if isinstance(found, Mapping) else {}


def _wrong(run: Run, name: str, failed: float, begun: float) -> Tell:
    en = f"of {begun:g} purchases while the backup {name} ran, {failed:g} failed"
    zh = f"备份 {name} 运行期间的 {begun:g} 笔购买中失败 {failed:g} 笔"
    if run.beyond:
        return overdone(run, en, zh)
    return wrong(en, zh, shows=en, measured=Measured(metric="failed_purchases", value=failed))
