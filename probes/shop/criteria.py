"""Does an answer meet a criterion? Pure; the answer to "why not" is a plain sentence for the report."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from probes.canonical import Frozen, thaw
from probes.shop.answer import Answer
from probes.shop.journey import ABSENT, Criterion, GraphQLBody, JsonEquals, Step
from probes.shop.selecting import css, json_values
from probes.shop.templates import Unfilled, fill, fill_css, fill_json_path, fill_pattern, fill_value

Values = Mapping[str, Frozen]
_OK = range(200, 300)


def unmet(criterion: Criterion, answer: Answer, values: Values) -> str | None:
    """Return None where every key of the criterion holds, else what was expected, for the first that does not."""
    for name, check in _CHECKS.items():
        wanted = getattr(criterion, name)
        if wanted is None:
            continue
        try:
            expected = check(wanted, answer, values)
        except Unfilled as lacking:
            return f"a value for {lacking}"
        if expected is not None:
            return expected
    return None


def first_unmet(step: Step, answer: Answer, values: Values) -> str | None:
    """Return what a step expected in vain; None where it succeeded.

    Without ``successCriteria``: a 2xx with a body, and of a GraphQL answer ``data`` that is not null and no errors.
    """
    if not step.success:
        return _default(step, answer)
    return next((why for criterion in step.success if (why := unmet(criterion, answer, values)) is not None), None)


def denied(criteria: Sequence[Criterion], answer: Answer, values: Values) -> bool:
    """Tell whether any of the criteria holds; one that names a missing value does not."""
    return any(unmet(criterion, answer, values) is None for criterion in criteria)


def _default(step: Step, answer: Answer) -> str | None:
    if answer.status not in _OK:
        return "a status 200 to 299"
    if answer.blank:
        return "a body"
    if isinstance(step.body, GraphQLBody):
        if not _exists("$.data", answer):
            return "JSON with data that is not null"
        if _exists("$.errors[0]", answer):
            return "an answer without errors"
        return None
    return None if answer.is_json or answer.shows_text else "a page with visible text"


def _status(wanted: tuple[int, ...], answer: Answer, _: Values) -> str | None:
    return None if answer.status in wanted else f"status {' or '.join(map(str, wanted))}"


def _redirect(pattern: str, answer: Answer, values: Values) -> str | None:
    wanted = fill_pattern(pattern, values)
    found = any(re.search(wanted, location) for location in answer.locations)
    return None if found else f"a redirect to {_readable(wanted)}"


def _url(pattern: str, answer: Answer, values: Values) -> str | None:
    wanted = fill_pattern(pattern, values)
    return None if re.search(wanted, answer.url) else f"to end at {_readable(wanted)}"


def _css(selector: str, answer: Answer, values: Values) -> str | None:
    wanted = fill_css(selector, values)
    return None if css(wanted, answer.document) else f"an element {wanted!r}"


def _css_absent(selector: str, answer: Answer, values: Values) -> str | None:
    unwanted = fill_css(selector, values)
    return f"no element {unwanted!r}" if css(unwanted, answer.document) else None


def _text(text: str, answer: Answer, values: Values) -> str | None:
    wanted = " ".join(fill(text, values).split())
    return None if wanted in answer.text else f"the text {wanted!r}"


def _text_absent(text: str, answer: Answer, values: Values) -> str | None:
    unwanted = " ".join(fill(text, values).split())
    return f"no text {unwanted!r}" if unwanted in answer.text else None


def _json(path: str, answer: Answer, values: Values) -> str | None:
    wanted = fill_json_path(path, values)
    return None if _exists(wanted, answer) else f"a JSON value at {wanted}"


def _json_absent(path: str, answer: Answer, values: Values) -> str | None:
    unwanted = fill_json_path(path, values)
    return f"no JSON value at {unwanted}" if _exists(unwanted, answer) else None


def _json_equals(wanted: JsonEquals, answer: Answer, values: Values) -> str | None:
    path, value = fill_json_path(wanted.path, values), thaw(fill_value(wanted.value, values))
    found = json_values(path, answer.json) if answer.json is not ABSENT else []
    # JSON knows true and 1 apart, Python does not.
    same = bool(found) and found[0] == value and isinstance(found[0], bool) == isinstance(value, bool)
    return None if same else f"{path} to be {value!r}"


def _header(wanted: Any, answer: Answer, values: Values) -> str | None:
    value = answer.response.header(wanted.name)
    pattern = fill_pattern(wanted.pattern, values)
    if value is not None and re.search(pattern, value):
        return None
    return f"a header {wanted.name}" + (f" matching {pattern}" if pattern else "")


def _empty(wanted: bool, answer: Answer, _: Values) -> str | None:
    if answer.blank == wanted:
        return None
    return "no body" if wanted else "a body"


def _exists(path: str, answer: Answer) -> bool:
    """Tell whether a value that is not null stands at the path."""
    return answer.json is not ABSENT and any(value is not None for value in json_values(path, answer.json))


def _readable(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern).strip("^$")


_CHECKS: Mapping[str, Callable[[Any, Answer, Values], str | None]] = {
    "status": _status,
    "redirect": _redirect,
    "url": _url,
    "css": _css,
    "css_absent": _css_absent,
    "text": _text,
    "text_absent": _text_absent,
    "json": _json,
    "json_absent": _json_absent,
    "json_equals": _json_equals,
    "header": _header,
    "empty": _empty,
}
