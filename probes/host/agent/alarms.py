"""``alarms``: alarm rules that stand in files on this host, and which of them look at the firewall."""

from probes.host.agent.machine import Machine
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, Dict, Iterator, List, Tuple
else:
    from probes.host.agent.late import re

_FOLDERS = {
    "prometheus": (("/etc/prometheus", "/etc/prometheus/rules", "/etc/prometheus/rules.d", "/etc/prometheus/alerts"),
                   (".yml", ".yaml", ".rules")),
    "netdata": (("/etc/netdata/health.d", "/usr/lib/netdata/conf.d/health.d"), (".conf",)),
}  # fmt: skip
_STARTS = {
    "prometheus": r"(?m)^\s*(?:-\s*)?alert:\s*[\"']?([^\s\"'#]+)",
    "netdata": r"(?m)^\s*(?:alarm|template):\s*(\S+)",
}
_FIREWALL = r"(?i)conntrack|nftables|iptables|firewall|netfilter|fail2ban|ipvs"
_COMMENT = r"(?m)^\s*#.*$"
_WORDS = ("alert:", "alarm:", "template:")
"""One of them stands in every rule."""

MOST_RULES = 500


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"rules": [{"file", "by": "prometheus"|"netdata", "name", "firewall": bool}], "unread": [files that may not be
         read], "looked_for": [folders]}

    ``firewall``: the rule speaks of the packet filter. Rules that a server keeps in its database are not seen.
    """
    rules, unread = [], []  # type: List[Dict[str, Any]], List[str]
    for by, path in _files(machine):
        try:
            rules += [dict(rule, file=path, by=by) for rule in named(by, machine.text(path))]
        except Unread:
            unread.append(path)
    if unread and not rules:
        raise Unread("permission", "%s may be read by root only" % ", ".join(unread[:3]))
    folders = [folder for places, _ in _FOLDERS.values() for folder in places]
    return {"rules": rules[:MOST_RULES], "unread": unread, "looked_for": folders}


def _files(machine: Machine) -> "Iterator[Tuple[str, str]]":
    for by, (folders, endings) in sorted(_FOLDERS.items()):
        for folder in folders:
            for name in machine.names(folder):
                if name.endswith(endings):
                    yield by, "%s/%s" % (folder, name)


def named(by: str, text: str) -> "List[Dict[str, Any]]":
    """Return name of each alarm rule of a file, and whether it speaks of the packet filter; comments are no rules."""
    if not any(word in text for word in _WORDS):
        return []
    text = re.sub(_COMMENT, "", text)
    starts = list(re.finditer(_STARTS[by], text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return [
        {"name": match.group(1), "firewall": bool(re.search(_FIREWALL, text[match.start() : end]))}
        for match, end in zip(starts, ends)
    ]
