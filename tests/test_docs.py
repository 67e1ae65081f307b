"""What the READMEs say is what the program does."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from conformance import exits
from conformance.catalogue.load import load_catalogue
from conformance.cli import main as program
from conformance.cli.verbs import VERBS
from conformance.demo import defects as demo
from conformance.judges.table import JUDGEMENTS
from conformance.output import SIGNATURE
from conformance.stricter import target_for
from probes.registry import PROBES
from reports.formats.table import FORMATS
from reports.report import ACCEPTABLE_CAUSES, Exit
from reports.signing import answers

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {
    "pyproject.toml", "conformance", "probes", "profiles", "reports", "tests", "README.md",
    "Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".gitignore", ".ci",
}  # fmt: skip
PICTURE_BYTES = 300_000
SHORT_TARGET_LINES = 15


def _ignored() -> frozenset[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip("/") for line in lines if line and not line.startswith("#"))


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] != ".git" and not any(fnmatch(part, pattern) for part in parts for pattern in _ignored())


@cache
def _documents() -> tuple[Path, ...]:
    below = [entry for entry in ROOT.iterdir() if entry.is_dir() and _is_ours(entry)]
    found = [*ROOT.glob("*.md"), *(path for folder in below for path in folder.rglob("*.md"))]
    return tuple(sorted(path for path in found if _is_ours(path)))


def _text(path: str | Path = "README.md") -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _section(heading: str, text: str) -> str:
    """Return what stands under a heading, up to the next heading of the same level or above."""
    level = heading.partition(" ")[0]
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", _without_fences(rest), maxsplit=1, flags=re.MULTILINE)[0]


def _without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def _tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a text as rows of cells, without their heads."""
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.MULTILINE)
    return [[_cells(line) for line in block.splitlines()[2:]] for block in blocks]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _table(heading: str, document: str = "README.md") -> list[list[str]]:
    return _tables(_section(heading, _text(document)))[0]


def _ticked(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _fences(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def _shell_lines() -> Iterator[tuple[Path, str]]:
    for path in _documents():
        for block in _fences(_text(path), "sh"):
            yield from ((path, line.strip()) for line in block.splitlines() if line.strip())


def _targets_of_make() -> set[str]:
    return set(re.findall(r"^([a-z]+):", _text("Makefile"), flags=re.MULTILINE))


def test_exit_statuses_are_the_programs() -> None:
    told = [int(row[0]) for row in _table("## Exit status")]

    assert told == [*get_args(Exit), exits.USAGE, exits.BUG, exits.INTERRUPTED]
    assert f"and {exits.DIFFERS} where a verdict differs" in _section("## Exit status", _text())
    assert f"退出 {exits.DIFFERS}" in _section("## 中文说明", _text())


def test_verbs_are_the_programs(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _table("## Verbs")
    with pytest.raises(SystemExit) as ended:
        program.main(["--help"])
    listed = re.findall(r"^    ([a-z]+)  ", capsys.readouterr().out, flags=re.MULTILINE)

    assert ended.value.code == 0
    assert [(row[0].strip("`"), row[1]) for row in rows] == [(name, text) for name, (_, text) in VERBS.items()]
    assert listed == list(VERBS)


def test_every_verb_has_its_file_in_the_room_of_verbs() -> None:
    named = set(_ticked(_tables(_text("conformance/cli/README.md"))[0][-1][0]))

    assert named == {f"{module.rpartition('.')[2]}.py" for module, _ in VERBS.values()}


def test_probes_are_those_of_the_registry() -> None:
    rows = _table("### Probes")

    assert [(row[0].strip("`"), row[2]) for row in rows] == [
        (name, "yes" if probe.writes else "no") for name, probe in PROBES.items()
    ]


def test_judged_checks_are_those_of_the_table() -> None:
    rows = _table("## What is judged so far")

    assert {row[0].strip("`"): tuple(_ticked(row[2])) for row in rows} == {
        check: judgement.needs for check, judgement in JUDGEMENTS.items()
    }
    assert len(rows) == len(JUDGEMENTS)


def test_counts_are_the_catalogues() -> None:
    records = load_catalogue().requirements
    checks = sum(record.node == "check" for record in records)
    judged = len(JUDGEMENTS)

    assert f"**{judged} of {checks} checks are judged.**" in _text()
    assert f"The other {checks - judged} are undetermined" in _text()
    assert f"全部 {checks} 项检查，其中 {judged} 项" in _text()
    changes = _text("CHANGELOG.md")
    assert f"{len(records) - checks} groups and {checks} checks" in changes
    assert f"Judges for {judged} checks" in changes


def test_files_of_the_output_folder_are_those_that_are_written() -> None:
    rows = _table("### Reading the report")

    assert sorted(row[0].strip("`") for row in rows) == sorted([*(row.file for row in FORMATS.values()), SIGNATURE])


def test_the_five_answers_are_the_verifiers() -> None:
    assert tuple(row[0] for row in _table("## Auditors: verify and replay")) == answers.NAMES


def test_causes_that_may_be_accepted_are_those_of_the_report() -> None:
    sentence = next(line for line in _text().splitlines() if line.startswith("`--accept-undetermined` takes"))

    assert tuple(_ticked(sentence.partition(".")[0])[1:]) == ACCEPTABLE_CAUSES


def test_the_short_target_file_loads(tmp_path: Path) -> None:
    example = _fences(_text().partition("<!-- target -->")[2], "toml")[0]
    file = tmp_path / "staging.toml"
    file.write_text(example, encoding="utf-8")

    target = target_for(file, load_catalogue())

    assert len(example.splitlines()) <= SHORT_TARGET_LINES
    assert target.platform.authorised


def test_every_command_line_of_duheng_parses() -> None:
    lines = [(path, line) for path, line in _shell_lines() if line.startswith("duheng ")]

    assert lines
    for path, line in lines:
        words = shlex.split(line, comments=True)[1:]
        try:
            program._parser(words[0]).parse_args(words)
        except SystemExit:
            pytest.fail(f"{path.relative_to(ROOT)}: {line}")


def test_every_verb_and_make_target_that_is_mentioned_exists() -> None:
    for path in _documents():
        text = _text(path)
        code = [*_ticked(_without_fences(text)), *(line for where, line in _shell_lines() if where == path)]
        verbs = {match[1] for part in code if (match := re.match(r"(?:\.venv/bin/)?duheng ([a-z]+)\b", part))}
        made = {match[1] for part in code if (match := re.match(r"make ([a-z]+)$", part))}
        assert verbs <= VERBS.keys(), path
        assert made <= _targets_of_make(), path


def test_the_makes_of_the_guide_are_those_of_the_makefile() -> None:
    named = {row[0].strip("`").removeprefix("make ") for row in _table("## Set up", "CONTRIBUTING.md")}

    assert named == _targets_of_make() - {"venv"}


@pytest.mark.parametrize("path", _documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", _without_fences(_text(path))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{path.relative_to(ROOT)}: {link}"
        assert not anchor or anchor in _anchors(there), f"{path.relative_to(ROOT)}: {link}"


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _without_fences(_text(path)), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", _documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_in_a_table_of_a_room_is_there(path: Path) -> None:
    if path.name != "README.md" or path.parent == ROOT:
        return
    for table in _tables(_text(path)):
        for row in table:
            for name in _ticked(row[0]):
                if re.fullmatch(r"[\w./*-]+\.(py|sh|ini)", name):
                    assert list(path.parent.glob(name)), f"{path.relative_to(ROOT)}: {name}"


@pytest.mark.parametrize(
    "room", ["conformance", "conformance/judges", "conformance/cli", "probes", "profiles", "reports"]
)
def test_every_file_of_a_room_is_in_its_table(room: str) -> None:
    named = set(_ticked(" ".join(row[0] for table in _tables(_text(f"{room}/README.md")) for row in table)))
    there = {path.name for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"}

    assert not there - named


def test_the_demo_tells_its_defects() -> None:
    tables = _tables(_text("conformance/demo/README.md"))
    told = {row[0].strip("`"): row[1].strip("`") for table in tables for row in table if row[1].startswith("SBT-")}

    assert told == {defect.name: defect.check for defect in demo.DEFECTS}


@pytest.mark.parametrize("package", ["conformance", "probes", "profiles", "reports", "tests"])
def test_every_package_says_what_it_is_for(package: str) -> None:
    assert _text(f"{package}/README.md").startswith(f"# {package}: ")


def test_every_decision_is_told_under_the_same_four_headings() -> None:
    files = sorted((ROOT / "conformance/decisions").glob("*.md"))

    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        text = _text(path)
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        headings = re.findall(r"^\*\*(\w+)\.\*\*", text, flags=re.MULTILINE)
        assert headings == ["Drivers", "Options", "Choice", "Consequences"], path.name


def test_the_top_level_holds_only_what_is_given() -> None:
    assert {entry.name for entry in ROOT.iterdir() if _is_ours(entry)} == TOP_LEVEL


def test_the_picture_is_one_and_small() -> None:
    picture = (ROOT / "reports/report.png").read_bytes()

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) < PICTURE_BYTES
    assert "](reports/report.png)" in _text()


def test_the_bench_has_its_place() -> None:
    before, begins, rest = _text().partition("<!-- bench -->")
    inside, ends, _ = rest.partition("<!-- /bench -->")

    assert begins
    assert ends
    assert before.count("\n## Speed\n") == 1
    assert "\n## " not in inside


def test_the_version_has_its_changes_and_the_licence_its_name() -> None:
    project = tomllib.loads(_text("pyproject.toml"))["project"]

    assert f"\n## [{project['version']}]" in _text("CHANGELOG.md")
    assert project["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in _section("## Licence", _text())
    assert project["license"] in _section("## Licence", _text())
    assert "Apache License\n                           Version 2.0" in _text("LICENSE")
