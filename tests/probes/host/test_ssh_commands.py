"""Single commands over SSH and on this machine: the same promises hold for both."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import Garbage, LookFailed, NotSet, TargetAway, TimedOut
from probes.host.sudoers import sudoers
from probes.transports.command import NOT_FOUND, Answer, Shell
from probes.transports.local import LocalShell
from probes.transports.ssh_opening import SshPlace, ssh_shell
from tests.miniatures.lab.lab import USER, Lab, LabHost, open_folder
from tests.miniatures.lab.names import need_lab

pytestmark = pytest.mark.integration
T = TypeVar("T")
SECRET = "canary-4471 'quoted' $HOME \\"
FLOOD = 3_000_000


def soon(seconds: float = 60) -> Deadline:
    return Deadline.after(SystemClock(), seconds)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    need_lab()
    web1 = LabHost(name="web1", profile="echo noise; echo noise >&2\n", sudoers=sudoers(USER))
    with open_folder() as folder, Lab(folder, web1) as built:
        yield built


def place(lab: Lab) -> SshPlace:
    return SshPlace(name="web1", address=lab.address("web1"), user=USER, key_file=lab.key, known_hosts=lab.known_hosts)


@pytest.fixture(params=["local", "ssh"])
def on(request: pytest.FixtureRequest) -> Callable[[Callable[[Shell], T]], T]:
    """Calls a function with a shell: on this machine, or over SSH."""
    if request.param == "local":
        return lambda act: act(LocalShell("here"))
    lab: Lab = request.getfixturevalue("lab")
    return lambda act: lab.inside(lambda: over_ssh(lab, act))


def over_ssh(lab: Lab, act: Callable[[Shell], T]) -> T:
    with ssh_shell(place(lab), soon()) as shell:
        return act(shell)


On = Callable[[Callable[[Shell], T]], T]


def test_arguments_arrive_as_they_are(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        words = ["a b", "$HOME", "it's", '"', "*", "\\", "line\nbreak", "", "度衡"]
        ran = shell.run(["printf", "%s|", *words], deadline=soon())
        assert (ran.status, ran.stdout.decode(), ran.stderr) == (0, "".join(f"{word}|" for word in words), b"")

    on(act)


def answer_to(question: bytes, rest: bytes | LookFailed) -> tuple[bytearray, Answer]:
    """Return what was heard, as it grows, and an answer to a command that prints that question."""
    heard = bytearray()

    def answer(piece: bytes) -> bytes | None:
        heard.extend(piece)
        if not heard.endswith(question):
            return None
        if isinstance(rest, LookFailed):
            raise rest
        return rest

    return heard, answer


def test_a_command_that_asks_is_answered_once_and_its_input_then_ends(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        heard, answer = answer_to(b"more?", bytes(FLOOD))
        asks = ["sh", "-c", "head -c 5; printf mo; exec 3<&0; sleep 0.2; printf 're?'; cat <&3 | wc -c"]
        ran = shell.run(asks, stdin=b"first", deadline=soon(), answer=answer)
        assert ran.stdout == b"firstmore?%d\n" % FLOOD
        assert heard.endswith(ran.stdout[:10])  # over SSH, a profile may have printed before

    on(act)


def test_a_command_that_asks_for_nothing_ends_without_an_answer(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        _, answer = answer_to(b"more?", b"the rest")
        ran = shell.run(["sh", "-c", "head -c 5; exit 3"], stdin=b"first", deadline=soon(), answer=answer)
        assert (ran.status, ran.stdout) == (3, b"first")

    on(act)


def test_the_input_ends_where_there_is_no_more_to_answer(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        closes = ["sh", "-c", "exec >&- 2>&-; cat; exit 4"]
        assert shell.run(closes, deadline=soon(), answer=lambda _piece: None).status == 4

    on(act)


def test_what_comes_before_any_input_is_answered(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        _, answer = answer_to(b"more?", b"the rest")
        ran = shell.run(["sh", "-c", "printf 'more?'; cat"], deadline=soon(), answer=answer)
        assert ran.stdout == b"more?the rest"

    on(act)


def test_what_keeps_us_from_answering_is_told(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        _, answer = answer_to(b"more?", Garbage("asks for what nobody offered"))
        with pytest.raises(Garbage, match="nobody offered"):
            shell.run(["sh", "-c", "printf 'more?'; cat"], deadline=soon(), answer=answer)
        assert shell.run(["echo", "on it goes"], deadline=soon()).stdout == b"on it goes\n"

    on(act)


def test_who_waits_for_an_answer_that_never_comes_is_ended_by_the_deadline(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        with pytest.raises(TimedOut):
            shell.run(["cat"], deadline=soon(2), answer=lambda _piece: None)

    on(act)


def test_status_output_and_errors_stay_apart(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        ran = shell.run(["sh", "-c", "echo out; echo err >&2; exit 3"], deadline=soon())
        assert (ran.status, ran.stdout, ran.stderr, ran.complaint()) == (3, b"out\n", b"err\n", "err")
        assert shell.run(["no-such-program"], deadline=soon()).status == NOT_FOUND

    on(act)


def test_commands_answer_in_one_language(on: On[None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def act(shell: Shell) -> None:
        assert shell.run(["printenv", "LC_ALL"], deadline=soon()).stdout == b"C.UTF-8\n"

    on(act)


def test_input_and_output_flow_side_by_side(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        sent = os.urandom(FLOOD)
        assert shell.run(["cat"], stdin=sent, deadline=soon()).stdout == sent
        assert shell.run(["true"], stdin=sent, deadline=soon()).status == 0

    on(act)


def test_secrets_reach_the_command_and_no_command_line(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        show = 'printf %s "$PASSWORD"; cat; tr "\\0" " " < /proc/$$/cmdline; tr "\\0" " " < /proc/$PPID/cmdline'
        ran = shell.run(["sh", "-c", show], secrets={"PASSWORD": SECRET}, stdin=b"|input|", deadline=soon())
        assert ran.stdout.startswith(f"{SECRET}|input|".encode())
        assert ran.stdout.count(b"canary-4471") == 1

    on(act)


def test_what_prints_too_much_is_cut_off(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        ran = shell.run(["yes", "output"], deadline=soon(), max_bytes=100_000)
        assert ran.cut
        assert ran.status != 0
        assert 0 < len(ran.stdout) <= 100_000
        errors = shell.run(["sh", "-c", f"yes | head -c {FLOOD} >&2; echo done"], deadline=soon())
        assert (errors.status, errors.stdout, errors.cut) == (0, b"done\n", False)
        assert len(errors.stderr) <= 64_000

    on(act)


def test_what_does_not_end_is_ended_and_the_next_command_runs_on_a_new_connection(on: On[None]) -> None:
    def act(shell: Shell) -> None:
        with pytest.raises(TimedOut, match="deadline passed while waiting for sleep"):
            shell.run(["sleep", "600"], deadline=soon(2))

    on(act)

    def again(shell: Shell) -> None:
        assert shell.run(["true"], deadline=soon()).status == 0

    on(again)


def test_a_connection_that_breaks_off_is_no_answer(lab: Lab) -> None:
    def act(shell: Shell) -> None:
        with pytest.raises(TargetAway, match="web1"):
            shell.run(["sh", "-c", "kill -9 $(ps -o ppid= -p $PPID); sleep 600"], deadline=soon())

    lab.inside(lambda: over_ssh(lab, act))


def test_sudo_runs_what_the_printed_sudoers_file_lists_and_no_more(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "duheng"
    file.write_text(sudoers(USER))
    checked = subprocess.run(["/usr/sbin/visudo", "-c", "-f", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    def act(shell: Shell) -> None:
        listed = shell.run(["/usr/sbin/nft", "-j", "list", "ruleset"], sudo=True, deadline=soon())
        assert listed.status == 0, listed.stderr
        for refused in (["/usr/sbin/nft", "flush", "ruleset"], ["/usr/bin/id"]):
            ran = shell.run(refused, sudo=True, deadline=soon())
            assert ran.status == 1
            assert re.search(rb"password is required", ran.stderr)

    if shutil.which("nft") is None:
        pytest.skip("not installed: nftables")
    lab.inside(lambda: over_ssh(lab, act))


def test_keys_that_cannot_be_used_say_what_to_do(lab: Lab, tmp_path: Path) -> None:
    loose, locked, odd = tmp_path / "loose", tmp_path / "locked", tmp_path / "odd"
    shutil.copy(lab.key, loose)
    loose.chmod(0o644)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "passphrase", "-f", str(locked)], check=True)
    odd.write_text("no key")
    odd.chmod(0o600)
    told = {loose: "chmod 600", locked: "ssh-add", odd: "is no private key", tmp_path / "none": "cannot be read"}

    def act() -> None:
        for file, what in told.items():
            where = SshPlace(
                name="web1", address=lab.address("web1"), user=USER, key_file=file, known_hosts=lab.known_hosts
            )
            with pytest.raises(NotSet, match=what), ssh_shell(where, soon()):
                raise AssertionError

    lab.inside(act)


def test_the_keys_of_an_agent_are_used(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_of_agent = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(place_of_agent)], stdout=subprocess.PIPE)
    try:
        assert agent.stdout is not None
        agent.stdout.readline()  # it listens
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place_of_agent))
        subprocess.run(["ssh-add", "-q", str(lab.key)], check=True)
        where = SshPlace(name="web1", address=lab.address("web1"), user=USER, known_hosts=lab.known_hosts)

        def act() -> str:
            with ssh_shell(where, soon()) as shell:
                return shell.run(["id", "-un"], deadline=soon()).stdout.decode()

        assert lab.inside(act) == f"{USER}\n"
    finally:
        agent.terminate()
        agent.communicate()


def test_each_key_that_is_listed_for_a_host_is_accepted(lab: Lab, tmp_path: Path) -> None:
    """As OpenSSH has it, in whichever order: after a change, the old key and the new one stand there."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True)
    other = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    own = next(line for line in lab.known_hosts.read_text().splitlines() if line.split()[0] == lab.address("web1"))
    kind, key = own.split()[1:3]
    assert kind == other.split()[0]
    name, known = lab.address("web1"), tmp_path / "known_hosts"

    def user() -> str:
        where = SshPlace(name="web1", address=name, user=USER, key_file=lab.key, known_hosts=known)
        with ssh_shell(where, soon()) as shell:
            return shell.run(["id", "-un"], deadline=soon()).stdout.decode()

    for lines in ((f"{name} {other}", own), (own, f"{name} {other}"), (own, f"* {other}"), (f"* {kind} {key}",)):
        known.write_text("\n".join(lines) + "\n")
        assert lab.inside(user) == f"{USER}\n"

    def refused() -> None:
        with pytest.raises(NotSet, match="was changed, or another machine answers"):
            user()

    for listed in (name, "*"):
        known.write_text(f"{listed} {other}\n")
        lab.inside(refused)


def test_a_revoked_host_key_is_refused(lab: Lab, tmp_path: Path) -> None:
    line = lab.known_hosts.read_text().splitlines()[0]
    revoked = tmp_path / "known_hosts"
    revoked.write_text(f"{line}\n@revoked\t{line}\n")
    where = SshPlace(name="web1", address=lab.address("web1"), user=USER, key_file=lab.key, known_hosts=revoked)

    def act() -> None:
        with pytest.raises(NotSet, match="is revoked"), ssh_shell(where, soon()):
            raise AssertionError

    lab.inside(act)
