"""What stands in the way: one clear message, the right exit, nothing recorded is lost, no secret anywhere."""

import base64
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from conformance import session
from conformance.options import Options
from probes.clock import SystemClock
from probes.errors import EvidenceError
from reports.ledger import location
from reports.ledger.entry import READING
from reports.ledger.sqlite import SqliteStore
from reports.signing.keys import default_folder, new
from tests.conformance.conftest import WholeRun
from tests.conformance.running import (
    duheng,
    plugin,
    recorded,
)
from tests.miniatures.shop.miniature import ADAPTERS, MiniatureShop
from tests.nobody import as_nobody, public_folder

NETWORK = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-plain-web,SBT-3.1.3.3-ssl128"
QUICK = "SBT-3.1.2.3-tcpip"


@pytest.fixture
def target(tmp_path: Path, running_shop: MiniatureShop) -> Path:
    return running_shop.target_toml(tmp_path)


def refused(done: subprocess.CompletedProcess[str], *parts: str) -> str:
    """Assert that a run ended with 64 and one clear line on its standard error, and return that line."""
    assert done.returncode == 64
    assert "Traceback" not in done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line
    return line


# --- the ledger


def quick(target: Path, ledger: str | None = None) -> Options:
    """Return what asks for one quick check."""
    return Options(
        target=target,
        ledger=ledger,
        out=target.parent / "out",
        clauses=QUICK,
        standard="SBT",
        replay=None,
        accept=(),
        lang="en",
    )


def _examined(target: Path) -> Path:
    """Return the ledger of a first, good run."""
    assert duheng("examine", "--clauses", QUICK, folder=target.parent).returncode == 0
    return target.parent / "duheng.db"


def test_ledgers_that_cannot_serve(target: Path) -> None:
    ledger = _examined(target)
    sound = ledger.read_bytes()

    ledger.write_bytes(sound[: len(sound) // 2])
    refused(duheng("examine", "--clauses", QUICK, folder=target.parent), "duheng.db: cannot ", "restore a backup")
    ledger.write_bytes(sound[:100])
    refused(duheng("examine", "--clauses", QUICK, folder=target.parent), "duheng.db: ", "truncated")

    ledger.write_bytes(sound)
    with sqlite3.connect(ledger) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    refused(duheng("examine", "--clauses", QUICK, folder=target.parent), "duheng.db: ", "use the newer Duheng")

    ledger.write_bytes(sound)
    with recorded(ledger) as store:
        assert len(store.runs()) == 1
    assert duheng("examine", "--clauses", QUICK, folder=target.parent).returncode == 0
    with recorded(ledger) as store:
        assert len(store.runs()) == 2


def test_a_ledger_that_somebody_keeps_locked(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = _examined(target)
    monkeypatch.setattr(location, "SqliteStore", partial(SqliteStore, lock_timeout_s=0.1))
    prepared = session.prepare(quick(target), SystemClock())
    holder = sqlite3.connect(ledger, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(EvidenceError, match=r"keeps it locked; wait for that run to end"):
        session.gather_into(prepared, _silent)
    holder.execute("ROLLBACK")
    holder.close()
    session.gather_into(prepared, _silent)
    assert session.finish(prepared) == 0
    with recorded(ledger) as store:
        assert [kept.finished for kept in store.runs()] == [True, True]


@contextmanager
def _silent() -> Iterator[session.Progress]:
    yield lambda *_: None


def test_a_read_only_ledger(target: Path) -> None:
    ledger = _examined(target)
    with public_folder() as public:
        shutil.copy(ledger, public / "kept.db")
        (public / "kept.db").chmod(0o444)
        prepared = session.prepare(quick(target, ledger=f"sqlite:///{public}/kept.db"), SystemClock())
        told = r"kept\.db: cannot .* read-only .* give this user the right"
        with as_nobody(), pytest.raises(EvidenceError, match=told):
            session.gather_into(prepared, _silent)


def test_a_ledger_in_a_folder_that_is_not_there(target: Path) -> None:
    done = duheng("examine", "--clauses", QUICK, "--ledger", "sqlite:///none/duheng.db", folder=target.parent)
    refused(done, "none/duheng.db: cannot ", "see that its folder exists")


# --- disk and output folder


def test_an_output_folder_that_cannot_be_written_is_told_before_anything_is_looked_at(
    target: Path, running_shop: MiniatureShop
) -> None:
    (target.parent / "file").touch()
    before = len(running_shop.request_log)
    for out, reason in (("file", "File exists"), ("file/out", "Not a directory"), ("/proc/out", "")):
        refused(
            duheng("examine", "--clauses", NETWORK, "--out", out, folder=target.parent),
            f"Refused: {out}: the output folder cannot be written ({reason}",
            "choose another with --out",
        )
    (target.parent / "mine" / "latest").mkdir(parents=True)
    refused(
        duheng("examine", "--clauses", NETWORK, "--out", "mine", folder=target.parent),
        "mine/latest is not Duheng's link to the latest run; move it away, or choose another --out",
    )
    assert len(running_shop.request_log) == before
    assert not (target.parent / "duheng.db").exists()


LIMITED = """
import resource, sys
import conformance.session as m
real = m.{function}
def limited(*arguments):
    resource.setrlimit(resource.RLIMIT_FSIZE, ({largest}, resource.RLIM_INFINITY))
    return real(*arguments)
m.{function} = limited
"""


def test_a_disk_that_is_full_when_the_report_is_written(target: Path) -> None:
    further = plugin(target.parent, LIMITED.format(function="write", largest=20_000))
    done = duheng("examine", "--clauses", NETWORK, "--", "-p", "meddling", folder=target.parent, further=further)
    refused(done, "the report could not be written (File too large); the evidence is in the ledger", "make room")
    assert "Exit 0" in done.stdout  # what was told is not kept from the user
    left = sorted(path.name for path in (target.parent / "duheng-out").iterdir())
    assert left == ["trails"]
    with recorded(target.parent / "duheng.db") as store:
        assert [kept.finished for kept in store.runs()] == [True]
    assert duheng("examine", "--clauses", NETWORK, folder=target.parent).returncode == 0


def test_a_disk_that_is_full_while_evidence_is_gathered(target: Path) -> None:
    _examined(target)
    largest = (target.parent / "duheng.db").stat().st_size
    further = plugin(target.parent, LIMITED.format(function="observe", largest=largest))
    done = duheng("examine", "--clauses", NETWORK, "--", "-p", "meddling", folder=target.parent, further=further)
    refused(done, "duheng.db: cannot append to the ledger: the disk refused", "make room")
    assert len(list((target.parent / "duheng-out").glob("2*"))) == 1
    with recorded(target.parent / "duheng.db") as store:
        first, *_ = store.runs()
        assert first.finished
    assert duheng("examine", "--clauses", NETWORK, folder=target.parent).returncode == 0


# --- key and secrets


def test_a_signing_key_that_others_may_read(target: Path, home: Path, running_shop: MiniatureShop) -> None:
    folder = default_folder({"HOME": str(home)})
    new(folder)
    (folder / "signing.key").chmod(0o640)
    before = len(running_shop.request_log)
    done = duheng("examine", "--clauses", QUICK, folder=target.parent)
    refused(done, f"others may read this private key; run: chmod 600 {folder}/signing.key")
    assert len(running_shop.request_log) == before


def test_missing_secrets_are_named_all_at_once(target: Path, running_shop: MiniatureShop) -> None:
    text = target.read_text(encoding="utf-8")
    text = text.replace('password_file = "operator.password"', 'password_env = "DUHENG_NOT_THERE"')
    target.write_text(text, encoding="utf-8")
    (target.parent / "seller_a.password").unlink()
    (target.parent / "seller_b.password").chmod(0o644)
    before = len(running_shop.request_log)
    done = duheng("examine", "--clauses", f"{QUICK},9.9", folder=target.parent)
    assert (done.returncode, done.stdout) == (64, "")
    head, *faults = done.stderr.splitlines()
    assert head == "Refused: 4 faults"
    assert '--clauses: no clause or id "9.9"' in faults[0]
    places = ("operator] password_env", "seller_a] password_file", "seller_b] password_file")
    for fault, place in zip(faults[1:], places, strict=True):
        assert re.match(rf"  duheng\.toml:[0-9]+: \[roles\.{re.escape(place)}: ", fault)
    assert ": the environment variable DUHENG_NOT_THERE is not set; export it" in faults[1]
    assert ": cannot read" in faults[2]
    assert "run: chmod 600" in faults[3]
    assert len(running_shop.request_log) == before


def test_keys_files_secrets_adapter_and_catalogue_are_told_in_one_go(tmp_path: Path) -> None:
    lines = (
        ("[platform]", None),
        ('id = "x"', None),
        ('name = "X"', None),
        ('base_url = "https://shop.test"', None),
        ("colour = 1", "[platform] colour: unknown key"),
        ('adapter = "oskar"', "[platform] adapter: adapter 'oskar' is unknown; built in are"),
        ("[tls]", None),
        ('ca_file = "none.pem"', "[tls] ca_file: "),
        ("[roles.operator]", None),
        ('username = "o"', None),
        ('password_env = "DUHENG_NOT_THERE"', "[roles.operator] password_env: the environment variable"),
        ("[limits]", None),
        ("workers = 0", "[limits] workers: "),
        ("[not_applicable.SBT-none]", "[not_applicable] SBT-none: no requirement"),
        ('reason = "none"', None),
    )
    (tmp_path / "duheng.toml").write_text("\n".join(line for line, _ in lines), encoding="utf-8")
    wanted = [f"duheng.toml:{number}: {told}" for number, (_, told) in enumerate(lines, start=1) if told]
    for verb, further in (("examine", 0), ("doctor", 0), ("examine", 2)):
        adapter = "oskar"
        if further:  # the adapter's own faults have places of their own
            (tmp_path / "mine.toml").write_text('[adapter]\nname = "mine"\ncolour = 1\n', encoding="utf-8")
            text = (tmp_path / "duheng.toml").read_text(encoding="utf-8").replace(adapter, "mine.toml")
            (tmp_path / "duheng.toml").write_text(text, encoding="utf-8")
            wanted.pop(1)
        done = duheng(verb, folder=tmp_path)
        assert (done.returncode, done.stdout) == (64, "")
        faults = [line.strip() for line in done.stderr.splitlines() if not line.startswith("Refused: ")]
        own = [fault for fault in faults if fault.startswith("duheng.toml:")]
        assert [fault[: len(start)] for fault, start in zip(own, wanted, strict=True)] == wanted
        assert len([fault for fault in faults if fault.startswith("mine.toml:")]) >= further
        assert len(faults) > len(own) or not further


def test_a_trust_anchor_that_is_none(target: Path) -> None:
    (target.parent / "ca.pem").write_text("not a certificate", encoding="utf-8")
    refused(duheng("examine", "--clauses", QUICK, folder=target.parent), "[tls] ca_file: ", "cannot be used")


def _spellings(secret: str) -> set[bytes]:
    raw = secret.encode()
    shifted = [base64.b64encode(bytes(shift) + raw).decode().rstrip("=")[4:-2] for shift in range(3)]
    return {
        form.encode()
        for form in (secret, quote(secret), quote_plus(secret), secret[::-1], *shifted, base64.b16encode(raw).decode())
    }


def test_no_password_is_in_any_byte_that_a_run_leaves(whole_run: WholeRun, running_shop: MiniatureShop) -> None:
    left = {"stdout": whole_run.done.stdout.encode(), "stderr": whole_run.done.stderr.encode()}
    for path in whole_run.folder.rglob("*"):
        if path.is_file() and path.suffix not in {".password", ".key"}:
            left[str(path)] = path.read_bytes()
    with zipfile.ZipFile(whole_run.output / "bundle.zip") as archive:
        left |= {f"bundle.zip/{name}": archive.read(name) for name in archive.namelist()}
    with recorded(whole_run.folder / "duheng.db") as store:
        entries = list(store.entries())
        left |= {f"entry {entry.seq}": entry.payload for entry in entries}
        assert sum(entry.kind == READING for entry in entries) >= 15
    assert {Path(name).name for name in left} >= {"duheng.db", "report.html", "readings.jsonl", "trail.jsonl"}
    secrets = {**running_shop.accounts, "API client": running_shop.state.office.key}
    for role, secret in secrets.items():
        for form in _spellings(secret):
            assert not [name for name, content in left.items() if form in content], role


# --- adapters


def test_an_adapter_with_faults_is_told_whole(target: Path) -> None:
    good = (ADAPTERS / "miniature.toml").read_text(encoding="utf-8")
    bad = good.replace("[session]", "[session]\ncolour = 1", 1).replace("stepId", "stepid", 2)
    (target.parent / "mine.toml").write_text(bad, encoding="utf-8")
    text = target.read_text(encoding="utf-8").replace(str(ADAPTERS / "miniature.toml"), "mine.toml")
    target.write_text(text, encoding="utf-8")
    done = duheng("examine", "--clauses", QUICK, folder=target.parent)
    assert (done.returncode, done.stdout) == (64, "")
    head, *faults = done.stderr.splitlines()
    assert head == f"Refused: {len(faults)} faults"
    assert len(faults) >= 3
    assert all(fault.startswith("  mine.toml:") for fault in faults)


def test_an_adapter_that_is_not_there(target: Path) -> None:
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace(str(ADAPTERS / "miniature.toml"), "oskar"), encoding="utf-8")
    refused(duheng("examine", "--clauses", QUICK, folder=target.parent), "adapter 'oskar' is unknown; built in are")
    target.write_text(text.replace(str(ADAPTERS / "miniature.toml"), "none.toml"), encoding="utf-8")
    refused(duheng("examine", "--clauses", QUICK, folder=target.parent), "none.toml: cannot read the adapter")
