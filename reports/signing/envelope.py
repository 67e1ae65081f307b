"""DSSE envelopes, pure: what is signed, how it is written down, and reading it back strictly.

Source: https://github.com/secure-systems-lab/dsse (protocol and envelope, v1).
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from reports.strict_json import load_canonical

PAYLOAD_TYPE = "application/vnd.in-toto+json"
FILE = "bundle.dsse.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One payload and one signature over it; ``key_id`` is the fingerprint of the key that made it."""

    payload: bytes
    payload_type: str
    key_id: str
    signature: bytes


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: the very bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def encode(envelope: Envelope) -> bytes:
    """Return the canonical bytes of the envelope (RFC 8785): there is one spelling, so any changed byte shows."""
    return canonical_bytes(
        {
            "payload": base64.b64encode(envelope.payload).decode("ascii"),
            "payloadType": envelope.payload_type,
            "signatures": [
                {"keyid": envelope.key_id, "sig": base64.b64encode(envelope.signature).decode("ascii")},
            ],
        }
    )


def decode(raw: bytes) -> Envelope:
    """Return the envelope that ``raw`` is.

    Raises:
        EvidenceError: unless ``raw`` is, byte for byte, what ``encode`` writes.
    """
    record = load_canonical(raw, what=FILE)
    try:
        (signature,) = record["signatures"]
        envelope = Envelope(
            payload=_strict_base64(record["payload"]),
            payload_type=record["payloadType"],
            key_id=signature["keyid"],
            signature=_strict_base64(signature["sig"]),
        )
        same = encode(envelope) == raw
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{FILE}: not an envelope with one signature: {error!r}") from error
    if not same:
        raise EvidenceError(f"{FILE}: not in its canonical encoding")
    if envelope.payload_type != PAYLOAD_TYPE:
        raise EvidenceError(f"{FILE}: the payload is no {PAYLOAD_TYPE}")
    return envelope


def _strict_base64(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError("base64 is text")
    try:
        # Trailing bits that base64 ignores are caught by encoding again, in decode.
        return base64.b64decode(text.encode("ascii"), validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error
