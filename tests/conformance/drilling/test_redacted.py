"""What the owner's own command prints may hold a password: it gets nowhere."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.conformance.drilling.subject import ended, subject
from tests.conformance.drilling.test_runbook import declare, step_of
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


def test_a_password_that_a_way_back_prints_stands_neither_on_disk_nor_on_the_terminal(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        roles = tomllib.loads((tmp_path / "duheng.toml").read_text())["roles"]
        secret = tmp_path / roles["operator"]["password_file"]
        declare(drilled, recover=["sh", "-c", f"echo connecting with $(cat {secret})"])
        status, said = ended(drilled.start())
        assert status == 0, said
        (told,) = drilled.runs()
        kept = [dict(entry.facts) for entry in drilled.record() if entry.kind != "plan"]  # the ledger holds it whole
    password = secret.read_text().strip()
    assert step_of(told)["detail"] == "connecting with [redacted]"
    assert "the way back came to its end (connecting with [redacted])" in said
    assert password not in said
    assert password not in json.dumps([told, kept], default=dict)
    assert "connecting with" in json.dumps(kept, default=dict)
