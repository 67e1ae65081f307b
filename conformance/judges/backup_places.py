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
    return _unborne(catalogue, told) or recent(catalogue, catalogue.runs, LOCAL)


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
    return _unborne(catalogue, told)


def _unborne(catalogue: Catalogue, site: str) -> Verdict | None:
    """Return why a declared site cannot be believed: nothing on the host tells where the repository lies."""
    if (catalogue.data.get("lies_on") or {}).get("same_host") is not None:
        return None
    return untold(
        catalogue.seen,
        f"{catalogue.name} is declared to lie at {site}, and nothing on its host tells where its copies really lie.",
        f"{catalogue.name} 声明存放于 {site}，但从其主机上无法得知备份实际存放在何处。",
        cause="document",
    )


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
    holding = host if lies.get("same_host") is True else _host_at(declarations, lies.get("address"))
    if holding is None or holding.get("site") == site:
        return str(site)
    if not holding.get("site"):
        return _no_label(catalogue, str(holding["name"]))
    return _contradicted(catalogue, str(site), str(holding["site"]), str(holding["name"]))


def _host_at(declarations: Mapping[str, Any], address: str | None) -> Mapping[str, Any] | None:
    """Return the declared host that a repository's address names."""
    hosts = declarations.get("hosts") or () if address else ()
    return next((host for host in hosts if address in (host.get("address"), _bare(host.get("address")))), None)


def _bare(address: object) -> str:
    """Return a host's address without its port."""
    name, _, port = str(address).rpartition(":")
    return name.strip("[]") if port.isdecimal() and name else str(address)


def _no_label(catalogue: Catalogue, host: str) -> Verdict:
    return untold(
        catalogue.seen,
        f"The repository of {catalogue.name} is on {host} itself, whose site is not declared; set site in [[hosts]].",
        f"{catalogue.name} 的备份仓库就在主机 {host} 上，而该主机未声明地点，请在 [[hosts]] 中设置 site。",
        cause="settings",
    )


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
