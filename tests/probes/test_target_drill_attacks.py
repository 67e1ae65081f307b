"""The keys of attacks and of the test virus in a target file: every fault of them, told with its place."""

from typing import Any

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_faults
from probes.target_drill_attacks import VIRUS_WATCH_S
from probes.target_drills import target_drill_faults
from profiles.drills.eicar import WATCHED_S

FLOOD: dict[str, Any] = {
    "name": "flood",
    "fault": "marked-flood",
    "host": "edge",
    "source": "192.0.2.10",
    "ports": [22, 443],
    "login_url": "https://shop.example/login",
    "jail": "shop",
    "alarm_log": "/var/log/alarms",
    "deadman_s": 600,
}
VIRUS: dict[str, Any] = {
    "name": "virus",
    "fault": "test-virus",
    "host": "edge",
    "upload": "https://shop.example/upload",
    "served_at": "https://shop.example/files/",
    "stored_in": "/srv/uploads",
}


def faults(entry: dict[str, Any]) -> list[str]:
    written = {"platform": {"adapter": "oscar"}, "hosts": [{"name": "edge"}], "drills": [entry]}
    found = [*target_drill_faults(written), *drill_faults(written, load_catalogue("SBT"))]
    return [f"{place[-1]}: {what}" for place, what in found]


@pytest.mark.parametrize("entry", [FLOOD, VIRUS | {"deadman_s": 124}, FLOOD | {"watch_s": 60, "deadman_s": 120}])
def test_what_is_right_is_taken(entry: dict[str, Any]) -> None:
    assert faults(entry) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (FLOOD | {"source": "shop.example"}, "source: must be an IP address"),
        (FLOOD | {"seen_as": "2001:db8::/64"}, "seen_as: must be an IP address"),
        (FLOOD | {"ports": list(range(1, 102))}, "ports: are more than 100"),
        (FLOOD | {"attempts": 201}, "attempts: are more than 200"),
        (FLOOD | {"ssh_port": 70_000}, "ssh_port: must be from 1 to 65535"),
        (FLOOD | {"watch_s": 301}, "watch_s: 301 is looser than the clause's 300 s"),
        (FLOOD | {"deadman_s": 599}, "deadman_s: must be at least 600: traces are looked for during 300 s"),
        (FLOOD | {"alarm_log": "var/log/alarms"}, "alarm_log: must be an absolute path"),
        (FLOOD | {"block": "Ban"}, "block: needs block_log"),
        (FLOOD | {"alarm": r"\d+ alarms"}, "alarm: is read by grep -E on the host"),
        (FLOOD | {"unban": ["true"]}, "banned: is missing"),
        (FLOOD | {"banned": ["true"]}, "unban: is missing"),
        (FLOOD | {"login_fields": ["email"]}, "login_fields: must be two names"),
        (FLOOD | {"ban_set": ["banned"]}, "ban_set: must be family, table and set"),
        ({**FLOOD, "fault": "attack-set"}, "fault: the fault attack-set needs reached_log"),
        ({key: FLOOD[key] for key in FLOOD if key != "source"}, "fault: the fault marked-flood needs source"),
        (VIRUS | {"deadman_s": 123}, "deadman_s: must be at least 124: the test file is watched for 62 s"),
        (VIRUS | {"served_at": "https://shop.example/files"}, "served_at: must end with /"),
        ({key: VIRUS[key] for key in VIRUS if key != "stored_in"}, "stored_in: is missing"),
        ({key: VIRUS[key] for key in VIRUS if key != "served_at"}, "served_at: is missing"),
        ({key: VIRUS[key] for key in VIRUS if key != "upload"}, "fault: the fault test-virus needs drop_in or upload"),
    ],
)
def test_every_fault_is_told_with_its_key(entry: dict[str, Any], told: str) -> None:
    assert [what for what in faults(entry) if what.startswith(told)], faults(entry)


def test_the_dead_man_waits_for_what_is_really_watched() -> None:
    assert VIRUS_WATCH_S == WATCHED_S
