"""Signing keys of this machine: made once, kept owner-only, never overwritten."""

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from probes.errors import EvidenceError
from reports.verdict import Text

PRIVATE_FILE = "signing.key"
PUBLIC_FILE = "signing.pub"
MAX_KEY_BYTES = 10_000

OWN_KEY = Text(
    zh="在自己的机器上生成的密钥只能证明报告未被改动（完整性），不能证明出具者是谁（身份）；身份须由公钥的可信交付或第三方来证明。",
    en="A key made on one's own machine proves integrity, not identity: "
    "who made the report is proven only by whoever vouches for the public key.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A private key that is ready to sign, and the fingerprint of its public half."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """The public half."""
        return self.private.public_key()

    @property
    def key_id(self) -> str:
        """Fingerprint of the public half."""
        return fingerprint(self.public)


def fingerprint(public: Ed25519PublicKey) -> str:
    """Return ``sha256:...`` of the DER SubjectPublicKeyInfo: the key id."""
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "sha256:" + hashlib.sha256(der).hexdigest()


def default_folder(environ: Mapping[str, str]) -> Path:
    """Return ``$XDG_CONFIG_HOME/duheng``, by default ``~/.config/duheng``."""
    configured = Path(environ.get("XDG_CONFIG_HOME", ""))
    home = Path(environ.get("HOME") or "~").expanduser()
    # The XDG specification has relative paths ignored.
    return (configured if configured.is_absolute() else home / ".config") / "duheng"


def new(folder: Path) -> Signer:
    """Make a key pair in ``folder``: ``signing.key`` (PKCS8 PEM, mode 0600) and ``signing.pub``.

    Raises:
        EvidenceError: if either file is there already, others may write in the folder, or it cannot be written.
    """
    signer = Signer(private=Ed25519PrivateKey.generate())
    private_pem = signer.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = signer.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_folder(folder)
        for name in (PRIVATE_FILE, PUBLIC_FILE):
            if (folder / name).exists():
                raise EvidenceError(f"{folder / name} is there already; a key is never overwritten")
        _create(folder / PRIVATE_FILE, private_pem, mode=0o600)
        _create(folder / PUBLIC_FILE, public_pem, mode=0o644)
    except FileExistsError as error:
        raise EvidenceError(f"{error.filename} is there already; a key is never overwritten") from error
    except OSError as error:
        raise EvidenceError(f"no key could be written in {folder}: {error.strerror}") from error
    return signer


def _check_folder(folder: Path) -> None:
    mode = folder.stat().st_mode
    if mode & 0o022 and not mode & stat.S_ISVTX:
        raise EvidenceError(f"others may write in {folder} and could put another key there; run: chmod 700 {folder}")


def _create(path: Path, content: bytes, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # whatever the umask
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def load_signer(path: Path) -> Signer:
    """Return the private key in ``path``.

    Raises:
        EvidenceError: if the file is missing, may be read by others (with the chmod to run), belongs to another user,
            or holds no unencrypted Ed25519 key.
    """
    content = _read_private(path)
    try:
        private = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise EvidenceError(f"{path}: not an unencrypted private key in PEM; make one with: duheng key new") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise EvidenceError(f"{path}: not an Ed25519 key; make one with: duheng key new")
    return Signer(private=private)


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # Asked of the open file: the path may be swapped between a look and the reading.
            status = os.fstat(file.fileno())
            if status.st_mode & 0o077:
                raise EvidenceError(f"{path}: others may read this private key; run: chmod 600 {path}")
            if status.st_uid != os.geteuid():
                raise EvidenceError(f"{path}: this private key belongs to another user (uid {status.st_uid})")
            return file.read(MAX_KEY_BYTES)
    except FileNotFoundError as error:
        raise EvidenceError(f"{path}: there is no signing key; make one with: duheng key new") from error
    except OSError as error:
        raise EvidenceError(f"{path}: the signing key cannot be read: {error.strerror}") from error


def load_public(path: Path) -> Ed25519PublicKey:
    """Return the public key in ``path`` (PEM, SubjectPublicKeyInfo).

    Raises:
        EvidenceError: if the file is missing, or holds anything but an Ed25519 public key.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_KEY_BYTES)
    except OSError as error:
        raise EvidenceError(f"{path}: the public key cannot be read: {error.strerror}") from error
    try:
        public = serialization.load_pem_public_key(content)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise EvidenceError(f"{path}: not a public key in PEM; give the signer's {PUBLIC_FILE}") from error
    if not isinstance(public, Ed25519PublicKey):
        raise EvidenceError(f"{path}: not an Ed25519 public key; give the signer's {PUBLIC_FILE}")
    return public
