"""Canaries are found however they are written, and not where they are not. Pure."""

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.browser.canaries import Canary, found_in, of_order, of_person
from probes.browser.peeling import MOST_LAYERS, layers

PERSON = {
    "first_name": "Zarobinek",
    "last_name": "Fetogalum",
    "email": "zarobinek.fetogalum@example.com",
    "phone": "+8619900012345",
    "line1": "Kisabodep路47号",
    "country": "CN",
}
MAIL = PERSON["email"]
CANARIES = of_person(**PERSON)
ORDER = of_order(number="100372", amount="1534.50")


def kinds(piece: str | bytes, canaries: list[Canary] = CANARIES) -> dict[str, str]:
    raw = piece.encode() if isinstance(piece, str) else piece
    return {find.kind: find.encoding for find in found_in(raw, canaries)}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


WRITTEN: dict[str, Callable[[str], str | bytes]] = {
    "plain": lambda text: f"u={text}&x=1",
    "upper case": lambda text: text.upper(),
    "url": lambda text: quote(text, safe=""),
    "double url": lambda text: quote(quote(text, safe=""), safe=""),
    "every letter url": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "json": lambda text: json.dumps({"a": {"b": text}}),
    "json escapes": lambda text: '{"a":"' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"}',
    "html": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "html of quotes": lambda text: html.escape(f'<a b="{text}">'),
    "hex": lambda text: text.encode().hex(),
    "upper hex": lambda text: f"v={text.encode().hex().upper()}",
    "base64": b64,
    "base64, url-safe, bare": lambda text: base64.urlsafe_b64encode(f"??>{text}".encode()).decode().rstrip("="),
    "base64 behind one byte": lambda text: b64("x" + text),
    "base64 behind two bytes": lambda text: b64("xy" + text),
    "base64 in a path": lambda text: f"/c/v1/{b64(text)}/p.gif",
    "base64 of json, url-encoded": lambda text: "d=" + quote(b64(json.dumps({"user": text})), safe=""),
    "base64 of base64": lambda text: b64(b64(text)),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "multipart": lambda text: f'--x\r\nContent-Disposition: form-data; name="e"\r\n\r\n{text}\r\n--x--',
    "gzip": lambda text: zlib.compress(f"user={text}".encode(), wbits=31),
    "deflate in base64": lambda text: base64.b64encode(zlib.compress(f'{{"user":"{text}"}}'.encode())),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize(
    ("value", "kind"),
    [(MAIL, "email"), (PERSON["phone"], "phone"), (PERSON["last_name"], "name"), (PERSON["line1"], "address")],
)
def test_a_value_is_found_however_it_is_written(value: str, kind: str, way: str) -> None:
    assert kind in kinds(WRITTEN[way](value))


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (MAIL, "email"),
        (MAIL.upper(), "email"),
        ("8619900012345", "phone"),
        ("+8619900012345", "phone"),
        ("19900012345", "phone"),
        ("Fetogalum", "name"),
        ("fetogalum", "name"),
        ("Zarobinek Fetogalum", "name"),
        (PERSON["line1"], "address"),
    ],
)
def test_a_value_is_found_hashed(form: str, kind: str, name: str) -> None:
    digest = hashlib.new(name, form.encode(), usedforsecurity=False).digest()
    standard = base64.b64encode(digest).decode()
    for written in (digest.hex(), digest.hex().upper(), standard, quote(standard, safe=""), b64(digest.hex())):
        assert kinds(f"em={written}")[kind].endswith(name)
    assert kind in kinds(f"em={base64.urlsafe_b64encode(digest).decode().rstrip('=')}")


@pytest.mark.parametrize("written", ["199 0001 2345", "+86-199-0001-2345", "(199) 00012345", "008619900012345"])
def test_a_phone_number_is_found_with_separators_and_prefixes(written: str) -> None:
    assert "phone" in kinds(f"tel={written}")


def test_a_british_number_is_found_as_it_is_dialled_at_home() -> None:
    person = PERSON | {"phone": "+441134960123", "country": "GB"}
    assert "phone" in kinds("tel=0113 496 0123", of_person(**person))


def test_an_order_is_found_by_number_and_by_amount_where_money_is_spoken_of() -> None:
    for text in ("oid=100372", "/thanks/100372/", '{"transaction_id":"order-100372"}', b64("id:100372")):
        assert "order number" in kinds(text, ORDER), text
    for text in (
        "value=1534.50",
        "value=1534.5",
        '{"revenue": 1534.5}',
        "amount=1,534.50",
        "total_fee=153450",
        "¥1534.50",
    ):
        assert "amount" in kinds(text, ORDER), text
    assert kinds(hashlib.sha256(b"100372").hexdigest(), ORDER) == {"order number": "sha256"}


@pytest.mark.parametrize(
    "text",
    ["t=1003729", "t=9100372", "r=0.100372", "n=1534", "z=1534.50", "v=21534.50", "value=1534.501", "value=11534.50"],
)
def test_numbers_that_only_agree_by_chance_are_no_find(text: str) -> None:
    assert kinds(text, ORDER) == {}


def test_a_short_order_number_counts_only_where_an_order_is_spoken_of() -> None:
    short = of_order(number="17", amount=None)
    assert kinds("w=17", short) == {}
    assert kinds("order=17", short) == {"order number": "plain"}


def test_an_address_with_both_names_is_no_e_mail() -> None:
    assert "email" not in kinds("to=Zarobinek, Fetogalum, Kisabodep路47号")


@given(st.binary(max_size=400))
def test_chance_is_no_find_and_never_a_fault(raw: bytes) -> None:
    assert kinds(raw, [*CANARIES, *ORDER]) == {}


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.sampled_from(sorted(WRITTEN)), max_size=1))
def test_what_stands_around_a_value_does_not_hide_it(before: str, after: str, ways: list[str]) -> None:
    text = f"{before} {MAIL} {after}"
    for way in ways:
        if way == "full width":
            continue
        assert "email" in kinds(WRITTEN[way](text.replace("\ud800", "")))


def test_peeling_is_bounded() -> None:
    assert len(layers(b" ".join(base64.b64encode(f"layer {n} of many".encode()) for n in range(5000)))) <= MOST_LAYERS


@pytest.mark.parametrize("piece", ["cid=1763.8619900012345", "7-19900012345", "1234 19900012345"])
def test_a_number_beside_a_telephone_number_does_not_hide_it(piece: str) -> None:
    assert [find.kind for find in found_in(piece.encode(), CANARIES)] == ["phone"]


WORDS = [hashlib.sha256(str(number).encode()).hexdigest()[:21] + "x" for number in range(3000)]


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_encoded_is_found_behind_thousands_of_words_that_look_encoded(times: int) -> None:
    coded = json.dumps({"mail": MAIL}).encode()
    for _ in range(times):
        coded = base64.b64encode(coded)
    body = json.dumps([*WORDS, coded.decode()]).encode()
    assert "email" in [find.kind for find in found_in(body, CANARIES)]


def test_what_stands_far_down_in_a_long_body_is_found() -> None:
    body = b"<p>tea</p>" * 90_000 + quote(MAIL).encode()
    for packed in (body, zlib.compress(body)):
        assert "email" in [find.kind for find in found_in(packed, CANARIES)]
