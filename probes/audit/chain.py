"""A log of JSON lines whose alteration shows: by a chain of hashes, by signatures, or both. Pure.

Each line is one object. What is hashed and signed is its canonical JSON (RFC 8785) without the fields for hash and
signature; the field that names the hash before it is among what is hashed, so that no line can be changed, put in or
taken out unseen.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from probes.canonical import canonical_bytes, freeze
from probes.errors import NotSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the log is written: the names of its fields, and the key of its signatures, None where it has none."""

    prev: str = "prev"
    hash: str = "hash"
    signature: str = "signature"
    key: Ed25519PublicKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking a log: its lines, their hashes in order, the first bad line (from 1) and why it is bad.

    ``verified`` counts the lines whose own hash, and signature where there is a key, is right.
    """

    entries: tuple[Mapping[str, Any], ...]
    hashes: tuple[str, ...]
    bad_line: int | None
    why: str
    chained: bool
    signed: bool
    verified: int


_UNLINKED = "does not name the hash of the line before it"


def check(text: str, form: Form) -> Checked:
    """Check every line of a log; nothing is raised, whatever stands in it."""
    entries: list[Mapping[str, Any]] = []
    hashes: list[str] = []
    bad_line, why, verified = None, "", 0
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        entry = _parsed(line)
        fault = "is no JSON object" if entry is None else _fault(entry, hashes, form)
        verified += fault in {"", _UNLINKED}
        entries.append(entry or {})
        hashes.append(_digest(entry or {}, form))
        if fault and bad_line is None:
            bad_line, why = number, fault
    return Checked(
        entries=tuple(entries),
        hashes=tuple(hashes),
        bad_line=bad_line,
        why=why,
        chained=bool(entries) and all(form.hash in entry and form.prev in entry for entry in entries),
        signed=bool(entries) and form.key is not None,
        verified=verified,
    )


def continues(earlier: Sequence[str], later: Sequence[str]) -> bool:
    """Tell whether a log only grew: what it held before still stands at its beginning, line by line."""
    return list(later[: len(earlier)]) == list(earlier)


def moved_on(earlier: Sequence[str], later: Sequence[str]) -> bool:
    """Tell whether a view of a log's latest lines only moved on: it begins with a later part of what it held before."""
    if not later or later[0] not in earlier:
        return False
    return continues(earlier[list(earlier).index(later[0]) :], later)


def counting(entries: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the fields that number the lines: their values say nothing, whatever they happen to equal."""
    numbers = [{name: value for name, value in entry.items() if type(value) is int} for entry in entries]
    first = dict(numbers[0]) if len(numbers) > 2 else {}  # noqa: PLR2004 - of two lines any two numbers could be
    return frozenset(
        name for name, start in first.items() if all(each.get(name) == start + n for n, each in enumerate(numbers))
    )


def holds(entry: Any, word: str) -> bool:
    """Tell whether any value in an entry is, or names, the word (an order's number, an account)."""
    if isinstance(entry, Mapping):
        return any(holds(value, word) for value in entry.values())
    if isinstance(entry, list | tuple):
        return any(holds(value, word) for value in entry)
    if isinstance(entry, bool) or entry is None:
        return False
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", str(entry), re.IGNORECASE) is not None


def public_key(text: str) -> Ed25519PublicKey:
    """Return the Ed25519 key that 32 bytes in base64 are.

    Raises:
        NotSet: they are none.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise NotSet("[audit] public_key: must be the 32 bytes of an Ed25519 public key in base64") from error


def _parsed(line: str) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _bytes(entry: Mapping[str, Any], form: Form) -> bytes:
    kept = {name: value for name, value in entry.items() if name not in {form.hash, form.signature}}
    try:
        return canonical_bytes(freeze(kept))
    except (TypeError, ValueError, RecursionError):  # numbers that canonical JSON has no form for
        return json.dumps(kept, sort_keys=True).encode()


def _digest(entry: Mapping[str, Any], form: Form) -> str:
    return hashlib.sha256(_bytes(entry, form)).hexdigest()


def _fault(entry: Mapping[str, Any], before: Sequence[str], form: Form) -> str:
    if form.key is not None and not _signed(entry, form, form.key):
        return "carries no signature that verifies"
    if form.hash not in entry and form.key is not None:
        return ""
    if entry.get(form.hash) != _digest(entry, form):
        return "does not have the hash of what stands in it"
    if before and entry.get(form.prev) != before[-1]:
        return _UNLINKED
    return ""


def _signed(entry: Mapping[str, Any], form: Form, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(base64.b64decode(str(entry.get(form.signature, "")), validate=True), _bytes(entry, form))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
