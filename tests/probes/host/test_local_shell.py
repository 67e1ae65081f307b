"""This machine as a host: what a command leaves behind, and what an agent's answer may not be."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import Garbage, TimedOut
from probes.host.remote import facts
from probes.transports.local import LocalShell

pytestmark = pytest.mark.integration
_LONGEST_S = 30.0


def _soon(seconds: float = _LONGEST_S) -> Deadline:
    return Deadline.after(SystemClock(), seconds)


def test_what_a_command_started_ends_with_it_though_it_is_over_itself(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    script = f"(read _ <> {tmp_path}/never) & echo $! > {tmp_path}/pid"
    with pytest.raises(TimedOut):
        LocalShell().run(["sh", "-c", script], deadline=_soon(2))
    pid = int((tmp_path / "pid").read_text(encoding="ascii"))
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return  # it has ended, and been waited for
    ended, _, _ = select.select([process], [], [], _LONGEST_S)
    os.close(process)
    assert ended


def test_a_command_gets_the_secrets_it_is_given_and_none_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUHENG_OPERATOR_PASSWORD", "of-another-role")
    monkeypatch.setenv("PGPASSWORD", "of-the-ledger")
    ran = LocalShell().run(["env"], deadline=_soon(), secrets={"RESTIC_PASSWORD": "its-own"})
    told = dict(line.split("=", 1) for line in ran.stdout.decode().splitlines())
    assert told["RESTIC_PASSWORD"] == "its-own"
    assert told["PATH"] == os.environ["PATH"]
    assert not {"DUHENG_OPERATOR_PASSWORD", "PGPASSWORD"} & told.keys()


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"at_ms": 1, "x": NaN}', '{"at_ms": 1, "x": "\\ud800"}', '{"at_ms": 1e400}']
)
def test_a_document_that_no_evidence_can_hold_is_garbage(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said").write_text(text, encoding="utf-8")
    python = tmp_path / "python3"
    marked = 'while [ "$1" != --mark ]; do shift; done; mark=$2'
    python.write_text(
        f'#!/bin/sh\n{marked}; printf %s "$mark"; cat {tmp_path}/said; printf %s "$mark"\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Garbage):
        facts(LocalShell(), deadline=_soon(), clock=SystemClock())


def test_the_alarm_that_the_start_has_set_is_not_called_off() -> None:
    program = (
        "import signal, sys; signal.alarm(600); from probes.host.agent.__main__ import main; "
        "main(['--sections', 'memory']); sys.exit(0 if signal.alarm(0) else 3)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, capture_output=True).returncode == 0
