import argparse
import re
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.cli import key, verify
from conformance.released import in_scope, released_catalogues, requirements_of
from probes.canonical import canonical_bytes, digest
from probes.clock import SystemClock
from probes.errors import EvidenceError, SettingsError
from reports.signing import keys
from tests.reports.dossiers import dossier
from tests.reports.signing.shelf import NOW, RELEASED, lay_out


class StoppedClock(SystemClock):
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(verify, "released_catalogues", lambda: RELEASED)
    monkeypatch.setattr(verify, "SystemClock", StoppedClock)
    return tmp_path / "config" / "duheng"


def call(verb: ModuleType, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    verb.configure(parser)
    status = verb.run(parser.parse_args(argv))
    assert isinstance(status, int)
    return status


def signed(tmp_path: Path, config: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return lay_out(folder, dossier(), signer=keys.load_signer(config / "signing.key"))


def test_key_is_made_and_shown_and_never_made_again(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(key, "new") == 0
    made = capsys.readouterr().out
    assert call(key, "show") == 0
    shown = capsys.readouterr().out

    own_id = keys.load_signer(config / "signing.key").key_id
    for out in (made, shown):
        assert own_id in out
        assert "proves integrity, not identity" in out
        assert "完整性" in out
    with pytest.raises(EvidenceError, match="never overwritten"):
        call(key, "new")


def test_there_is_no_key_to_show_yet(config: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^no key yet: duheng key new$"):
        call(key, "show")
    with pytest.raises(EvidenceError, match=r"none\.pub: the public key cannot be read"):
        call(key, "show", "--key", str(tmp_path / "none.pub"))
    assert not config.exists()


def test_key_elsewhere(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(key, "new", "--out", str(tmp_path / "keys")) == 0
    assert call(key, "show", "--key", str(tmp_path / "keys" / "signing.pub")) == 0
    assert not config.exists()
    assert capsys.readouterr().out.count("key id:") == 2


def test_sound_report_is_verified_with_this_machines_key(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(key, "new")
    folder = signed(tmp_path, config)
    capsys.readouterr()

    assert call(verify, str(folder)) == 0
    out = capsys.readouterr().out
    assert [line[:2] for line in out.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3.", "4.", "5."]
    assert "1. 签名: 通过 / signature: good" in out
    assert out.endswith("核验通过：五项全部成立。\nVerified: all five answers are good.\n")


def test_one_language(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(key, "new")
    folder = signed(tmp_path, config)
    capsys.readouterr()

    assert call(verify, str(folder), "--lang", "en") == 0
    assert capsys.readouterr().out.isascii()
    assert call(verify, str(folder), "--lang", "zh") == 0
    assert "Verified" not in capsys.readouterr().out


def test_foreign_key_and_age_refuse_with_1(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(key, "new")
    folder = signed(tmp_path, config)
    call(key, "new", "--out", str(tmp_path / "other"))
    capsys.readouterr()

    assert call(verify, str(folder), "--key", str(tmp_path / "other" / "signing.pub"), "--lang", "en") == 1
    out = capsys.readouterr().out
    assert "1. signature: REFUSED" in out
    assert "5. freshness: not told (an answer above was refused)" in out
    assert call(verify, str(folder), "--not-older-than", "1h", "--lang", "en") == 1
    assert "5. freshness: REFUSED" in capsys.readouterr().out


def test_without_a_key_nothing_is_said_about_the_report(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(key, "new")
    folder = signed(tmp_path, config)
    for file in config.iterdir():
        file.unlink()
    capsys.readouterr()
    told = "no key given and none on this machine: give the signer's public key with --key PUB"
    with pytest.raises(SettingsError, match=f"^{told}$"):
        call(verify, str(folder))
    with pytest.raises(SettingsError, match=r"^未给出公钥，本机也没有密钥：请用 --key PUB 给出签署者的公钥$"):
        call(verify, str(folder), "--lang", "zh")
    for content in (None, b"no key"):
        if content is not None:
            (tmp_path / "their.pub").write_bytes(content)
        with pytest.raises(SettingsError, match=r"^--key: .*their\.pub: "):
            call(verify, str(folder), "--key", str(tmp_path / "their.pub"))
    assert capsys.readouterr().out == ""


def test_what_is_no_report_is_wrong_usage(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(key, "new")
    capsys.readouterr()
    (tmp_path / "letter.txt").touch()
    for path, told in (
        (tmp_path / "bundle.zip", "there is no such file or folder; hand over an output folder, or the bundle.zip"),
        (tmp_path / "letter.txt", "is no report; hand over"),
        (config, "there is no report in this folder; hand over"),
    ):
        with pytest.raises(SettingsError, match=re.escape(f"{path}: {told}")):
            call(verify, str(path))
        with pytest.raises(SettingsError, match=r"；请给出输出文件夹，或其中的 bundle\.zip"):
            call(verify, str(path), "--lang", "zh")
    assert capsys.readouterr().out == ""


def test_a_broken_report_is_a_refusal(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(key, "new")
    folder = signed(tmp_path, config)
    (folder / "bundle.dsse.json").unlink()
    capsys.readouterr()
    for path in (folder, folder / "bundle.zip"):
        assert call(verify, str(path), "--lang", "en") == 1
        out = capsys.readouterr().out
        assert "bundle.dsse.json: cannot be read" in out
        assert "1. signature: REFUSED" in out


def test_whose_key_was_used_is_said(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(key, "new")
    folder = signed(tmp_path, config)
    capsys.readouterr()
    assert call(verify, str(folder)) == 0
    own, english, *_ = capsys.readouterr().out.splitlines()
    assert own.startswith("以本机自己的密钥核验")
    assert english.startswith("Checked with this machine's own key")
    assert call(verify, str(folder), "--key", str(config / "signing.pub")) == 0
    assert "own key;" not in capsys.readouterr().out


@pytest.mark.parametrize(("words", "seconds"), [("90m", 5400.0), ("36h", 129600.0), ("30d", 2592000.0)])
def test_age(words: str, seconds: float) -> None:
    assert verify.age_s(words) == seconds


@pytest.mark.parametrize("words", ["", "30", "d", "-1d", "1.5h", "1w", "30d "])
def test_no_age(words: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no age"):
        verify.age_s(words)


def test_this_installation_knows_its_own_catalogue_as_released() -> None:
    own = load_catalogue()
    raw = canonical_bytes(own.as_json())
    known = released_catalogues()

    assert digest(raw) == own.sha256
    assert own.sha256 in known.digests
    assert tuple(known.requirements_of(raw)) == tuple(known.requirements)


def test_scope() -> None:
    requirements = load_catalogue().requirements

    assert in_scope("all", requirements) == requirements
    assert 0 < len(in_scope("3.1.3", requirements)) < len(requirements)
    with pytest.raises(EvidenceError, match=r"scope '9\.9\.9'"):
        in_scope("9.9.9", requirements)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"schema":"duheng/catalogue/v1"}'])
def test_what_is_no_catalogue(raw: bytes) -> None:
    with pytest.raises(EvidenceError):
        requirements_of(raw)
