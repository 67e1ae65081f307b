"""3.1.1.3.2 local and remote copies. A declared place is not believed alone."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.backup_freshness import recent
from conformance.judges.backup_sets import Catalogue, Pair, host_named, production_sites
from conformance.judges.words import bad, untold
from reports.verdict import Requirement, Verdict

LOCAL: Pair = ("local", "本地备份")
REMOTE: Pair = ("remote", "异地备份")


def local(_: Requirement, catalogue: Catalogue, declarations: Mapping[str, Any]) -> Verdict:
    """Judge whether a copy lies where production stands."""
    told = _where(catalogue, declarations)
    if not isinstance(told, str):
        return told
    if told not in production_sites(declarations):
        return _elsewhere(catalogue, told, "not where production stands", "并非生产主机所在地点")
    return recent(catalogue, catalogue.runs, LOCAL)


def remote(_: Requirement, catalogue: Catalogue, declarations: Mapping[str, Any]) -> Verdict:
    """Judge whether a copy lies at another site than every production host."""
    away = at_another_site(catalogue, declarations)
    return recent(catalogue, catalogue.runs, REMOTE) if away is None else away


def at_another_site(catalogue: Catalogue, declarations: Mapping[str, Any]) -> Verdict | None:
    """Return what speaks against a copy lying at another site; None where everything bears it out."""
    told = _where(catalogue, declarations)
    if not isinstance(told, str):
        return told
    if told in production_sites(declarations):
        return _elsewhere(catalogue, told, "where production stands", "即生产主机所在地点")
    if catalogue.data["place"] == "local":
        return untold(
            catalogue.seen,
            f"{catalogue.name} is declared local, but at the site {told}, where no production host stands; one of the "
            "two is wrong.",
            f"{catalogue.name} 声明为本地备份，地点却是没有生产主机的 {told}，两者必有一误。",
            cause="settings",
        )
    return None


def _where(catalogue: Catalogue, declarations: Mapping[str, Any]) -> str | Verdict:
    """Return the site at which a catalogue's copies lie, or why that cannot be told."""
    site = catalogue.data.get("site")
    if not site or not production_sites(declarations):
        what = "site of [[backups]]" if not site else "site of the production [[hosts]]"
        return untold(
            catalogue.seen,
            f"Where the copies of {catalogue.name} lie cannot be compared with production: the {what} is not declared.",
            f"无法比对 {catalogue.name} 的存放地点与生产地点：未声明 {what}。".replace(" of ", " / "),
            cause="settings",
        )
    host = host_named(declarations, catalogue.data.get("host"))
    lies = catalogue.data.get("lies_on") or {}
    if lies.get("same_host") is True and host is not None and host.get("site") not in (None, site):
        return _contradicted(catalogue, str(site), str(host["site"]), str(host["name"]))
    return str(site)


def _contradicted(catalogue: Catalogue, site: str, real: str, host: str) -> Verdict:
    return bad(
        catalogue.seen,
        f"{catalogue.name} is declared to lie at {site}, yet its repository is on {host} itself, at {real}.",
        f"{catalogue.name} 声明存放于 {site}，但其备份仓库就在位于 {real} 的主机 {host} 上。",
        repeat=[catalogue.line(f"the repository is on {host}, at {real}")],
    )


def _elsewhere(catalogue: Catalogue, site: str, en: str, zh: str) -> Verdict:
    return bad(
        catalogue.seen,
        f"The copies of {catalogue.name} lie at {site}, {en}.",
        f"{catalogue.name} 的备份存放于 {site}，{zh}。",
        repeat=[catalogue.line(f"site {site}")],
    )
