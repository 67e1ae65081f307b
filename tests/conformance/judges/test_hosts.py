"""The host checks on recorded machines: all is well, each is wrong in one named way, and what could not be seen."""

from collections.abc import Callable
from typing import Any

import pytest

from conformance.judges.table import JUDGEMENTS
from probes.errors import Cause
from reports.verdict import Undetermined, Violates, word
from tests.conformance.judges.host_evidence import AT_MS, DAY_MS, FACTS, PORTS, SESSION, World, unread, world
from tests.conformance.judges.host_subjects import HOSTS, SUBJECTS, Subject, accepted, entry, only, port, put
from tests.conformance.judges.ways import HALF_WIDTH

ON_FACTS = [own_id for own_id in HOSTS if FACTS in JUDGEMENTS[own_id].needs]


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_each_subject_violates_its_check_and_no_other_and_is_named(subject: Subject) -> None:
    wrong = world(subject.change)
    told = {own_id: wrong.told(own_id) for own_id in HOSTS}
    violated = {own_id for own_id, verdict in told.items() if isinstance(verdict, Violates)}
    assert violated == {subject.violates, *subject.also}, {own_id: told[own_id].reason.en for own_id in violated}
    verdict = told[subject.violates]
    assert isinstance(verdict, Violates)
    assert verdict.repeat
    assert subject.names in verdict.reason.en
    assert subject.names in verdict.reason.zh
    for each in told.values():
        assert not HALF_WIDTH.search(each.reason.zh), each.reason.zh


@pytest.mark.parametrize("cause", ["target", "permission", "settings"])
@pytest.mark.parametrize("own_id", ON_FACTS)
def test_a_host_that_is_away_is_named_and_keeps_the_check_from_conforming(own_id: str, cause: Cause) -> None:
    # The gate or the database host: each is one that every check asks.
    name = "db1" if own_id.startswith("SBT-3.1.2.2") else "gate"
    away = world()
    away.kinds[FACTS][name] = cause
    verdict = away.told(own_id)
    assert isinstance(verdict, Undetermined), verdict.reason.en
    assert verdict.cause == cause
    assert f"({FACTS}, {name})" in verdict.reason.en


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_a_host_that_is_away_does_not_hide_the_fault_of_another(subject: Subject) -> None:
    wrong = world(subject.change)
    wrong.kinds[FACTS]["spare"] = "target"
    assert isinstance(wrong.told(subject.violates), Violates)


SECTIONS = {
    "avg-utilisation": "utilisation", "service-life": "age", "ventilation": "sensors", "ups-response": "power",
    "online-power": "power", "runs": "system", "networking": "network", "share": "shares",
    "3.1.2.1-mainstream": "system", "3.1.2.2-mainstream": "databases", "monitoring": "monitoring",
    "ids": "intrusion", "function": "firewall", "manageable": "firewall", "status": "firewall",
    "self-secure": "firewall", "engine": "antivirus", "resources": "antivirus", "deploy": "antivirus",
}  # fmt: skip


@pytest.mark.parametrize("own_id", ON_FACTS)
def test_a_section_that_only_root_may_read_is_a_matter_of_permission(own_id: str) -> None:
    part = next(part for name, part in SECTIONS.items() if own_id.endswith(name))
    closed = world()
    for name in ("web1", "db1", "gate"):
        closed.host(name)["sections"][part] = unread("permission")
    verdict = closed.told(own_id)
    assert isinstance(verdict, Undetermined), verdict.reason.en
    assert verdict.cause == "permission"
    assert "root is needed" in verdict.reason.en


@pytest.mark.parametrize("own_id", ON_FACTS)
def test_no_section_that_is_empty_or_odd_conforms_or_stumbles(own_id: str) -> None:
    for odd in ({}, {"state": "read", "data": {}}, None, {"state": "read", "data": None}):
        strange = world()
        for name in ("web1", "db1", "gate"):
            strange.host(name)["sections"] = dict.fromkeys(strange.host(name)["sections"], odd)
        assert word(strange.told(own_id)) != "conforms"


def half_a_record(world: World) -> None:
    for name in ("cpu", "memory", "disk"):
        world.data("web1", "utilisation")["resources"][name]["covered_s"] = 15 * 86_400


def idle_but_short(world: World) -> None:
    """A day of 82 % does not show a mean of 30 days."""
    world.data("web1", "utilisation")["resources"]["cpu"].update(mean=82.0, covered_s=86_400)


def empty_tls(world: World) -> None:
    world.kinds["net.tls"]["https://shop.example"]["negotiated"] = False  # type: ignore[index]


def unseen_by_ipv6(world: World) -> None:
    ports = [{**each, "state": "unreachable"} for each in world.only(PORTS)["addresses"][0]["ports"]]
    world.only(PORTS)["addresses"].append({"address": "2001:db8::1", "ports": ports})


def sockets_unread(world: World) -> None:
    accepted()(world)
    world.host("gate")["sections"]["sockets"] = unread("permission")


UNTOLD: tuple[tuple[str, Callable[[World], Any], Cause, str], ...] = (
    ("SBT-3.1.1.1-avg-utilisation", half_a_record, "stale", "50.0 % of the last 30 days"),
    ("SBT-3.1.1.1-avg-utilisation", idle_but_short, "stale", "3.3 %"),
    ("SBT-3.1.1.1-avg-utilisation", lambda world: world.declared.pop("utilisation"), "settings", "cpu_percent"),
    ("SBT-3.1.1.1-avg-utilisation", put("utilisation", "resources", value={}), "settings", "no record of CPU"),
    ("SBT-3.1.1.1-service-life", entry(in_service_since=None), "settings", "in_service_since"),
    ("SBT-3.1.1.1-service-life", put("age", "first_use", value="2015-01-01"), "settings", "traces of use"),
    ("SBT-3.1.1.1-service-life", put("age", "virtual", value="QEMU"), "attestation", "has no age"),
    ("SBT-3.1.2.1-runs", put("system", "distribution", "support_end", value=None), "settings", "distro-info"),
    ("SBT-3.1.2.1-runs", entry(services=[]), "settings", "no service is declared"),
    ("SBT-3.1.2.1-networking", put("sockets", "listening", value=[]), "target", "nothing listens"),
    ("SBT-3.1.2.1-p2p-cs", only("host.peers", state="timeout"), "target", "no answer"),
    ("SBT-3.1.2.1-p2p-cs", empty_tls, "target", "No TLS connection"),
    ("SBT-3.1.2.1-mainstream", put("system", "kernel", "name", value="NewOS"), "attestation", "has to look"),
    ("SBT-3.1.2.2-mainstream", put("databases", "servers", value=[{"kind": "newdb", "pid": 1}], host="db1"),
     "attestation", "not known here"),
    ("SBT-3.1.2.4-ids", put("intrusion", "running", value=[], host="gate"), "document", "list of equipment"),
    ("SBT-3.1.3.5-db-access", only(SESSION, found=False), "settings", "log it elsewhere"),
    ("SBT-3.1.4.2-function", only(PORTS, approved=[]), "settings", "open_ports"),
    ("SBT-3.1.4.2-function", port(443, "filtered"), "target", "443"),
    ("SBT-3.1.4.2-function", accepted(), "target", "lets in TCP port 12345"),
    ("SBT-3.1.4.2-function", accepted("12000-13000", listens="::", **{"from": "0.0.0.0/0"}), "target", "port 12345"),
    ("SBT-3.1.4.2-function", accepted(listens="10.0.0.5"), "target", "lets in TCP port 12345"),
    ("SBT-3.1.4.2-function", accepted(protocol="th"), "target", "lets in TCP port 12345"),
    ("SBT-3.1.4.2-function", sockets_unread, "permission", "sockets was not read"),
    ("SBT-3.1.4.2-status", lambda world: world.data("gate", "monitoring").update(firewall_metrics=unread("settings")),
     "settings", "firewall_metrics"),
    ("SBT-3.1.4.2-self-secure", lambda world: world.declared.pop("firewall"), "settings", "advisories_of"),
    ("SBT-3.1.4.2-self-secure", lambda world: world.declared["firewall"].update(advisories_of="2026-01-01"), "stale",
     "older than 30"),
    ("SBT-3.1.4.2-self-secure", only(PORTS, management=[]), "settings", "management_ports"),
    ("SBT-3.1.4.2-self-secure",
     lambda world: [each.update(state="filtered") for each in world.only(PORTS)["addresses"][0]["ports"]],
     "target", "nothing answers"),
    ("SBT-3.1.4.2-function", unseen_by_ipv6, "target", "nothing answers from outside at all (2001:db8::1)"),
    ("SBT-3.1.4.2-self-secure", unseen_by_ipv6, "target", "nothing answers from outside at all (2001:db8::1)"),
    ("SBT-3.1.4.2-status", put("firewall", "active", value=False, host="gate"), "target", "no firewall to be watched"),
    ("SBT-3.1.4.2-status", put("monitoring", "running", value=["node_exporter"], host="gate"), "target",
     "prometheus does not run there"),
    ("SBT-3.1.3.5-db-access", only(SESSION, opened_ms=AT_MS - DAY_MS), "target", "one of the two clocks is wrong"),
    ("SBT-3.1.4.3-engine", lambda world: world.data("web1", "antivirus")["scan"].update(complete=False, seconds=10.0),
     "settings", "broken off after 10 s"),
    ("SBT-3.1.4.3-deploy", put("antivirus", "clamav", "asked", value=unread("permission")), "permission",
     "its daemon has loaded is not told"),
    ("SBT-3.1.4.3-deploy", put("antivirus", "clamav", "asked", "said", value="ClamAV 1.0.7"), "target",
     "its daemon has loaded is not told"),
    ("SBT-3.1.4.3-engine", lambda world: world.declared.pop("antivirus"), "settings", "scan_s"),
    ("SBT-3.1.4.3-engine", lambda world: world.data("web1", "antivirus")["scan"].update(bytes=10**6, seconds=1.0),
     "settings", "too small"),
    ("SBT-3.1.4.3-resources", put("antivirus", "use", "covered_s", value=3600), "stale", "1.0 h only"),
    ("SBT-3.1.4.3-deploy", put("antivirus", "clamav", "signatures", 0, "by", value="file time"), "attestation",
     "of its own alone"),
    ("SBT-3.1.4.3-deploy", put("antivirus", "clamav", "signatures", 0, "date_ms", value=AT_MS + DAY_MS), "target",
     "future"),
)  # fmt: skip


@pytest.mark.parametrize(("own_id", "change", "cause", "says"), UNTOLD)
def test_what_does_not_suffice_is_undetermined_and_says_why(
    own_id: str, change: Callable[[World], Any], cause: Cause, says: str
) -> None:
    verdict = world(change).told(own_id)
    assert isinstance(verdict, Undetermined), verdict.reason.en
    assert verdict.cause == cause, verdict.reason.en
    assert says in verdict.reason.en
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


def test_hosts_that_tell_the_same_are_named_together() -> None:
    def change(world: World) -> None:
        for name in ("web1", "db1"):
            world.data(name, "monitoring").update(tools={}, running=[])

    reason = world(change).told("SBT-3.1.2.4-monitoring").reason
    assert reason.en == "web1, db1: runs no monitoring process."
    assert reason.zh == "web1、db1：没有运行任何监控进程。"


def test_one_ids_in_the_network_suffices_and_the_other_hosts_are_no_fault() -> None:
    def change(world: World) -> None:
        for name in ("web1", "db1"):
            world.data(name, "intrusion").update(tools={}, running=[])

    verdict = world(change).told("SBT-3.1.2.4-ids")
    assert isinstance(verdict, Undetermined)
    assert verdict.reason.en.startswith("gate: runs fail2ban")


def test_a_web_host_that_is_away_does_not_keep_the_database_from_being_told() -> None:
    away = world()
    away.kinds[FACTS]["web1"] = "target"
    assert word(away.told("SBT-3.1.2.2-mainstream")) == "conforms"


def scanned(world: World) -> None:
    accepted()(world)
    port(12_345, "filtered")(world)


def not_seen_from_outside(world: World) -> None:
    accepted()(world)
    world.only(PORTS)["host"] = "web1"


@pytest.mark.parametrize(
    "change",
    [
        accepted("443"),
        accepted("22"),
        accepted(listens=None),
        accepted(listens="127.0.0.1"),
        accepted(listens="::1"),
        accepted(listens="::ffff:127.0.0.1"),
        accepted(listens="fe80::1"),
        accepted(**{"from": "10.0.0.0/8"}),
        accepted(interface="wg0"),
        accepted(interface="lo"),
        accepted(protocol="udp"),
        accepted(None, protocol="icmp"),
        accepted(None),
        accepted("@open"),
        scanned,
        not_seen_from_outside,
    ],
)
def test_what_no_rule_lets_in_from_anywhere_to_a_listener_is_no_open_port(change: Callable[[World], Any]) -> None:
    verdict = world(change).told("SBT-3.1.4.2-function")
    assert word(verdict) == "conforms", verdict.reason.en


def test_who_conforms_is_told_of_how_many_ports() -> None:
    reason = world().told("SBT-3.1.4.2-function").reason
    assert "of the 5 ports tried" in reason.en
    assert "所试的 5 个端口中" in reason.zh
    assert not HALF_WIDTH.search(reason.zh), reason.zh
