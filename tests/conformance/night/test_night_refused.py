"""What keeps a night from beginning: one clear message each, everything at once, and nothing touched."""

import json
from pathlib import Path

import pytest

from conformance.cli.main import main

HEAD = (
    '[platform]\nid = "shop"\nname = "X"\nbase_url = "https://shop.example"\nadapter = "oscar"\ntimezone = "UTC"\n'
    'environment = "{environment}"\nauthorised = {authorised}\n[load]\npeak_rate_per_s = 1\n'
)


def refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    night: str,
    *words: str,
    environment: str = "staging",
    authorised: bool = True,
) -> list[str]:
    """Return what a night says that does not begin."""
    path = tmp_path / "duheng.toml"
    head = HEAD.format(environment=environment, authorised=json.dumps(authorised))
    path.write_text(head + night, encoding="utf-8")
    assert main(["night", "--target", str(path), "--out", str(tmp_path / "out"), *words]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert [each.name for each in tmp_path.iterdir()] == ["duheng.toml"]  # nothing was begun, and no ledger
    return said.err.splitlines()


def test_no_night_is_declared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(tmp_path, capsys, "")
    assert line.startswith("[night] steps: is missing; the target file declares no night.")


def test_faults_of_the_table_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = refused(tmp_path, capsys, '[night]\nsteps = ["load:huge", "load:own.toml", "drill:flood"]\n')
    assert [line.partition(": ")[0] for line in lines] == ["duheng.toml:12"] * 4
    told = "\n".join(lines)
    assert "must end with examine" in told
    assert "number 3 is no declared drill; [[drills]] has: none" in told
    assert "number 1: is no load profile; there are smoke, nightly, peak, soak, or name a profile file" in told
    assert "number 2: " in told
    assert "cannot read the load profile: No such file" in told


def test_everything_that_stands_against_it_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = '[night]\nsteps = ["load:smoke", "examine"]\n'
    lines = refused(tmp_path, capsys, night, "--ledger", "memory:", environment="production", authorised=False)
    assert [line.partition(":")[0] for line in lines] == ["[platform] authorised", "[ledger] url", "[[windows]]"]


def test_the_plan_touches_nothing_and_says_what_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "duheng.toml"
    night = '[night]\nsteps = ["load:smoke", "examine:3.1"]\n'
    for environment, status in (("staging", 0), ("production", 64)):
        path.write_text(HEAD.format(environment=environment, authorised="true") + night, encoding="utf-8")
        assert main(["night", "--dry-run", "--target", str(path), "--out", str(tmp_path / "out")]) == status
        said = capsys.readouterr().out
        # Preparing 300 with 6 accounts, load 20 + 30, processes 146, reading back and cleaning 2 x 122, stock 120.
        assert "1. load:smoke, up to 0:14:32" in said
        assert "2. examine:3.1, up to 0:12:00" in said
        assert ("It would be refused now:" in said) == (status == 64)
    assert [each.name for each in tmp_path.iterdir()] == ["duheng.toml"]
