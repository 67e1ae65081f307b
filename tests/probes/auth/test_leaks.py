"""What must stand in no answer and no address, and what stands there rightly."""

import hashlib

import pytest

from probes.auth.leaks import hashes_in, once, secrets_in, secrets_in_url

PASSWORD = "Ab3-&x<y>9Qwerty"
HASHED = {
    "bcrypt": "$2b$12$" + "abcdefghijklmnopqrstu." + "ABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
    "argon2": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA",
    "pbkdf2": "pbkdf2_sha256$1000000$c2FsdA$" + "q" * 43 + "=",
    "scrypt": "scrypt$salt$16384$8$1$" + "q" * 86 + "==",
    "md5crypt": "$1$saltsalt$" + "a" * 22,
    "sha-crypt": "$6$rounds=5000$saltsalt$" + "a" * 86,
    "phpass": "$P$B" + "a" * 30,
    "ldap": "{SSHA}" + "a" * 32,
    "django": "md5$salt$" + hashlib.md5(b"x", usedforsecurity=False).hexdigest(),
}


@pytest.mark.parametrize("kind", HASHED)
def test_hashes_are_known_by_their_form(kind: str) -> None:
    assert kind in hashes_in(f'<input value="{HASHED[kind]}">')
    assert kind in hashes_in('{"x": "' + HASHED[kind].replace("/", "\\/") + '"}')


def test_a_bare_digest_is_known_by_its_name() -> None:
    digest = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
    assert hashes_in(f'{{"password": "{digest}"}}') == ["hexadecimal"]
    assert hashes_in(f'<input type="hidden" name="password" value="{digest}">') == ["hexadecimal"]
    assert hashes_in(f"<div data-user='{{&quot;passwordMd5&quot;:&quot;{digest}&quot;}}'>") == ["hexadecimal"]
    assert hashes_in(f"<userPassword>{digest}</userPassword>") == ["hexadecimal"]
    assert hashes_in(f'<a data-etag="{digest}">') == []
    assert hashes_in(f'<input name="password" value=""><input name="token" value="{digest}">') == []
    assert hashes_in(f'{{"password_reset_token": "{digest}"}}') == []


@pytest.mark.parametrize(
    "harmless",
    [
        "",
        "价格 ¥12.80, $2 off, $1 a piece",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        '<script integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC">',
        '<input type="password" name="password" value="">',
        "csrfmiddlewaretoken 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_is_none(harmless: str) -> None:
    assert hashes_in(harmless) == []


def test_one_s_own_secrets_in_all_spellings() -> None:
    known = {"password": PASSWORD, "short": "abc"}
    assert secrets_in("<p>Ab3-&amp;x&lt;y&gt;9Qwerty abc</p>", known) == ["password"]
    assert secrets_in("nothing abc", known) == []
    assert secrets_in("your password, dear customer", {"password": "password", "session id (kind)": "customer"}) == []
    assert secrets_in_url("https://shop.example/?p=Ab3-%26x%3Cy%3E9Qwerty", known) == ["password"]
    assert secrets_in_url("https://shop.example/?p=abc", known) == []


def test_a_cookie_s_value_is_known_decoded_as_well() -> None:
    known = {"session id (sid)": "s%3Aabcdefgh.12%2B4"}
    assert secrets_in('{"sid": "s:abcdefgh.12+4"}', known) == ["session id (sid)"]
    assert secrets_in_url("https://shop.example/?s=s:abcdefgh.12%2B4", known) == ["session id (sid)"]


def test_each_leak_is_told_once() -> None:
    leak = ("password", "/account/", "buyer_a: GET /account/ -> 200")
    assert once([leak, leak]) == [{"what": leak[0], "where": leak[1], "request": leak[2]}]
