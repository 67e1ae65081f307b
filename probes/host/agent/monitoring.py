"""``monitoring``: agents and exporters of monitoring systems on this host, and whether the firewall is among it."""

import os
import time

from probes.host.agent import sockets
from probes.host.agent.loopback import fetched
from probes.host.agent.machine import Machine
from probes.host.agent.part import part
from probes.host.agent.sar import SAR_FOLDERS
from probes.host.agent.software import Sought, find
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, Dict, List
else:
    from probes.host.agent.late import re

_TOOLS = {
    "node_exporter": Sought(("prometheus-node-exporter", "node_exporter"), ("node_exporter", "prometheus-node*")),
    "prometheus": Sought(("prometheus",), ("prometheus",)),
    "alertmanager": Sought(("prometheus-alertmanager",), ("alertmanager", "prometheus-aler*")),
    "zabbix": Sought(("zabbix-agent2", "zabbix-agent", "zabbix-server-pgsql"), ("zabbix_*",)),
    "telegraf": Sought(("telegraf",), ("telegraf",)),
    "collectd": Sought(("collectd-core", "collectd"), ("collectd",)),
    "netdata": Sought(("netdata-core", "netdata"), ("netdata",)),
    "datadog": Sought(("datadog-agent",), ("agent", "trace-agent", "process-agent"), ("/etc/datadog-agent",)),
    "newrelic": Sought(("newrelic-infra",), ("newrelic-infra*",)),
    "nagios": Sought(("nagios-nrpe-server", "nrpe"), ("nrpe", "nagios*")),
    "icinga": Sought(("icinga2",), ("icinga2",)),
    "checkmk": Sought(("check-mk-agent",), ("cmk-agent-ctl",)),
    "monit": Sought(("monit",), ("monit",)),
    "munin": Sought(("munin-node",), ("munin-node",)),
    "snmpd": Sought(("snmpd", "net-snmp"), ("snmpd",)),
    "grafana-agent": Sought(("grafana-agent", "alloy"), ("grafana-agent", "alloy")),
    "elastic": Sought(("metricbeat", "elastic-agent"), ("metricbeat", "elastic-agent")),
    "fluent-bit": Sought(("fluent-bit", "td-agent"), ("fluent-bit", "td-agent")),
    "aliyun-cloudmonitor": Sought((), ("argusagent", "CmsGoAgent*"), ("/usr/local/cloudmonitor",)),
    "tencent-barad": Sought((), ("barad_agent", "sgagent"), ("/usr/local/qcloud/monitor",)),
    "sysstat": Sought(("sysstat",), ("sadc",)),
}
_PROCESS_ONLY = frozenset({"datadog"})  # its process has a common name: its files decide
_FIREWALL = r"(?m)^(node_nf_conntrack_\w+|iptables_\w+|nftables_\w+|\w*firewall\w*|ipvs_\w+|fail2ban_\w+)[{ ]"
_TEXTFILES = ("/var/lib/prometheus/node-exporter/*.prom", "/var/lib/node_exporter/*.prom",
              "/var/lib/node_exporter/textfile_collector/*.prom")  # fmt: skip
NODE_EXPORTER_PORT = 9100
_FRESH_S = 3600
_MOST = 4000000


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"tools": {NAME: Found + {"listening": ["127.0.0.1:9100", ...]}}, "running": [names],
         "firewall_metrics": Part {"by": "node_exporter", "names": [names of series that tell of the packet filter]}}

    sysstat collects from a timer, and runs for a moment only: it counts as running where it wrote in the last hour.
    """
    listening = sockets.read(machine)["listening"]
    tools = {name: _tool(machine, name, listening) for name in sorted(_TOOLS)}
    return {
        "tools": tools,
        "running": [name for name, told in tools.items() if told["running"]],
        "firewall_metrics": part(lambda: _firewall(machine, bool(tools["node_exporter"]["running"]))),
    }


def _tool(machine: Machine, name: str, listening: "List[Dict[str, Any]]") -> "Dict[str, Any]":
    found = find(machine, _TOOLS[name])
    if name in _PROCESS_ONLY and found["package"] is None and not machine.there(_TOOLS[name].files[0]):
        found = dict(found, installed=False, running=False, processes=[])
    if name == "sysstat":
        found = dict(found, running=found["running"] or _collected(machine))
    pids = {process["pid"] for process in found["processes"]}
    own = ["%s:%d" % (each["address"], each["port"]) for each in listening if each["pid"] in pids]
    return dict(found, listening=own)


def _collected(machine: Machine) -> bool:
    """Tell whether sysstat has written in the last hour."""
    places = ["%s/%s" % (folder, name) for folder in SAR_FOLDERS for name in machine.names(folder)]
    return any(time.time() - os.stat(machine.path(place)).st_mtime < _FRESH_S for place in places)


def _firewall(machine: Machine, exported: bool) -> "Dict[str, Any]":
    """Return the series; those of a file that nobody has written of late, or nobody exports, tell of nothing."""
    names = set()  # type: Any
    for path in _textfiles(machine) if exported else ():
        if time.time() - os.stat(path).st_mtime > _FRESH_S:
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            names.update(re.findall(_FIREWALL, file.read(_MOST)))
    text = fetched(NODE_EXPORTER_PORT, "/metrics")
    if text is None and not names:
        raise Unread("target", "no node_exporter answers on 127.0.0.1:%d" % NODE_EXPORTER_PORT)
    names.update(re.findall(_FIREWALL, text or ""))
    return {"by": "node_exporter", "names": sorted(names)}


def _textfiles(machine: Machine) -> "List[str]":
    import glob  # noqa: PLC0415 - where an exporter runs

    return [path for pattern in _TEXTFILES for path in glob.glob(machine.path(pattern))]
