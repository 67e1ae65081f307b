import base64
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.redaction import REDACTED, Redactor, _forms, cookie_without_value

SECRET = 'C4nary pass/word+&=%é"'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote_plus(SECRET).lower().replace("c4nary", "C4nary"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.replace("&", "&amp;").replace('"', "&quot;"),
        SECRET.replace('"', '\\"'),
    ],
)
def test_every_form_of_a_secret_goes(form: str) -> None:
    shown = Redactor([SECRET]).text(f"before {form} after")
    assert shown.startswith(f"before {REDACTED}")
    assert shown.endswith(" after")
    assert "nary" not in shown


@pytest.mark.parametrize("before", ["", "u", "us", "user:", "buyer@example.com:"])
def test_basic_authentication_hides_nothing(before: str) -> None:
    encoded = base64.b64encode(f"{before}{SECRET}".encode()).decode()
    assert REDACTED in Redactor([SECRET]).text(f"Basic {encoded}")


@given(st.text(min_size=4), st.text(), st.text())
def test_no_text_keeps_a_secret(secret: str, before: str, after: str) -> None:
    if secret in REDACTED or any(REDACTED[i:] == secret[: len(REDACTED) - i] for i in range(len(REDACTED))):
        return
    shown = Redactor([secret]).text(before + secret + after)
    assert REDACTED in shown


@given(st.lists(st.text("aB1=", min_size=4), min_size=1), st.text("aB1="))
def test_of_several_secrets_the_leftmost_goes_first_and_there_the_longest(secrets: list[str], text: str) -> None:
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    assert Redactor(secrets).text(text) == re.sub("|".join(map(re.escape, forms)), REDACTED, text)


def test_short_secrets_are_refused() -> None:
    with pytest.raises(ValueError, match="3 characters"):
        Redactor(["abc"])


def test_the_longer_secret_goes_first() -> None:
    assert Redactor(["secret", "secret-and-more"]).text("secret-and-more") == REDACTED


def test_adding_later_works_and_twice_does_no_harm() -> None:
    redactor = Redactor()
    assert redactor.text("hunter22") == "hunter22"
    redactor.add("hunter22")
    redactor.add("hunter22")
    assert redactor.text("hunter22") == REDACTED


def test_a_json_web_token_is_a_secret_by_its_looks() -> None:
    assert Redactor().text("Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc-def") == f"Bearer {REDACTED}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@shop.example:8443/a?page=2&q=tea", "https://shop.example:8443/a?page=2&q=tea"),
        ("/login?next=/orders/&token=abc", f"/login?next=/orders/&token={REDACTED}"),
        ("/x?code=1&country_code=CN", f"/x?code={REDACTED}&country_code=CN"),
        ("/x?PHPSESSID=1", f"/x?PHPSESSID={REDACTED}"),
        ("/x?v=0a1b2c3d4e5f6a7b8c9d0e1f", f"/x?v={REDACTED}"),
        ("/x?author=Lu+Xun&empty=", "/x?author=Lu+Xun&empty="),
        ("/x#access_token=abc&page=1", f"/x#access_token={REDACTED}&page=1"),
        ("/x#top", "/x#top"),
        ("/password-reset/confirm/MTA/c5x-0123456789abcdef/", f"/password-reset/confirm/MTA/{REDACTED}/"),
        ("/catalogue/apple-iphone-15-pro-max-256gb_12/", "/catalogue/apple-iphone-15-pro-max-256gb_12/"),
        ("http://user:pw@[::1/", "http://[::1/"),
    ],
)
def test_urls(url: str, shown: str) -> None:
    assert Redactor().url(url) == shown


def test_known_secrets_go_from_urls_too() -> None:
    assert Redactor(["a b/c=d"]).url("/x?q=a+b%2Fc%3Dd") == f"/x?q={REDACTED}"


def test_headers_are_shown_by_a_list() -> None:
    shown = Redactor().headers(
        [
            ("Content-Type", "text/html"),
            ("X-Api-Token", "canary"),
            ("Authorization", "Bearer canary"),
            ("Location", "https://u:canary@shop.example/?token=canary"),
            ("WWW-Authenticate", 'Digest nonce="canary"'),
            ("Set-Cookie", "sessionid=canary; Secure; HttpOnly; SameSite=Lax; Path=/; X-Odd=canary"),
            ("Set-Cookie", "lang=canary; Max-Age=60"),
            ("Vary", "Cookie"),
            ("Vary", "Accept"),
        ]
    )
    assert shown == {
        "content-type": "text/html",
        "location": f"https://shop.example/?token={REDACTED}",
        "www-authenticate": "Digest",
        "set-cookie": "sessionid; Secure; HttpOnly; SameSite=Lax; Path=/\nlang; Max-Age=60",
        "vary": "Cookie, Accept",
    }


def test_a_cookie_without_a_name_shows_nothing_of_its_value() -> None:
    assert cookie_without_value("=canary; Secure") == "; Secure"
    assert "canary" not in cookie_without_value("canary; Secure")


def test_json_is_walked() -> None:
    value = {
        "list": ["hunter22", 1, None],
        "password": "any",
        "password_set": True,
        "in hunter22": {"t": ("hunter22",)},
    }
    assert Redactor(["hunter22"]).json(value) == {
        "list": [REDACTED, 1, None],
        "password": REDACTED,
        "password_set": True,
        f"in {REDACTED}": {"t": [REDACTED]},
    }
