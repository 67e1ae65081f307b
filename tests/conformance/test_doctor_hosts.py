"""What `duheng doctor` says of the way to each host, from files and variables here: no host is contacted."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from conformance.doctoring.hosts import of_hosts
from conformance.doctoring.lack import Lack
from conformance.drilling import checkup
from conformance.judges.table import JUDGEMENTS
from probes.target import Target
from probes.target_file import target_of
from reports.ledger.location import open_ledger
from tests.conformance.recorded_runs import keep_drill
from tests.conformance.running import duheng

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\nadapter = "oscar"\n'
AWAY = "host.invalid"
"""Resolves nowhere: a look would fail."""

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)


def _host(name: str, further: str = "", address: str = AWAY) -> str:
    user = "" if address == "local" else 'user = "duheng"\n'
    return f'[[hosts]]\nname = "{name}"\naddress = "{address}"\n{user}{further}'


def _target(folder: Path, text: str) -> Target:
    path = folder / "duheng.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return target_of(HEAD + text, path)


def _lacks(folder: Path, text: str) -> list[Lack]:
    return list(of_hosts(_target(folder, text)))


def _key(path: Path, password: str | None = None) -> paramiko.Ed25519Key:
    made = Ed25519PrivateKey.generate()
    sealed = NoEncryption() if password is None else BestAvailableEncryption(password.encode())
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, sealed))
    path.chmod(0o600)
    return paramiko.Ed25519Key.from_private_key_file(str(path), password)


def _known(folder: Path, *names: str) -> str:
    key = _key(folder / "host_key")
    lines = (f"{name} {key.get_name()} {key.get_base64()}\n" for name in names)
    (folder / "known").write_text("".join(lines), encoding="utf-8")
    return 'known_hosts = "known"\n'


def test_this_machine_and_a_host_with_key_and_host_key_lack_nothing(tmp_path: Path) -> None:
    _key(tmp_path / "key")
    files = _known(tmp_path, AWAY, f"[{AWAY}]:2222") + 'key_file = "key"\n'
    hosts = _host("web1", files) + _host("web2", files, f"{AWAY}:2222") + _host("here", address="local")
    assert _lacks(tmp_path, hosts) == []


def test_a_host_key_that_is_listed_for_another_port_is_not_this_host(tmp_path: Path) -> None:
    (lack,) = _lacks(tmp_path, _host("web1", _known(tmp_path, AWAY), f"{AWAY}:2222"))
    assert f"no host key of web1 is in {tmp_path}/known: write one with `ssh-keyscan -p 2222" in lack.what.en
    assert set(lack.checks) == {check for check, judged in JUDGEMENTS.items() if "hosts" in judged.declares}


def test_the_lists_of_the_user_are_the_default(tmp_path: Path, home: Path) -> None:
    (lack,) = _lacks(tmp_path, _host("web1"))
    assert "no host key of web1 is in" in lack.what.en
    (home / ".ssh").mkdir()
    _known(tmp_path, AWAY)
    (tmp_path / "known").rename(home / ".ssh" / "known_hosts")
    assert _lacks(tmp_path, _host("web1")) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.unlink(), "cannot be read (No such file or directory)"),
        (lambda path: path.chmod(0o644), "others may read it; chmod 600 it"),
        (lambda path: path.write_bytes(b"no key"), "is no private key that can be used"),
        (lambda path: _key(path, "a long passphrase"), "is encrypted; add it to an SSH agent"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_once_for_all_that_share_it(
    tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    _key(tmp_path / "key")
    spoil(tmp_path / "key")
    files = _known(tmp_path, AWAY) + 'key_file = "key"\n'
    (lack,) = _lacks(tmp_path, _host("web1", files) + _host("web2", files))
    assert lack.what.en.startswith(f"key_file {tmp_path}/key: {told}")
    assert lack.checks


def test_what_is_wrong_with_many_hosts_stands_there_one_by_one_and_the_checks_once(tmp_path: Path) -> None:
    hosts = "".join(_host(name, 'known_hosts = "none"\n') for name in ("web1", "web2", "web3"))
    found = _lacks(tmp_path, hosts)
    assert [lack.what.en.split(":")[0] for lack in found] == [f"known_hosts of web{number}" for number in (1, 2, 3)]
    assert [bool(lack.checks) for lack in found] == [False, False, True]


def test_passwords_of_databases_and_repositories_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        f'{_host("db1", address="local")}[[databases]]\nname = "orders"\nhost = "db1"\nkind = "postgresql"\n'
        'account = "auditor"\ndatabase = "shop"\nlog = "/var/log/postgresql"\npassword_env = "DUHENG_AUDITOR"\n'
        '[[backups]]\nname = "nightly"\ntool = "restic"\nhost = "db1"\nrepository = "/srv/backup"\n'
        'holds = ["trades"]\nplace = "local"\npassword_file = "repository.password"\n'
    )
    database, backup = _lacks(tmp_path, text)
    assert "[databases.orders]: the environment variable DUHENG_AUDITOR is not set" in database.what.en
    assert (
        set(database.checks)
        == {check for check, judged in JUDGEMENTS.items() if "db.marked_session" in judged.needs}
        != set()
    )
    assert f"[backups.nightly]: cannot read {tmp_path}/repository.password" in backup.what.en
    assert set(backup.checks) == {check for check, judged in JUDGEMENTS.items() if "backups" in judged.declares}

    monkeypatch.setenv("DUHENG_AUDITOR", "long enough a word")
    (tmp_path / "repository.password").write_text("another long word\n", encoding="utf-8")
    (tmp_path / "repository.password").chmod(0o600)
    assert _lacks(tmp_path, text) == []


def test_a_drill_that_is_declared_wants_to_be_run(tmp_path: Path) -> None:
    assert checkup.lacks(_target(tmp_path, ""), NOW) == ()
    text = (
        f'{_host("web1", address="local")}[[drills]]\nname = "crash"\nfault = "software-crash"\nhost = "web1"\n'
        'pidfile = "/run/shop.pid"\nstart = ["systemctl", "start", "shop"]\n'
    )
    target = _target(tmp_path, text)
    (lack,) = checkup.lacks(target, NOW)
    assert lack.what.en == "the ledger holds no drill of the last 400 days"
    assert set(lack.checks) == {check for check, judged in JUDGEMENTS.items() if "drills" in judged.declares} != set()
    assert not (tmp_path / "duheng.db").exists()

    with open_ledger(target.ledger_url, base=tmp_path) as store:
        keep_drill(store, "another", "crash", ended=NOW, seen=NOW)
    assert checkup.lacks(target, NOW) == (lack,)
    with open_ledger(target.ledger_url, base=tmp_path) as store:
        keep_drill(store, "x", "crash", ended=NOW, seen=NOW)
    assert checkup.lacks(target, NOW) == ()


def test_doctor_says_it_and_goes_on(tmp_path: Path) -> None:
    _target(tmp_path, _host("web1", 'known_hosts = "none"\n'))
    done = duheng("doctor", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    words = " ".join(done.stdout.split())
    assert "known_hosts of web1:" in words
    assert "→ put this right; what does not stand on it is examined without" in words
    assert "请予补齐；其余部分照常检查" in duheng("doctor", "--lang", "zh", folder=tmp_path).stdout
