"""Does an answer fit the schema that the description gives for it? Pure.

The validator is jsonschema-rs: compiled, its patterns without backtracking. It is given the whole description, so that
references inside it (circular ones too) are its own affair, and it may fetch nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from probes.interfaces.described import Description, Operation
from probes.interfaces.openapi import resolved

Fit = Literal["fits", "unlike", "none", "unusable"]
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """Whether an answer fits; ``why`` says where it does not, or why its schema cannot be used. No value is in it."""

    fit: Fit
    why: str = ""


def fitting(described: Description, operation: Operation, status: int, body: Any) -> Fitting:
    """Compare a JSON answer with the schema of its status; ``none`` where the description gives no schema for it."""
    response = resolved(described.whole, _response(operation, status))
    if not isinstance(response, Mapping):
        return Fitting(fit="none")
    schema = response.get("schema") if described.version.startswith("2.") else _json_schema(described, response)
    if schema is None:
        return Fitting(fit="none")
    return _validated(described, schema, body)


def _response(operation: Operation, status: int) -> Any:
    known = operation.responses
    return next((known[key] for key in (str(status), f"{status // 100}XX", "default") if key in known), None)


def _json_schema(described: Description, response: Mapping[str, Any]) -> Any:
    content = response.get("content")
    for kind, media in content.items() if isinstance(content, Mapping) else ():
        if "json" in kind.lower() or kind == "*/*":
            found = resolved(described.whole, media)
            return found.get("schema") if isinstance(found, Mapping) else None
    return None


def _validated(described: Description, schema: Any, body: Any) -> Fitting:
    import jsonschema_rs as rs  # noqa: PLC0415 - loaded where an answer is compared

    old = described.version.startswith(("2.", "3.0"))
    root = dict(described.whole)
    for word in ("$schema", "$id", "id", "type", "enum", "not", "properties"):  # the description is no schema itself
        root.pop(word, None)
    validator = rs.Draft4Validator if old else rs.Draft202012Validator
    try:
        checker = validator(
            {**root, "allOf": [schema]}, retriever=_nothing, pattern_options=rs.RegexOptions(), mask="a value"
        )
        fault = next(iter(checker.iter_errors(body)), None)
    except (rs.ValidationError, rs.ReferencingError, ValueError) as error:
        return Fitting(fit="unusable", why=str(error).splitlines()[0][:_LONGEST])
    if fault is None:
        return Fitting(fit="fits")
    where = "/".join(str(part) for part in fault.instance_path) or "the answer itself"
    return Fitting(fit="unlike", why=f"{where}: {fault.message}"[:_LONGEST])


def _nothing(url: str) -> NoReturn:
    raise ValueError(f"{url} lies outside the description")
