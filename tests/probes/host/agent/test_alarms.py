"""Alarm rules in files as Prometheus and Netdata want them."""

from pathlib import Path

import pytest

from probes.host.agent import alarms
from probes.host.agent.machine import Machine

PROMETHEUS = """groups:
  - name: hosts
    rules:
      - alert: HostDown
        expr: up == 0
      # - alert: ConntrackOff
      #   expr: node_nf_conntrack_entries > 1
      - alert: ConntrackFull
        expr: node_nf_conntrack_entries / node_nf_conntrack_entries_limit > 0.8
        for: 5m
"""
NETDATA = "template: disk_full\n  on: disk.space\n\n   alarm: sessions\n      on: netfilter.conntrack_sockets\n"


def machine(root: Path, **files: str) -> Machine:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Machine(root=str(root))


def test_rules_are_told_by_name_and_by_whether_they_look_at_the_firewall(tmp_path: Path) -> None:
    files = {"etc/prometheus/rules/hosts.yml": PROMETHEUS, "etc/netdata/health.d/net.conf": NETDATA}
    told = alarms.read(machine(tmp_path, **files))
    assert [(rule["by"], rule["name"], rule["firewall"]) for rule in told["rules"]] == [
        ("netdata", "disk_full", False),
        ("netdata", "sessions", True),
        ("prometheus", "HostDown", False),
        ("prometheus", "ConntrackFull", True),
    ]
    assert told["rules"][-1]["file"] == "/etc/prometheus/rules/hosts.yml"


def test_no_rules_is_an_answer_with_where_they_were_looked_for(tmp_path: Path) -> None:
    told = alarms.read(machine(tmp_path))
    assert told["rules"] == []
    assert "/etc/prometheus" in told["looked_for"]


@pytest.mark.parametrize("text", ["", "groups: []\n", "alert\n", "\0\xff", "# - alert: A\n"])
def test_a_file_without_rules_has_none(text: str) -> None:
    assert alarms.named("prometheus", text) == []
