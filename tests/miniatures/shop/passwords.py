"""Passwords as a shop keeps them: salted and hashed. Few rounds, since the miniature starts for every test."""

import hashlib
import hmac
import secrets
from base64 import b64encode
from dataclasses import dataclass

ROUNDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Salt and digest of one password."""

    salt: bytes
    digest: bytes

    @property
    def crypt(self) -> str:
        """Salt and digest as one text, as frameworks keep them."""
        return f"pbkdf2_sha256${ROUNDS}${self.salt.hex()}${b64encode(self.digest).decode()}"


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)


def keep(password: str) -> Kept:
    """Return what is kept of a password."""
    salt = secrets.token_bytes(16)
    return Kept(salt=salt, digest=_hashed(password, salt))


def matches(kept: Kept, password: str) -> bool:
    """Tell whether this is the password that was kept."""
    return hmac.compare_digest(kept.digest, _hashed(password, kept.salt))
