"""`duheng incident`: the outages on record, and words on them that overwrite nothing."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.cli import main as program
from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from reports.ledger.standing_record import incidents
from reports.standing import INCIDENT
from tests.conformance.judges.standing_script import ZONE, Outage, Script
from tests.conformance.judges.ways import HALF_WIDTH
from tests.conformance.running import recorded

PLATFORM = (
    '[platform]\nid = "shop"\nname = "Shop"\nbase_url = "https://shop.example"\nenvironment = "staging"\n'
    'timezone = "Asia/Shanghai"\n'
)
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def at(hours_ago: float) -> str:
    """Return the local time so many hours ago, as a person types it."""
    return (NOW - timedelta(hours=hours_ago)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a target file and a ledger in which buying was down three times, and is down now."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "duheng.toml").write_text(PLATFORM, encoding="utf-8")
    script = Script(
        hours=9_500,
        ends=NOW,
        outages=[
            Outage(hours_ago=9_000, hours=1, incident_class="network"),
            Outage(hours_ago=500, hours=2, why="HTTP 503"),
            Outage(hours_ago=300, hours=1, incident_class="software", why="connection refused"),
            Outage(hours_ago=0.5, hours=0.5),
            Outage(hours_ago=200, hours=1, check="front"),
        ],
    )
    with SqliteStore(tmp_path / "duheng.db", clock=SystemClock()) as store:
        script.keep(store)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        status = program.main(["incident", *words])
    except SystemExit as ended:
        status = int(str(ended.code))
    out, err = capsys.readouterr()
    return status, out, err


def test_it_lists_the_outages_of_the_year_with_class_and_by_whom(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [re.split(" {2,}", line)[1:3] for line in lines if not line.startswith((" ", "1 ", "3 "))] == [
        ["buying", "unclassified"],
        ["buying", "software"],
        ["front", "unclassified"],
        ["buying", "unclassified"],
    ]
    assert at(500).replace("T", " ") in lines[0]
    assert lines[0].endswith("2 h: HTTP 503")
    assert lines.count("    rule 1") == 1  # what it would say is said already
    assert "still down" in lines[-3]
    assert lines[-2].startswith("3 not classified: duheng incident CLASS --at ")
    assert lines[-1] == "1 before these: --all"
    everything = run(capsys, "--all")[1]
    assert "network" in everything
    assert "before these" not in everything
    assert "buying" not in run(capsys, "--check", "front")[1]
    chinese = run(capsys, "--lang", "zh")[1]
    assert "未分类" in chinese
    assert "尚未恢复" in chinese
    assert "规则 1\n" in chinese
    assert "未分类 3 次：duheng incident CLASS --at " in chinese
    assert not HALF_WIDTH.search(chinese)


def test_a_word_is_a_new_entry_and_the_last_one_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--at", at(500), "--why", "disk 3 failed", "--by", "Wang Min")
    status, out, _ = run(capsys, "hardware", *words, "--detected", at(499.9), "--verified", at(498))
    assert status == 0
    assert out.startswith("ledger entry ")
    assert "hardware" in out
    assert "    Wang Min: disk 3 failed" in out
    assert run(capsys, "software", "--at", at(499.5), "--why", "no, the driver", "--by", "Li Lei")[0] == 0
    assert run(capsys, "network", "--at", at(299.5), "--why", "the switch", "--check", "buying")[0] == 0
    with recorded(folder / "duheng.db") as store:
        said = incidents(store, "shop")
        assert [each.incident_class for each in said] == ["network", "software", "hardware", "software", "network"]
        assert said[2].starts_ms == said[3].starts_ms == round((NOW - timedelta(hours=500)).timestamp() * 1000)
        assert said[2].verified_ms == round((NOW - timedelta(hours=498)).timestamp() * 1000)
        assert said[4].by
        assert len(list(store.entries(kind=INCIDENT))) == 5
    listed = run(capsys)[1]
    assert "Li Lei: no, the driver" in listed
    assert "disk 3" not in listed  # the earlier word stays in the ledger
    assert "the switch" in listed


def test_an_outage_that_goes_on_can_be_classed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "software", "--at", at(0.2), "--why", "deploy", "--by", "Li")
    assert status == 0
    assert "still down" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("software", "--at", at(400), "--why", "x"), "--at: buying has no outage at "),
        (("software", "--at", at(400), "--why", "x"), "the nearest began at "),
        (("software", "--at", "yesterday", "--why", "x"), "--at: 'yesterday' is no instant; write 2026-03-14T02:10"),
        (("software", "--at", at(500), "--why", " "), "--why: say in a few words"),
        (("software", "--at", at(500), "--why", "two\nlines"), "--why: say in a few words, on one line"),
        (("software", "--at", at(500), "--why", "x", "--by", "rule x"), "--by: 'rule x' is no person's name"),
        (("software", "--at", at(500), "--why", "x", "--detected", at(501)), "--detected: it lies before the outage"),
        (
            ("software", "--at", at(500), "--why", "x", "--acted", at(498), "--verified", at(499)),
            "--verified: it lies before acted",
        ),
        (("software", "--at", at(500), "--why", "x", "--verified", at(-2)), "--verified: it lies in the future"),
        (("software", "--at", at(500), "--why", "x", "--check", "selling"), "recorded are: buying, front, pay"),
        (("--check", "selling"), "--check: nothing is recorded of a check 'selling'"),
        (("software",), "duheng incident software: --at and --why must be given"),
        (("--why", "x"), "duheng incident: --why go with a CLASS: software, hardware, network, unclassified"),
        (("fire", "--at", at(500), "--why", "x"), "invalid choice: 'fire'"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    with recorded(folder / "duheng.db") as store:
        before = store.head()
    status, out, err = run(capsys, *words)
    assert (status, out) == (64, "")
    assert told in err
    with recorded(folder / "duheng.db") as store:
        assert store.head() == before


def test_64_without_target_ledger_or_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys)[0] == 64
    (tmp_path / "duheng.toml").write_text(PLATFORM, encoding="utf-8")
    status, _, err = run(capsys)
    assert status == 64
    assert "there is no ledger yet; run `duheng watch`" in err
    assert not (tmp_path / "duheng.db").exists()
    SqliteStore(tmp_path / "duheng.db", clock=SystemClock()).close()
    status, _, err = run(capsys)
    assert status == 64
    assert "the ledger holds no standing record of shop" in err
    assert run(capsys, "--ledger", "sqlite:///other.db")[0] == 64
