"""A host of the lab as an edge that is guarded by real means: fail2ban with nftables, or nftables alone."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.awaiting import until
from tests.miniatures.lab.lab import USER, Lab, LabHost, open_folder
from tests.profiles.drills.host import PATIENCE_S

NAME = "edge"
SOURCE = "10.98.0.1"
"""The second address of the client, from which it attacks."""

WEB, BEHIND = 8080, 8081
_FAIL2BAN = """
mount -t tmpfs tmpfs /etc/fail2ban/jail.d; mkdir -p /run/fail2ban; mount -t tmpfs tmpfs /run/fail2ban
mount -t tmpfs tmpfs /var/lib/fail2ban
cat >/etc/fail2ban/jail.d/shop.conf <<EOF
[DEFAULT]
backend = polling
ignoreself = false
[sshd]
enabled = false
[shop]
enabled = true
logpath = {log}
filter =
failregex = ^<HOST> .*"POST /login HTTP/[0-9.]+" 401
maxretry = 5
findtime = 60
bantime = 600
action = {action}
EOF
"""
_ALARM = "dummy[target={alarm}]"
_BAN = "nftables-allports[name=shop]\n         "
_RULES = """
table inet guard {{
  set banned {{ type ipv4_addr; flags dynamic, timeout; timeout 10m; }}
  set seen {{ type ipv4_addr; flags dynamic, timeout; timeout 1m; }}
  chain counted {{
    add @seen {{ ip saddr limit rate over 6/minute burst 5 packets }} add @banned {{ ip saddr }} drop
  }}
  chain inwards {{
    type filter hook input priority 0;
    ip saddr @banned drop
    ip saddr != {administration} tcp dport {{ 22, {web} }} ct state new jump counted
  }}
}}
"""


@contextmanager
def lab_with_edge() -> Iterator[Lab]:
    """Give a lab whose client has a second address, and an edge that knows the way to it."""
    host = LabHost(name=NAME, sudoers=f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    with open_folder() as folder, Lab(folder, host) as lab:
        _do("ip", "-n", lab.client, "address", "add", f"{SOURCE}/32", "dev", "v1")
        _do("ip", "-n", lab.built[NAME].namespace, "route", "add", SOURCE, "via", administration(lab))
        yield lab


def administration(lab: Lab) -> str:
    """Return the address from which the edge is administered."""
    return lab.address(NAME).removesuffix(".2") + ".1"


def on_edge(lab: Lab) -> list[str]:
    """Return the words before a command that is to run on the edge, with what is mounted there alone."""
    process = lab.built[NAME].process
    assert process is not None
    return ["nsenter", "--target", str(process.pid), "--mount", "--net"]


@contextmanager
def fail2ban(lab: Lab, folder: Path, log: Path, *, bans: bool) -> Iterator[tuple[Path, Path]]:
    """Give the log and the alarms of fail2ban, which watches a web server's log; ``bans``: does it do what it says."""
    told, alarm = folder / "fail2ban.log", folder / "alarms"
    action = (_BAN if bans else "") + _ALARM.format(alarm=alarm)
    _do(*on_edge(lab), "sh", "-ec", _FAIL2BAN.format(log=log, action=action))
    try:
        with subprocess.Popen([*on_edge(lab), "fail2ban-server", "--logtarget", str(told), "-xf", "start"]) as process:
            try:
                until(lambda: _asked(lab, "status", "shop") and alarm.exists(), "fail2ban is up", alive=process)
                yield told, alarm
            finally:
                process.terminate()
                process.wait(PATIENCE_S)
    finally:
        _do(*on_edge(lab), "sh", "-c", "umount /etc/fail2ban/jail.d /run/fail2ban /var/lib/fail2ban")


@contextmanager
def nftables(lab: Lab) -> Iterator[list[str]]:
    """Give the set of those whom a packet filter keeps out, by the number of their connections."""
    rules = _RULES.format(administration=administration(lab), web=WEB)
    subprocess.run([*on_edge(lab), "nft", "-f", "-"], input=rules, text=True, check=True)
    try:
        yield ["inet", "guard", "banned"]
    finally:
        _do(*on_edge(lab), "nft", "delete", "table", "inet", "guard")


def _asked(lab: Lab, *words: str) -> bool:
    asked = subprocess.run([*on_edge(lab), "fail2ban-client", *words], capture_output=True, check=False)
    return asked.returncode == 0


def _do(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stderr}"
