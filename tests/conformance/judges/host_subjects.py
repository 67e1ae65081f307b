"""Subjects of the host checks: recorded machines, wrong in one named way; every check that is violated by it.

What the miniature shop's defects are to the other checks: at least two a check, each through another code path.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.judges.table import JUDGEMENTS, RECALLED
from tests.conformance.judges.host_evidence import AT_MS, DAY_MS, PEERS, PORTS, SESSION, World, found

_CLAUSES = ("3.1.1.1", "3.1.2.1", "3.1.2.2", "3.1.2.4", "3.1.4.2", "3.1.4.3")
HOSTS: Sequence[str] = (
    *(
        own_id
        for own_id in JUDGEMENTS
        if own_id.startswith(tuple(f"SBT-{clause}-" for clause in _CLAUSES))
        and not RECALLED & set(JUDGEMENTS[own_id].needs)
    ),
    "SBT-3.1.3.5-db-access",
)

E, S, W = "SBT-3.1.1.1-", "SBT-3.1.2.1-", "SBT-3.1.2.4-"
F, A = "SBT-3.1.4.2-", "SBT-3.1.4.3-"
DATABASE, TRACED = "SBT-3.1.2.2-mainstream", "SBT-3.1.3.5-db-access"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Recorded machines: the check that they are about, those violated by the same fault, and the host to be named."""

    name: str
    violates: str
    change: Callable[[World], Any]
    names: str = "web1"
    also: tuple[str, ...] = field(default=())


def put(part: str, *path: Any, value: Any, host: str = "web1") -> Callable[[World], None]:
    """Return a change that puts a value into a section of a host."""

    def change(world: World) -> None:
        place: Any = world.data(host, part)
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def entry(host: str = "web1", **changes: Any) -> Callable[[World], None]:
    """Return a change of what is declared of a host."""
    return lambda world: world.entry(host).update(changes)


def only(kind: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of the one record of a kind."""
    return lambda world: world.only(kind).update(changes)


def port(number: int, state: str) -> Callable[[World], None]:
    """Return a change of how a port is seen from outside."""

    def change(world: World) -> None:
        tried = world.only(PORTS)["addresses"][0]["ports"]
        tried[:] = [each for each in tried if each["port"] != number] + [{"port": number, "state": state}]

    return change


def accepted(port: str | None = "12345", *, listens: str | None = "0.0.0.0", **rule: Any) -> Callable[[World], None]:
    """Return a change that adds a rule to the gate's, and what listens on 12345 there, if anything does."""

    def change(world: World) -> None:
        told = {"protocol": "tcp", "port": port, "from": None, "interface": None, "by": "nftables"} | rule
        approved = [told | {"port": port, "from": None, "interface": None} for port in ("80", "443", "22")]
        world.data("gate", "firewall").update(accepted=[*approved, told])
        if listens is not None:
            family = "tcp6" if ":" in listens else "tcp"
            socket = {"protocol": family, "address": listens, "port": 12_345, "process": "nc", "pid": 7}
            world.data("gate", "sockets")["listening"].append(socket)

    return change


def old_signatures(days: float) -> Callable[[World], None]:
    def change(world: World) -> None:
        clamav = world.data("web1", "antivirus")["clamav"]
        clamav["signatures"][0]["date_ms"] = clamav["signatures_date_ms"] = round(AT_MS - days * DAY_MS)

    return change


def hidden_by_an_own_file(world: World) -> None:
    old_signatures(400)(world)
    clamav = world.data("web1", "antivirus")["clamav"]
    clamav["signatures"].append({"file": "own.hdb", "version": None, "date_ms": AT_MS, "by": "file time"})
    clamav["signatures_date_ms"] = AT_MS


def no_alarm(world: World) -> None:
    world.data("gate", "alarms")["rules"][0]["firewall"] = False


def ids(**changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        suricata = found(rules=30_000, rules_date_ms=AT_MS - DAY_MS, jails=[], detail={"state": "read"}) | changes
        world.data("gate", "intrusion").update(tools={"suricata": suricata}, running=["suricata"])

    return change


def all_ids_asleep(world: World) -> None:
    for name in ("web1", "db1", "gate"):
        tools = {"suricata": found(running=False)} if name == "gate" else {}
        world.data(name, "intrusion").update(tools=tools, running=["auditd"])


def all_off(world: World) -> None:
    only(SESSION, found=False, lines=[], settings={"log_connections": "off"})(world)


SUBJECTS = (
    Subject(name="busy-cpu", violates=f"{E}avg-utilisation",
            change=put("utilisation", "resources", "cpu", "mean", value=82.0)),
    Subject(name="busy-network-on-half-a-record", violates=f"{E}avg-utilisation",
            change=put("utilisation", "resources", "network_bytes",
                       value={"unit": "bytes_s", "mean": 2e8, "covered_s": 15 * 86_400})),
    Subject(name="old-machine", violates=f"{E}service-life", change=entry(in_service_since="2012-03-01")),
    Subject(name="old-disk", violates=f"{E}service-life",
            change=put("disks", "disks", 0, "smart", "power_on_h", value=70_000)),
    Subject(name="throttled", violates=f"{E}ventilation", change=put("sensors", "throttled", "events", value=7)),
    Subject(name="critical-heat", violates=f"{E}ventilation",
            change=put("sensors", "temperatures", 0, "celsius", value=96.0)),
    Subject(name="standing-fan", violates=f"{E}ventilation", change=put("sensors", "fans", 0, "rpm", value=0)),
    Subject(name="slow-ups", violates=f"{E}ups-response", change=put("power", "ups", 0, "transfer_ms", value=40)),
    Subject(name="failed-ups-test", violates=f"{E}ups-response",
            change=put("power", "ups", 0, "test_result", value="Done and error")),
    Subject(name="worn-battery", violates=f"{E}ups-response",
            change=put("power", "ups", 0, "status", value=["OL", "RB"])),
    Subject(name="stand-by-ups", violates=f"{E}online-power",
            change=put("power", "ups", 0, "type", value="offline / line interactive")),
    Subject(name="passed-by-ups", violates=f"{E}online-power",
            change=put("power", "ups", 0, "status", value=["OL", "BYPASS"])),
    Subject(name="unsupported-release", violates=f"{S}runs",
            change=put("system", "distribution", "support_end", value="2024-06-30")),
    Subject(name="service-away", violates=f"{S}runs", names="db1",
            change=entry("db1", services=["nginx", "postgresql.service"])),
    Subject(name="no-interface", violates=f"{S}networking", change=put("network", "interfaces", 1, "up", value=False)),
    Subject(name="no-route", violates=f"{S}networking", change=put("network", "routes", value=[])),
    Subject(name="no-tcp", violates=f"{S}networking", change=put("sockets", "protocols", value=["UNIX"])),
    Subject(name="peers-unreachable", violates=f"{S}p2p-cs",
            change=only(PEERS, state="unreachable", why="No route to host")),
    Subject(name="no-family", violates=f"{S}p2p-cs",
            change=only(PEERS, state="no-family", why="Address family not supported")),
    Subject(name="share-open", violates=f"{S}share",
            change=put("shares", "active", value=[{"kind": "smb", "process": "smbd", "pid": 3, "listening": []}])),
    Subject(name="nfs-in-the-kernel", violates=f"{S}share",
            change=put("sockets", "listening", value=[{"protocol": "tcp", "address": "0.0.0.0", "port": 2049}])),
    Subject(name="hobby-kernel", violates=f"{S}mainstream", change=put("system", "kernel", "name", value="Haiku")),
    Subject(name="hobby-distribution", violates=f"{S}mainstream",
            change=put("system", "distribution", "id", value="tinycore")),
    Subject(name="no-database-server", violates=DATABASE, names="db1",
            change=put("databases", "servers", value=[], host="db1")),
    Subject(name="orders-in-a-file", violates=DATABASE, names="db1", change=entry("db1", databases=["sqlite"])),
    Subject(name="only-a-cache", violates=DATABASE, names="db1",
            change=put("databases", "servers", value=[{"kind": "redis", "pid": 7}], host="db1")),
    Subject(name="unmonitored", violates=f"{W}monitoring", change=put("monitoring", "running", value=[]),
            also=()),
    Subject(name="no-exporter", violates=f"{W}monitoring", names="db1",
            change=lambda world: world.data("db1", "monitoring").update(tools={}, running=["sysstat"])),
    Subject(name="old-ids-signatures", violates=f"{W}ids", names="gate",
            change=ids(rules_date_ms=AT_MS - 400 * DAY_MS)),
    Subject(name="ids-without-rules", violates=f"{W}ids", names="gate", change=ids(rules=0)),
    Subject(name="ids-asleep", violates=f"{W}ids", names="gate", change=all_ids_asleep),
    Subject(name="guarding-no-jail", violates=f"{W}ids",
            change=put("intrusion", "tools", "fail2ban", "jails", value=[])),
    Subject(name="audit-off", violates=TRACED, names="orders", change=all_off),
    Subject(name="no-source", violates=TRACED, names="orders", change=only(SESSION, source_found=False)),
    Subject(name="log-without-time", violates=TRACED, names="orders", change=only(SESSION, written_ms=None)),
    Subject(name="wrong-time", violates=TRACED, names="orders", change=only(SESSION, written_ms=AT_MS + DAY_MS)),
    Subject(name="database-port-open", violates=f"{F}function", names="gate", change=port(5432, "open")),
    Subject(name="accepts-by-default", violates=f"{F}function", names="gate",
            change=put("firewall", "default_deny", "input", value=False, host="gate")),
    Subject(name="no-firewall", violates=f"{F}function", names="gate",
            change=put("firewall", "active", value=False, host="gate")),
    Subject(name="rules-in-memory-only", violates=f"{F}manageable", names="gate",
            change=lambda world: world.data("gate", "firewall").update(management=[], kept_in=[])),
    Subject(name="two-managers", violates=f"{F}manageable", names="gate",
            change=put("firewall", "management", value=[{"name": "ufw", "active": True},
                                                        {"name": "firewalld", "active": True}], host="gate")),
    Subject(name="no-firewall-metric", violates=f"{F}status", names="gate",
            change=put("monitoring", "firewall_metrics", "names", value=[], host="gate")),
    Subject(name="no-alarm-rule", violates=f"{F}status", names="gate", change=no_alarm),
    Subject(name="management-open", violates=f"{F}self-secure", names="gate", change=port(22, "open")),
    Subject(name="known-hole", violates=f"{F}self-secure", names="gate",
            change=put("firewall", "versions", "nftables", value="1:1.0.1-3", host="gate")),
    Subject(name="kernel-hole", violates=f"{F}self-secure", names="gate",
            change=lambda world: world.declared["advisories"].append(
                {"id": "CVE-0000-0002", "product": "kernel", "fixed_in": "6.1.10"})),
    Subject(name="slow-engine", violates=f"{A}engine", change=put("antivirus", "scan", "seconds", value=500.0)),
    Subject(name="scan-without-end", violates=f"{A}engine",
            change=lambda world: world.data("web1", "antivirus")["scan"].update(
                complete=False, seconds=3600.0, bytes=1000)),
    Subject(name="hungry-engine", violates=f"{A}resources",
            change=put("antivirus", "use", "cpu_mean_percent", value=240.0)),
    Subject(name="hungry-for-half-a-day", violates=f"{A}resources",
            change=lambda world: world.data("web1", "antivirus")["use"].update(
                cpu_mean_percent=240.0, from_ms=AT_MS - DAY_MS // 2, covered_s=43_200)),
    Subject(name="much-memory", violates=f"{A}resources",
            change=put("antivirus", "use", "memory_mean_bytes", value=4_000_000_000)),
    Subject(name="no-engine", violates=f"{A}deploy",
            change=put("antivirus", "clamav", value=found(installed=False, running=False, daemon_running=False))),
    Subject(name="engine-asleep", violates=f"{A}deploy",
            change=put("antivirus", "clamav", "daemon_running", value=False)),
    Subject(name="old-signatures", violates=f"{A}deploy", change=old_signatures(1.0)),
    Subject(name="old-signatures-hidden-by-an-own-file", violates=f"{A}deploy", change=hidden_by_an_own_file),
    Subject(name="old-signatures-loaded", violates=f"{A}deploy",
            change=put("antivirus", "clamav", "asked", "said", value="ClamAV 1.0.7/26000/Sun Nov 02 08:00:00 2025")),
    Subject(name="another-version", violates=f"{A}deploy", names="db1",
            change=put("antivirus", "clamav", "engine", value="0.103.8", host="db1")),
)  # fmt: skip
