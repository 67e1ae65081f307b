"""A GraphQL schema, as introspection gives it or written in SDL, to the fields of its root types. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from probes.interfaces.described import Description, Operation, Undescribed

INTROSPECTION = (
    "query IntrospectionQuery { __schema { queryType { name } mutationType { name } "
    "types { name fields(includeDeprecated: true) { name description } } } }"
)
_ROOTS = {"query": "Query", "mutation": "Mutation"}
_STRINGS = re.compile(r'"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*')
_TYPE = re.compile(r"(?:extend\s+)?type\s+(\w+)[^{}]*\{([^{}]*)\}")
_SCHEMA = re.compile(r"\bschema\b[^{}]*\{([^{}]*)\}")
_FIELD = re.compile(r"^\s*(\w+)\s*(?:\(|:)", re.MULTILINE)


def looks_like_sdl(text: str) -> bool:
    """Tell whether a text is a GraphQL schema in SDL."""
    return bool(re.search(r"^\s*(?:extend\s+)?(?:type|schema)\b[^\n{]*\{", _STRINGS.sub("", text), re.MULTILINE))


def from_introspection(answer: Any) -> Description:
    """Return what an answer to ``INTROSPECTION`` says.

    Raises:
        Undescribed: it holds no schema, or one without fields.
    """
    data = answer.get("data", answer) if isinstance(answer, Mapping) else None
    schema = data.get("__schema") if isinstance(data, Mapping) else None
    if not isinstance(schema, Mapping):
        raise Undescribed("the GraphQL endpoint answers no introspection; give its schema as a file (SDL)")
    found = tuple(_introspected(schema))
    return _described(found)


def from_sdl(text: str) -> Description:
    """Return what a schema in SDL says.

    Raises:
        Undescribed: it has no root type with fields.
    """
    bare = _STRINGS.sub("", text)
    roots = dict(_ROOTS)
    for block in _SCHEMA.findall(bare):
        roots |= dict(re.findall(r"(query|mutation)\s*:\s*(\w+)", block))
    # Arguments may run over lines, and their names are no fields.
    flat = re.sub(r"\([^()]*\)", "", bare)
    found = tuple(
        _operation(root, name, "")
        for owner, block in _TYPE.findall(flat)
        for root, type_name in roots.items()
        if owner == type_name
        for name in _FIELD.findall(block)
    )
    return _described(found)


def _introspected(schema: Mapping[str, Any]) -> Iterator[Operation]:
    types = schema.get("types")
    known = [item for item in types if isinstance(item, Mapping)] if isinstance(types, list) else []
    for root in _ROOTS:
        named = schema.get(f"{root}Type")
        wanted = named.get("name") if isinstance(named, Mapping) else None
        for item in known:
            fields = item.get("fields")
            if wanted is None or item.get("name") != wanted or not isinstance(fields, list):
                continue
            for each in fields:
                if isinstance(each, Mapping) and isinstance(each.get("name"), str):
                    yield _operation(root, each["name"], str(each.get("description") or ""))


def _operation(root: str, name: str, said: str) -> Operation:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return Operation(name=f"{root}.{name}", method="POST", path="", text=f"{name} {words} {said}".lower())


def _described(found: tuple[Operation, ...]) -> Description:
    if not found:
        raise Undescribed("the GraphQL schema has no field of a query or mutation that could be read")
    return Description(style="graphql", version="", operations=found)
