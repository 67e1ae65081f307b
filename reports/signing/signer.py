"""Signing the files of an output folder: a statement over all of them, in one DSSE envelope."""

from collections.abc import Mapping

from reports.report import Report
from reports.signing import envelope, statement
from reports.signing.keys import Signer


def sign(files: Mapping[str, bytes], report: Report, signer: Signer) -> bytes:
    """Return the content of ``bundle.dsse.json`` over ``files`` (name to content, ``bundle.zip`` among them).

    Ed25519 is deterministic: the same files and key give the same bytes.
    """
    return sign_statement(statement.make(files, report), signer)


def sign_statement(told: statement.Statement, signer: Signer) -> bytes:
    """Return the envelope's bytes over a statement."""
    payload = statement.encode(told)
    signature = signer.private.sign(envelope.pae(envelope.PAYLOAD_TYPE, payload))
    return envelope.encode(
        envelope.Envelope(
            payload=payload, payload_type=envelope.PAYLOAD_TYPE, key_id=signer.key_id, signature=signature
        )
    )
