"""SBT-3.1.2.3: TCP/IP in use. Every published address of the shop answers a TCP handshake."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict


def tcp_in_use(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``net.tcp``: an address that refuses while another answers violates.

    An address that *we* have no route to, or that timed out, tells nothing about the platform.
    """
    addresses = seen.data["addresses"]
    dead = [entry for entry in addresses if entry["error"] == "refused"]
    unknown = [entry for entry in addresses if not entry["connected"] and entry["error"] != "refused"]
    answering = sum(entry["connected"] for entry in addresses)
    measured = Measured(metric="addresses_answering", value=f"{answering}/{len(addresses)}")
    if dead and answering:
        listed = ", ".join(entry["address"] for entry in dead)
        return bad(
            seen,
            f"Published address {listed} refuses TCP on port {seen.data['port']} while {answering} other(s) answer.",
            f"已公布的地址 {listed} 拒绝端口 {seen.data['port']} 的TCP连接，而其他 {answering} 个地址可以连接。",
            measured=measured,
            repeat=[f"visitor: TCP connect {entry['address']} port {seen.data['port']} -> refused" for entry in dead],
        )
    if unknown or not answering:
        listed = ", ".join(f"{entry['address']} ({entry['error']})" for entry in unknown) or seen.data["host"]
        return untold(
            seen,
            f"No TCP handshake could be tried to its end with {listed}.",
            f"未能与 {listed} 完成TCP握手，无法判定。",
            cause="network" if unknown and all(entry["error"] == "no-route-here" for entry in unknown) else "target",
        )
    return good(
        seen,
        f"All {answering} address(es) of {seen.data['host']} complete a TCP handshake on port {seen.data['port']}.",
        f"{seen.data['host']} 的全部 {answering} 个地址均在端口 {seen.data['port']} 完成TCP握手。",
        measured=measured,
    )
