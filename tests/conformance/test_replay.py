"""Judging again: same verdicts without a network; 3 and the clause's name where one differs."""

import sys
import zipfile
from pathlib import Path

import pytest

from conformance.judges.table import JUDGEMENTS
from conformance.replaying import open_replay
from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from reports.strict_json import load
from tests.conformance.conftest import WholeRun
from tests.conformance.running import duheng, run
from tests.miniatures.shop.miniature import MiniatureShop


def altered(bundle: Path, into: Path, member: str, old: bytes, new: bytes) -> Path:
    """Write a copy of a bundle in which one member reads differently."""
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(into, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == member:
                assert old in content
                content = content.replace(old, new)
            copy.writestr(name, content)
    return into


@pytest.mark.parametrize("name", ["", "bundle.zip"])
def test_it_agrees_and_exits_as_the_examination_did(
    whole_run: WholeRun, tmp_path: Path, running_shop: MiniatureShop, name: str
) -> None:
    before = len(running_shop.request_log)
    done = duheng("replay", whole_run.output / name, folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    told = f"all 680 findings come out the same (run {whole_run.output.name}) (exit 2, as the examination did)\n"
    assert done.stdout == told
    assert len(running_shop.request_log) == before
    assert not list(tmp_path.iterdir())


def test_in_chinese(whole_run: WholeRun, tmp_path: Path) -> None:
    done = duheng("replay", "--lang", "zh", whole_run.output, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == f"重判 680 条结论，全部一致（运行 {whole_run.output.name}）（退出码 2，与检查时相同）\n"


def test_examine_replays_as_well_and_writes_nothing(
    whole_run: WholeRun, tmp_path: Path, running_shop: MiniatureShop
) -> None:
    before = len(running_shop.request_log)
    done = duheng("examine", "--replay", whole_run.output / "bundle.zip", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    findings = load((whole_run.output / "report.json").read_bytes(), what="report")["findings"]
    conforming = [each for each in findings if each["id"] in JUDGEMENTS and each["verdict"] == "conforms"]
    assert conforming
    assert f"{len(conforming)} conforms in " in done.stdout
    assert "Output: " not in done.stdout
    assert len(running_shop.request_log) == before
    assert not list(tmp_path.iterdir())
    part = duheng(
        "examine", "--replay", whole_run.output, "--clauses", "SBT-3.1.3.3-ssl128", "--lang", "zh", folder=tmp_path
    )
    assert part.returncode == 0
    assert "退出码 0" in part.stdout


def test_3_where_other_evidence_gives_another_verdict(whole_run: WholeRun, tmp_path: Path) -> None:
    bundle = altered(
        whole_run.output / "bundle.zip",
        tmp_path / "bundle.zip",
        "readings.jsonl",
        b'"hsts_max_age_s":31536000',
        b'"hsts_max_age_s":0',
    )
    done = duheng("replay", bundle, folder=tmp_path)
    assert (done.returncode, done.stderr) == (3, "")
    *lines, last = done.stdout.splitlines()
    told = [line for line in lines if " SBT-3.1.3.3-plain-web: " in line]
    assert len(told) == 1
    assert "the report says Conforms, judged again Violates (" in told[0]
    assert "verdict" in told[0]
    assert last.endswith(f"of 680 findings differ (run {whole_run.output.name})")
    chinese = duheng("replay", bundle, "--lang", "zh", folder=tmp_path)
    assert chinese.returncode == 3
    assert "报告为“符合”，重判为“不符合”（" in chinese.stdout


def test_3_where_a_judge_has_changed_its_reason_only(whole_run: WholeRun, tmp_path: Path) -> None:
    meddling = (
        "import dataclasses, conformance.replaying as m\n"
        "from reports.verdict import Text\n"
        "was = m.verdict_on\n"
        "def verdict_on(requirement, *rest):\n"
        "    told = was(requirement, *rest)\n"
        "    other = requirement.id == 'SBT-3.1.3.3-ssl128'\n"
        "    return dataclasses.replace(told, reason=Text(zh='x', en='x')) if other else told\n"
        "m.verdict_on = verdict_on\n"
        "from conformance.cli.main import entry\n"
        "entry()\n"
    )
    done = run([sys.executable, "-c", meddling, "replay", str(whole_run.output)], folder=tmp_path)
    assert done.returncode == 3
    line = next(line for line in done.stdout.splitlines() if "SBT-3.1.3.3-ssl128" in line)
    assert "the report says Conforms, judged again Conforms (reason" in line


def test_64_what_is_no_bundle(whole_run: WholeRun, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("not a bundle", encoding="utf-8")
    for number, (member, old, new) in enumerate(
        (
            ("catalogue.json", b'"schema"', b'"scheme"'),
            ("catalogue.json", b'"schema"', b'"schema'),
            ("target.json", b'"name"', b'"game"'),
        )
    ):
        altered(whole_run.output / "bundle.zip", tmp_path / f"{number}.zip", member, old, new)
    for bundle in (tmp_path / "none.zip", tmp_path, *sorted(tmp_path.glob("*.zip"))):
        with pytest.raises(EvidenceError):
            open_replay(bundle)
    for words in (("replay",), ("examine", "--replay")):
        done = duheng(*words, tmp_path / "text.zip", folder=tmp_path)
        assert (done.returncode, done.stdout) == (64, "")
        assert len(done.stderr.splitlines()) == 1


def test_the_catalogue_of_the_bundle_is_the_one_that_is_judged_by(whole_run: WholeRun, tmp_path: Path) -> None:
    with zipfile.ZipFile(whole_run.output / "bundle.zip") as archive:
        raw = archive.read("catalogue.json")
    value = load(raw, what="catalogue.json")
    assert isinstance(value, dict)
    assert canonical_bytes(value) == raw
    replay = open_replay(whole_run.output)
    assert len(replay.scope()) == 680
    assert replay.differences() == ()
