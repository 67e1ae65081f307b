import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import examine
from conformance.options import Options, add_options, options_of
from conformance.places import NO_TARGET, target_path
from probes.errors import SettingsError
from reports.report import ACCEPTABLE_CAUSES


def parsed(*words: str) -> Callable[[str], Any]:
    parser = argparse.ArgumentParser()
    add_options(parser.add_argument)
    return vars(parser.parse_args(words)).get


def options(*words: str) -> Options:
    return options_of(parsed(*words))


def test_defaults() -> None:
    assert options() == Options(
        target=None,
        ledger=None,
        out=Path("duheng-out"),
        clauses=None,
        standard="SBT",
        replay=None,
        accept=(),
        lang="en",
    )


def test_all_of_them() -> None:
    given = options(
        "--target=a.toml", "--ledger=memory:", "--out=o", "--clauses=3.1", "--standard=SBT", "--lang=zh",
        "--accept-undetermined= document ,not-built,",
    )  # fmt: skip
    assert given.target == Path("a.toml")
    assert given.ledger == "memory:"
    assert given.clauses == "3.1"
    assert given.accept == ("not-built", "document")  # in the order of the contract
    assert given.lang == "zh"


@pytest.mark.parametrize("cause", ["target", "network", "stale", "settings", "nonsense"])
def test_causes_that_cannot_be_accepted(cause: str) -> None:
    with pytest.raises(SettingsError) as raised:
        options(f"--accept-undetermined=document,{cause}")
    assert raised.value.faults == (
        f"--accept-undetermined: {cause} cannot be accepted; only {', '.join(ACCEPTABLE_CAUSES)} can",
    )


def test_what_has_no_say_in_a_replay_is_refused_with_everything_else() -> None:
    with pytest.raises(SettingsError) as raised:
        options("--replay=b.zip", "--target=t.toml", "--ledger=memory:", "--accept-undetermined=stale")
    assert [fault.partition(":")[0] for fault in raised.value.faults] == ["--accept-undetermined", "--replay"]
    assert raised.value.faults[1].endswith("leave out --target, --ledger, --accept-undetermined")
    assert options("--replay=b.zip", "--clauses=3", "--lang=zh").replay == Path("b.zip")


def test_the_target_is_taken_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as raised:
        target_path(options().target)
    assert raised.value.faults == (NO_TARGET,)
    assert "\n" not in NO_TARGET
    (tmp_path / "duheng.toml").touch()
    assert target_path(options().target) == Path("duheng.toml")
    assert target_path(options("--target=other.toml").target) == Path("other.toml")


def test_examine_hands_every_option_to_pytest() -> None:
    parser = argparse.ArgumentParser()
    examine.configure(parser)
    words = [
        "--target=t",
        "--ledger=l",
        "--out=o",
        "--clauses=",
        "--standard=S",
        "--accept-undetermined=c",
        "--lang=zh",
    ]
    given = examine.words_for_pytest(parser.parse_args([*words, "--", "-x", "-k", "a or b"]))
    assert Path(given[0]).name == "conformance"
    assert given[1] == f"--config-file={given[0]}/pytest.ini"
    assert sorted(given[2:-3]) == sorted(words)  # an empty list of clauses is wrong usage, not "all"
    assert given[-3:] == ["-x", "-k", "a or b"]
    known = {action.dest for action in parser._actions} - {"help", "words"}
    assert known == set(examine.NAMES)
