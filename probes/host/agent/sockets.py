"""``sockets``: what listens on this host and which process, and which protocols its kernel speaks."""

import os
import struct

from probes.host.agent.addresses import written
from probes.host.agent.listeners import FAMILIES, listeners
from probes.host.agent.machine import Machine, once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

_WANTED = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
"""By table, the state of a socket that takes what comes: it listens, or is not connected to anybody."""

MOST_SOCKETS = 5000
_FIELDS = 10


@once
def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"listening": [{"protocol": "tcp"|"tcp6"|"udp"|"udp6", "address", "port", "process": str|null, "pid":
         int|null}], "protocols": [...], "ipv4": bool, "ipv6": bool, "processes_known": bool}

    Processes of other users are known to root only. ``protocols``: names of ``/proc/net/protocols``. It is read once,
    and shared by the sections that look for servers.
    """
    listening = []  # type: List[Dict[str, Any]]
    for protocol in _WANTED:
        if machine.there("/proc/net/" + protocol):
            listening += _listening(machine, protocol)
    owners = _owners(machine, {entry["inode"] for entry in listening})
    for entry in listening:
        entry["pid"], entry["process"] = owners.get(entry.pop("inode"), (None, None))
    return {
        "listening": sorted(listening, key=lambda entry: (entry["protocol"], entry["port"], entry["address"]))[
            :MOST_SOCKETS
        ],
        "protocols": [line.split()[0] for line in machine.text("/proc/net/protocols").splitlines()[1:]],
        "ipv4": machine.there("/proc/net/tcp"),
        "ipv6": machine.there("/proc/net/tcp6"),
        "processes_known": machine.euid == 0,
    }


def _listening(machine: Machine, protocol: str) -> "List[Dict[str, Any]]":
    if protocol in FAMILIES and machine.path("/") == "/":
        try:
            return [_socket(protocol, written(packed), port, inode) for packed, port, inode in listeners(protocol)]
        except OSError:
            pass  # a kernel without, or one that may not be asked: its table says the same
    rows = _rows(machine.text("/proc/net/" + protocol, 64000000))
    return [_of_row(protocol, fields) for fields in rows if fields[3] == _WANTED[protocol]]


def _rows(table: str) -> "Iterator[List[str]]":
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) >= _FIELDS:
            yield fields


def _of_row(protocol: str, fields: "List[str]") -> "Dict[str, Any]":
    address, port = fields[1].split(":")
    return _socket(protocol, address_of(address), int(port, 16), fields[9])


def _socket(protocol: str, address: str, port: int, inode: str) -> "Dict[str, Any]":
    return {"protocol": protocol, "address": address, "port": port, "inode": inode}


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
