"""3.1.1.3.5 what the backup software can do: media, several kinds, images. By its catalogue, or as its manual says."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.backup_sets import KIND_WORDS, Catalogue
from conformance.judges.backup_tools import known
from conformance.judges.words import bad, bound, good, untold
from reports.verdict import Measured, Requirement, Verdict

_KINDS = ("full", "incremental", "differential", "image")


def several_kinds(requirement: Requirement, catalogue: Catalogue, _: Mapping[str, Any]) -> Verdict:
    """Judge whether the software makes several kinds of backup: two in the catalogue, or known of it by name."""
    least = bound(requirement, "supported_backup_kinds")
    tool, able = catalogue.data["tool"], known(catalogue).kinds
    made = {run.kind for run in catalogue.runs if run.kind in _KINDS and run.state != "bad"}
    kinds = [kind for kind in _KINDS if kind in made or kind in (able or ())]
    en, zh = ", ".join(KIND_WORDS[kind][0] for kind in kinds), "、".join(KIND_WORDS[kind][1] for kind in kinds)
    measured = Measured(metric=least.metric, value=len(kinds), unit=least.unit)
    if len(kinds) >= least.value:
        return good(
            catalogue.seen,
            f"{catalogue.name}: {tool} makes these kinds of backup: {en}.",
            f"{catalogue.name}：{tool} 支持的备份方式有{zh}。",
            measured=measured,
            threshold=least,
        )
    if able is None:
        return untold(
            catalogue.seen,
            f"{catalogue.name}: the catalogue shows {en or 'no kind'} only, and what its software can do is not known.",
            f"{catalogue.name}：目录中仅见{zh or '零种备份方式'}，其备份软件的能力不详。",
            cause="document",
        )
    return bad(
        catalogue.seen,
        f"{catalogue.name}: {tool} makes {en or 'no'} backups only; {least.value:g} kinds are asked.",
        f"{catalogue.name}：{tool} 仅支持{zh or '零种备份方式'}，要求不少于 {least.value:g} 种。",
        repeat=[catalogue.line(f"kinds: {en or 'none'}")],
        measured=measured,
        threshold=least,
    )


def image(_: Requirement, catalogue: Catalogue, __: Mapping[str, Any]) -> Verdict:
    """Judge whether an image of a volume or machine is made, or can be made by the software."""
    tool, able = catalogue.data["tool"], known(catalogue).image
    made = [run for run in catalogue.of("image") if run.state == "good"]
    if made:
        return good(
            catalogue.seen,
            f"{catalogue.name} lists {len(made)} good image backup(s), the newest {made[-1].id}.",
            f"{catalogue.name} 的目录中有 {len(made)} 次合格的映像备份，最新一次为 {made[-1].id}。",
        )
    if able:
        return good(
            catalogue.seen,
            f"{catalogue.name}: {tool} can back up whole block devices.",
            f"{catalogue.name}：{tool} 支持对整个块设备做映像备份。",
        )
    if able is None or any(run.state != "bad" for run in catalogue.of("image")):
        return untold(
            catalogue.seen,
            f"{catalogue.name}: no image backup that is known to be good, and what its software can do is not known.",
            f"{catalogue.name}：未见确认合格的映像备份，其备份软件能否做映像备份亦不详。",
            cause="document" if able is None else "target",
        )
    return bad(
        catalogue.seen,
        f"{catalogue.name}: {tool} makes no images of volumes or machines, and the catalogue lists none.",
        f"{catalogue.name}：{tool} 不能对卷或整机做映像备份，目录中也没有映像备份。",
        repeat=[catalogue.line("0 image backups")],
    )


def media(_: Requirement, catalogue: Catalogue, __: Mapping[str, Any]) -> Verdict:
    """Judge whether every copy names its medium and that medium's state. A list of media is a document too."""
    entries = catalogue.data["backups"]
    if not entries:
        return untold(
            catalogue.seen,
            f"The catalogue of {catalogue.name} lists no copy, so no medium either.",
            f"{catalogue.name} 的目录中没有任何备份，也就没有介质可查。",
        )
    if catalogue.data["tool"] == "files" and all("no-manifest" in (entry.get("flaws") or ()) for entry in entries):
        return bad(
            catalogue.seen,
            f"The copies of {catalogue.name} are loose files: no manifest names any of them.",
            f"{catalogue.name} 的备份是散放的文件，没有任何清单登记。",
            repeat=[catalogue.line(f"{len(entries)} files without a manifest")],
        )
    unnamed = [entry["id"] for entry in entries if not entry.get("medium")]
    stateless = [entry["id"] for entry in entries if not entry.get("medium_state")]
    if unnamed or stateless:
        return untold(
            catalogue.seen,
            f"{catalogue.name}: of {len(entries)} copies {len(unnamed)} name no medium and {len(stateless)} no "
            "state of it; set medium and medium_state in [[backups]].",
            f"{catalogue.name}：{len(entries)} 份备份中，{len(unnamed)} 份未注明介质，"
            f"{len(stateless)} 份未注明介质状态；"
            "请在 [[backups]] 中设置 medium 与 medium_state。",
            cause="settings",
        )
    retired = [entry["id"] for entry in entries[-1:] if entry["medium_state"] == "retired"]
    if retired:
        return bad(
            catalogue.seen,
            f"{catalogue.name}: the newest copy ({retired[0]}) lies on a medium that is retired.",
            f"{catalogue.name}：最新一份备份（{retired[0]}）位于已停用的介质上。",
            repeat=[catalogue.line(f"{retired[0]} on {entries[-1]['medium']}: retired")],
        )
    names = sorted({str(entry["medium"]) for entry in entries})
    return untold(
        catalogue.seen,
        f"{catalogue.name}: every copy names its medium ({', '.join(names[:5])}) and its state; the list of media "
        "itself somebody has to read.",
        f"{catalogue.name}：每份备份均注明介质（{'、'.join(names[:5])}）及其状态；介质台账须由人查阅。",
        cause="document",
    )
