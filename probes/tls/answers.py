"""What a server may answer to a hello: it chose, it said no, or there was trouble. Values only."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

TroubleKind = Literal["timeout", "closed", "reset", "away", "not-tls", "unasked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A ServerHello or HelloRetryRequest, and what came with it in clear.

    ``version`` the protocol that the server chose; ``codes`` the suite (SSLv2: every kind that it offers); ``group``
    the number of the TLS 1.3 group; ``key_exchange`` the body of the ServerKeyExchange; ``chain`` the certificates as
    sent (DER); ``whole`` False where the server broke off, in words of TLS, after it had chosen.
    """

    version: int
    codes: tuple[int, ...]
    group: int | None = None
    key_exchange: bytes | None = None
    chain: tuple[bytes, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The server said no in words of TLS: the name of its alert, or the protocol that it wanted instead."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """No answer that can be used: silence, a connection broken off, no TLS, or a suite that was not asked for."""

    kind: TroubleKind
    words: str


Answer: TypeAlias = Chosen | Refused | Trouble

ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
    40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate", 47: "illegal_parameter", 49: "access_denied",
    50: "decode_error", 51: "decrypt_error", 60: "export_restriction", 70: "protocol_version",
    71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
    109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name", 115: "unknown_psk_identity",
    116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip
PROTOCOL_VERSION = ALERTS[70]
NO_SHARED_SUITE = frozenset({ALERTS[40], ALERTS[71]})
