"""ClamAV with a tiny signature file of our own, running and not."""

from typing import Any

import pytest

from probes.host.agent import clamd
from tests.probes.host.agent.apart import need, read_apart

pytestmark = pytest.mark.integration
START = """
mount -t tmpfs tmpfs /etc/clamav; mount -t tmpfs tmpfs /var/lib/clamav; mkdir -p /run/clamav
mount -t tmpfs tmpfs /run/clamav
echo 'Duheng.Marked:0:*:6475686d61726b6564' > /var/lib/clamav/own.ndb
touch -d '2026-01-02 03:04:05 UTC' /var/lib/clamav/own.ndb
cat > /etc/clamav/clamd.conf <<EOF
LocalSocket /run/clamav/clamd.ctl
LocalSocketMode 666
DatabaseDirectory /var/lib/clamav
User root
EOF
"""
RUN = "clamd --config-file=/etc/clamav/clamd.conf >/dev/null 2>&1 & await test -S /run/clamav/clamd.ctl\n"


def _read(script: str, **more: str) -> Any:
    return read_apart(script, "antivirus", **more)["antivirus"]["data"]


def test_a_running_engine_tells_its_version_its_signatures_and_its_speed() -> None:
    need(clamd="clamav-daemon")
    data = _read(START + RUN)
    clamav = data["clamav"]
    assert clamav["daemon_running"]
    assert not clamav["freshclam_running"]
    assert clamav["engine"].split(".")[0].isdigit()
    assert [(each["file"], each["by"], each["date_ms"]) for each in clamav["signatures"]] == [
        ("own.ndb", "file time", 1767323045000)
    ]
    assert clamav["signatures_age_s"] > 0
    scan = data["scan"]
    assert scan["state"] == "read"
    assert (scan["found"], scan["bytes"] % clamd.PIECE_BYTES) == ([], 0)
    assert scan["gib_s"] == pytest.approx(scan["seconds"] * 1024**3 / scan["bytes"], rel=0.01)


def test_an_account_without_rights_may_ask_it_all_the_same() -> None:
    need(clamd="clamav-daemon")
    assert _read(START + RUN, account="nobody")["clamav"]["asked"]["state"] == "read"


def test_an_engine_that_does_not_run_is_told_as_that() -> None:
    need(clamd="clamav-daemon")
    data = _read(START)
    assert data["clamav"]["installed"]
    assert not data["clamav"]["daemon_running"]
    assert (data["scan"]["state"], data["scan"]["cause"]) == ("unread", "settings")
    assert data["use"]["cause"] == "settings"


def test_an_engine_that_refuses_to_scan_is_not_told_as_fast() -> None:
    need(clamd="clamav-daemon")
    data = _read(START + "echo 'StreamMaxLength 1M' >> /etc/clamav/clamd.conf\n" + RUN)
    assert data["scan"]["state"] == "unread"


def test_the_samples_are_the_same_each_time_and_no_piece_is_like_another() -> None:
    first, again = clamd.samples(), clamd.samples()
    pieces = [next(first) for _ in range(4)]
    assert pieces == [next(again) for _ in range(4)]
    assert len(set(pieces)) == 4
    assert {len(piece) for piece in pieces} == {clamd.PIECE_BYTES}


def test_the_head_of_published_signatures_tells_version_count_and_date() -> None:
    head = b"ClamAV-VDB:21 Nov 2026 08-25 +0000:27950:2071234:90:0123abcd:AbC/d+:raynman:1795249543".ljust(512)
    assert clamd.header(head) == (27950, 2071234, 1795249543)
    assert clamd.header(b"Duheng.Marked:0:*:64") == (None, None, None)
