"""Guessability is measured on identifiers alone: what counts up, and how many bits the others hold at most."""

import math
import string

from hypothesis import given
from hypothesis import strategies as st

from probes.access.guessing import ALPHABETS, CLOSE, guessability

TOKENS = st.text(alphabet=string.ascii_letters + string.digits + "-_", min_size=1, max_size=64)


@given(st.lists(TOKENS, min_size=1, max_size=6))
def test_no_identifier_holds_more_bits_than_its_characters_can(ids: list[str]) -> None:
    told = guessability(ids)
    assert told is not None
    largest = math.log2(len(ALPHABETS[-1][1]))
    assert 0 <= told.entropy_bits <= min(map(len, ids)) * largest + 1e-9


@given(st.lists(TOKENS, min_size=1, max_size=6))
def test_neither_order_nor_repetition_matters(ids: list[str]) -> None:
    assert guessability(ids) == guessability(list(reversed(ids))) == guessability([*ids, *ids])


@given(st.lists(TOKENS, min_size=2, max_size=6, unique=True), st.text(alphabet="xyz", max_size=8))
def test_what_all_have_in_common_at_their_start_adds_nothing(ids: list[str], prefix: str) -> None:
    plain, longer = guessability(ids), guessability([prefix + each for each in ids])
    assert plain is not None
    assert longer is not None
    assert longer.entropy_bits <= plain.entropy_bits + 1e-9


@given(
    st.integers(min_value=0, max_value=10**12),
    st.integers(min_value=1, max_value=CLOSE - 1),
    st.text("ab-/", max_size=5),
)
def test_numbers_that_lie_close_are_told_as_counting_up(start: int, step: int, around: str) -> None:
    told = guessability([f"{around}{start + turn * step}{around}" for turn in range(3)])
    assert told is not None
    assert told.sequential
    assert told.entropy_bits <= math.log2(step) + 1e-9


@given(st.lists(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32), min_size=1, max_size=4, unique=True))
def test_random_hexadecimal_is_worth_four_bits_a_digit_at_most(ids: list[str]) -> None:
    told = guessability(ids)
    assert told is not None
    assert told.entropy_bits <= 32 * 4


def test_plain_cases() -> None:
    assert guessability([]) is None
    assert guessability([""]) is None
    one = guessability(["7"])
    assert one is not None
    assert (one.ids, one.sequential, round(one.entropy_bits, 1)) == (1, False, 3.3)
    two = guessability(["100001", "100002"])
    assert two is not None
    assert (two.sequential, two.entropy_bits) == (True, 0.0)
    far = guessability(["order-5120034971", "order-9371100420"])
    assert far is not None
    assert not far.sequential
    assert guessability(["b3RoZXI-token_1x", "Zm9vYmFyLXRva2Vu"]).evidence()["alphabet"] == "letters, digits, - and _"  # type: ignore[union-attr]
    other = guessability(["订单一"])
    assert other is not None
    assert other.alphabet == "printable characters"
