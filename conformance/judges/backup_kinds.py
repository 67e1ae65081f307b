"""3.1.1.3.1 the five kinds of backup, of which one suffices: each is a good run inside its declared cycle."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from conformance.judges.backup_freshness import of_kind, recent
from conformance.judges.backup_sets import Catalogue, CatalogueJudge, host_named, is_production
from conformance.judges.words import bad, untold
from reports.verdict import Requirement, Verdict, Violates

_ATTACHED = frozenset({"pgbackrest", "restic", "borg", "files"})
"""Tools whose catalogue lies in the repository: whoever reads it reaches the copies. ``command`` need not."""


def of(kind: str) -> CatalogueJudge:
    """Return the judge of one kind: full, incremental or differential."""

    def judged(_: Requirement, catalogue: Catalogue, __: Mapping[str, Any]) -> Verdict:
        return recent(catalogue, catalogue.of(kind), of_kind(kind))

    return judged


def online(_: Requirement, catalogue: Catalogue, __: Mapping[str, Any]) -> Verdict:
    """Judge whether a backup was made while the service ran (hot)."""
    hot = tuple(run for run in catalogue.runs if run.online is True)
    unknown = [run for run in catalogue.runs if run.online is None and run.state != "bad"]
    told = recent(catalogue, hot, ("online", "在线备份"))
    if isinstance(told, Violates) and unknown:
        return untold(
            catalogue.seen,
            f"{catalogue.name}: the catalogue does not say of {len(unknown)} backup(s) whether the service ran.",
            f"{catalogue.name}：目录未说明 {len(unknown)} 次备份进行时服务是否在运行。",
        )
    return told


def offline(_: Requirement, catalogue: Catalogue, declarations: Mapping[str, Any]) -> Verdict:
    """Judge whether there is a copy that cannot be reached from production."""
    if catalogue.data["place"] != "offline":
        return bad(
            catalogue.seen,
            f"{catalogue.name} is declared {catalogue.data['place']}, not offline.",
            f"{catalogue.name} 声明的存放方式为 {catalogue.data['place']}，并非离线。",
            repeat=[catalogue.line(f"place {catalogue.data['place']}")],
        )
    reached = reached_from_production(catalogue, declarations)
    return recent(catalogue, catalogue.runs, ("offline", "离线备份")) if reached is None else reached


def reached_from_production(catalogue: Catalogue, declarations: Mapping[str, Any]) -> Verdict | None:
    """Return what speaks against a copy that is declared offline: it was just read on a production host."""
    name = catalogue.data.get("host")
    serves = is_production(host_named(declarations, name))
    if serves is False:
        return None
    if catalogue.data["tool"] not in _ATTACHED:
        return untold(
            catalogue.seen,
            f"{catalogue.name} is declared offline, and a list of its copies on {name} does not show whether "
            "production reaches them.",
            f"{catalogue.name} 声明为离线，但 {name} 上的备份列表不能说明生产环境能否访问这些备份。",
            cause="document",
        )
    if serves is None:
        return untold(
            catalogue.seen,
            f"{catalogue.name} was read on {name}, whose roles are not declared: it cannot be told whether production "
            "reaches the offline copy.",
            f"{catalogue.name} 在 {name} 上读取，而该主机未声明用途，无法判断生产环境能否访问该离线备份。",
            cause="settings",
        )
    return bad(
        catalogue.seen,
        f"{catalogue.name} is declared offline, yet its repository was read on the production host {name}.",
        f"{catalogue.name} 声明为离线，但在生产主机 {name} 上即可读取其备份仓库。",
        repeat=[catalogue.line("the repository is reached from production")],
    )


KINDS: Mapping[str, CatalogueJudge] = MappingProxyType(
    {
        "incremental": of("incremental"),
        "full": of("full"),
        "differential": of("differential"),
        "online": online,
        "offline": offline,
    }
)
"""The five kinds, by the last word of their clause's id."""
