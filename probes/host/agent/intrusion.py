"""``intrusion``: what watches for intruders on this host, with which rules, and what it told in the last day."""

import os
import time

from probes.host.agent.machine import Machine
from probes.host.agent.part import part, utc_s, whole
from probes.host.agent.software import Sought, find
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    import re
    from typing import Any, Callable, Dict, List, Mapping
else:
    from probes.host.agent.late import json, re

_TOOLS = {
    "suricata": Sought(("suricata",), ("suricata", "Suricata-Main"), ("/etc/suricata/suricata.yaml",)),
    "snort": Sought(("snort", "snort3"), ("snort",), ("/etc/snort",)),
    "zeek": Sought(("zeek", "zeek-lts"), ("zeek",), ("/opt/zeek",)),
    "fail2ban": Sought(("fail2ban", "fail2ban-server"), ("fail2ban-server",)),
    "crowdsec": Sought(("crowdsec",), ("crowdsec",), ("/etc/crowdsec",)),
    "wazuh": Sought(("wazuh-agent", "wazuh-manager"), ("wazuh-*",), ("/var/ossec/etc/ossec.conf",)),
    "ossec": Sought(("ossec-hids-agent", "ossec-hids"), ("ossec-*",)),
    "aide": Sought(("aide", "aide-common"), ()),
    "auditd": Sought(("auditd", "audit"), ("auditd",)),
}
_RULE_FILES = {
    "suricata": (("/var/lib/suricata/rules", ".rules"), ("/etc/suricata/rules", ".rules")),
    "snort": (("/etc/snort/rules", ".rules"), ("/usr/local/etc/rules", ".rules")),
    "wazuh": (("/var/ossec/ruleset/rules", ".xml"),),
    "ossec": (("/var/ossec/rules", ".xml"),),
    "auditd": (("/etc/audit/rules.d", ".rules"),),
}
_SNORT_RULE = rb"(?m)^(?:alert|drop|reject|pass|sdrop|block)\s"
_XML_RULE = rb"<rule\s"
_DAY_S = 86400
_TAIL = 8000000
_STAMPS = (
    (rb'"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[.\d]*([+-]\d{4}|Z)?', "%Y-%m-%dT%H:%M:%S"),
    (rb"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", "%Y-%m-%d %H:%M:%S"),
    (rb"^(\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d)", "%m/%d/%Y-%H:%M:%S"),
)
_AUDIT_STAMP = rb"audit\((\d+)\."
_ALERTS = {
    "suricata": ("/var/log/suricata/eve.json", b'"event_type":"alert"'),
    "snort": ("/var/log/snort/alert_fast.txt", b"[**]"),
    "fail2ban": ("/var/log/fail2ban.log", b"] Ban "),
    "wazuh": ("/var/ossec/logs/alerts/alerts.json", b'"rule"'),
    "auditd": ("/var/log/audit/audit.log", b"type="),
}


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"tools": {NAME: Found + {"rules": int|null, "rules_date_ms": int|null, "jails": [...], "blocked": int|null,
         "alerts": Part {"log", "last_24h", "last_ms": int|null, "complete": bool}, "detail": Part {...}}},
         "running": [names]}

    ``rules`` are counted in the tool's files (auditd: in the kernel, where it may be asked). ``alerts`` are counted in
    the last 8 MB of the log; where they do not reach back a day, ``complete`` is false and there were more.
    ``detail`` is there where the tool itself can be asked (fail2ban, auditd).
    """
    tools = {name: _tool(machine, name) for name in sorted(_TOOLS)}
    return {"tools": tools, "running": [name for name, told in tools.items() if told["running"]]}


def _tool(machine: Machine, name: str) -> "Dict[str, Any]":
    told = dict(find(machine, _TOOLS[name]), rules=None, rules_date_ms=None, jails=[], blocked=None)
    if not told["installed"]:
        return told
    files = part(lambda: _rules(machine, name))
    told.update(rules=files.get("rules"), rules_date_ms=files.get("date_ms"))
    if name in _ALERTS:
        told["alerts"] = part(lambda: _alerts(machine, *_ALERTS[name]))
    if name in _ASKED:
        detail = part(lambda: _ASKED[name](machine))
        told["detail"] = detail
        told.update((key, detail[key]) for key in ("rules", "jails", "blocked") if detail.get(key) is not None)
    return told


def _rules(machine: Machine, name: str) -> "Dict[str, Any]":
    count, dates = 0, []
    for folder, ending in _RULE_FILES.get(name, ()):
        for file in machine.names(folder):
            if file.endswith(ending):
                path = "%s/%s" % (folder, file)
                count += _counted(machine.raw(path, 64000000), name)
                dates.append(int(os.stat(machine.path(path)).st_mtime * 1000))
    return {"rules": count if dates else None, "date_ms": max(dates, default=None)}


def _counted(content: bytes, tool: str) -> int:
    """Return how many rules a file holds."""
    if tool == "auditd":
        return sum(1 for line in content.splitlines() if line.split(None, 1)[:1] in ([b"-w"], [b"-a"]))
    return len(re.findall(_XML_RULE if tool in {"wazuh", "ossec"} else _SNORT_RULE, content))


def _alerts(machine: Machine, log: str, mark: bytes) -> "Dict[str, Any]":
    if not machine.there(log):
        raise Unread("target", "there is no %s" % log)
    try:
        with open(machine.path(log), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read(_TAIL)
    except PermissionError:
        raise Unread("permission", "%s may be read by root only" % log) from None
    return dict(alerts(tail, mark, machine.now_ms() // 1000, size > _TAIL), log=log)


def alerts(tail: bytes, mark: bytes, now_s: int, cut: bool) -> "Dict[str, Any]":
    """Return how many lines of a log carry the mark and are of the last day; ``cut``: the log is longer than this."""
    stamps = [stamp(line) for line in tail.split(b"\n")[1 if cut else 0 :] if mark in line]
    known = [each for each in stamps if each is not None]
    recent = [each for each in known if now_s - _DAY_S <= each <= now_s + 60]
    return {
        "last_24h": len(recent),
        "last_ms": max(known) * 1000 if known else None,
        "complete": not cut or bool(known and min(known) < now_s - _DAY_S),
    }


def stamp(line: bytes) -> "Any":
    """Return the instant of a line, seconds since 1970; None where it has none. Without a zone it is local time."""
    audit = re.search(_AUDIT_STAMP, line)
    if audit:
        return int(audit.group(1))
    for form, written in _STAMPS:
        match = re.search(form, line)
        if match:
            told = time.strptime(match.group(1).decode("ascii"), written)
            zone = match.group(2) if match.re.groups > 1 else None
            return int(time.mktime(told)) if zone is None else _utc(told, zone.decode("ascii"))
    return None


def _utc(told: "time.struct_time", zone: str) -> int:
    ahead = 0 if zone == "Z" else int(zone[1:3]) * 3600 + int(zone[3:5]) * 60
    return utc_s(told) + (ahead if zone.startswith("-") else -ahead)


def _fail2ban(machine: Machine) -> "Dict[str, Any]":
    status = machine.run("fail2ban-status")
    if status.status:
        raise Unread("target", "fail2ban-client: %s" % (status.errors or status.text).strip()[:200])
    banned = machine.run("fail2ban")
    return fail2ban(status.text, banned.text if banned.status == 0 else "")


def fail2ban(status: str, banned: str) -> "Dict[str, Any]":
    """Return the jails of ``fail2ban-client status`` and how many addresses ``... banned`` tells as blocked."""
    match = re.search(r"Jail list:\s*(.*)", status)
    jails = [name.strip() for name in match.group(1).split(",") if name.strip()] if match else []
    blocked = None
    if banned.strip():
        blocked = sum(len(names) for jail in json.loads(banned.replace("'", '"')) for names in jail.values())
    return {"jails": jails, "blocked": blocked, "rules": len(jails)}


def _auditd(machine: Machine) -> "Dict[str, Any]":
    rules, status = machine.run("audit-rules"), machine.run("audit-status")
    if rules.status or status.status:
        raise Unread("target", "auditctl: %s" % (rules.errors or status.errors).strip()[:200])
    return auditd(rules.text, status.text)


def auditd(rules: str, status: str) -> "Dict[str, Any]":
    """Return what ``auditctl -l`` and ``auditctl -s`` say."""
    told = dict(line.split(None, 1) for line in status.splitlines() if " " in line)  # type: Dict[str, str]
    listed = [line for line in rules.splitlines() if line.startswith("-")]
    enabled = whole(told.get("enabled"))
    return {"rules": len(listed), "enabled": None if enabled is None else enabled > 0, "lost": whole(told.get("lost"))}


_ASKED: "Mapping[str, Callable[[Machine], Dict[str, Any]]]" = {"fail2ban": _fail2ban, "auditd": _auditd}
NAMES: "List[str]" = sorted(_TOOLS)
