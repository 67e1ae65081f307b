"""``schedule``: what runs by the clock on this host: lines of cron, timers of systemd."""

import os
import time

from probes.host.agent.machine import Machine
from probes.host.agent.part import part, unread_part, utc_s
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, Dict, List
else:
    from probes.host.agent.late import re

_SYSTEM = ("/etc/crontab", "/etc/cron.d")
_OF_USERS = ("/var/spool/cron/crontabs", "/var/spool/cron")
_PARTS = (("/etc/cron.hourly", "@hourly"), ("/etc/cron.daily", "@daily"), ("/etc/cron.weekly", "@weekly"),
          ("/etc/cron.monthly", "@monthly"))  # fmt: skip
_FIELDS = 5
_HIDDEN = r"(?i)((?:pass(?:word|wd|phrase)?|secret|token|pwd|key)\w*\s*[= :]\s*|-p(?=\S)|://[^:/\s]*:)([^\s@]+)"
_SIGNS = ("pass", "secret", "token", "pwd", "key", "-p", "://")
"""One of them stands in whatever ``_HIDDEN`` finds."""

_INSTANT = r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (UTC|GMT)?"
_CALENDAR = r"OnCalendar=([^;}]+?) ;"
_MONOTONIC = r"(On\w+=[^;}]+?) ;"
MOST_LINES = 2000
_MOST_COMMAND = 500


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"cron": [{"file", "line": int, "when", "user": str|null, "command"}],
         "timers": [{"name", "active": bool, "calendar": [...], "monotonic": [...], "next_ms": int|null, "last_ms",
         "service", "commands": [...]}], "unread": [{"state": "unread", "cause", "why"}]}

    ``when``: the five fields as they are written, or ``@daily`` and the like. What looks like a password in a command
    is left out. ``timers`` come from systemd where it runs, else from its files.
    """
    unread = []  # type: List[Dict[str, Any]]
    cron = _cron(machine, unread)
    timers = part(lambda: {"timers": _timers(machine)})
    if timers["state"] == "unread":
        unread.append(timers)
    return {"cron": cron[:MOST_LINES], "timers": timers.get("timers", []), "unread": unread}


def _cron(machine: Machine, unread: "List[Dict[str, Any]]") -> "List[Dict[str, Any]]":
    found = []  # type: List[Dict[str, Any]]
    for place in _SYSTEM + _OF_USERS:
        try:
            for file in _files(machine, place):
                user = os.path.basename(file) if place in _OF_USERS else None
                found += crontab(machine.text(file), file, user)
        except Unread as error:
            unread.append(unread_part(error))
    for folder, when in _PARTS:
        for name in machine.names(folder):
            if not name.startswith("."):
                path = "%s/%s" % (folder, name)
                found.append({"file": folder, "line": 0, "when": when, "user": "root", "command": path})
    return found


def _files(machine: Machine, place: str) -> "List[str]":
    if not os.path.isdir(machine.path(place)):
        return [place] if machine.there(place) else []
    names = [name for name in machine.names(place) if not name.startswith(".") and not name.endswith("~")]
    return ["%s/%s" % (place, name) for name in names if os.path.isfile(machine.path("%s/%s" % (place, name)))]


def crontab(text: str, file: str, user: "Any") -> "List[Dict[str, Any]]":
    """Return the lines of a crontab; ``user`` is None where each line names its own."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        row = line.strip()
        times = 1 if row.startswith("@") else _FIELDS
        fields = row.split(None, times + (user is None))
        if not row or row.startswith("#") or len(fields) <= times + (user is None) or _sets(row):
            continue
        found.append(
            {
                "file": file,
                "line": number,
                "when": " ".join(fields[:times]),
                "user": user or fields[times],
                "command": bare(fields[-1]),
            }
        )
    return found


def _sets(row: str) -> bool:
    """Tell whether a line sets a variable."""
    name, equals, _ = row.partition("=")
    return bool(equals) and name.rstrip().replace("_", "a").isalnum()


def bare(command: str) -> str:
    """Return a command without what looks like a secret."""
    if any(sign in command.lower() for sign in _SIGNS):
        command = re.sub(_HIDDEN, r"\1***", command)
    return command[:_MOST_COMMAND]


def _timers(machine: Machine) -> "List[Dict[str, Any]]":
    if machine.there("/run/systemd/system"):
        output = machine.run("timers")
        if output.status == 0:
            return [dict(timer, commands=_commands(machine, timer["service"])) for timer in timers(output.text)]
        raise Unread("target", "systemctl: %s" % output.errors.strip()[:200])
    return [_from_file(machine, name) for name in _enabled(machine)]


def timers(shown: str) -> "List[Dict[str, Any]]":
    """Return the timers of ``systemctl show '*.timer'``: blocks of ``NAME=VALUE``, parted by empty lines."""
    found = []
    for block in shown.strip().split("\n\n"):
        pairs = [line.partition("=") for line in block.splitlines()]
        told = {name: value for name, _, value in pairs}
        if told.get("Id"):
            found.append(
                {
                    "name": told["Id"],
                    "active": told.get("ActiveState") == "active",
                    "calendar": [
                        each
                        for name, _, value in pairs
                        if name == "TimersCalendar"
                        for each in re.findall(_CALENDAR, value)
                    ],
                    "monotonic": [
                        each
                        for name, _, value in pairs
                        if name == "TimersMonotonic"
                        for each in re.findall(_MONOTONIC, value)
                    ],
                    "next_ms": instant(told.get("NextElapseUSecRealtime", "")),
                    "last_ms": instant(told.get("LastTriggerUSec", "")),
                    "service": told.get("Unit") or told["Id"].replace(".timer", ".service"),
                }
            )
    return found


def instant(text: str) -> "Any":
    """Return an instant that systemctl writes (``Sun 2026-11-22 06:00:00 UTC``), milliseconds; local unless UTC."""
    match = re.search(_INSTANT, text + " ")
    if match is None:
        return None
    told = time.strptime(match.group(1), "%Y-%m-%d %H:%M:%S")
    return int(utc_s(told) if match.group(2) else time.mktime(told)) * 1000


def _enabled(machine: Machine) -> "List[str]":
    return [name for name in machine.names("/etc/systemd/system/timers.target.wants") if name.endswith(".timer")]


def _from_file(machine: Machine, name: str) -> "Dict[str, Any]":
    rows = [line.partition("=") for line in _unit(machine, name).splitlines()]
    service = next((value.strip() for key, _, value in rows if key == "Unit"), name.replace(".timer", ".service"))
    return {
        "name": name,
        "active": False,
        "calendar": [value.strip() for key, _, value in rows if key == "OnCalendar"],
        "monotonic": [
            "%s=%s" % (key, value.strip()) for key, _, value in rows if key.startswith("On") and key.endswith("Sec")
        ],
        "next_ms": None,
        "last_ms": None,
        "service": service,
        "commands": _commands(machine, service),
    }


def _commands(machine: Machine, service: str) -> "List[str]":
    lines = _unit(machine, service).splitlines()
    return [bare(line.partition("=")[2].lstrip("-+!@:")) for line in lines if line.startswith("ExecStart=")]


def _unit(machine: Machine, name: str) -> str:
    for folder in ("/etc/systemd/system", "/run/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"):
        place = "%s/%s" % (folder, name)
        if machine.there(place) and os.path.isfile(machine.path(place)):
            return machine.text(place)
    return ""
