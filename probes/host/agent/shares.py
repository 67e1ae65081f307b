"""``shares``: whether the system can share files and printers, and whether anything does so now."""

from probes.host.agent import sockets
from probes.host.agent.machine import Machine
from probes.host.agent.processes import running
from probes.host.agent.software import packages
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

_CAN = {
    "smb": (("cifs-utils", "smbclient", "samba", "samba-client", "samba-common"), ("cifs", "smb3"), ("cifs", "ksmbd")),
    "nfs": (("nfs-common", "nfs-utils", "nfs-kernel-server"), ("nfs", "nfs4"), ("nfs", "nfsd")),
    "printing": (("cups-client", "cups", "libcups2", "cups-libs"), (), ()),
}
_SERVERS = {
    "smb": (("smbd", "nmbd", "ksmbd.mountd"), (139, 445)),
    "nfs": (("nfsd", "rpc.mountd", "ganesha.nfsd"), (2049,)),
    "printing": (("cupsd", "cups-browsed", "lpd"), (631, 515)),
    "afp": (("afpd", "netatalk"), (548,)),
    "ftp": (("vsftpd", "proftpd", "pure-ftpd"), (21,)),
    "iscsi": (("tgtd",), (3260,)),
}
_EXPORTS = "/etc/exports"


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"capability": {"smb"|"nfs"|"printing": {"present": bool, "how": [...]}},
         "active": [{"kind", "process": str|null, "pid": int|null, "listening": ["0.0.0.0:445", ...]}],
         "exports": [places that ``/etc/exports`` names], "looked_for": {KIND: {"processes", "ports"}}}

    ``active``: each server that runs, and each socket that listens on a sharing port though no such process is seen.

    Raises:
        Unread: servers may run that cannot be seen, and no such socket listens.
    """
    return {
        "capability": {kind: _capability(machine, *where) for kind, where in sorted(_CAN.items())},
        "active": _active(machine),
        "exports": _exports(machine),
        "looked_for": {
            kind: {"processes": list(names), "ports": list(ports)} for kind, (names, ports) in sorted(_SERVERS.items())
        },
    }


def _capability(machine: Machine, names: "Any", types: "Any", modules: "Any") -> "Dict[str, Any]":
    how = ["package " + name for name in names if name in packages(machine)]
    known = machine.text("/proc/filesystems").split() if machine.there("/proc/filesystems") else []
    how += ["kernel " + name for name in types if name in known]
    how += ["module " + name for name in modules if name in _modules(machine)]
    return {"present": bool(how), "how": how}


def _modules(machine: Machine) -> "List[str]":
    """Return the names of the modules of the running kernel that share: loaded, built in, or to be loaded."""
    release = (machine.word("/proc/sys/kernel/osrelease") or "").strip()
    found = []
    for name in ("modules.builtin", "modules.dep"):
        place = "/lib/modules/%s/%s" % (release, name)
        if machine.there(place):
            found += [
                line.split(":")[0].rpartition("/")[2].split(".ko")[0] for line in machine.text(place).splitlines()
            ]
    return found


def _active(machine: Machine) -> "List[Dict[str, Any]]":
    listening = sockets.read(machine)["listening"]
    found, hidden = [], None
    for kind, (names, ports) in sorted(_SERVERS.items()):
        open_now = [each for each in listening if each["port"] in ports]
        try:
            alive = running(machine, names)
        except Unread as unread:
            alive, hidden = [], unread
        seen = {process.pid for process in alive}
        for process in alive:
            own = [_place(each) for each in listening if each["pid"] == process.pid]
            found.append({"kind": kind, "process": process.name, "pid": process.pid, "listening": own})
        others = [each for each in open_now if each["pid"] not in seen]
        unseen = [each for each in others if each["pid"] is not None or not alive]  # else it is one of those above
        found += [
            {"kind": kind, "process": each["process"], "pid": each["pid"], "listening": [_place(each)]}
            for each in unseen
        ]
    if hidden is not None and not found:
        raise hidden
    return found


def _place(listening: "Dict[str, Any]") -> str:
    address = listening["address"]
    return "%s:%d" % ("[%s]" % address if ":" in address else address, listening["port"])


def _exports(machine: Machine) -> "List[str]":
    if not machine.there(_EXPORTS):
        return []
    lines = [line.partition("#")[0].split() for line in machine.text(_EXPORTS).splitlines()]
    return [line[0] for line in lines if line]
