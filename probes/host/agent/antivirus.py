"""``antivirus``: ClamAV's engine, the age of its signatures, its speed on a fixed set, its share of the machine."""

import os

from probes.host.agent import clamd
from probes.host.agent.machine import Machine
from probes.host.agent.part import part
from probes.host.agent.processes import running
from probes.host.agent.software import Sought, find
from probes.host.agent.spool import antivirus_use
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

_CLAMAV = Sought(
    ("clamav-daemon", "clamd", "clamav"), ("clamd", "freshclam", "clamonacc"), ("/usr/sbin/clamd", "/usr/bin/clamscan")
)
_OTHERS = {
    "sophos": Sought((), ("savd", "sophos*"), ("/opt/sophos-spl", "/opt/sophos-av")),
    "eset": Sought(("efs",), ("efs*", "esets_daemon"), ("/opt/eset",)),
    "crowdstrike": Sought(("falcon-sensor",), ("falcon-sensor*",), ("/opt/CrowdStrike",)),
    "microsoft-defender": Sought(("mdatp",), ("wdavdaemon",), ("/opt/microsoft/mdatp",)),
    "trend-micro": Sought(("ds-agent", "ds_agent"), ("ds_agent", "ds_am"), ("/opt/ds_agent",)),
    "kaspersky": Sought(("kesl",), ("kesl",), ("/opt/kaspersky",)),
    "qianxin": Sought((), ("qaxsafed", "qaxsafe*"), ("/opt/qaxsafe",)),
    "aliyun-aegis": Sought((), ("AliYunDun", "AliYunDunMonito*"), ("/usr/local/aegis",)),
    "tencent-yunjing": Sought((), ("YDService", "YDLive"), ("/usr/local/qcloud/YunJing",)),
    "huawei-hss": Sought((), ("hostguard",), ("/usr/local/hostguard",)),
}
_SIGNATURES = (
    ".cvd",
    ".cld",
    ".cud",
    ".ndb",
    ".ndu",
    ".hdb",
    ".hsb",
    ".hdu",
    ".mdb",
    ".msb",
    ".ldb",
    ".fp",
    ".yar",
    ".yara",
)
_DATABASE = "/var/lib/clamav"
MOST_FILES = 200


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"clamav": Found + {"daemon_running", "freshclam_running", "on_access": bool, "engine": str|null, "signatures":
         [{"file", "version": int|null, "count": int|null, "date_ms", "by": "publisher"|"file time"}],
         "signatures_date_ms": int|null, "signatures_age_s": int|null, "socket": str|null, "asked": Part},
         "scan": Part {"bytes", "of_bytes", "seconds", "gib_s", "found": [...], "complete"},
         "use": Part {"cpu_mean_percent", "cpu_peak_percent", "memory_mean_bytes", "from_ms", "to_ms", "samples"},
         "others": [Found + {"name"}, of those that are there]}

    ``engine`` is what the daemon that runs says, else the version of its package. ``signatures_date_ms``: the newest.
    ``use``: its processes over the last day, percent of one processor, from the sampling service.
    """
    clamav = dict(find(machine, _CLAMAV), **_daemon(machine))
    clamav["engine"] = clamav["engine"] or clamav["version"]
    others = [dict(find(machine, sought), name=name) for name, sought in sorted(_OTHERS.items())]
    return {
        "clamav": clamav,
        "scan": part(lambda: _scan(machine, clamav)),
        "use": part(lambda: antivirus_use(machine)),
        "others": [other for other in others if other["installed"]],
    }


def _daemon(machine: Machine) -> "Dict[str, Any]":
    place = next(iter(clamd.places(machine)), None) if running(machine, ("clamd",)) else None
    asked = part(lambda: _version(machine, place))
    signatures = _signatures(machine)
    newest = max([each["date_ms"] for each in signatures], default=None)
    return {
        "daemon_running": bool(running(machine, ("clamd",))),
        "freshclam_running": bool(running(machine, ("freshclam",))),
        "on_access": bool(running(machine, ("clamonacc",))),
        "engine": asked.pop("engine", None),
        "signatures": signatures,
        "signatures_date_ms": newest,
        "signatures_age_s": None if newest is None else (machine.now_ms() - newest) // 1000,
        "socket": None if place is None else str(place),
        "asked": asked,
    }


def _version(machine: Machine, place: "Any") -> "Dict[str, Any]":
    if place is None:
        raise Unread("settings", "clamd does not run, or has no socket that is known")
    told = clamd.ask(machine, place, "VERSION").split("/")
    return {"engine": told[0].replace("ClamAV ", ""), "said": "/".join(told)}


def _signatures(machine: Machine) -> "List[Dict[str, Any]]":
    folder = clamd.settings(machine).get("DatabaseDirectory", _DATABASE)
    found = []
    for name in machine.names(folder)[:MOST_FILES]:
        if name.endswith(_SIGNATURES):
            path = "%s/%s" % (folder, name)
            version, count, made_s = clamd.header(machine.raw(path, 512))
            by = "file time" if made_s is None else "publisher"
            date_s = os.stat(machine.path(path)).st_mtime if made_s is None else made_s
            row = {"file": name, "version": version, "count": count, "date_ms": int(date_s * 1000), "by": by}
            found.append(row)
    return found


def _scan(machine: Machine, clamav: "Dict[str, Any]") -> "Dict[str, Any]":
    if not clamav["daemon_running"]:
        raise Unread("settings", "clamd does not run here")
    if clamav["asked"]["state"] == "unread":
        raise Unread(clamav["asked"]["cause"], clamav["asked"]["why"])
    return clamd.scan(machine, clamd.places(machine)[0])
