"""The tables of drills in a target file: every fault of them, told with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_faults, drill_named, drills_of
from probes.errors import SettingsError
from probes.target import Target
from probes.target_drills import drill_limits
from probes.target_file import target_of

TEXT = """
[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
environment = "staging"
authorised = true
adapter = "oscar"
[[hosts]]
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


def read(text: str) -> Target:
    catalogue = load_catalogue("SBT")
    return target_of(text, Path("/srv/duheng.toml"), further=lambda written: drill_faults(written, catalogue))


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
        (_swap("limit_s = 600", 'acted = "again"'), "told_by: is missing"),
        (_swap('unit = "shop.service"\n', ""), "fault: the fault hang needs unit or pidfile"),
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
