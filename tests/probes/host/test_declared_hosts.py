"""``[[hosts]]``: what is declared, and every fault of it at once."""

from pathlib import Path

import pytest

from probes.errors import NotSet, SettingsError
from probes.host.declared import host_named, hosts_of, limits_of
from probes.target import Target
from probes.target_file import read_target, target_from_declarations
from tests.probes.target_faults import HEAD

WEB = '[[hosts]]\nname = "web1"\naddress = "192.0.2.10"\nuser = "duheng"\n'
GATE = '[[hosts]]\nname = "gate"\naddress = "gate.example:2222"\nuser = "duheng"\n'


def target_with(folder: Path, text: str) -> Target:
    path = folder / "duheng.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_target(path)


def test_what_is_declared_comes_as_values(tmp_path: Path) -> None:
    more = (
        'key_file = "secrets/key"\nknown_hosts = "~/known"\njump = "gate"\nsite = "Shanghai A"\n'
        'roles = ["web", "app"]\nsudo = true\nopen_ports = [80, 443]\nmanagement_ports = [22]\n'
        'outside = ["203.0.113.10"]\nin_service_since = "2024-05-01"\ndatabases = ["postgresql"]\n'
    )
    here = '[[hosts]]\nname = "here"\naddress = "local"\n'
    six = '[[hosts]]\nname = "six"\naddress = "[2001:db8::1]:2022"\nuser = "duheng"\n'
    target = target_with(tmp_path, WEB + more + GATE + here + six)
    web, gate, local, ipv6 = hosts_of(target)
    assert (web.address, web.port, web.jump, web.roles, web.sudo) == ("192.0.2.10", 22, "gate", ("web", "app"), True)
    assert web.key_file == tmp_path / "secrets" / "key"
    assert web.known_hosts == Path("~/known").expanduser()
    assert (gate.address, gate.port, gate.key_file) == ("gate.example", 2222, None)
    assert local.address is None
    assert (ipv6.address, ipv6.port) == ("2001:db8::1", 2022)
    assert host_named(target, "gate") == gate
    with pytest.raises(NotSet, match="'web2'"):
        host_named(target, "web2")
    again = target_from_declarations(target.path, target.declarations())
    assert again.sha256 == target.sha256


def test_bounds_have_defaults(tmp_path: Path) -> None:
    assert limits_of(target_with(tmp_path, WEB)).connections == 20
    limits = limits_of(target_with(tmp_path, WEB + "[hosts_limits]\nconnections = 3\ndeadline_s = 9.5\n"))
    assert (limits.connections, limits.deadline_s) == (3, 9.5)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('[[hosts]]\nname = "web1"\n', ("address: is missing", "user: is missing: the account that logs in over SSH")),
        (
            '[[hosts]]\nname = "a"\naddress = "local"\nuser = "me"\njump = "b"\n',
            ('user: is for hosts over SSH; this one is "local": leave it out', "jump: is for hosts over SSH"),
        ),
        (WEB + WEB, ("number 2 name: is the name of number 1 too; each host needs its own",)),
        (WEB + 'jump = "gate"\n', ("jump: is no declared host; known are: web1",)),
        (WEB + 'jump = "web1"\n', ("jump: leads back to this host",)),
        (
            WEB + 'jump = "gate"\n' + GATE + 'jump = "web1"\n',
            ("number 1 jump: leads back", "number 2 jump: leads back"),
        ),
        (
            WEB + 'jump = "here"\n[[hosts]]\nname = "here"\naddress = "local"\n',
            ('jump: names "local": a host that is reached from here needs no jump',),
        ),
        (WEB.replace("192.0.2.10", "me@192.0.2.10"), ("address: must be a host, such as 192.0.2.10",)),
        (WEB + 'roles = ["printer"]\n', ("roles: must be a list of these roles: web, app, database, firewall",)),
        (WEB + "open_ports = [0]\n", ("open_ports: must be a list of port numbers",)),
        (WEB + "open_ports = [true]\n", ("open_ports: must be a list of port numbers",)),
        (WEB + "in_service_since = 2024-05-01\n", ('must be a day in quotes, such as "2024-05-01"',)),
        (WEB + 'in_service_since = "May 2024"\n', ("must be a day in quotes",)),
        (WEB + 'password = "open sesame"\n', ("password: a password never stands in the target file",)),
        ("[hosts]\n", ("must be written as [[hosts]]",)),
        ("[[hosts]]\nname = 1\naddress = 2\nuser = 3\njump = 4\n", ("name: ", "address: ", "user: ", "jump: ")),
    ],
)
def test_each_fault_is_told_with_what_to_do(tmp_path: Path, text: str, faults: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as told:
        target_with(tmp_path, text)
    assert len(told.value.faults) == len(faults), told.value.faults
    for fault, wanted in zip(told.value.faults, faults, strict=True):
        assert wanted in fault
