"""The permission on a host: one test for each way in which it permits nothing."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from profiles.drills.token import PLACE, Asked, Found, found, place_of, reading, token_faults
from tests.profiles.drills.host import sh

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ASKED = Asked(platform_id="shop", host="web1", fault="hang", now=NOW, lasts_s=300)
GOOD = {"platform": "shop", "host": "web1", "allows": ["hang"], "until": "2026-11-22T18:00:00+08:00"}


def file(token: Any = None, **changed: Any) -> Found:
    text = token if isinstance(token, str) else json.dumps(GOOD if token is None else token)
    known: dict[str, Any] = {
        "path": "/etc/duheng/drill-token.json",
        "text": text,
        "owner": 0,
        "mode": 0o644,
        "account": 1000,
        "host_offset_s": 0.2,
    }
    return Found(**known | changed)


def test_a_good_one_permits() -> None:
    assert tuple(token_faults(file(), ASKED)) == ()
    assert tuple(token_faults(file(owner=1000, mode=0o600), ASKED)) == ()
    assert place_of(file()) == PLACE
    assert place_of(file({**GOOD, "place": "/srv/drills"})) == "/srv/drills"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (file(text=None), "is not there"),
        (file(mode=0o666), "can be written by others (mode 666)"),
        (file(mode=0o664), "can be written by others (mode 664)"),
        (file(owner=1001), "belongs to account 1001"),
        (file("{"), "is no JSON object"),
        (file("[]"), "is no JSON object"),
        (file({**GOOD, "platform": "other-shop"}), "permits another platform ('other-shop'), not 'shop'"),
        (file({**GOOD, "host": "web2"}), "permits another host ('web2'), not 'web1'"),
        (file({**GOOD, "allows": ["software-crash"]}), "does not allow hang"),
        (file({**GOOD, "allows": "hang"}), "does not allow hang"),
        (file({**GOOD, "until": "2026-11-22T05:59:59Z"}), "has expired"),
        (file({**GOOD, "until": "2026-11-22T06:04:00Z"}), "expires"),
        (file({**GOOD, "until": "2026-11-22T18:00:00"}), "an instant with its offset"),
        (file({**GOOD, "until": 5}), "an instant with its offset"),
        (file({name: value for name, value in GOOD.items() if name != "until"}), "lacks until"),
        (file({**GOOD, "for": "all"}), "has unknown keys: for"),
        (file({**GOOD, "place": "../x"}), "place must be an absolute path"),
        (file({**GOOD, "place": "/x;rm -rf /"}), "place must be an absolute path"),
        (file(host_offset_s=-95.0), "the clock of web1 is -95 s off ours"),
    ],
)
def test_each_fault_is_told_alone(wrong: Found, told: str) -> None:
    (reason,) = token_faults(wrong, ASKED)
    assert told in reason
    assert "web1" in reason


def test_all_faults_are_told_at_once() -> None:
    wrong = file({**GOOD, "platform": "x", "host": "y", "allows": []}, mode=0o666, owner=7)
    assert len(tuple(token_faults(wrong, ASKED))) == 5


def test_a_host_says_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "it's a token.json"
    began = datetime.now(UTC)
    missing = found(str(path), sh(reading(str(path))).stdout, began=began, ended=datetime.now(UTC))
    assert missing.text is None
    assert abs(missing.host_offset_s) < (datetime.now(UTC) - began + timedelta(seconds=1)).total_seconds()
    path.write_text('{"host": "网站一"}\n', encoding="utf-8")
    path.chmod(0o640)
    there = found(str(path), sh(reading(str(path))).stdout, began=began, ended=datetime.now(UTC))
    assert (there.text, there.owner, there.mode) == ('{"host": "网站一"}\n', os.geteuid(), 0o640)
    assert there.account == os.geteuid()


def test_another_answer_is_none() -> None:
    with pytest.raises(ValueError, match="unpack"):
        found("/x", "sh: not found", began=NOW, ended=NOW)
