"""What watches for intruders: fail2ban as it runs; auditd and suricata by what they write."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from probes.host.agent import intrusion
from probes.host.agent.machine import Machine
from tests.probes.host.agent.apart import need, read_apart

START = """
mount -t tmpfs tmpfs /etc/fail2ban/jail.d; mkdir -p /run/fail2ban; mount -t tmpfs tmpfs /run/fail2ban
mount -t tmpfs tmpfs /var/log; mount -t tmpfs tmpfs /var/lib/fail2ban; touch /var/log/shop.log
cat > /etc/fail2ban/jail.d/shop.conf <<EOF
[DEFAULT]
banaction = noop
backend = polling
[sshd]
enabled = false
[shop]
enabled = true
filter = sshd
logpath = /var/log/shop.log
action =
EOF
"""
RUN = """
fail2ban-server -f start >/dev/null 2>&1 &
await fail2ban-client status shop
fail2ban-client set shop banip 192.0.2.7 >/dev/null
await grep -q '] Ban 192.0.2.7' /var/log/fail2ban.log
"""
NOW_S = 1795312800


def _tools(script: str, **more: str) -> Any:
    return read_apart(script, "intrusion", **more)["intrusion"]["data"]


@pytest.mark.integration
def test_fail2ban_tells_its_jails_and_whom_it_blocked() -> None:
    need(fail2ban_server="fail2ban")
    data = _tools(START + RUN)
    told = data["tools"]["fail2ban"]
    assert data["running"] == ["fail2ban"]
    assert (told["jails"], told["blocked"], told["rules"]) == (["shop"], 1, 1)
    assert told["alerts"]["last_24h"] == 1
    assert told["alerts"]["complete"]


@pytest.mark.integration
def test_fail2ban_that_is_installed_and_does_not_run_has_no_jails() -> None:
    need(fail2ban_server="fail2ban")
    told = _tools(START)["tools"]["fail2ban"]
    assert told["installed"]
    assert not told["running"]
    assert told["detail"]["state"] == "unread"
    assert told["jails"] == []


@pytest.mark.integration
def test_without_root_it_runs_and_its_jails_are_not_told() -> None:
    need(fail2ban_server="fail2ban")
    told = _tools(START + RUN, account="nobody")["tools"]["fail2ban"]
    assert told["running"]
    assert told["detail"]["cause"] == "permission"


def test_rules_of_the_audit_are_those_that_the_kernel_has() -> None:
    rules = "-w /etc/passwd -p wa -k identity\n-a always,exit -F arch=b64 -S adjtimex -F key=time\n"
    status = "enabled 1\nfailure 1\npid 412\nrate_limit 0\nbacklog_limit 8192\nlost 3\nbacklog 0\n"
    assert intrusion.auditd(rules, status) == {"rules": 2, "enabled": True, "lost": 3}
    assert intrusion.auditd("No rules\n", "enabled 0\nlost 0\n") == {"rules": 0, "enabled": False, "lost": 0}


def test_suricata_is_counted_by_its_rules_and_the_alerts_of_the_last_day(tmp_path: Path) -> None:
    machine = Machine(root=str(tmp_path))
    for folder in ("etc/suricata", "var/lib/suricata/rules", "var/log/suricata", "proc"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "proc/1").mkdir()
    (tmp_path / "proc/1/status").write_text("Name:\tinit\n")
    (tmp_path / "etc/suricata/suricata.yaml").write_text("%YAML 1.1\n")
    rules = '# alert tcp off\nalert tcp any any -> any 22 (msg:"a"; sid:1;)\ndrop udp any any -> any 53 (sid:2;)\n'
    (tmp_path / "var/lib/suricata/rules/suricata.rules").write_text(rules)
    stamps = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - ago)) for ago in (100_000, 3_600, 60)]
    events = [
        {"timestamp": f"{stamp}.123456+0000", "event_type": kind, "src_ip": "192.0.2.1"}
        for stamp in stamps
        for kind in ("alert", "flow")
    ]
    log = "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)
    (tmp_path / "var/log/suricata/eve.json").write_text(log)
    told = intrusion.read(machine)["tools"]["suricata"]
    assert (told["installed"], told["running"], told["rules"]) == (True, False, 2)
    assert told["alerts"]["last_24h"] == 2
    assert told["rules_date_ms"] is not None


@pytest.mark.parametrize(
    ("line", "at_s"),
    [
        (b'{"timestamp":"2026-11-22T10:00:00.5+0800","event_type":"alert"}', NOW_S - 36_000 + 2 * 3600),
        (b"type=SYSCALL msg=audit(1795312799.123:456): arch=c000003e", NOW_S - 1),
        (b"no time at all", None),
    ],
)
def test_instants_are_read_with_their_zone(line: bytes, at_s: int | None) -> None:
    import calendar

    if line.startswith(b"{"):
        at_s = calendar.timegm((2026, 11, 22, 2, 0, 0))
    assert intrusion.stamp(line) == at_s


def test_a_log_that_is_longer_than_what_was_read_is_told_as_incomplete() -> None:
    tail = b"cut off\ntype=A msg=audit(1795312700.0:1):\ntype=A msg=audit(1795312790.0:2):\n"
    assert intrusion.alerts(tail, b"type=", NOW_S, cut=True) == {
        "last_24h": 2,
        "last_ms": 1795312790000,
        "complete": False,
    }
    assert intrusion.alerts(tail, b"type=", NOW_S, cut=False)["complete"]
