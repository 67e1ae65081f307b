"""`pytest conformance/` is `duheng examine`: same verdicts, same exit; and it stays out of the way of other tests."""

import os
import pty
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from conformance.catalogue.load import judged_records, load_catalogue
from tests.conformance.conftest import WholeRun
from tests.conformance.running import ROOT, command, duheng, environment, pytest_of, report_of, run, verdicts_of
from tests.miniatures.shop.miniature import MiniatureShop

NETWORK = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-plain-web,SBT-3.1.3.3-ssl128"
LETTERS = {"conforms": ".", "violates": "F", "undetermined": "u", "not_applicable": "n"}


def letters(stdout: str) -> Counter[str]:
    shown = re.sub(r"^(?:\S*test_\w+\.py )?([.Funw]*) *(?:\[ *\d+%\])?$", r"\1", stdout, flags=re.MULTILINE)
    return Counter("".join(re.findall(r"^[.Funw]+$", shown, re.MULTILINE)))


def test_pytest_gives_the_same_verdicts_and_the_same_exit(whole_run: WholeRun, tmp_path: Path) -> None:
    done = run(pytest_of("--target", whole_run.target), folder=tmp_path)
    assert done.returncode == whole_run.done.returncode == 2
    assert done.stderr == whole_run.done.stderr == ""
    assert verdicts_of(tmp_path) == verdicts_of(whole_run.folder)
    assert letters(done.stdout) == letters(whole_run.done.stdout)


def test_each_item_shows_its_own_letter(whole_run: WholeRun) -> None:
    verdicts = verdicts_of(whole_run.folder)
    judged = [verdicts[record.id] for record in judged_records(load_catalogue().requirements)]
    assert letters(whole_run.done.stdout) == Counter(LETTERS[verdict] for verdict in judged)
    assert re.search(
        rf"{judged.count('undetermined')} undetermined, {judged.count('conforms')} conforms in ", whole_run.done.stdout
    )


def test_its_summary_fits_the_terminal(whole_run: WholeRun) -> None:
    summary = whole_run.done.stdout.partition("[100%]")[2].splitlines()
    wide = [line for line in summary if len(line) > 80 and not line.startswith("Output: ")]
    assert not wide


def test_collecting_needs_no_target(tmp_path: Path) -> None:
    done = run(pytest_of("--collect-only", "-q"), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for record in judged_records(load_catalogue().requirements):
        assert f"[{record.id}]" in done.stdout
    assert not list(tmp_path.iterdir())


def test_other_tests_are_not_disturbed() -> None:
    done = run([sys.executable, "-m", "pytest", ".", "--ignore=tests", "--collect-only", "-q"], folder=ROOT)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "no tests collected" in done.stdout
    assert done.stderr == ""


def test_the_report_is_whole_whatever_part_of_the_items_ran(tmp_path: Path, shop_without_hsts: MiniatureShop) -> None:
    shop_without_hsts.target_toml(tmp_path)
    words = ("examine", "--clauses", NETWORK)
    for further in (("-x",), ("-k", "tcpip")):
        done = duheng(*words, "--", *further, folder=tmp_path)
        assert done.returncode == 1
        told = verdicts_of(tmp_path)
        assert [told[name] for name in sorted(NETWORK.split(","))] == ["conforms", "violates", "conforms"]
        assert report_of(tmp_path)["run"]["exit"] == 1


def test_several_processes_are_refused(tmp_path: Path, running_shop: MiniatureShop) -> None:
    running_shop.target_toml(tmp_path)
    done = duheng("examine", "--", "-n", "2", folder=tmp_path)
    assert done.returncode == 64
    assert done.stderr.startswith("Refused: an examination gathers once, in one process;")


def test_in_chinese(tmp_path: Path, shop_without_hsts: MiniatureShop) -> None:
    shop_without_hsts.target_toml(tmp_path)
    done = duheng("examine", "--clauses", NETWORK, "--lang", "zh", folder=tmp_path)
    assert done.returncode == 1
    for words in ("不符合", "复现：", "退出码 1", "输出："):
        assert words in done.stdout


def test_on_a_terminal_a_bar_shows_how_far_it_is(tmp_path: Path, running_shop: MiniatureShop) -> None:
    running_shop.target_toml(tmp_path)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("examine", "--clauses", NETWORK),
        cwd=tmp_path,
        env=environment({"TERM": "xterm-256color"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = _read(ours).decode("utf-8", "replace")
    assert process.wait(60) == 0
    assert "looking" in shown
    assert "\x1b[" in shown
    assert "Exit 0" in shown


def _read(terminal: int) -> bytes:
    pieces = []
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        try:
            while piece := screen.read(65536):
                pieces.append(piece)
        except OSError:  # how Linux says that the other end is closed
            pass
    return b"".join(pieces)


def test_a_target_file_in_the_working_folder_does_not_hide_the_suites(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    """`--target shop.toml` names an existing file, which pytest takes for a second place to look in."""
    running_shop.target_toml(tmp_path)
    done = run(pytest_of("--target", "duheng.toml", "--clauses", "3.1.2.3"), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 conforms in " in done.stdout
