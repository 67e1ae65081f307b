"""From the bytes of a description to plain JSON values, within bounds: JSON, else YAML without its magic. Pure."""

import json
from collections.abc import Iterator
from typing import Any

from probes.interfaces.described import Undescribed

MOST_NODES = 300_000
DEEPEST = 100
MOST_YAML_BYTES = 3_000_000
"""YAML is read a hundred times slower than JSON; three megabytes take seconds."""


def plain_data(text: str) -> Any:
    """Return the JSON value that a text holds, written as JSON or as YAML.

    Raises:
        Undescribed: it is neither, or has more than 300,000 values with its aliases written out, or is nested deeper
            than 100 levels.
    """
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise Undescribed(f"the description is nested deeper than {DEEPEST} levels") from error
    except ValueError:
        value = _yaml(text)
    return _bounded(value)


def _yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only targets with a YAML description pay for it

    if len(text) > MOST_YAML_BYTES:
        raise Undescribed(f"the description is YAML of more than {MOST_YAML_BYTES} characters; give it as JSON")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _count(yaml.parse(text, Loader=loader))
        return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
    except (yaml.YAMLError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f" (line {line + 1})"
        raise Undescribed(f"the description is neither JSON nor YAML{where}") from error
    except RecursionError as error:
        raise Undescribed(f"the description is nested deeper than {DEEPEST} levels") from error


def _count(events: Iterator[Any]) -> None:
    """Refuse depth, and an alias that stands inside what it names, before anything is built of them."""
    depth, open_anchors = 0, []
    for event in events:
        name = type(event).__name__
        if name in {"MappingStartEvent", "SequenceStartEvent"}:
            depth += 1
            open_anchors.append(event.anchor)
        elif name in {"MappingEndEvent", "SequenceEndEvent"}:
            depth -= 1
            open_anchors.pop()
        elif name == "AliasEvent" and event.anchor in open_anchors:
            raise Undescribed("the description's YAML holds itself")
        if depth > DEEPEST:
            raise Undescribed(f"the description is nested deeper than {DEEPEST} levels")


def _bounded(value: Any) -> Any:
    """Return a copy with keys as texts and dates as written; aliases count each time that they stand there."""
    left = MOST_NODES

    def copied(item: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Undescribed(f"the description has more than {MOST_NODES} values")
        if depth > DEEPEST:
            raise Undescribed(f"the description is nested deeper than {DEEPEST} levels")
        if isinstance(item, dict):
            return {_key(key): copied(member, depth + 1) for key, member in item.items()}
        if isinstance(item, list):
            return [copied(member, depth + 1) for member in item]
        return item if item is None or isinstance(item, str | int | float | bool) else str(item)

    return copied(value, 0)


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
