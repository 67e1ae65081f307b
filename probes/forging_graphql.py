"""Forges GraphQL operations: arguments that a mutation has not, and that a careless shop may believe. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

_FIRST_FIELD = re.compile(r"(?s)\A(\s*mutation\b[^{]*\{\s*\w+)(\s*\(\s*)?")


def with_arguments(query: str, added: Mapping[str, Any]) -> str | None:
    """Return the operation with further arguments on its first field; None where it changes nothing (no mutation).

    ``added`` maps names to JSON scalars. A schema that has no such argument refuses the whole operation; where GraphQL
    takes declared variables only, this is the one way to send what was not asked for.
    """
    found = _FIRST_FIELD.match(query)
    if found is None or not added:
        return None
    listed = ", ".join(f"{name}: {json.dumps(value)}" for name, value in added.items())
    rest = query[found.end() :]
    return f"{found[1]}({listed}, {rest}" if found[2] else f"{found[1]}({listed}){rest}"
