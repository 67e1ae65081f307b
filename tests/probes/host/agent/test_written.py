"""JSON as the agent writes it, beside the standard library's own."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.host.agent.written import written

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_VALUES)
def test_it_is_what_json_writes(value: Any) -> None:
    assert written(value) == json.dumps(value, sort_keys=True)


def test_half_a_character_is_lost_and_the_rest_is_kept() -> None:
    assert json.loads(written({"name": b"caf\xe9 \xf0".decode("utf-8", "surrogateescape")})) == {"name": "caf? ?"}
    assert written([math.inf, -math.inf, "\x7f\u4e2d"]) == '[Infinity, -Infinity, "\\u007f\\u4e2d"]'


def test_what_json_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="JSON has no bytes"):
        written({"raw": b"1"})
