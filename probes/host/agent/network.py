"""``network``: interfaces with addresses, counters and errors; routes."""

import struct

from probes.host.agent.addresses import ones, written
from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

_NET = "/sys/class/net"
_COUNTERS = ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped")
_UP = 1
_GATEWAY = 2
_REJECT = 0x200
_MULTICAST = 0xFF
_FAMILIES = {2: "ipv4", 10: "ipv6"}  # AF_INET and AF_INET6 of Linux
_ROUTE_FIELDS = 8


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"interfaces": [{"name", "up", "mac", "mtu", "speed_mbit": int|null, "addresses": [{"family", "address",
         "prefix": int|null}], "rx_bytes", ...}], "routes": [{"family", "destination", "gateway": str|null,
         "interface", "metric"}]}

    Counters are those since the interface came up.
    """
    addresses = _addresses(machine)
    names = [name for name in machine.names(_NET) if machine.there("%s/%s/flags" % (_NET, name))]
    if not names:
        raise Unread("target", "%s tells of no interface" % _NET)
    return {
        "interfaces": [_interface(machine, name, addresses.get(name, [])) for name in names],
        "routes": _routes(machine),
    }


def _interface(machine: Machine, name: str, addresses: "List[Dict[str, Any]]") -> "Dict[str, Any]":
    base = "%s/%s" % (_NET, name)
    flags = int(machine.word(base + "/flags") or "0", 16)
    speed = machine.number(base + "/speed")
    told = {
        "name": name,
        "up": bool(flags & _UP),
        "mac": machine.word(base + "/address"),
        "mtu": machine.number(base + "/mtu"),
        "speed_mbit": speed if speed is not None and speed > 0 else None,
        "addresses": addresses,
    }  # type: Dict[str, Any]
    told.update((counter, machine.number("%s/statistics/%s" % (base, counter))) for counter in _COUNTERS)
    return told


def _addresses(machine: Machine) -> "Dict[str, List[Dict[str, Any]]]":
    if machine.psutil is None:
        return _addresses_by_hand(machine)
    found = {}  # type: Dict[str, List[Dict[str, Any]]]
    rows = machine.psutil._psutil_linux.net_if_addrs()  # noqa: SLF001 - psutil's own Python is not there
    for name, family, address, netmask, *_ in sorted(rows, key=lambda row: row[1]):
        if family in _FAMILIES:
            told = {"family": _FAMILIES[family], "address": address.partition("%")[0]}
            found.setdefault(name, []).append(dict(told, prefix=_prefix(netmask)))
    return found


def _addresses_by_hand(machine: Machine) -> "Dict[str, List[Dict[str, Any]]]":
    """Return the IPv6 addresses of ``/proc/net/if_inet6`` and each interface's first IPv4 address (by ioctl)."""
    import fcntl  # noqa: PLC0415 - where psutil tells them, it is not wanted
    import socket  # noqa: PLC0415

    found = {}  # type: Dict[str, List[Dict[str, Any]]]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for name in machine.names(_NET):
            request = struct.pack("256s", name.encode()[:15])
            try:
                address = fcntl.ioctl(asked.fileno(), 0x8915, request)[20:24]  # SIOCGIFADDR
                mask = fcntl.ioctl(asked.fileno(), 0x891B, request)[20:24]  # SIOCGIFNETMASK
            except OSError:
                continue  # it has none
            told = {"family": "ipv4", "address": written(address), "prefix": _prefix(written(mask))}
            found.setdefault(name, []).append(told)
    inet6 = machine.text("/proc/net/if_inet6") if machine.there("/proc/net/if_inet6") else ""
    for line in inet6.splitlines():
        fields = line.split()
        ipv6 = written(bytes.fromhex(fields[0]))
        told = {"family": "ipv6", "address": ipv6, "prefix": int(fields[2], 16)}
        found.setdefault(fields[5], []).append(told)
    return found


def _prefix(netmask: "Any") -> "Any":
    if not netmask:
        return None
    return ones(netmask)


def _routes(machine: Machine) -> "List[Dict[str, Any]]":
    ipv4 = machine.text("/proc/net/route").splitlines()[1:] if machine.there("/proc/net/route") else []
    ipv6 = machine.text("/proc/net/ipv6_route").splitlines() if machine.there("/proc/net/ipv6_route") else []
    routes = [_ipv4_route(line.split()) for line in ipv4 if len(line.split()) >= _ROUTE_FIELDS]
    return routes + [route for route in (_ipv6_route(line.split()) for line in ipv6) if route]


def _ipv4_route(fields: "List[str]") -> "Dict[str, Any]":
    def address(hexadecimal: str) -> str:
        return written(struct.pack("=L", int(hexadecimal, 16)))

    return {
        "family": "ipv4",
        "destination": "%s/%d" % (address(fields[1]), _prefix(address(fields[7]))),
        "gateway": address(fields[2]) if int(fields[3], 16) & _GATEWAY else None,
        "interface": fields[0],
        "metric": int(fields[6]),
    }


def _ipv6_route(fields: "List[str]") -> "Any":
    flags = int(fields[8], 16)
    destination = bytes.fromhex(fields[0])
    if flags & _REJECT or fields[9] == "lo" or destination[0] == _MULTICAST:
        return None
    gateway = written(bytes.fromhex(fields[4]))
    return {
        "family": "ipv6",
        "destination": "%s/%d" % (written(destination), int(fields[1], 16)),
        "gateway": gateway if flags & _GATEWAY else None,
        "interface": fields[9],
        "metric": int(fields[5], 16),
    }
