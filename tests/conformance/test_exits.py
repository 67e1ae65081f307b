"""One test a code, through real processes against the real miniature shop."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.judges.table import JUDGEMENTS
from reports.ledger.entry import READING, RUN_FINISHED
from tests.awaiting import until
from tests.conformance.judges.machine_subjects import MACHINES
from tests.conformance.judges.standing_subjects import LONG_RUN
from tests.conformance.running import ROOT, duheng, plugin, pytest_of, recorded, report_of, run, start, verdicts_of
from tests.miniatures.bad_servers import never_answers, serving
from tests.miniatures.shop.miniature import MiniatureShop

NETWORK = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-plain-web,SBT-3.1.3.3-ssl128"
NOT_BUILT = "SBT-7.2.5-complete"
BUG = "this is a bug of Duheng's own; please report it with the lines above\n"


@pytest.fixture
def target(tmp_path: Path, running_shop: MiniatureShop) -> Path:
    return running_shop.target_toml(tmp_path)


@pytest.fixture(scope="module")
def without_hsts() -> Iterator[MiniatureShop]:
    with MiniatureShop.with_defect("no-hsts") as shop:
        yield shop


def letters(stdout: str) -> str:
    progress = r"\[ *\d+%\]"  # a row that is full goes on in the next line, wherever the checkout's path ends
    rows = re.findall(rf"^\S*test_\w+\.py((?:[.Funw]|[ ]|\n(?!\n|\S*test_)|{progress})+)", stdout, re.MULTILINE)
    return re.sub(rf"\s|{progress}", "", "".join(rows))


# --- 0, 1, 2: what the report says


def test_0_all_that_counts_conforms(target: Path) -> None:
    done = duheng("examine", "--clauses", NETWORK, folder=target.parent)  # duheng.toml of the working folder
    assert (done.returncode, done.stderr) == (0, "")
    assert letters(done.stdout) == "..."
    assert re.search(r"3 conforms in ", done.stdout)
    report = report_of(target.parent)
    assert report["run"]["exit"] == 0
    assert report["summary"]["conforms"] >= 3
    assert sorted(path.name for path in (target.parent / "duheng-out" / "latest").iterdir()) == [
        "bundle.dsse.json",
        "bundle.zip",
        "findings.csv",
        "junit.xml",
        "report.html",
        "report.json",
    ]


def test_1_something_violates(tmp_path: Path, without_hsts: MiniatureShop) -> None:
    target = without_hsts.target_toml(tmp_path)
    done = duheng("examine", "--target", target, "--clauses", f"{NETWORK},{NOT_BUILT}", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert sorted(letters(done.stdout)) == [".", ".", "F", "u"]
    assert "repeat: " in done.stdout
    assert "Exit 1" in done.stdout
    assert verdicts_of(tmp_path)["SBT-3.1.3.3-plain-web"] == "violates"


def test_2_something_could_not_be_told(target: Path) -> None:
    done = duheng("examine", "--clauses", f"{NETWORK},{NOT_BUILT}", folder=target.parent)
    assert (done.returncode, done.stderr) == (2, "")
    assert sorted(letters(done.stdout)) == [".", ".", ".", "u"]
    assert "Exit 2" in done.stdout


def test_2_with_the_shop_stopped_nothing_conforms_and_nothing_violates(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, browser=True, payments=True)
    done = duheng("examine", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert set(letters(done.stdout)) == {"u"}
    report = report_of(tmp_path)
    assert report["summary"]["conforms"] == report["summary"]["violates"] == 0
    causes = {finding["id"]: finding["cause"] for finding in report["findings"] if finding["id"] in JUDGEMENTS}
    assert {causes[name] for name in LONG_RUN} == {"stale"}
    assert {causes[name] for name in MACHINES} <= {"settings", "target"}
    assert {cause for name, cause in causes.items() if name not in {*LONG_RUN, *MACHINES}} == {"target"}


def test_accepted_causes_do_not_hold_up_the_exit(target: Path) -> None:
    words = ("examine", "--clauses", f"{NETWORK},{NOT_BUILT}", "--accept-undetermined", "document,not-built")
    done = duheng(*words, folder=target.parent)
    assert done.returncode == 0
    assert report_of(target.parent)["run"]["exit"] == 0


def test_2_where_nothing_conforms_whatever_is_accepted(target: Path) -> None:
    words = ("examine", "--clauses", NOT_BUILT, "--accept-undetermined", "not-built")
    assert duheng(*words, folder=target.parent).returncode == 2


# --- 64: wrong usage, a bad target file


def test_64_no_target_and_one_helpful_line(tmp_path: Path) -> None:
    for done in (duheng("examine", folder=tmp_path), run(pytest_of(), folder=tmp_path)):
        assert (done.returncode, done.stdout) == (64, "")
        (line,) = done.stderr.splitlines()
        for help_ in ("--target FILE.toml", "duheng.toml", "duheng init", "duheng demo"):
            assert help_ in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--target", "none.toml"), "Refused: none.toml: there is no such target file; `duheng init` writes one\n"),
        (("--clauses", "9.9"), 'Refused: --clauses: no clause or id "9.9"; did you mean '),
        (("--clauses", ""), "Refused: --clauses: empty; give clauses or ids with commas between, such as "),
        (("--standard", "GB"), 'Refused: --standard: no catalogue "GB"; there is SBT\n'),
        (("--accept-undetermined", "target"), "Refused: --accept-undetermined: target cannot be accepted; only "),
        (("--ledger", "mysql://u:canary@db"), "[ledger] url: no store is called 'mysql'; known are "),
        (("--", "--no-such-option"), "ERROR: usage: "),
    ],
)
def test_64_wrong_usage(target: Path, words: tuple[str, ...], told: str) -> None:
    done = duheng("examine", *words, folder=target.parent)
    assert done.returncode == 64
    assert done.stderr.startswith(told)
    assert "canary" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (target.parent / "duheng-out" / "latest").exists()


def test_64_a_bad_target_file_with_all_its_faults(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(
        '[platform]\nid = "x"\nname = "X"\nbase_url = "shop"\n[limits]\nworkers = 0\n'
        '[thresholds."SBT-3.1.1.2-mtbf"]\nmtbf = 1\n[roles.operator]\nusername = "o"\npassword = "hunter2"\n',
        encoding="utf-8",
    )
    for done in (duheng("examine", folder=tmp_path), run(pytest_of(), folder=tmp_path)):
        assert (done.returncode, done.stdout) == (64, "")
        assert re.findall(r"^  duheng\.toml:(\d+): ", done.stderr, re.MULTILINE) == ["4", "6", "8", "11"]
        assert done.stderr.startswith("Refused: 4 faults\n")
        assert "hunter2" not in done.stderr


# --- 70: a bug of ours


@pytest.mark.parametrize(
    "meddling",
    [
        pytest.param("import conformance.examination as m\nm.verdict_on = lambda *_: 1 / 0", id="judge"),
        pytest.param("import conformance.gather as m\nm.run_probe = lambda *_, **__: 1 / 0", id="probe"),
        pytest.param("import conformance.plugin as m\nm.family_of = lambda *_: 1 / 0", id="suite"),
        pytest.param("import conformance.output as m\nm.render_all = lambda *_: 1 / 0", id="format"),
        pytest.param("import conformance.session as m\nm.load_catalogue = lambda *_: 1 / 0", id="settings"),
    ],
)
def test_70_a_bug_of_ours(target: Path, meddling: str) -> None:
    further = plugin(target.parent, meddling)
    words = ("--clauses", NETWORK, "--", "-p", "meddling")
    done = duheng("examine", *words, folder=target.parent, further=further)
    assert done.returncode == 70
    assert "ZeroDivisionError" in done.stdout + done.stderr
    assert done.stderr.endswith(BUG)
    assert not (target.parent / "duheng-out" / "latest").exists()
    if "session" in meddling:  # pytest alone cannot tell it apart so early
        return
    plain = [word for word in words if word != "--"]
    assert run(pytest_of("--target", target, *plain), folder=target.parent, further=further).returncode == 70


def test_70_our_own_code_cannot_be_loaded(target: Path) -> None:
    further = {"PYTHONPATH": f"{ROOT}{os.pathsep}{target.parent}"}
    broken = target.parent / "sitecustomize.py"
    broken.write_text("import sys\nsys.modules['conformance.families'] = None", encoding="utf-8")
    done = duheng("examine", folder=target.parent, further=further)
    assert done.returncode == 70
    assert "ModuleNotFoundError" in done.stderr
    assert done.stderr.endswith(BUG)


# --- 130: interrupted


def test_130_while_gathering(tmp_path: Path) -> None:
    with serving(never_answers) as server:
        (tmp_path / "duheng.toml").write_text(
            f'[platform]\nid = "x"\nname = "X"\nbase_url = "{server.url}"\nplain_url = "{server.url}"\n'
            "[limits]\nrequest_timeout_s = 2\n",
            encoding="utf-8",
        )
        process = start("examine", "--clauses", f"{NETWORK},SBT-3.2.5-page", folder=tmp_path)
        until(lambda: server.requests, "its first request", alive=process)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr == (
        "interrupted: no report was written; what was observed until then is in the ledger (sqlite:///duheng.db)\n"
    )
    assert "Traceback" not in stdout
    with recorded(tmp_path / "duheng.db") as store:
        (kept,) = store.runs()
        assert not kept.finished
    assert not (tmp_path / "duheng-out" / "latest").exists()
    assert duheng("examine", "--clauses", NOT_BUILT, folder=tmp_path).returncode == 2  # the next run works


def test_130_while_judging(target: Path) -> None:
    further = plugin(
        target.parent,
        "import os, signal\nseen = []\n"
        "def pytest_runtest_setup(item):\n"
        "    seen.append(item)\n"
        "    if len(seen) == 3:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n",
    )
    done = duheng(
        "examine", "--clauses", f"{NETWORK},3.1.1.2", "--", "-p", "meddling", folder=target.parent, further=further
    )
    assert done.returncode == 130
    assert done.stderr.startswith("interrupted: no report was written; ")
    assert "Traceback" not in done.stdout
    with recorded(target.parent / "duheng.db") as store:
        (kept,) = store.runs()
        assert kept.finished
        assert len(list(store.entries(kind=READING))) >= 3
        assert len(list(store.entries(kind=RUN_FINISHED))) == 1
    assert not (target.parent / "duheng-out" / "latest").exists()


def test_130_before_anything_was_looked_at(target: Path) -> None:
    further = plugin(
        target.parent,
        "import os, signal\nimport conformance.session as m\n"
        "m.load_catalogue = lambda *_: os.kill(os.getpid(), signal.SIGINT)",
    )
    done = duheng("examine", "--", "-p", "meddling", folder=target.parent, further=further)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "Refused: interrupted before anything was looked at\n"
    assert not (target.parent / "duheng.db").exists()
