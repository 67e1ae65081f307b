"""Explains requirements in words: one of them whole, or many in a list. Pure: values in, text out."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from conformance.catalogue.words import LABELS, STATES, WORDS, Lang
from reports.columns import cut, pad, width, wrap
from reports.verdict import Requirement, Text, Threshold

State: TypeAlias = Literal["judged", "partial", "document", "not-built", "computed"]
ASKABLE: tuple[State, ...] = ("judged", "partial", "document", "not-built")
_DAY_S = 86_400
_ID_COLUMNS = 38


class Judged(Protocol):
    """What a row of the judge table says about a check: kinds of observations, and keys of the target file."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of observations that the judge takes."""

    @property
    def declares(self) -> tuple[str, ...]:
        """Keys of the target file that must be there."""


def state_of(requirement: Requirement, *, judged: bool) -> State:
    """Tell how far the tool judges the requirement; ``judged`` is whether the judge table has it."""
    if requirement.node == "group":
        return "computed"
    if requirement.automation == "none":
        return "document"
    if not judged:
        return "not-built"
    return "partial" if requirement.automation == "partial" else "judged"


def explain(
    requirement: Requirement,
    *,
    extras: Mapping[str, Any],
    judged: Judged | None,
    members: Sequence[Requirement],
    lang: Lang,
    columns: int = 80,
) -> str:
    """Return the whole of one requirement in ``lang``, wrapped to ``columns``.

    ``extras`` are the texts of :func:`conformance.catalogue.load.load_extras`, ``judged`` its row of the judge table,
    ``members`` what stands directly below a group.
    """
    fields = [
        ("clause", _clause(requirement, extras, lang)),
        ("statement", _say(requirement.statement, lang)),
        ("force", _force(requirement, lang)),
        *(("threshold", _bound(threshold, lang)) for threshold in requirement.thresholds),
        *([("reading", _say(requirement.reading, lang))] if requirement.reading else []),
        ("observed", _say(requirement.observed, lang)),
        ("methods", WORDS[lang]["comma"].join(WORDS[lang].get(name, name) for name in requirement.methods)),
        ("age", _age(requirement.age_limit_s, lang)),
        *_needs(judged, lang),
        *((name, extras[name]) for name in ("evidence", "good_example", "bad_example") if name in extras),
        *([("refs", ", ".join(requirement.refs))] if requirement.refs else []),
        ("state", _state(requirement, lang, judged=judged is not None)),
    ]
    other: Lang = "en" if lang == "zh" else "zh"
    head = [
        requirement.id,
        *wrap(_say(requirement.title, lang), columns),
        *wrap(_say(requirement.title, other), columns),
    ]
    labels = max(width(LABELS[lang][name]) for name, _ in fields) + 2
    lines = [line for name, text in fields for line in _field(LABELS[lang][name], text, labels, columns)]
    below = [_row(member, "", lang, columns) for member in members]
    return "\n".join([*head, "", *lines, *([""] if below else []), *below])


def listing(
    requirements: Iterable[Requirement],
    *,
    judged: Container[str],
    method: str | None,
    state: State | None,
    lang: Lang,
    columns: int = 80,
) -> str:
    """Return one line a requirement: id, state, title; and how many they are.

    ``judged`` holds the ids in the judge table; ``method`` and ``state``, where given, keep only what uses the one and
    is in the other.
    """
    told = ((item, state_of(item, judged=item.id in judged)) for item in requirements)
    lines = [
        _row(item, STATES[lang][own].split(WORDS[lang]["colon"])[0], lang, columns)
        for item, own in told
        if method in {None, *item.methods} and state in {None, own}
    ]
    return "\n".join([*lines, "", WORDS[lang]["count"].format(len(lines))])


def _row(requirement: Requirement, state: str, lang: Lang, columns: int) -> str:
    start = pad(requirement.id, max(_ID_COLUMNS, width(requirement.id) + 1)) + (pad(state, 11) if state else "")
    return start + cut(_say(requirement.title, lang), columns - width(start))


def _field(label: str, text: str, labels: int, columns: int) -> list[str]:
    first, *rest = wrap(text, columns - labels)
    return [pad(label, labels) + first, *(" " * labels + line for line in rest)]


def _say(text: Text, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


def _clause(requirement: Requirement, extras: Mapping[str, Any], lang: Lang) -> str:
    words = WORDS[lang]
    place = words["place"].format(clause=requirement.clause, document=requirement.document, chapter=requirement.chapter)
    confidence = extras.get("clause_confidence", "high")
    return place if confidence == "high" else f"{place}{words['stop']}{words[f'confidence-{confidence}']}"


def _force(requirement: Requirement, lang: Lang) -> str:
    words = WORDS[lang]
    parts = (requirement.obligation, f"kind-{requirement.kind}", f"subject-{requirement.subject}")
    return words["comma"].join(words[part] for part in parts)


def _bound(threshold: Threshold, lang: Lang) -> str:
    words = WORDS[lang]
    note = words["as-written"].format(threshold.as_written) + (words["interpreted"] if threshold.interpreted else "")
    bound = f"{threshold.metric} {threshold.operator} {threshold.value:g} {threshold.unit}"
    return f"{bound}{words['open']}{note}{words['close']}"


def _age(seconds: float, lang: Lang) -> str:
    return WORDS[lang]["age"].format(f"{seconds / _DAY_S:g}")


def _needs(judged: Judged | None, lang: Lang) -> list[tuple[str, str]]:
    if judged is None:
        return []
    nothing = WORDS[lang]["nothing-more"]
    return [("needs", ", ".join(judged.needs) or nothing), ("declares", ", ".join(judged.declares) or nothing)]


def _state(requirement: Requirement, lang: Lang, *, judged: bool) -> str:
    state = state_of(requirement, judged=judged)
    text = STATES[lang][state]
    if state == "document" and not judged:
        text += WORDS[lang]["no-judge"]
    return text
