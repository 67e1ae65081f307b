"""One record of the catalogue as JSON: what it must hold, and its way to and from a Requirement. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, get_args

from reports.verdict import Aggregate, Automation, Kind, Node, Operator, Requirement, Text, Threshold

METHODS = ("probe", "journey", "load", "agent", "backup", "drill", "ledger", "document", "attestation")
SUBJECTS = ("platform", "seller", "delivery", "payment", "all")
OBLIGATIONS = ("mandatory", "recommended")
CONFIDENCES = ("high", "medium", "low")

Fault: TypeAlias = str
# A rule returns its faults at once instead of yielding them: the whole catalogue is checked at every start.
Rule: TypeAlias = Callable[[Any], Sequence[Fault]]


def faults_of(record: Any) -> list[Fault]:
    """Return every fault in the shape of one record, each as ``key: what is wrong``; needs no other record."""
    if not isinstance(record, dict):
        return ["not an object"]
    faults = [f"{name}: missing" for name in sorted(_REQUIRED.keys() - record.keys())]
    for name, value in record.items():
        rule = _RULES.get(name)
        if rule is None:
            faults.append(f"{name}: unknown key")
        elif found := rule(value):
            faults += [f"{name}: {fault}" for fault in found]
    node, aggregate = record.get("node"), record.get("aggregate")
    if node == "group" and aggregate is None:
        faults.append("aggregate: missing in a group")
    if node == "check" and aggregate is not None:
        faults.append("aggregate: only groups have one")
    if node == "check" and record.get("parent", "") is None:
        faults.append("parent: a check stands in a group")
    return faults


def order_faults(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Fault]]:
    """Yield ``(index, fault)`` for faults between well-formed records: ids, parents, references, empty groups."""
    seen: dict[str, str] = {}
    every = {record["id"] for record in records}
    parents = {record["parent"] for record in records}
    for index, record in enumerate(records):
        own, parent = record["id"], record["parent"]
        if own in seen:
            yield index, "id: used twice"
        if parent is not None and parent not in seen:
            yield (
                index,
                f'parent: "{parent}" '
                + ("comes later; a group precedes its members" if parent in every else "is no record"),
            )
        elif parent is not None and seen[parent] != "group":
            yield index, f'parent: "{parent}" is a check; only groups have members'
        for ref in record["refs"]:
            if ref not in every:
                yield index, f'refs: "{ref}" is no record'
        if record["node"] == "group" and own not in parents:
            yield index, "node: a group without members"
        seen[own] = record["node"]


def requirement_of(record: Mapping[str, Any]) -> Requirement:
    """Build the Requirement of a record without faults; texts that only ``explain`` reads are left out."""
    return Requirement(
        id=record["id"],
        clause=record["clause"],
        document=record["document"],
        chapter=record["chapter"],
        node=record["node"],
        parent=record["parent"],
        aggregate=record.get("aggregate"),
        obligation=record["obligation"],
        kind=record["kind"],
        subject=record["subject"],
        title=Text(**record["title"]),
        statement=Text(**record["statement"]),
        thresholds=tuple(Threshold(**threshold) for threshold in record["thresholds"]),
        methods=tuple(record["methods"]),
        automation=record["automation"],
        reading=None if record["reading"] is None else Text(**record["reading"]),
        observed=Text(**record["observed"]),
        age_limit_s=record["age_limit_s"],
        refs=tuple(record["refs"]),
    )


def record_of(requirement: Requirement) -> dict[str, Any]:
    """Return the JSON record of a Requirement; the inverse of :func:`requirement_of`."""
    return {
        "id": requirement.id,
        "clause": requirement.clause,
        "document": requirement.document,
        "chapter": requirement.chapter,
        "node": requirement.node,
        "parent": requirement.parent,
        "aggregate": requirement.aggregate,
        "obligation": requirement.obligation,
        "kind": requirement.kind,
        "subject": requirement.subject,
        "title": _text_of(requirement.title),
        "statement": _text_of(requirement.statement),
        "thresholds": [
            {
                "metric": threshold.metric,
                "operator": threshold.operator,
                "value": threshold.value,
                "unit": threshold.unit,
                "as_written": threshold.as_written,
                "interpreted": threshold.interpreted,
            }
            for threshold in requirement.thresholds
        ],
        "methods": list(requirement.methods),
        "automation": requirement.automation,
        "reading": None if requirement.reading is None else _text_of(requirement.reading),
        "observed": _text_of(requirement.observed),
        "age_limit_s": requirement.age_limit_s,
        "refs": list(requirement.refs),
    }


def _text_of(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _string(value: Any) -> Sequence[Fault]:
    return () if isinstance(value, str) and value.strip() else ("not a text, or empty",)


def _strings(value: Any) -> Sequence[Fault]:
    if not isinstance(value, list):
        return ("not a list",)
    return tuple(f"{place}: not a text, or empty" for place, item in enumerate(value, start=1) if _string(item))


def _one_of(words: Sequence[str]) -> Rule:
    def rule(value: Any) -> Sequence[Fault]:
        return () if value in words else (f"{value!r} is not one of {', '.join(words)}",)

    return rule


_method = _one_of(METHODS)
_operator = _one_of(get_args(Operator))


def _methods(value: Any) -> Sequence[Fault]:
    if not isinstance(value, list) or not value:
        return ("not a list of at least one method",)
    return tuple(fault for item in value for fault in _method(item))


def _text(value: Any) -> Sequence[Fault]:
    if not isinstance(value, dict) or value.keys() != {"zh", "en"}:
        return ('not an object with "zh" and "en"',)
    faults = [f"{lang}: not a text" for lang in ("zh", "en") if not isinstance(value[lang], str)]
    return faults or [f"{lang}: empty" for lang in ("zh", "en") if not value[lang].strip()]


def _optional(rule: Rule) -> Rule:
    def optional(value: Any) -> Sequence[Fault]:
        return () if value is None else rule(value)

    return optional


def _positive(value: Any) -> Sequence[Fault]:
    return () if _finite(value) and value > 0 else (f"{value!r} is not a finite number above 0",)


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_THRESHOLD_KEYS = {"metric", "operator", "value", "unit", "as_written", "interpreted"}


def _thresholds(value: Any) -> Sequence[Fault]:
    if not isinstance(value, list):
        return ("not a list",)
    return [f"{place}: {fault}" for place, item in enumerate(value, start=1) for fault in _threshold(item)]


def _threshold(value: Any) -> Sequence[Fault]:
    if not isinstance(value, dict) or value.keys() != _THRESHOLD_KEYS:
        return (f"not an object with {', '.join(sorted(_THRESHOLD_KEYS))}",)
    faults = [f"operator: {fault}" for fault in _operator(value["operator"])]
    if not _finite(value["value"]):
        faults.append(f"value: {value['value']!r} is not a finite number")
    faults += [f"{name}: {fault}" for name in ("metric", "unit", "as_written") for fault in _string(value[name])]
    if not isinstance(value["interpreted"], bool):
        faults.append("interpreted: not true or false")
    return faults


_REQUIRED: dict[str, Rule] = {
    "id": _string,
    "clause": _string,
    "document": _string,
    "chapter": _string,
    "node": _one_of(get_args(Node)),
    "parent": _optional(_string),
    "kind": _one_of(get_args(Kind)),
    "obligation": _one_of(OBLIGATIONS),
    "subject": _one_of(SUBJECTS),
    "automation": _one_of(get_args(Automation)),
    "methods": _methods,
    "title": _text,
    "statement": _text,
    "thresholds": _thresholds,
    "reading": _optional(_text),
    "observed": _text,
    "age_limit_s": _positive,
    "refs": _strings,
}
_OPTIONAL: dict[str, Rule] = {
    "aggregate": _optional(_one_of(get_args(Aggregate))),
    "clause_confidence": _one_of(CONFIDENCES),
    "heading_path": _strings,
    "evidence": _string,
    "good_example": _string,
    "bad_example": _string,
}
_RULES = _REQUIRED | _OPTIONAL
EXTRA_KEYS = ("clause_confidence", "heading_path", "evidence", "good_example", "bad_example")
