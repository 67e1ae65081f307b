"""What an API description says, whatever it is written in: operations, by which they are named and found. Pure values.

The readers beside this file (``openapi``, ``graphql_schema``, ``document``) make it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from probes.errors import Cause, LookFailed
from probes.interfaces.kinds import Kind

Style = Literal["openapi", "graphql", "document"]
_MOST_CANDIDATES = 5


class Undescribed(LookFailed):
    """There is no description to be read where the target file says: missing, another thing, or beyond all bounds."""

    cause: Cause = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: ``POST /stock/{sku}/receipts``, or the field ``Mutation.postReceipt`` of a GraphQL schema.

    ``path`` is the template below each of the description's ``prefixes``; ``text`` what is said about it, lower case.
    """

    name: str
    method: str
    path: str
    text: str = ""
    responses: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """How it is named to people."""
        return f"{self.method} {self.path}" if self.path else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A description that was read whole.

    ``servers`` are the absolute URLs that it gives, ``prefixes`` the paths of all its servers; ``text`` is the whole
    text of a document, in which alone operations are looked for; ``whole`` the parsed description, for schemas;
    ``unread`` names the parts that could not be read, where an operation may stand.
    """

    style: Style
    version: str
    operations: tuple[Operation, ...]
    servers: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("",)
    text: str = ""
    whole: Mapping[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def find(self, wanted: str) -> Operation | None:
        """Return the operation of that name: an operationId, ``METHOD /path``, a GraphQL field; None where it is not.

        In a document an operation is there where both of its words stand, and no closer look is possible.
        """
        name = " ".join(wanted.split())
        method, _, path = name.partition(" ")
        if self.style == "document":
            there = _stands(path or name, self.text) and (not path or _stands(method, self.text))
            return Operation(name=name, method=method.upper() if path else "", path=path) if there else None
        field_name = name[:1].lower() + name[1:] if self.style == "graphql" else name  # Query.stock is query.stock
        for operation in self.operations:
            if operation.name in {name, field_name} or operation.name.rpartition(".")[2] == name:
                return operation
            if (
                path
                and operation.method == method.upper()
                and any(_same_path(prefix + operation.path, path) for prefix in {"", *self.prefixes})
            ):
                return operation
        return None

    def serves(self, operation: Operation, method: str, url: str, body: bytes) -> bool:
        """Tell whether a request calls the operation: by method and path, in GraphQL by the field asked for."""
        if self.style == "graphql":
            field_name = operation.name.rpartition(".")[2].encode()
            return method == "POST" and re.search(rb"\b" + re.escape(field_name) + rb"\b", body) is not None
        if not operation.path:
            return True
        asked = unquote(urlsplit(url).path)
        return operation.method == method and any(
            re.fullmatch(_pattern(prefix + operation.path), asked) is not None for prefix in self.prefixes
        )

    def candidates(self, kind: Kind) -> tuple[str, ...]:
        """Return at most five operations that by their words may be of the kind: a hint, never a finding."""
        found = (each.shown for each in self.operations if any(word in each.text for word in kind.words))
        return tuple(found)[:_MOST_CANDIDATES]


def _stands(word: str, text: str) -> bool:
    """Tell whether a word stands in a text; a path may stand there behind a host and a prefix."""
    before = "" if word.startswith("/") else r"(?<![\w/])"
    return re.search(rf"{before}{re.escape(word.lower())}(?![\w/])", text) is not None


def _same_path(template: str, path: str) -> bool:
    def plain(text: str) -> str:
        return re.sub(r"\{[^{}/]*\}", "{}", text).rstrip("/")

    return plain(template) == plain(path)


def _pattern(template: str) -> str:
    pieces = re.split(r"(\{[^{}/]*\})", template.rstrip("/"))
    return "".join("[^/]+" if piece.startswith("{") else re.escape(piece) for piece in pieces) + "/?"
