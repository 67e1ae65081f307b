"""Canonical bytes: JSON by RFC 8785 (JCS), frozen values, digests."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import rfc8785

Frozen: TypeAlias = Any  # None | bool | int | float | str | tuple[Frozen, ...] | Mapping[str, Frozen]


def freeze(value: Any) -> Frozen:
    """Return a deeply immutable copy of a JSON value: lists become tuples, dicts read-only mappings.

    Raises:
        TypeError: if the value holds anything that JSON has not (bytes, sets, non-string keys ...).
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"JSON keys are strings, not {type(key).__name__}: {key!r}")
        return MappingProxyType({key: freeze(item) for key, item in value.items()})
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def thaw(value: Frozen) -> Any:
    """Return the plain dict/list form of a frozen JSON value."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [thaw(item) for item in value]
    return value


def canonical_bytes(value: Any) -> bytes:
    """Encode a JSON value canonically (RFC 8785).

    Raises:
        rfc8785.CanonicalizationError: for NaN, infinities and integers beyond 2**53.
    """
    return bytes(rfc8785.dumps(thaw(value)))


def digest(raw: bytes) -> str:
    """Return ``sha256:<64 hex>`` of the bytes."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()
