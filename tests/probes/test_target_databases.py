"""What may stand in ``[[databases]]``, ``[utilisation]`` and between the ports of ``[[hosts]]``."""

from pathlib import Path

import pytest

from probes.errors import SettingsError
from probes.target_file import read_target

HEAD = """[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
[[hosts]]
name = "db1"
address = "local"
"""
ENTRY = {
    "name": '"orders"', "host": '"db1"', "kind": '"postgresql"', "account": '"auditor"', "database": '"shop"',
    "log": '"/var/log/postgresql"',
}  # fmt: skip


def told(folder: Path, text: str) -> str:
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        read_target(path)
    (fault,) = raised.value.faults
    return fault


def databases(*changes: dict[str, str]) -> str:
    entries = ({**ENTRY, **change} for change in changes)
    return HEAD + "".join(
        "[[databases]]\n" + "".join(f"{key} = {value}\n" for key, value in entry.items()) for entry in entries
    )


def test_a_whole_declaration_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "duheng.toml"
    path.write_text(
        databases({"port": "5433", "password_env": '"AUDITOR_PASSWORD"'})
        + "[utilisation]\ncpu_percent = 60\nnetwork_mbit_s = 500\n[antivirus]\nscan_s = 120\n"
        '[firewall]\nadvisories_of = "2026-11-01"\n'
        '[[advisories]]\nid = "CVE-0000-0001"\nproduct = "nftables"\nfixed_in = "1.0.2"\n',
        encoding="utf-8",
    )
    target = read_target(path)
    assert target.declared("utilisation", "cpu_percent") == 60
    assert target.declared("databases")[0]["port"] == 5433


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"host": '"web9"'}, "[[databases]] number 1 host: is no declared host; add it to [[hosts]] (known are: db1)"),
        ({"kind": '"access"'}, "kind: must be one of postgresql, mariadb, mysql"),
        ({"log": '"logs/audit.log"'}, "log: must be an absolute path on the host"),
        ({"account": '"-w"'}, "account: must not begin with '-'"),
        ({"port": "70000"}, "port: must be from 1 to 65535"),
        ({"password": '"hunter2"'}, "a password never stands in the target file"),
        ({"password_env": '"A"', "password_file": '"b"'}, "password_file: stands beside password_env"),
    ],
)
def test_what_a_database_cannot_say(tmp_path: Path, change: dict[str, str], says: str) -> None:
    fault = told(tmp_path, databases(change))
    assert says in fault
    assert "hunter2" not in fault


def test_two_databases_of_one_name(tmp_path: Path) -> None:
    assert "is the name of number 1 too" in told(tmp_path, databases({}, {}))


def test_a_port_is_either_approved_or_for_management(tmp_path: Path) -> None:
    fault = told(tmp_path, HEAD + "open_ports = [22, 443]\nmanagement_ports = [22]\n")
    assert "management_ports: holds 22, which open_ports approves" in fault


@pytest.mark.parametrize("value", ["0", "100", '"60"'])
def test_a_mean_is_a_share_of_the_whole(tmp_path: Path, value: str) -> None:
    assert "[utilisation] cpu_percent" in told(tmp_path, f"{HEAD}[utilisation]\ncpu_percent = {value}\n")
