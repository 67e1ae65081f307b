import re
import shlex
import sys
from pathlib import Path

import pytest

from conformance.cli.verbs import VERBS
from reports.columns import width
from tests.conformance.running import command, duheng, run
from tests.miniatures.shop.miniature import MiniatureShop


def test_help_lists_exactly_the_verbs_of_the_table(tmp_path: Path) -> None:
    done = duheng("--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    listed = re.findall(r"^    ([a-z]+) ", done.stdout, re.MULTILINE)
    assert listed == list(VERBS)
    for _, line in VERBS.values():
        assert " ".join(line.split()) in " ".join(done.stdout.split())


def test_without_a_verb_it_helps_and_exits_64(tmp_path: Path) -> None:
    done = duheng(folder=tmp_path)
    assert done.returncode == 64
    assert done.stdout == duheng("--help", folder=tmp_path).stdout


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_in_eighty_columns(tmp_path: Path, verb: str) -> None:
    done = duheng(verb, "--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: duheng {verb} ")
    assert VERBS[verb][1][1:] in " ".join(done.stdout.split())
    assert max(map(width, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("wrong",), "duheng: argument VERB: invalid choice: 'wrong'"),
        (("dance",), "duheng: argument VERB: invalid choice: 'dance'"),
        (("load",), "duheng load: the following arguments are required: PROFILE"),
        (("load", "smoke", "--workers", "0"), "duheng load: argument --workers: '0' is no whole number from 1"),
        (("--wrong",), "duheng: unrecognized arguments: --wrong"),
        (("examine", "--wrong"), "duheng: unrecognized arguments: --wrong"),
        (("examine", "--lang", "fr"), "duheng examine: argument --lang: invalid choice: 'fr'"),
        (("examine", "--target"), "duheng examine: argument --target: expected one argument"),
        (("replay",), "duheng replay: the following arguments are required: BUNDLE"),
        (("key", "old"), "duheng key: argument new|show: invalid choice: 'old'"),
        (("verify", "b", "--not-older-than", "1y"), "duheng verify: argument --not-older-than: '1y' is no age"),
    ],
)
def test_wrong_usage_exits_64_with_one_line_below_the_usage(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = duheng(*words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (64, "")
    usage, *_, last = done.stderr.splitlines()
    assert usage.startswith("usage: duheng")
    assert last.startswith(told)


def test_version(tmp_path: Path) -> None:
    done = duheng("--version", folder=tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(r"duheng (\d+\.\d+\.\d+|\(not installed\))\n", done.stdout)


def test_a_bug_of_ours_exits_70_with_its_traceback(tmp_path: Path) -> None:
    broken = (
        "from conformance.cli import doctor, main\n"
        "doctor.run = lambda arguments: arguments.no_such_thing\n"
        "main.entry()\n"
    )
    words = [sys.executable, "-c", broken, "doctor"]
    done = run(words, folder=tmp_path)
    assert done.returncode == 70
    assert "AttributeError: 'Namespace' object has no attribute 'no_such_thing'" in done.stderr
    assert done.stderr.endswith("this is a bug of Duheng's own; please report it with the lines above\n")


def test_an_interrupted_verb_exits_130(tmp_path: Path) -> None:
    interrupted = (
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from conformance.cli import doctor, main\n"
        "doctor.run = lambda arguments: os.kill(os.getpid(), signal.SIGINT)\n"
        "main.entry()\n"
    )
    done = run([sys.executable, "-c", interrupted, "doctor"], folder=tmp_path)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    pipeline = f"{shlex.join(command('explain', '--list'))} | true"
    done = run(["bash", "-o", "pipefail", "-c", pipeline], folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.integration
def test_an_examination_whose_reader_goes_away_is_interrupted_and_never_a_success(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    target = running_shop.target_toml(tmp_path)
    words = command("examine", "--target", str(target), "--clauses", "3.1.2.3")
    done = run(["bash", "-o", "pipefail", "-c", f"{shlex.join(words)} | true"], folder=tmp_path)
    assert (done.returncode, done.stderr) == (130, "")
