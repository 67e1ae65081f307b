import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from probes.errors import EvidenceError
from reports.signing import keys


def test_new_key_is_owner_only_and_fits_its_public_half(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "duheng"
    made = keys.new(folder)

    assert stat.S_IMODE((folder / "signing.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert keys.load_signer(folder / "signing.key").key_id == made.key_id
    assert keys.fingerprint(keys.load_public(folder / "signing.pub")) == made.key_id
    assert b"BEGIN PRIVATE KEY" in (folder / "signing.key").read_bytes()


@pytest.mark.parametrize("present", ["signing.key", "signing.pub"])
def test_key_is_never_overwritten(tmp_path: Path, present: str) -> None:
    (tmp_path / present).write_bytes(b"mine")

    with pytest.raises(EvidenceError, match="never overwritten"):
        keys.new(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [present]
    assert (tmp_path / present).read_bytes() == b"mine"


def test_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "signing.key").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EvidenceError, match="never overwritten"):
        keys.new(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    with pytest.raises(EvidenceError, match=f"chmod 700 {tmp_path}"):
        keys.new(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(EvidenceError):
        keys.new(tmp_path / "file")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_key_that_others_may_read_is_refused_with_the_chmod(tmp_path: Path, mode: int) -> None:
    keys.new(tmp_path)
    path = tmp_path / "signing.key"
    path.chmod(mode)

    with pytest.raises(EvidenceError, match=f"run: chmod 600 {path}"):
        keys.load_signer(path)


def test_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="duheng key new"):
        keys.load_signer(tmp_path / "signing.key")
    with pytest.raises(EvidenceError, match="cannot be read"):
        keys.load_public(tmp_path / "signing.pub")


def test_other_keys_are_refused(tmp_path: Path) -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    public = elliptic.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    locked = Ed25519PrivateKey.generate().private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    private = elliptic.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for content, message in ((private, "not an Ed25519 key"), (locked, "not an unencrypted"), (b"x", "not an unencr")):
        path = tmp_path / "some.key"
        path.touch(mode=0o600)
        path.write_bytes(content)
        with pytest.raises(EvidenceError, match=message):
            keys.load_signer(path)
    for content, message in ((public, "not an Ed25519 public key"), (private, "not a public key"), (b"", "not a pub")):
        path = tmp_path / "some.pub"
        path.write_bytes(content)
        with pytest.raises(EvidenceError, match=message):
            keys.load_public(path)


def test_default_folder_follows_the_xdg_specification() -> None:
    assert keys.default_folder({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}) == Path("/x/duheng")
    assert keys.default_folder({"XDG_CONFIG_HOME": "relative", "HOME": "/h"}) == Path("/h/.config/duheng")
    assert keys.default_folder({"HOME": "/h"}) == Path("/h/.config/duheng")
