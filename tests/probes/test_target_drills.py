"""The tables of drills in a target file: every fault of them, told with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_named, drills_of
from probes.errors import SettingsError
from probes.target_drills import drill_limits
from tests.probes.drill_targets import PLATFORM, read

TEXT = f"""{PLATFORM}[[hosts]]
name = "web1"
address = "local"
[drill]
stop_file = "stop"
[[drills]]
name = "hang"
host = "web1"
unit = "shop.service"
[[drills]]
name = "crash"
fault = "software-crash"
host = "web1"
pidfile = "/run/shop.pid"
start = ["systemctl", "start", "shop"]
limit_s = 600
"""


def test_drills_with_their_limits() -> None:
    target, catalogue = read(TEXT), load_catalogue("SBT")
    hang, crash = drills_of(target, catalogue)
    assert (hang.name, hang.fault.name, hang.limit_s, hang.deadman_s) == ("hang", "hang", 14_400, 300)
    assert (crash.name, crash.fault.name, crash.limit_s) == ("crash", "software-crash", 600)
    assert drill_named(target, catalogue, "software-crash") == crash  # by its fault, where one drill has it
    limits = drill_limits(target)
    assert (limits.token_path, limits.stop_file) == ("/etc/duheng/drill-token.json", Path("/srv/stop"))
    with pytest.raises(SettingsError, match=r"no \[\[drills\]\] entry named 'flood' \(declared: hang, crash\)"):
        drill_named(target, catalogue, "flood")


def _swap(before: str, after: str) -> Callable[[], str]:
    def swapped() -> str:
        assert before in TEXT
        return TEXT.replace(before, after)

    return swapped


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        (_swap('host = "web1"\nunit', 'host = "web2"\nunit'), "[[drills]] number 1 host: is no declared host"),
        (_swap('name = "crash"', 'name = "hang"'), "[[drills]] number 2 name: is the name of number 1 too"),
        (_swap('"/run/shop.pid"', '"run/shop.pid"'), "pidfile: must be an absolute path"),
        (_swap("limit_s = 600", "limit_s = 14401"), "limit_s: 14401 is looser than the clause's 14400 s"),
        (_swap("limit_s = 600", 'disaster = "severe"'), "disaster: unknown key"),
        (_swap("limit_s = 600", "deadman_s = 0.5"), "deadman_s: must be at least 1"),
        (_swap("limit_s = 600", 'peer = "db.shop.example"'), "peer: must be one IP address"),
        (_swap("limit_s = 600", 'peer = "fe80::1%eth0"'), "peer: must be one IP address"),
        (_swap("limit_s = 600", r"off_says = '^off\d$'"), "off_says: is read by grep -E on the host"),
        (_swap("limit_s = 600", "off_says = '('"), "off_says: is no regular expression"),
        (_swap('"software-crash"', '"database-crash"'), "fault: the fault database-crash needs port"),
        *(
            (_swap('"software-crash"', f'"{fault}"'), f"fault: the fault {fault} needs {key}")
            for fault, own in {"node-off": ("redundant",), "power-cut": ("writes", "reads", "check")}.items()
            for key in ("off", "on", "state", "off_says", *own)
        ),
        (_swap("limit_s = 600", "port = 65536"), "port: must be from 1 to 65535"),
        (_swap("limit_s = 600", "port = 0"), "port: must be from 1 to"),
        (_swap("limit_s = 600", 'interface = "eth0 eth1"'), "interface: must be the name of one interface"),
        (_swap("limit_s = 600", 'path = "srv"'), "path: must be an absolute path"),
        (_swap("limit_s = 600", 'key = "shop.key"'), "key: must be an absolute path"),
        (_swap("limit_s = 600", 'certificate = "shop.pem"'), "certificate: must be an absolute path"),
        (_swap("limit_s = 600", 'array = "md0"'), "array: must be an absolute path"),
        (_swap("limit_s = 600", 'member = "sdb1"'), "member: must be an absolute path"),
        (_swap('fault = "software-crash"', 'fault = "cut-off"'), "fault: the fault cut-off needs peer"),
        (_swap('fault = "software-crash"', 'fault = "disk-full"'), "fault: the fault disk-full needs path"),
        (
            _swap('fault = "software-crash"', 'fault = "certificate-expired"\nkey = "/k"\nport = 1\nreload = ["a"]'),
            "fault: the fault certificate-expired needs certificate",
        ),
        (
            _swap('fault = "software-crash"', 'fault = "raid-member"\narray = "/dev/md0"'),
            "fault: the fault raid-member needs member",
        ),
        (_swap("limit_s = 600", 'data = "srv/data"'), "data: must be an absolute path"),
        (_swap("limit_s = 600", 'data = "//."'), "data: must lie below the root of the host"),
        (_swap("limit_s = 600", 'data = "/srv/../etc"'), "data: must lie below the root of the host"),
        (_swap("limit_s = 600", 'local_backup = ["/srv/a", "b"]'), "local_backup: must be an absolute path"),
        (_swap("limit_s = 600", 'recover_on = "web1"'), "recover_on: needs recover: the command to run there"),
        (_swap("limit_s = 600", 'recover = ["a"]\nrecover_on = "b"'), "recover_on: is no declared host"),
        (_swap('fault = "software-crash"', 'fault = "data-lost"'), "fault: the fault data-lost needs recover"),
        (_swap('fault = "software-crash"', 'fault = "medium-lost"'), "fault: the fault medium-lost needs local_backup"),
        (_swap("limit_s = 600", 'acted = "again"'), "told_by: is missing"),
        (_swap('unit = "shop.service"\n', ""), "fault: the fault hang needs unit or pidfile or command"),
        (_swap('fault = "software-crash"', 'fault = "flood"'), "fault: is no known fault; known are: software-crash"),
        (_swap('adapter = "oscar"\n', ""), "it needs [platform] adapter"),
        (_swap('stop_file = "stop"', 'token_path = "token"'), "[drill] token_path: must be an absolute path"),
    ],
)
def test_every_fault_is_told_with_its_place(spoiled: Callable[[], str], told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(spoiled())
    assert told in str(refused.value)


def test_orders_want_the_owners_word() -> None:
    text = TEXT.replace("authorised = true\n", "").replace("limit_s = 600", 'depth = "order"')
    with pytest.raises(SettingsError, match=r"depth: places orders: \[platform\] must say authorised = true"):
        read(text)
