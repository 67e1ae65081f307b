"""Marked sessions in a real MariaDB: in the log of its audit plugin, and where it has none."""

from pathlib import Path

import pytest

from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from probes.clock import SystemClock
from probes.databases.marked_session import PROBE
from probes.observation import Observation
from probes.runner import run_probe
from probes.target_file import read_target
from reports.verdict import word
from tests.conformance.judges.evidence import requirement
from tests.miniatures.mariadb import MariadbServer, binary
from tests.probes.looking import looking

pytestmark = pytest.mark.integration
TRACED = "SBT-3.1.3.5-db-access"


def looked(server: MariadbServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Observation:
    binary("mariadb")
    monkeypatch.setenv("AUDITOR_PASSWORD", server.password)
    server.log.touch()
    path = folder / "duheng.toml"
    path.write_text(
        '[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\nenvironment = "staging"\n'
        '[[hosts]]\nname = "here"\naddress = "local"\n'
        f'[[databases]]\nname = "orders"\nhost = "here"\nkind = "mariadb"\naccount = "{server.user}"\n'
        f'database = "mysql"\nport = {server.port}\npassword_env = "AUDITOR_PASSWORD"\nlog = "{server.log}"\n'
        "settle_s = 2.0\n",
        encoding="utf-8",
    )
    reading, _ = run_probe(PROBE, looking(read_target(path), "orders"), run_id="test")
    assert isinstance(reading, Observation), reading
    return reading


def told(reading: Observation) -> str:
    return word(judge(requirement(TRACED), JUDGEMENTS[TRACED], [reading], {}, SystemClock().now()))


def test_an_audited_session_is_found_with_account_source_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MariadbServer(audited=True) as server:
        reading = looked(server, tmp_path, monkeypatch)
        assert server.password not in str(reading.data)
    assert reading.data["found"], reading.data
    assert (reading.data["account_found"], reading.data["source_found"]) == (True, True)
    assert reading.data["settings"]["server_audit_logging"] == "ON"
    assert told(reading) == "conforms"


def test_without_the_plugin_nobody_can_be_traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MariadbServer(audited=False) as server:
        reading = looked(server, tmp_path, monkeypatch)
    assert not reading.data["found"]
    assert told(reading) == "violates"
