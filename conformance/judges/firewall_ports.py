"""3.1.4.2 the firewall seen from outside: which of the ports that were tried are open (``host.ports``)."""

from collections.abc import Sequence

from conformance.judges.hosts import Declarations, number, records
from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Requirement, Verdict


def only_approved_open(_: Requirement, seen: Observation, __: Declarations) -> Verdict:
    """Judge ``host.ports`` for function: of the ports that were tried, just the approved ones are open from outside."""
    host = seen.data.get("host")
    if not seen.data.get("approved"):
        return untold(
            seen,
            f"{host}: no port is approved to be open, so nothing can be compared; add open_ports to [[hosts]].",
            f"{host}：未申报批准开放的端口，无从比对，请在 [[hosts]] 中填写 open_ports。",
            cause="settings",
        )
    approved, managed = set(seen.data["approved"]), set(seen.data.get("management") or ())
    # A management port that is open is told by the clause on the firewall's own security.
    extra = [place for place in _places(seen, "open") if place[1] not in approved | managed]
    if extra:
        said = ", ".join(f"{address}:{port}" for address, port in extra)
        return bad(
            seen,
            f"{host}: open from outside and not approved: {said}.",
            f"{host}：从外部可访问且未经批准的端口：{said}。",
            repeat=[f"connect {address}:{port} -> open" for address, port in extra],
        )
    return (
        _silent(seen)
        or _shut(seen, approved)
        or good(
            seen,
            f"{host}: of the {len(tried(seen))} ports tried from outside just the approved ones are open "
            f"({listed(approved)}), as seen from {seen.header.vantage}.",
            f"{host}：从外部（{seen.header.vantage}）所试的 {len(tried(seen))} 个端口中，仅可访问批准的端口"
            f"（{listed(approved)}）。",
        )
    )


def _shut(seen: Observation, approved: set[int]) -> Verdict | None:
    shut = sorted(approved - {port for _, port in _places(seen, "open")})
    if not shut:
        return None
    host = seen.data.get("host")
    return untold(
        seen,
        f"{host}: approved and not open from outside: {listed(shut)}; either the list is out of date, or we cannot "
        "see what others see.",
        f"{host}：已批准但从外部不可访问：{listed(shut)}；可能清单过期，或本机所见与外部不同。",
    )


def management_closed(_: Requirement, seen: Observation, __: Declarations) -> Verdict:
    """Judge ``host.ports`` for self-secure: the management ports are not to be reached from outside."""
    host, managed = seen.data.get("host"), set(seen.data.get("management") or ())
    if not managed:
        return untold(
            seen,
            f"{host}: no management port is declared; add management_ports to [[hosts]].",
            f"{host}：未申报管理端口，请在 [[hosts]] 中填写 management_ports。",
            cause="settings",
        )
    reached = [place for place in _places(seen, "open") if place[1] in managed]
    if reached:
        said = ", ".join(f"{address}:{port}" for address, port in reached)
        return bad(
            seen,
            f"{host}: its management can be reached from outside: {said}.",
            f"{host}：从外部可访问管理端口：{said}。",
            repeat=[f"connect {address}:{port} -> open" for address, port in reached],
        )
    return _silent(seen) or good(
        seen,
        f"{host}: its management ports ({listed(managed)}) cannot be reached from outside.",
        f"{host}：从外部无法访问管理端口（{listed(managed)}）。",
    )


def _silent(seen: Observation) -> Verdict | None:
    """Tell of an address where nothing answers: another one's answers show nothing of it (IPv6 without a route)."""
    answered = {address for state in ("open", "closed") for address, _ in _places(seen, state)}
    mute = [
        each for entry in records(seen.data.get("addresses")) if (each := str(entry.get("address"))) not in answered
    ]
    if not mute and answered:
        return None
    host, where = seen.data.get("host"), ", ".join(mute)
    return untold(
        seen,
        f"{host}: nothing answers from outside at all ({where}): a closed port cannot be told from one that we cannot "
        "see.",
        f"{host}：从外部没有任何端口应答（{where}），无法区分端口关闭与本机不可见。",
    )


def tried(seen: Observation) -> set[int]:
    """Return the ports of which the look from outside told something: an unreachable address tells nothing."""
    return {port for state in ("open", "closed", "filtered") for _, port in _places(seen, state)}


def _places(seen: Observation, state: str) -> list[tuple[str, int]]:
    return [
        (str(address.get("address")), int(each["port"]))
        for address in records(seen.data.get("addresses"))
        for each in records(address.get("ports"))
        if each.get("state") == state and number(each.get("port")) is not None
    ]


def listed(ports: Sequence[int] | set[int]) -> str:
    """Return ports in order, for a sentence."""
    return ", ".join(str(port) for port in sorted(ports))
