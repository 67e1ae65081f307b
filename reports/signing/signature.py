"""The first answer: are these files, to the byte, what the holder of the key signed?"""

from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from probes.errors import EvidenceError
from reports.signing import envelope, statement
from reports.signing.answers import Step, bad, good, some
from reports.signing.handed import BUNDLE, Handed
from reports.signing.keys import OWN_KEY, fingerprint


def check_signature(handed: Handed, key: Ed25519PublicKey) -> Iterator[Step]:
    """Yield steps, the last of which is the first refusal; nothing in the files is believed before its step."""
    try:
        signed = envelope.decode(handed.envelope)
    except EvidenceError as error:
        yield bad(f"签名文件不是规范编码的信封：{error}", f"the signature file is not a canonical envelope: {error}")
        return
    yield good("签名文件是规范编码（RFC 8785），只含一个签名", "the signature file is canonical, with one signature")
    key_id = fingerprint(key)
    if signed.key_id != key_id:
        yield bad(
            f"签名密钥 {signed.key_id} 不是所给公钥 {key_id}",
            f"the signing key {signed.key_id} is not the given one, {key_id}",
        )
        return
    try:
        key.verify(signed.signature, envelope.pae(signed.payload_type, signed.payload))
    except InvalidSignature:
        yield bad("签名与声明内容不符", "the signature does not fit the statement")
        return
    yield good(f"由密钥 {key_id} 签署；{OWN_KEY.zh}", f"signed by key {key_id}. {OWN_KEY.en}")
    try:
        told = statement.decode(signed.payload)
    except EvidenceError as error:
        yield bad(f"声明无法读取：{error}", f"the statement cannot be read: {error}")
        return
    yield from _check_files(handed, told)


def signed_statement(handed: Handed) -> statement.Statement:
    """Return the statement; only for use after ``check_signature`` found all good."""
    return statement.decode(envelope.decode(handed.envelope).payload)


def _check_files(handed: Handed, told: statement.Statement) -> Iterator[Step]:
    if handed.bundle is None or BUNDLE not in told.subjects:
        yield bad(f"缺少 {BUNDLE}，或声明未包含它", f"{BUNDLE} is missing, or the statement does not speak of it")
        return
    found = {**handed.present, BUNDLE: statement.sha256_hex(handed.bundle)}
    changed = sorted(name for name, seen in found.items() if told.subjects.get(name) != seen)
    if changed:
        yield bad(f"签名之后被改动的文件：{some(changed)}", f"changed since they were signed: {some(changed)}")
        return
    absent = sorted(told.subjects.keys() - found.keys())
    if absent and handed.whole:
        yield bad(f"已签名但缺失的文件：{some(absent)}", f"signed, but missing from the folder: {some(absent)}")
        return
    if handed.extras:
        extras = sorted(handed.extras)
        yield bad(f"文件夹中有未签名的内容：{some(extras)}", f"in the folder, but not signed: {some(extras)}")
        return
    yield good(
        f"{len(found)} 个文件与签名时逐字节一致：{', '.join(sorted(found))}",
        f"{len(found)} file(s) are, byte for byte, as they were signed: {', '.join(sorted(found))}",
    )
    if absent:
        yield good(f"未交付（不影响核验）：{', '.join(absent)}", f"not handed over: {', '.join(absent)}")
