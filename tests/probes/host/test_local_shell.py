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


def _instead_of_python(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Put a program in the place of ``python3``; ``$mark`` is the document's, ``$digest`` the agent's."""
    python = folder / "python3"
    # Isolated, and writing nothing beside the libraries of the host.
    given = '[ "$1" = -IBS ] || exit 9; digest=$4; while [ "$1" != --mark ]; do shift; done; mark=$2'
    python.write_text("\n".join(("#!/bin/sh", given, *lines, "")), encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


_SPEAKS = 'printf "%s{\\"at_ms\\": 1}%s" "$mark" "$mark"'
_READS = "head -c 100000 >/dev/null"


@pytest.mark.parametrize(
    "lines",
    [
        ["printf 'duheng-'", "sleep 0.2", "printf 'need '", "sleep 0.2", 'echo "$digest x-1"', _READS, _SPEAKS],
        ['echo "noise duheng-need $digest x-1"', _READS, 'echo "duheng-need $digest x-1"', "cat >/dev/null", _SPEAKS],
        ['echo "duheng-need $digest"', _SPEAKS],  # of no form: nothing is sent
        [_SPEAKS, 'echo "duheng-need $digest x-1"', "cat >/dev/null"],
    ],
    ids=["in pieces", "twice", "half a question", "after its document"],
)
def test_what_a_host_asks_for_is_sent_once(lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead_of_python(tmp_path, monkeypatch, *lines)
    assert facts(LocalShell(), deadline=_soon(), clock=SystemClock())["at_ms"] == 1


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([f"echo duheng-need {'0' * 64} x-1", "cat >/dev/null"], "did not offer"),
        (['echo "duheng-need $digest x-1"', "cat >/dev/null"], "broke off with status 0"),
        (['echo "duheng-need $digest x-1"', "exec 0<&-", "exit 3"], "broke off with status 3"),
        (['echo "duheng-need $digest x-1"', _READS, "head -c 9000000 /dev/zero"], "cut off"),
    ],
    ids=["another", "nothing behind it", "without reading", "a flood behind it"],
)
def test_a_host_that_asks_and_then_tells_nothing_is_garbage(
    lines: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _instead_of_python(tmp_path, monkeypatch, *lines)
    with pytest.raises(Garbage, match=told):
        facts(LocalShell(), deadline=_soon(), clock=SystemClock())


def test_a_host_that_asks_and_is_then_silent_is_told_at_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _instead_of_python(tmp_path, monkeypatch, 'echo "duheng-need $digest x-1"', "exec sleep 600")
    with pytest.raises(TimedOut):
        facts(LocalShell(), deadline=_soon(2), clock=SystemClock())


def test_the_alarm_that_the_start_has_set_is_not_called_off() -> None:
    program = (
        "import signal, sys; signal.alarm(600); from probes.host.agent.__main__ import main; "
        "main(['--sections', 'memory']); sys.exit(0 if signal.alarm(0) else 3)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, capture_output=True).returncode == 0
