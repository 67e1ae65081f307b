"""Passwords of the accounts that a load run makes: derived, so that they need to stand nowhere."""

import base64
import hashlib
import hmac
from typing import Final

_SHAPE: Final = "-Aa7"
"""What rules for passwords ask for beside length: a symbol, both cases, a digit."""


def derived_password(secret: str, username: str) -> str:
    """Return the password of an account: 24 characters of 120 bits, the same for the same secret and name.

    Args:
        secret: the run's random secret, which lives in the environment of the run's processes only.
        username: the account.
    """
    raw = hmac.new(secret.encode(), username.encode(), hashlib.sha256).digest()
    return base64.b32encode(raw[:15]).decode("ascii").lower()[:20] + _SHAPE
