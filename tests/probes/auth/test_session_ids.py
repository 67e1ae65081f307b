"""What can be said of session ids, and guesses at them."""

import base64
import json
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.auth import session_ids

IDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1, max_size=40)


def test_random_ids_hold_what_their_length_and_characters_allow() -> None:
    found = session_ids.described([secrets.token_urlsafe(16) for _ in range(5)])
    assert found["distinct"] == 5
    assert not found["sequential"]
    assert found["bits"] > 120


@pytest.mark.parametrize(
    ("ids", "alphabet", "bits"),
    [
        (["0f3a", "9c1b"], "0-9a-f", 16.0),
        (["1234", "5678"], "0-9", 13.3),
        (["shop-0f3a", "shop-9c1b"], "A-Za-z0-9-_", 24.0),
        (["same", "same"], "a-z0-9", 20.7),
        (["a b", "ä"], "other", 6.4),
        ([], "0-9", 0.0),
    ],
)
def test_the_upper_bound_leaves_out_what_is_the_same_in_all(ids: list[str], alphabet: str, bits: float) -> None:
    found = session_ids.described(ids)
    assert (found["alphabet"], found["bits"]) == (alphabet, bits)


@pytest.mark.parametrize(
    ("ids", "step"),
    [
        (["1001", "1003", "1002"], 1),
        (["sess-00ff", "sess-0100", "sess-0107"], 7),
        (["u7-1700000001", "u7-1700000044", "u7-1700000090"], 46),
        (["99", "100", "101"], 1),
    ],
)
def test_counted_ids_are_told(ids: list[str], step: int) -> None:
    assert session_ids.largest_step(ids) == step


@pytest.mark.parametrize("ids", [["1001"], [], ["x", "y", "z"], [secrets.token_hex(16) for _ in range(4)]])
def test_others_are_not_counted(ids: list[str]) -> None:
    assert session_ids.largest_step(ids) is None


@given(IDS)
def test_a_guess_is_another_id_that_looks_like_it(own: str) -> None:
    altered, made_up = session_ids.altered(own), session_ids.made_up(own)
    if any(character.isalnum() for character in own):
        assert altered != own
        assert sum(left != right for left, right in zip(own, altered, strict=True)) == 1
        assert made_up != own
    assert len(made_up) == len(own)
    assert [character.isalnum() for character in made_up] == [character.isalnum() for character in own]


def test_what_is_altered_is_not_the_last_character() -> None:
    assert session_ids.altered("abcdefgh")[-1] == "h"


@pytest.mark.parametrize(
    ("own", "following"), [("s7100009", "s7100010"), ("a1-0099-x", "a1-0100-x"), ("999", "1000"), ("abc", None)]
)
def test_the_next_number(own: str, following: str | None) -> None:
    assert session_ids.neighbour(own) == following


def test_a_token_without_signature_keeps_its_claims() -> None:
    claims = base64.urlsafe_b64encode(b'{"sub":"1"}').decode().rstrip("=")
    header = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    guess = session_ids.unsigned(f"{header}.{claims}.c2lnbmF0dXJl")
    assert guess is not None
    first, second, third = guess.split(".")
    assert json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))["alg"] == "none"
    assert (second, third) == (claims, "")
    altered = session_ids.altered(f"{header}.{claims}.c2lnbmF0dXJl")
    assert altered.split(".")[:2] == [header, claims]
    assert altered.split(".")[2] != "c2lnbmF0dXJl"
    assert session_ids.altered("") == ""
    assert session_ids.unsigned("no.token.atall!") is None
    assert session_ids.unsigned("plain") is None
