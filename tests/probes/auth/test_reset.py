"""Which part of a mailed link is the token."""

import pytest

from probes.auth.reset import token_in

TOKEN = "c7xk3q-0f9a8b7c6d5e4f3a2b1c"


@pytest.mark.parametrize(
    ("link", "token"),
    [
        (f"https://shop.example/password/reset/{TOKEN}/", TOKEN),
        (f"https://shop.example/reset?uid=MTA&token={TOKEN}", TOKEN),
        (f"https://shop.example/#/reset-password-confirmation/{TOKEN}", TOKEN),
        ("https://a-very-long-name-of-a-shop24.example.com:8443/reset/123456", "123456"),
        ("https://shop.example/reset?email=zhang21%40example.com&code=4711", "4711"),
        ("https://shop.example/reset?user=Zhang21&code=4711", "4711"),
        ("https://shop.example/r/abcdefghijklmnop", "abcdefghijklmnop"),
        ("/reset/123456", "123456"),
        ("https://shop.example/", ""),
        ("", ""),
    ],
)
def test_the_token_is_what_is_hard_to_guess(link: str, token: str) -> None:
    assert token_in(link, "zhang21@example.com") == token
