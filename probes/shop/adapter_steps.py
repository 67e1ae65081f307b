"""Journeys and their steps out of an adapter file, and what only shows when they are read together."""

from collections.abc import Mapping
from difflib import get_close_matches

from probes.canonical import freeze
from probes.shop.adapter_parts import criteria, extractor, selector
from probes.shop.adapter_table import Table
from probes.shop.journey import (
    Body,
    Criterion,
    Extractor,
    FormBody,
    GraphQLBody,
    Journey,
    JsonBody,
    JsonRowsTake,
    MailTake,
    RowsTake,
    Step,
)
from probes.shop.templates import names
from probes.shop.verbs import VERBS, Verb

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_BODIES = ("fields", "json", "graphql")
_MOST_REDIRECTS = 20


def journeys(owner: Table | None, *, label: str = "journeys") -> dict[str, Journey]:
    """Return the journeys by verb; ``label`` names the table that they stand in."""
    read = {}
    for verb in owner.values if owner else ():
        table = owner.table(verb) if owner else None
        if table is not None:
            table.label = f"[{label}.{verb}]"
            read[verb] = _journey(verb, table)
    return read


def journeys_as(owner: Table | None, roles: tuple[str, ...]) -> dict[str, dict[str, Journey]]:
    """Return the journeys that sessions of one role walk instead of everybody's, by role and verb."""
    read = {role: journeys(owner.table(role), label=f"as.{role}") for role in roles if owner and owner.has(role)}
    if owner:
        owner.unknown()
    return read


def _journey(name: str, table: Table) -> Journey:
    verb = VERBS.get(name)
    if verb is None:
        near = get_close_matches(name, VERBS, n=1)
        table.fault(f"{name} is no verb; " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(VERBS)}"))
    optional = verb.optional if verb else ()
    inputs = tuple(name for name in table.texts("inputs") if name not in optional)
    denial = criteria(table, "denial")
    tables = table.tables("steps")
    if not tables:
        table.fault(f"has no steps; add [{table.label[:-1]}.steps]]")
    steps = tuple(_step(item, table.label, position) for position, item in enumerate(tables, start=1))
    table.unknown()
    journey = Journey(verb=name, steps=steps, inputs=inputs, optional_inputs=optional, denial=denial)
    if verb is not None:
        _check_inputs(journey, verb, table)
        _check_outputs(journey, verb, table)
    _check_order(journey, tables, table)
    return journey


def _step(table: Table, owner: str, position: int) -> Step:
    identity = table.text("stepId")
    table.label = f"{owner} step {identity or position}"
    if not identity:
        table.fault("stepId is missing; add it")
    path, form = table.text("path"), selector(table, "form")
    if path is None and not table.has("form"):
        table.fault("has neither path nor form; say where the request goes")
    step = Step(
        step_id=identity or str(position),
        method=table.choice("method", _METHODS),
        path=path,
        form=form,
        body=_body(table),
        query=freeze(table.mapping("query") or {}),
        headers=table.text_mapping("headers"),
        follow=table.number("follow", 0, _MOST_REDIRECTS) or 0,
        when=table.text("when"),
        unless=table.text("unless"),
        optional=table.switch("optional"),
        success=criteria(table, "successCriteria"),
        denial=criteria(table, "denialCriteria"),
        outputs=_outputs(table),
    )
    table.unknown()
    return step


def _body(table: Table) -> Body | None:
    given = [key for key in _BODIES if table.has(key)]
    if len(given) > 1 or (table.has("form") and given not in ([], ["fields"])):
        told = ", ".join((["form"] if table.has("form") else []) + given)
        table.fault(f"has more than one body ({told}); keep one")
        return None
    match given:
        case ["fields"]:
            return FormBody(fields=freeze(table.mapping("fields") or {}))
        case ["json"]:
            return JsonBody(value=freeze(table.values["json"]))
        case ["graphql"]:
            return _graphql(table)
        case _:
            return None


def _graphql(table: Table) -> Body | None:
    inner = table.table("graphql")
    if inner is None:
        return None
    body = GraphQLBody(query=inner.required("query"), variables=freeze(inner.mapping("variables") or {}))
    inner.unknown()
    return body


def _outputs(table: Table) -> Mapping[str, Extractor]:
    inner = table.table("outputs")
    read = {}
    for name in inner.values if inner else ():
        one = inner.table(name) if inner else None
        if one is not None:
            one.label = f"{table.label} output {name}"
            read[name] = extractor(one)
    return read


def _check_inputs(journey: Journey, verb: Verb, table: Table) -> None:
    known = (*verb.inputs, *verb.optional)
    for name in journey.inputs:
        if name not in known:
            table.fault(f"input {name} is not given to {verb.name}; it gets {', '.join(known) or 'none'}", "inputs")


def _check_outputs(journey: Journey, verb: Verb, table: Table) -> None:
    found = {name: taken for step in journey.steps for name, taken in step.outputs.items() if not taken.secret}
    for name in verb.outputs:
        if name not in found:
            table.fault(f"output {name} is missing; {verb.name} gives {', '.join(verb.outputs)}")
    for name, columns in verb.columns.items():
        take = found[name].take if name in found else None
        if isinstance(take, RowsTake | JsonRowsTake):
            lacking = [column for column in columns if column not in take.columns]
            if lacking:
                table.fault(f"output {name} lacks the columns {', '.join(lacking)}; add them")


def _check_order(journey: Journey, tables: tuple[Table, ...], owner: Table) -> None:
    """Check what depends on earlier steps: unique ids, forms on a page before, templates with a value."""
    known = {*journey.inputs, *journey.optional_inputs}
    for place in _wider_names(journey):
        if place not in known:
            owner.fault(f"denial: {{{place}}} has no value here; it is no input", "denial")
    seen: set[str] = set()
    for position, (step, table) in enumerate(zip(journey.steps, tables, strict=True)):
        if step.step_id in seen:
            table.fault(f"stepId {step.step_id} stands twice; rename one")
        seen.add(step.step_id)
        if step.form is not None and position == 0:
            table.fault("form wants a page before it; add a GET step first", "form")
        own = known | set(step.outputs)
        for name in sorted(asked_by(step) - known):
            table.fault(f"{{{name}}} has no value here; it is neither an input nor an output of an earlier step")
        known = own


def _wider_names(journey: Journey) -> list[str]:
    return sorted(frozenset().union(*(_criterion_names(item) for item in journey.denial)))


def asked_by(step: Step) -> frozenset[str]:
    """Return the names that the templates of a step ask for; its outputs may use earlier outputs of the same step."""
    parts = (step.path or "", step.form or "", step.when or "", step.unless or "", step.said, step.query, step.headers)
    asked = frozenset().union(*(names(part) for part in parts))
    asked |= frozenset().union(*(_criterion_names(item) for item in (*step.success, *step.denial)))
    earlier: set[str] = set()
    for name, taken in step.outputs.items():
        asked |= _extractor_names(taken) - earlier
        earlier.add(name)
    return asked


def _criterion_names(criterion: Criterion) -> frozenset[str]:
    texts = (
        criterion.redirect, criterion.url, criterion.css, criterion.css_absent, criterion.text, criterion.text_absent,
        criterion.json, criterion.json_absent, criterion.header.pattern if criterion.header else None,
    )  # fmt: skip
    asked = frozenset().union(*(names(text) for text in texts))
    if criterion.json_equals is not None:
        asked |= names(criterion.json_equals.path) | names(criterion.json_equals.value)
    return asked


def _extractor_names(taken: Extractor) -> frozenset[str]:
    take = taken.take
    if isinstance(take, MailTake):
        return names(take.pattern) | names(take.to)
    asked = names(getattr(take, "css", "")) | names(getattr(take, "path", "")) | names(taken.minus)
    for column in getattr(take, "columns", {}).values():
        asked |= _extractor_names(column)
    return asked
