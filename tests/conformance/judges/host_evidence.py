"""Plain evidence of hosts: three machines and what is declared of them, read where all is well.

``World`` is what an examination gathered of them; a test changes one thing in a copy.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from probes.errors import Cause
from tests.conformance.judges.evidence import SEEN_AT, Data
from tests.conformance.judges.gathered import Gathered
from tests.conformance.judges.good import GOOD

DAY_MS = 86_400_000
AT_MS = round(SEEN_AT.timestamp() * 1000)
WINDOW_S = 30 * 86_400
LOADED = f"ClamAV 1.0.7/27100/{SEEN_AT - timedelta(hours=12):%a %b %d %H:%M:%S %Y}"
"""What the daemon says of itself, and of when the signatures that it has loaded were published."""

FACTS, PORTS, PEERS, SESSION = "host.facts", "host.ports", "host.peers", "db.marked_session"


def section(**data: Any) -> Data:
    return {"state": "read", "data": data}


def unread(cause: Cause, why: str = "root is needed") -> Data:
    return {"state": "unread", "cause": cause, "why": why}


def found(*, running: bool = True, installed: bool = True, **more: Any) -> Data:
    return {"installed": installed, "running": running, "version": "1.0", "package": "it", "processes": [], **more}


def mean(value: float, unit: str = "percent", **changes: Any) -> Data:
    told = {"unit": unit, "mean": value, "peak": 2 * value, "samples": 43_200, "step_s": 60, "covered_s": WINDOW_S}
    return told | {"from_ms": AT_MS - 30 * DAY_MS, "to_ms": AT_MS, "gaps": [], "gaps_s": 0, "source": "spool"} | changes


def _system() -> Data:
    return section(
        hostname="a",
        kernel={"name": "Linux", "release": "6.1.0-18-amd64", "version": "#1", "arch": "x86_64"},
        distribution={"id": "debian", "version": "12", "name": "Debian GNU/Linux 12", "support_end": "2028-06-30"},
        uptime_s=1000.0,
        boots_ms=[AT_MS - DAY_MS],
    )


def _network() -> Data:
    lo = {"name": "lo", "up": True, "addresses": [{"family": "ipv4", "address": "127.0.0.1", "prefix": 8}]}
    eth0 = {"name": "eth0", "up": True, "addresses": [{"family": "ipv4", "address": "192.0.2.10", "prefix": 24}]}
    route = {"family": "ipv4", "destination": "0.0.0.0/0", "gateway": "192.0.2.1", "interface": "eth0", "metric": 0}
    return section(interfaces=[lo, eth0], routes=[route])


def _firewall() -> Data:
    return section(
        nftables={"state": "read", "rules": 8},
        iptables={"state": "read", "rules": 0},
        active=True,
        default_deny={"input": True, "forward": True, "output": False},
        management=[{"name": "ufw", "installed": True, "active": True, "version": "0.36"}],
        kept_in=[{"path": "/etc/nftables.conf", "changed_ms": AT_MS - DAY_MS, "sha256": "00"}],
        versions={"nftables": "1.0.6-2+deb12u2", "ufw": "0.36.2-1"},
        conntrack={"sessions": 12, "most": 65_536},
    )


def _antivirus() -> Data:
    signatures = [{"file": "daily.cld", "version": 27_100, "date_ms": AT_MS - DAY_MS // 2, "by": "publisher"}]
    clamav = found(
        daemon_running=True, on_access=False, engine="1.0.7", signatures=signatures,
        signatures_date_ms=AT_MS - DAY_MS // 2, asked={"state": "read", "said": LOADED},
    )  # fmt: skip
    return section(
        clamav=clamav,
        scan={"state": "read", "bytes": 2**30, "seconds": 60.0, "found": [], "complete": True},
        use={"state": "read", "cpu_mean_percent": 4.0, "memory_mean_bytes": 900_000_000, "from_ms": AT_MS - DAY_MS,
             "to_ms": AT_MS, "samples": 1440, "covered_s": 86_400},
        others=[],
    )  # fmt: skip


def _ups() -> Data:
    return {"name": "rack", "type": "online", "status": ["OL"], "transfer_ms": 0, "test_result": "Done and passed"}


def facts(name: str, *roles: str) -> Data:
    tool = {"fail2ban": found(jails=["sshd"], rules=None, rules_date_ms=None, detail={"state": "read"})}
    servers = [{"kind": "postgresql", "pid": 7, "version": "16.1"}] if "database" in roles else []
    rules = [{"file": "/etc/prometheus/r.yml", "by": "prometheus", "name": "ConntrackFull", "firewall": True}]
    return {
        "host": name,
        "roles": list(roles),
        "site": "Shanghai",
        "sudo": True,
        "agent": {"version": "1", "python": "3.11.2", "psutil": "7.0.0", "euid": 0, "arch": "x86_64"},
        "at_ms": AT_MS,
        "clock": {"ahead_s": 0.0, "within_s": 0.1},
        "sections": {
            "system": _system(),
            "cpu": section(logical=4),
            "network": _network(),
            "sockets": section(
                protocols=["TCP", "UDP"], listening=[{"protocol": "tcp", "address": "0.0.0.0", "port": 443}]
            ),
            "services": section(
                manager="systemd",
                units={"state": "read", "running": [{"name": "nginx.service", "description": "web"}], "failed": []},
                processes=[{"name": "nginx", "count": 4, "user": "www-data"}],
            ),
            "sensors": section(
                temperatures=[{"chip": "k", "label": "CPU", "celsius": 45.0, "critical_celsius": 95.0}],
                fans=[{"chip": "k", "label": "fan1", "rpm": 3000, "lowest_rpm": 500}],
                throttled={"cores": 4, "events": 0},
            ),
            "power": section(ups=[_ups()], supplies=[], nut=found(state="read")),
            "age": section(dmi=None, virtual=None, traces=[], oldest_ms=None, first_use="2023-05-01"),
            "disks": section(disks=[{"name": "sda", "smart": {"state": "read", "power_on_h": 20_000}}]),
            "shares": section(capability={"nfs": {"present": True, "how": ["kernel nfs"]}}, active=[], exports=[]),
            "firewall": _firewall(),
            "antivirus": _antivirus(),
            "intrusion": section(tools=tool, running=["fail2ban"]),
            "monitoring": section(
                tools={"node_exporter": found(listening=["0.0.0.0:9100"])},
                running=["node_exporter", *(["prometheus"] if "monitoring" in roles else [])],
                firewall_metrics={"state": "read", "by": "node_exporter", "names": ["node_nf_conntrack_entries"]},
            ),
            "alarms": section(rules=rules if "monitoring" in roles else [], unread=[]),
            "databases": section(servers=servers),
            "utilisation": section(
                window_s=WINDOW_S,
                sources=[{"name": "spool", "state": "read"}],
                resources={
                    "cpu": mean(34.0),
                    "memory": mean(50.0),
                    "disk": mean(20.0),
                    "network_bytes": mean(1_000_000.0, "bytes_s"),
                },
            ),
        },
    }  # fmt: skip


def ports() -> Data:
    states = {22: "filtered", 80: "open", 443: "open", 3306: "closed", 5432: "filtered"}
    tried = [{"port": port, "state": state} for port, state in states.items()]
    return {
        "host": "gate",
        "roles": ["firewall", "monitoring"],
        "approved": [80, 443],
        "management": [22],
        "addresses": [{"address": "192.0.2.1", "ports": tried}],
    }


def declarations() -> Data:
    def host(name: str, *roles: str, **more: Any) -> Data:
        own = {"in_service_since": "2023-04-01", "design_life_years": 6, "services": ["nginx.service"]}
        return {"name": name, "address": "192.0.2.10", "roles": list(roles), **own, **more}

    return {
        "hosts": [
            host("web1", "web"),
            host("db1", "database", databases=["postgresql"]),
            host("gate", "firewall", "monitoring", open_ports=[80, 443], management_ports=[22], outside=["192.0.2.1"]),
        ],
        "utilisation": {"cpu_percent": 60, "memory_percent": 80, "disk_percent": 70, "network_mbit_s": 500},
        "antivirus": {"scan_s": 120, "memory_mb": 1500},
        "firewall": {"advisories_of": (SEEN_AT - timedelta(days=3)).date().isoformat()},
        "advisories": [{"id": "CVE-0000-0001", "product": "nftables", "fixed_in": "1.0.2"}],
    }


@dataclass(kw_only=True)
class World(Gathered):
    """What was gathered, by kind and subject; a lost subject has its cause instead."""

    declared: Data = field(default_factory=declarations)

    def host(self, name: str) -> Data:
        """Return the facts of a host."""
        data = self.kinds[FACTS][name]
        assert isinstance(data, dict)
        return data

    def data(self, name: str, part: str) -> Data:
        """Return the data of a section of a host."""
        data: Data = self.host(name)["sections"][part]["data"]
        return data

    def only(self, kind: str) -> Data:
        """Return the one record of a kind."""
        (data,) = self.kinds[kind].values()
        assert isinstance(data, dict)
        return data

    def entry(self, name: str) -> Data:
        """Return what is declared of a host."""
        found_entry: Data = next(each for each in self.declared["hosts"] if each["name"] == name)
        return found_entry


def world(change: Callable[[World], Any] = lambda _: None) -> World:
    """Return a world in which all is well, but for the change."""
    made = World(
        kinds={
            FACTS: {
                "web1": facts("web1", "web"),
                "db1": facts("db1", "database"),
                "gate": facts("gate", "firewall", "monitoring"),
            },
            PORTS: {"gate": ports()},
            PEERS: {"web1": GOOD[PEERS]()},
            SESSION: {"orders": GOOD[SESSION]()},
            "net.tls": {"https://shop.example": GOOD["net.tls"]()},
        }
    )
    change(made)
    return made
