"""Uninterruptible power supplies, on NUT's own ``dummy-ups``."""

from typing import Any

import pytest

from probes.host.agent.power import ups
from tests.probes.host.agent.apart import need, read_apart

pytestmark = pytest.mark.integration
START = """
mount -t tmpfs tmpfs /etc/nut; mkdir -p /run/nut; mount -t tmpfs tmpfs /run/nut; chown nut /run/nut
printf '[rack1]\\n driver = dummy-ups\\n port = rack1.dev\\n mode = dummy-once\\n' > /etc/nut/ups.conf
echo 'LISTEN 127.0.0.1 3493' > /etc/nut/upsd.conf; echo > /etc/nut/upsd.users; echo MODE=standalone > /etc/nut/nut.conf
cat > /etc/nut/rack1.dev <<EOF
ups.mfr: ACME
ups.model: "Smart 3000"
ups.type: online
ups.status: STATUS
battery.charge: 97
battery.runtime: 1830
ups.load: 41
input.transfer.low: 170
input.transfer.high: 280
ups.test.result: Done and passed
ups.test.date: 2026-11-01
EOF
chmod -R a+rX /etc/nut
/lib/nut/dummy-ups -a rack1 >/dev/null 2>&1
upsd >/dev/null 2>&1; await upsc rack1@127.0.0.1 battery.charge
"""


def _read(script: str) -> Any:
    return read_apart(script, "power")["power"]["data"]


def test_a_supply_on_line_tells_charge_load_and_its_last_test() -> None:
    need(upsd="nut-server", upsc="nut-client")
    data = _read(START.replace("STATUS", "OL CHRG"))
    assert data["nut"]["state"] == "read"
    assert len(data["ups"]) == 1
    told = data["ups"][0]
    assert (told["name"], told["model"], told["type"]) == ("rack1", "ACME Smart 3000", "online")
    assert (told["on_line"], told["on_battery"], told["low_battery"]) == (True, False, False)
    assert (told["charge_percent"], told["load_percent"], told["runtime_s"]) == (97.0, 41.0, 1830)
    assert (told["transfer_low_v"], told["transfer_high_v"]) == (170.0, 280.0)
    assert (told["test_result"], told["test_date"], told["driver"]) == ("Done and passed", "2026-11-01", "dummy-ups")


def test_a_supply_on_battery_that_runs_low_is_told_as_that() -> None:
    need(upsd="nut-server", upsc="nut-client")
    told = _read(START.replace("STATUS", "OB DISCHRG LB"))["ups"][0]
    assert (told["on_line"], told["on_battery"], told["low_battery"]) == (False, True, True)


def test_a_server_that_is_installed_and_does_not_answer_is_unread_and_no_supply_is_made_up() -> None:
    need(upsd="nut-server")
    data = _read("true")
    assert data["ups"] == []
    assert data["nut"]["installed"]
    assert (data["nut"]["state"], data["nut"]["cause"]) == ("unread", "target")


def test_a_supply_whose_driver_is_away_is_neither_on_line_nor_off() -> None:
    told = ups("rack1", {})
    assert told["on_line"] is None
    assert told["on_battery"] is None
    assert told["status"] == []
