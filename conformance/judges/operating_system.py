"""3.1.2.1 operating systems: does it carry the platform, is its network whole, what does it share, is it mainstream."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from conformance.judges.hosts import (
    Declarations,
    Gap,
    Host,
    Tell,
    day,
    part,
    records,
    right,
    section_or_tell,
    unread,
    unsure,
    wrong,
)
from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

MAINSTREAM = frozenset(
    {"linux", "freebsd", "openbsd", "netbsd", "darwin", "sunos", "aix", "hp-ux", "windows", "windows_nt"}
)
HOBBY = frozenset(
    {"haiku", "minix", "reactos", "serenityos", "syllable", "templeos", "toaru", "menuetos", "kolibrios", "freedos"}
)
HOBBY_DISTRIBUTIONS = frozenset({"lfs", "dsl", "tinycore", "slitaz", "puppy", "hannahmontana", "kolibri", "templeos"})
SHARING_PORTS: Mapping[int, str] = {139: "smb", 445: "smb", 548: "afp", 631: "printing", 2049: "nfs"}


def runs(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge whether the release is supported, and the declared services run on it."""
    system = section_or_tell(host, "system")
    if isinstance(system, Tell):
        return system
    distribution = system.get("distribution") or {}
    name = str(distribution.get("name") or distribution.get("id") or "?")
    end = day(distribution.get("support_end"))
    if end is not None and end < host.at.date():
        return wrong(
            f"runs {name}, whose support ended on {end}",
            f"运行 {name}，其支持已于 {end} 终止",
            shows=f"section system -> support_end {end}",
        )
    services = _services(host)
    if services is not None and services.word == "violates":
        return services
    if end is None:
        return unsure(
            f"runs {name}; until when it is supported is not known there (package distro-info-data)",
            f"运行 {name}，主机上没有其支持期限的资料（软件包 distro-info-data）",
            cause="settings",
        )
    if services is not None:
        return services
    return right(
        f"runs {name}, supported until {end}, with every declared service",
        f"运行 {name}，支持至 {end}，所申报的服务均在运行",
    )


def _services(host: Host) -> Tell | None:
    """Return what is told where a declared service does not run, or none is declared; None where all run."""
    declared = tuple(host.declared.get("services") or ())
    if not declared:
        return unsure(
            "no service is declared that must run on it; add services to [[hosts]]",
            "未申报须在其上运行的服务，请在 [[hosts]] 中填写 services",
            cause="settings",
        )
    section = section_or_tell(host, "services")
    if isinstance(section, Tell):
        return section
    units = part(section, "units")
    processes = {str(each.get("name")) for each in records(section.get("processes"))}
    known = set() if isinstance(units, Gap) else {_unit(each) for each in units.get("running") or ()}
    away = [name for name in declared if _unit(name) not in known and name.removesuffix(".service") not in processes]
    if not away:
        return None
    if isinstance(units, Gap) and any(name.endswith((".service", ".socket")) for name in away):
        return unread(units)
    return wrong(
        f"does not run {', '.join(away)}",
        f"未运行 {'、'.join(away)}",
        shows=f"section services -> no {', '.join(away)}",
    )


def _unit(value: Any) -> str:
    name = value.get("name") if isinstance(value, Mapping) else value
    return str(name).removesuffix(".service")


def networking(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge whether the native network is there: an interface that is up, with an address and routes, and sockets."""
    network, sockets = section_or_tell(host, "network"), section_or_tell(host, "sockets")
    if isinstance(network, Tell):
        return network
    if isinstance(sockets, Tell):
        return sockets
    up = [each for each in records(network.get("interfaces")) if each.get("up") is True and _reaches(each)]
    if not up:
        return wrong(
            "has no interface that is up with an address of its own",
            "没有已启用且配有地址的网络接口",
            shows="section network -> no interface",
        )
    if not records(network.get("routes")):
        return wrong("has no route", "没有路由", shows="section network -> routes []")
    spoken = tuple(str(each).upper() for each in sockets.get("protocols") or ())
    if "TCP" not in spoken and "TCPV6" not in spoken:
        return wrong(
            "its kernel speaks no TCP", "其内核不支持 TCP", shows=f"section sockets -> protocols {', '.join(spoken)}"
        )
    listening = len(records(sockets.get("listening")))
    if not listening:
        return unsure("nothing listens there", "没有监听中的套接字", cause="target")
    return right(
        "native network with interfaces, routes and listening sockets", "具备原生网络栈，有接口、路由和监听套接字"
    )


def _reaches(interface: Mapping[str, Any]) -> bool:
    return any(_own(each.get("address")) for each in records(interface.get("addresses")))


def _own(address: Any) -> bool:
    try:
        parsed = ipaddress.ip_address(str(address))
    except ValueError:
        return False
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def share(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge sharing of files and printers: the system can, and on a production host nothing is shared."""
    shares = section_or_tell(host, "shares")
    if isinstance(shares, Tell):
        return shares
    if host.production:
        active = records(shares.get("active"))
        if active:
            said = ", ".join(f"{each.get('kind')} ({each.get('process')})" for each in active)
            return wrong(f"shares at this moment: {said}", f"正在提供共享：{said}", shows=f"section shares -> {said}")
        if (open_ports := _sharing_sockets(host)) is not None:
            return open_ports
    capability = shares.get("capability") or {}
    able = [kind for kind, found in capability.items() if isinstance(found, Mapping) and found.get("present") is True]
    if not able:
        return unsure(
            "no means to share files or printers was found; a document has to show it",
            "未见文件或打印机共享的支持，须以文件证明",
            cause="document",
        )
    return unsure(
        f"can share ({', '.join(able)}) and shares nothing; that it meets the need takes a document",
        f"具备共享能力（{'、'.join(able)}），且未开启共享服务；是否满足需要须以文件证明",
        cause="document",
    )


def _sharing_sockets(host: Host) -> Tell | None:
    sockets = host.section("sockets")
    for each in records(None if isinstance(sockets, Gap) else sockets.get("listening")):
        kind = SHARING_PORTS.get(each.get("port") or 0)
        if kind is not None and str(each.get("protocol", "")).startswith("tcp") and not _loopback(each.get("address")):
            return wrong(
                f"listens on {each.get('address')}:{each.get('port')} ({kind})",
                f"正在监听 {each.get('address')}:{each.get('port')}（{kind}）",
                shows=f"section sockets -> {each.get('address')}:{each.get('port')}",
            )
    return None


def _loopback(address: Any) -> bool:
    try:
        return ipaddress.ip_address(str(address)).is_loopback
    except ValueError:
        return False


def mainstream(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge the family of the system; one that is not known is for somebody to look at."""
    system = section_or_tell(host, "system")
    if isinstance(system, Tell):
        return system
    kernel, distribution = system.get("kernel") or {}, system.get("distribution") or {}
    family, release = str(kernel.get("name") or ""), str(kernel.get("release") or "")
    told = str(distribution.get("id") or "").lower()
    if family.lower() in HOBBY or told in HOBBY_DISTRIBUTIONS:
        name = f"{family} ({told})" if told in HOBBY_DISTRIBUTIONS else family
        zh = name.replace(" (", "（").replace(")", "）")
        return wrong(
            f"runs {name}, which is no mainstream system",
            f"运行 {zh}，并非主流操作系统",
            shows=f"section system -> {name}",
        )
    if family.lower() not in MAINSTREAM:
        return unsure(
            f"runs a system that is not known here ({family or '?'}); somebody has to look",
            f"运行未知的操作系统（{family or '?'}），须人工核对",
            cause="attestation",
        )
    return right(f"runs {family} {release}".rstrip(), f"运行 {family} {release}".rstrip())


def direct(_: Requirement, seen: Observation, __: Declarations) -> Verdict:
    """Judge ``host.peers`` for 3.1.2.1: a direct socket between two hosts."""
    data, state = seen.data, seen.data.get("state")
    way = f"{data.get('from')} -> {data.get('to')}"
    if state in {"connected", "refused"}:
        answered = ("connected", "连接成功") if state == "connected" else ("refused by the peer itself", "对端明确拒绝")
        return good(
            seen,
            f"A direct socket between two hosts works ({way}: {answered[0]}).",
            f"主机之间可直接通信（{way}：{answered[1]}）。",
        )
    if state in {"unreachable", "no-family"}:
        return bad(
            seen,
            f"No direct socket between two hosts comes about ({way}: {data.get('why')}).",
            f"主机之间无法直接通信（{way}：{data.get('why')}）。",
            repeat=[f"{data.get('from')}: connect {data.get('address')}:{data.get('port')} -> {state}"],
        )
    return untold(
        seen,
        f"Whether {way} can connect directly is not known: the attempt got no answer.",
        f"无法判断 {way} 能否直接通信：连接尝试没有得到应答。",
    )


def client_server(_: Requirement, seen: Observation, __: Declarations) -> Verdict:
    """Judge ``net.tls`` for 3.1.2.1: a client's TLS connection to the platform."""
    data = seen.data
    if data.get("negotiated") is True:
        return good(seen, "A client's TLS connection to the platform comes about.", "客户机可与平台建立 TLS 连接。")
    return untold(
        seen,
        "No TLS connection came about that would show client and server.",
        "未能建立 TLS 连接，无从证明客户机与服务器通信。",
    )
