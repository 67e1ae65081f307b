import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from reports.strict_json import load, load_canonical

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(value=_values)
def test_what_was_encoded_canonically_comes_back_the_same(value: object) -> None:
    raw = canonical_bytes(value)

    assert load_canonical(raw, what="x") == value
    assert canonical_bytes(load_canonical(raw, what="x")) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a":1,"a":2}',
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"1" * 400,
        b"1" * 5000,
        b"[" * 100_000,
        b'{"a":1} x',
    ],
)
def test_what_the_standard_library_lets_pass_is_refused(raw: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"^file\.json: "):
        load(raw, what="file.json")


@pytest.mark.parametrize("raw", [b'{"b":1,"a":2}', b"[1, 2]", b"1.0", b"1e2", b'"\\u0041"', b'"\\ud800"', b"-0"])
def test_other_spellings_are_not_canonical(raw: bytes) -> None:
    load(raw, what="file.json")

    with pytest.raises(EvidenceError, match="canonical"):
        load_canonical(raw, what="file.json")
