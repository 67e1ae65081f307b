"""3.1.4.2 function: what the firewall's rules let in beyond what was approved, and beyond what was tried from outside.

A look from outside tries a bounded list of ports. The rules tell of the others, though not enough to accuse anybody: of
a rule the agent keeps protocol, port, source and interface, and not what else it asks for.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from conformance.judges.firewall import denies_by_default
from conformance.judges.firewall_ports import listed, tried
from conformance.judges.hosts import Declarations, Gap, Host, Tell, every_host, number, records, unread, unsure
from conformance.judges.judgement import Evidence
from probes.observation import Observation
from reports.verdict import Requirement, Verdict

PORTS = "host.ports"
_PORT_OR_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_ANYWHERE = (None, "0.0.0.0/0", "::/0")
_LAST_PORT = 65_535


def lets_in_only_approved(requirement: Requirement, evidence: Evidence, declarations: Declarations) -> Verdict:
    """Judge whether each firewall drops by default, and its rules let nothing in that is neither approved nor tried."""
    scans = {str(seen.data.get("host")): seen for seen in evidence.of(PORTS)}

    def judge_one(requirement: Requirement, host: Host, declarations: Declarations) -> Tell:
        told, scan = denies_by_default(requirement, host, declarations), scans.get(host.name)
        return told if told.word != "conforms" or scan is None else _let_in(host, scan) or told

    return every_host(judge_one, role="firewall")(requirement, evidence, declarations)


def _let_in(host: Host, scan: Observation) -> Tell | None:
    """Doubt a listener that a rule lets in from anywhere, on a port that was neither approved nor tried from outside.

    A rule bound to a source, an interface or another protocol lets nobody in from outside as far as can be told, nor
    does one without a port.
    """
    approved = scan.data.get("approved")
    if not approved:
        return None  # nothing to compare with: told of the look from outside
    known = {*approved, *(scan.data.get("management") or ()), *tried(scan)}
    section = host.section("firewall")
    rules = [] if isinstance(section, Gap) else [rule for rule in records(section.get("accepted")) if _open(rule)]
    let_in = {port for rule in rules for port in _ports(rule)} - known
    if not let_in:
        return None
    sockets = host.section("sockets")
    if isinstance(sockets, Gap):
        return unread(sockets)
    ports = _listening(sockets) & let_in
    if not ports:
        return None
    return unsure(
        f"a rule lets in TCP port {listed(ports)} from anywhere, where something listens: not approved, and not among "
        "the ports tried from outside; approve it in open_ports, or narrow the rule",
        f"有规则对任意来源放行 TCP 端口 {listed(ports)}，且有程序监听：既未经批准，也不在从外部所试的端口之中；请列入 "
        "open_ports 或收紧规则",
        cause="target",
    )


def _open(rule: Mapping[str, Any]) -> bool:
    """Tell whether a rule may let TCP in from anywhere; ``th`` is nft's word for the port of whatever protocol."""
    return rule.get("protocol") in {"tcp", "th"} and rule.get("from") in _ANYWHERE and rule.get("interface") is None


def _ports(rule: Mapping[str, Any]) -> range:
    """Return the ports of a rule; none where it names none, or a set that is not listed."""
    found = _PORT_OR_RANGE.fullmatch(str(rule.get("port")))
    return range(int(found[1]), min(int(found[2] or found[1]), _LAST_PORT) + 1) if found else range(0)


def _listening(sockets: Mapping[str, Any]) -> set[int]:
    """Return the TCP ports that others than the host itself, and its own network segment, might reach."""
    return {
        int(port)
        for each in records(sockets.get("listening"))
        if each.get("protocol") in {"tcp", "tcp6"}
        and (port := number(each.get("port"))) is not None
        and _reachable(str(each.get("address")))
    }


def _reachable(address: str) -> bool:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
    return not (found.is_loopback or found.is_link_local)
