"""``sockets``: what listens on this host and which process, and which protocols its kernel speaks."""

import os
import struct

from probes.host.agent.addresses import written
from probes.host.agent.machine import Machine, once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

_LISTENS = "0A"
_ESTABLISHED = "01"
_UNCONNECTED = "07"
MOST_SOCKETS = 5000
_FIELDS = 10


@once
def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"listening": [{"protocol": "tcp"|"tcp6"|"udp"|"udp6", "address", "port", "process": str|null, "pid":
         int|null}], "established", "protocols": [...], "ipv4": bool, "ipv6": bool, "processes_known": bool}

    Processes of other users are known to root only. ``protocols``: names of ``/proc/net/protocols``. It is read once,
    and shared by the sections that look for servers.
    """
    listening, established = [], 0  # type: List[Dict[str, Any]], int
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        if machine.there("/proc/net/" + protocol):
            for fields in _rows(machine.text("/proc/net/" + protocol, 64000000)):
                established += protocol.startswith("tcp") and fields[3] == _ESTABLISHED
                if fields[3] == (_LISTENS if protocol.startswith("tcp") else _UNCONNECTED):
                    listening.append(_socket(protocol, fields))
    owners = _owners(machine, {entry["inode"] for entry in listening})
    for entry in listening:
        entry["pid"], entry["process"] = owners.get(entry.pop("inode"), (None, None))
    return {
        "listening": sorted(listening, key=lambda entry: (entry["protocol"], entry["port"], entry["address"]))[
            :MOST_SOCKETS
        ],
        "established": established,
        "protocols": [line.split()[0] for line in machine.text("/proc/net/protocols").splitlines()[1:]],
        "ipv4": machine.there("/proc/net/tcp"),
        "ipv6": machine.there("/proc/net/tcp6"),
        "processes_known": machine.euid == 0,
    }


def _rows(table: str) -> "Iterator[List[str]]":
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) >= _FIELDS:
            yield fields


def _socket(protocol: str, fields: "List[str]") -> "Dict[str, Any]":
    address, port = fields[1].split(":")
    return {
        "protocol": protocol,
        "address": address_of(address),
        "port": int(port, 16),
        "inode": fields[9],
    }


def address_of(hexadecimal: str) -> str:
    """Return the address that ``/proc/net/tcp`` writes: words of 32 bits in this machine's byte order."""
    words = [hexadecimal[start : start + 8] for start in range(0, len(hexadecimal), 8)]
    return written(b"".join(struct.pack("=L", int(word, 16)) for word in words))


def _owners(machine: Machine, wanted: "Any") -> "Dict[str, Any]":
    """Return pid and name of the processes that hold these sockets, where we may look."""
    owners = {}  # type: Dict[str, Any]
    for pid in machine.names("/proc"):
        if pid.isdigit():
            folder = machine.path("/proc/%s/fd" % pid)
            for inode in _inodes(folder) & wanted:
                owners.setdefault(inode, (int(pid), machine.word("/proc/%s/comm" % pid)))
    return owners


def _inodes(folder: str) -> "Any":
    found = set()
    try:
        for name in os.listdir(folder):
            place = os.readlink(os.path.join(folder, name))
            if place.startswith("socket:["):
                found.add(place[8:-1])
    except OSError:
        return found  # somebody else's process, or one that has ended
    return found
