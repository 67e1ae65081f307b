"""Templates, forms, places, criteria and extraction by themselves; properties where there is algebra."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

import re
import tomllib
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.page import parse as parse_page
from probes.redaction import Redactor
from probes.shop.answer import Answer
from probes.shop.criteria import unmet
from probes.shop.extract import Missing, Reading, extract
from probes.shop.forms import MULTIPART, URLENCODED, encode, overlaid, plain, read_form, visible_fields
from probes.shop.journey import (
    CookieTake,
    Criterion,
    CssTake,
    Extractor,
    FieldsTake,
    HeaderMatch,
    HeaderTake,
    JsonEquals,
    JsonTake,
    LocationTake,
    RecordTake,
    UrlTake,
)
from probes.shop.outcome import Exchange
from probes.shop.places import Places
from probes.shop.templates import Unfilled, fill, fill_path, fill_pattern, fill_value, names, shown
from probes.shop.templates import given as is_given
from probes.transports.port import Request, Response

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(max_size=30)


# ---- templates ----


@given(st.dictionaries(NAMES, TEXTS, min_size=1, max_size=4), TEXTS)
def test_filling_puts_every_value_in_its_place(values: dict[str, str], glue: str) -> None:
    clean = glue.replace("{", "").replace("}", "")
    template = clean.join(f"{{{name}}}" for name in values)
    assert fill(template, values) == clean.join(values.values())
    assert names(template) == frozenset(values)


@given(TEXTS)
def test_a_value_is_not_filled_again(text: str) -> None:
    assert fill("<{a}>", {"a": text, "b": "x"}) == f"<{text}>"


@given(st.text(max_size=20))
def test_a_filled_pattern_matches_its_value_literally(value: str) -> None:
    pattern = fill_pattern(r"\A\d{2}-{a}\Z", {"a": value})
    assert re.search(pattern, f"12-{value}")
    assert not re.search(pattern, f"12-{value}x")


@given(st.text(max_size=20))
def test_a_value_cannot_leave_its_place_in_a_path(value: str) -> None:
    path = fill_path("/orders/{n}/", {"n": value})
    assert path.count("/") == 3
    assert not set("?#% \n") & set(re.sub(r"%[0-9A-F]{2}", "", path))


def test_a_url_at_the_start_is_taken_as_it_is() -> None:
    assert fill_path("{u}", {"u": "https://s/a?b=c d"}) == "https://s/a?b=c d"
    assert fill_path("{u}edit/{n}", {"u": "/p/1/", "n": "a/b"}) == "/p/1/edit/a%2Fb"


def test_values_keep_their_type_and_absent_ones_stay_away() -> None:
    values = {"n": 3, "ok": True, "none": None, "who": "Ann", "list": ("a", "b")}
    written = {"n": "{n}", "ok": "{ok}", "gone": "{none}", "{who}": "Dear {who}: {n}", "in": {"x": ["{list}", 1, None]}}
    assert fill_value(written, values) == {
        "n": 3, "ok": True, "Ann": "Dear Ann: 3", "in": {"x": (("a", "b"), 1, None)},
    }  # fmt: skip
    assert names(written) == {"n", "ok", "none", "who", "list"}


def test_what_cannot_be_filled_is_told() -> None:
    with pytest.raises(Unfilled, match=re.escape("{b} has no value here")):
        fill("{b}", {"a": 1})
    with pytest.raises(Unfilled, match="a tuple cannot stand inside a text"):
        fill("x{a}", {"a": (1, 2)})
    assert fill(r"\d{3}{2,4}{}{A}{ a }", {}) == r"\d{3}{2,4}{}{A}{ a }"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (False, "false"), (1.5, "1.5"), ({"amount": "9.90"}, "9.90")]
)
def test_values_as_text(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "there"), [("x", True), ("0", True), (0, True), ("", False), (None, False), (False, False), ((), False)]
)
def test_conditions(value: object, there: bool) -> None:
    assert is_given("{a}", {"a": value}) is there
    assert not is_given("{b}", {"a": value})


# ---- forms ----


def form_of(inner: str, attributes: str = "") -> Any:
    document = parse_page(f"<body><form {attributes}>{inner}</form><input name=far form=f><input name=other></body>")
    return read_form(document.find(".//form"), "https://s/here?x=1")


def test_what_a_form_would_send() -> None:
    form = form_of(
        "<input name=a value=1><input name=b disabled value=2><input value=3><input type=submit name=go value=4>"
        "<input type=checkbox name=c checked><input type=checkbox name=d value=5><input type=radio name=e value=6>"
        "<input type=radio name=e value=7 checked><select name=s><option disabled>x<option>first<option>second</select>"
        "<select name=m multiple><option selected value=8><option selected>nine</select><select name=n multiple><option>x"
        "</select><textarea name=t>\none\ntwo</textarea><input type=file name=f><fieldset disabled><input name=g value=1>"
        "</fieldset><button name=h value=1>x</button><input type=hidden name=i value=10><input type=password name=p value=q>",
        "id=f method=POST action='../do?y=2#z'",
    )
    assert form.preset == (
        ("a", "1"), ("c", "on"), ("e", "7"), ("s", "first"), ("m", "8"), ("m", "nine"), ("t", "one\r\ntwo"), ("i", "10"),
        ("p", "q"), ("far", ""),
    )  # fmt: skip
    assert (form.action, form.method, form.enctype) == ("https://s/do?y=2", "POST", URLENCODED)
    assert visible_fields(form) == {
        "a": "1",
        "c": "on",
        "e": "7",
        "s": "first",
        "m": "nine",
        "t": "one\r\ntwo",
        "far": "",
    }


def test_fields_go_over_the_forms_own() -> None:
    form = form_of(
        "<input name=a value=1><input name=a value=2><input type=checkbox name=c value=yes><input name=z value=0>"
    )
    sent = overlaid(form, {"c": True, "a": "9", "new": ("x", "y"), "z": False, "n": None, "on": True})
    assert sent == (("a", "9"), ("c", "yes"), ("new", "x"), ("new", "y"), ("on", "on"))
    assert (form.action, form.method) == ("https://s/here?x=1", "GET")


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=5))
def test_url_encoding_round_trips(fields: dict[str, str]) -> None:
    clean = {name: value.encode("utf-8", "ignore").decode() for name, value in fields.items()}
    clean = {name.encode("utf-8", "ignore").decode(): value for name, value in clean.items()}
    body, kind = encode(plain(clean), URLENCODED, "utf-8")
    assert dict(parse_qsl(body.decode(), keep_blank_values=True)) == clean
    assert kind == URLENCODED


def test_multipart() -> None:
    body, kind = encode((("a", "茶"), ('b"\r\n', "2")), MULTIPART, "utf-8")
    boundary = kind.partition("boundary=")[2].encode()
    assert kind.startswith("multipart/form-data; boundary=----duheng")
    assert body == (
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xe8\x8c\xb6\r\n'
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="b%22%0D%0A"\r\n\r\n2\r\n--' + boundary + b"--\r\n"
    )  # fmt: skip


# ---- places ----

TOML = '''# a [comment]
[adapter]
name = "x"            # [no.header]
text = """
[not.a.header]
key = "no"
"""
list = [
  {status = 1},
  {status = 2},
]
[[journeys.home.steps]]
stepId = "a"
outputs.total = {css = "[x]"}
[[journeys.home.steps]]
stepId = "b"
[journeys.home.steps.outputs.lines]
rows = "tr"
"quoted key" = 1
'''


def test_places_of_keys() -> None:
    tomllib.loads(TOML)
    places = Places(TOML)
    steps = ("journeys", "home", "steps")
    assert places.line(("adapter",)) == 2
    assert places.line(("adapter", "text")) == 4
    assert places.line(("adapter", "key")) == 2
    assert places.line(("adapter", "list", 1, "status")) == 8
    assert places.line((*steps, 0, "outputs", "total", "css")) == 14
    assert places.line((*steps, 1)) == 15
    assert places.line((*steps, 1, "outputs", "lines", "rows")) == 18
    assert places.line((*steps, 1, "outputs", "lines", "quoted key")) == 19
    assert places.line(("nowhere",)) == 1


# ---- criteria and extraction ----


def answer(
    body: str = "", *, status: int = 200, url: str = "https://s/a/1", hops: tuple[str, ...] = (), **headers: str
) -> Answer:
    def response(code: int, raw: bytes, *pairs: tuple[str, str]) -> Response:
        return Response(status=code, headers=pairs, body=raw, url=url, elapsed_s=0.0)

    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(
        response(status, body.encode(), *pairs), hops=tuple(response(302, b"", ("Location", hop)) for hop in hops)
    )


PAGE = "<title>T</title><body><h1 class=x>Order  7</h1><p hidden>secret</p><a href=b?c=1>go</a><select id=s><option>1<option selected>2</select>"
JSON = '{"a": {"n": 1, "t": true, "none": null}, "rows": [{"k": "x"}]}'


@pytest.mark.parametrize(
    ("criterion", "given_answer", "why"),
    [
        (Criterion(status=(200, 201)), answer(PAGE), None),
        (Criterion(status=(201, 302)), answer(PAGE), "status 201 or 302"),
        (Criterion(redirect="/thanks$"), answer(PAGE, hops=("/thanks",)), None),
        (Criterion(redirect="^/{n}/$"), answer(status=302, location="/7/"), None),
        (Criterion(redirect="^/x/$"), answer(status=302, location="/y/"), "a redirect to /x/"),
        (Criterion(redirect="x"), answer(PAGE, location="x"), "a redirect to x"),
        (Criterion(url=r"/a/\d+$"), answer(PAGE), None),
        (Criterion(url=r"/b$"), answer(PAGE), "to end at /b"),
        (Criterion(css="h1.x", css_absent=".error"), answer(PAGE), None),
        (Criterion(css="h2"), answer(PAGE), "an element 'h2'"),
        (Criterion(css="h2"), answer(JSON), "an element 'h2'"),
        (Criterion(css_absent="h1"), answer(PAGE), "no element 'h1'"),
        (Criterion(css="a[href='{q}']"), answer(PAGE), "an element \"a[href='it\\\\'s']\""),
        (Criterion(css="#{hash}"), answer(PAGE), "a value for '#:::' is no selector any more, once filled in"),
        (Criterion(text="Order {n}", text_absent="Order 8"), answer(PAGE), None),
        (Criterion(text="secret"), answer(PAGE), "the text 'secret'"),
        (Criterion(text_absent=" Order   7 "), answer(PAGE), "no text 'Order 7'"),
        (Criterion(text="{unknown}"), answer(PAGE), "a value for {unknown} has no value here"),
        (Criterion(json="$.a.n", json_absent="$.b"), answer(JSON), None),
        (Criterion(json="$.a.none"), answer(JSON), "a JSON value at $.a.none"),
        (Criterion(json_absent="$.a.none"), answer(JSON), None),
        (Criterion(json_absent="$.a.n"), answer(JSON), "no JSON value at $.a.n"),
        (Criterion(json="$.a"), answer("{"), "a JSON value at $.a"),
        (Criterion(json="$.rows[?@.k == '{k}']"), answer(JSON), None),
        (Criterion(json_equals=JsonEquals(path="$.a.n", value=1)), answer(JSON), None),
        (Criterion(json_equals=JsonEquals(path="$.a.t", value=1)), answer(JSON), "$.a.t to be 1"),
        (Criterion(json_equals=JsonEquals(path="$.rows[0].k", value="{k}")), answer(JSON), None),
        (Criterion(json_equals=JsonEquals(path="$.z", value=None)), answer(JSON), "$.z to be None"),
        (Criterion(header=HeaderMatch(name="X-A", pattern="^b")), answer(PAGE, X_A="bc"), None),
        (Criterion(header=HeaderMatch(name="X-A", pattern="^c")), answer(PAGE, X_A="bc"), "a header X-A matching ^c"),
        (Criterion(header=HeaderMatch(name="X-B")), answer(PAGE), "a header X-B"),
        (Criterion(empty=True), answer(" \n"), None),
        (Criterion(empty=True), answer(PAGE), "no body"),
        (Criterion(empty=False), answer(), "a body"),
        (Criterion(status=(200,), text="nope"), answer(PAGE), "the text 'nope'"),
    ],
)
def test_criteria(criterion: Criterion, given_answer: Answer, why: str | None) -> None:
    assert unmet(criterion, given_answer, {"n": "7", "q": "it's", "k": "x", "hash": ":::"}) == why


@given(st.text(max_size=200), st.sampled_from(["h1", "", "x"]))
def test_any_body_can_be_asked(body: str, text: str) -> None:
    shown_answer = answer(body)
    for criterion in (Criterion(css="h1"), Criterion(json="$.a"), Criterion(text=text), Criterion(empty=True)):
        unmet(criterion, shown_answer, {})
    assert isinstance(shown_answer.told(), str)


READING = Reading(values={"n": "7"}, money="text", currency="GBP", cookie={"sid": "c1"}.get)


@pytest.mark.parametrize(
    ("extractor", "value"),
    [
        (Extractor(take=CssTake(css="h1"), kind="text"), "Order 7"),
        (Extractor(take=CssTake(css="h1"), kind="int"), 7),
        (Extractor(take=CssTake(css="h1"), pattern=r"Order (\d)"), "7"),
        (Extractor(take=CssTake(css="h1"), pattern="O.d"), "Ord"),
        (Extractor(take=CssTake(css="title"), kind="text"), "T"),
        (Extractor(take=CssTake(css="a", attr="href")), "https://s/a/b?c=1"),
        (Extractor(take=CssTake(css="a", attr="href"), pattern=r"^b\?(.*)"), "c=1"),
        (Extractor(take=CssTake(css="#s", attr="value")), "2"),
        (Extractor(take=CssTake(css="option"), every=True, kind="int"), (1, 2)),
        (Extractor(take=CssTake(css="i"), every=True), ()),
        (Extractor(take=CssTake(css="i"), default="x"), "x"),
        (Extractor(take=CssTake(css="i"), kind="int", default=""), None),
        (Extractor(take=CssTake(css="i"), kind="money", default=""), {"amount": None, "currency": None, "text": ""}),
        (
            Extractor(take=CssTake(css="i"), kind="money", default="£1"),
            {"amount": "1.00", "currency": "GBP", "text": "£1"},
        ),
        (Extractor(take=LocationTake(pattern="/(.*)/")), "second"),
        (Extractor(take=UrlTake(pattern=r"/a/(\d)")), "1"),
        (Extractor(take=HeaderTake(name="x-a"), kind="int"), 1234567),
        (Extractor(take=CookieTake(name="sid")), "c1"),
        (Extractor(take=RecordTake(columns={"n": Extractor(take=CssTake(css="h1"), kind="int")})), {"n": 7}),
    ],
)
def test_extraction(extractor: Extractor, value: object) -> None:
    assert (
        extract(extractor, answer(PAGE, hops=("/first/", "/second/"), X_A="about 1,234,567 things"), READING) == value
    )


@pytest.mark.parametrize(
    ("extractor", "why"),
    [
        (Extractor(take=CssTake(css=".o-{n}")), "an element '.o-7'"),
        (Extractor(take=CssTake(css="h1"), pattern="x+"), "an element 'h1' that matches x+"),
        (Extractor(take=CssTake(css="a"), kind="int"), "an element 'a'"),
        (Extractor(take=CssTake(css="a", attr="title")), "an element 'a'"),
        (Extractor(take=JsonTake(path="$.a")), "a JSON value at $.a"),
        (Extractor(take=LocationTake(pattern="/(.*)/")), "a redirect that matches /(.*)/"),
        (Extractor(take=UrlTake(pattern="x(.)")), "an address that matches x(.)"),
        (Extractor(take=HeaderTake(name="x-a")), "a header x-a"),
        (Extractor(take=FieldsTake(css="form")), "a form 'form'"),
        (Extractor(take=RecordTake(columns={"n": Extractor(take=CssTake(css="i"))})), "an element 'i' (n)"),
    ],
)
def test_what_is_not_there_is_told(extractor: Extractor, why: str) -> None:
    with pytest.raises(Missing) as told:
        extract(extractor, answer(PAGE), READING)
    assert str(told.value) == why


def test_fields_of_a_form() -> None:
    shown_answer = answer(
        "<form><input name=fn value=Ann><input type=hidden name=csrf value=x><input name=ln value=Li></form>"
    )
    assert extract(Extractor(take=FieldsTake(css="form")), shown_answer, READING) == {"fn": "Ann", "ln": "Li"}
    mapped = Extractor(take=FieldsTake(css="form", names={"first_name": "fn", "phone": "tel"}))
    assert extract(mapped, shown_answer, READING) == {"first_name": "Ann"}


def test_json_keeps_its_types() -> None:
    shown_answer = answer(JSON)
    for path, value in {"$.a.n": 1, "$.a.t": True, "$.rows": ({"k": "x"},)}.items():
        assert extract(Extractor(take=JsonTake(path=path)), shown_answer, READING) == value
    with pytest.raises(Missing):
        extract(Extractor(take=JsonTake(path="$.a.none")), shown_answer, READING)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (b'{"query":"query Order($code: String!) { orderByCode(code: $code) { id } }","variables":{}}', " orderByCode"),
        (b'{"query":"{ me { id } }"}', " me"),
        (b'{"query":"tea"}', ""),
        (b"query=tea", ""),
        (None, ""),
    ],
)
def test_a_graphql_request_says_what_it_asks_for(body: bytes | None, asked: str) -> None:
    request = Request(method="POST", url="https://s.example/api", headers=(), body=body)
    response = Response(status=200, headers=(), body=b"", url=request.url, elapsed_s=0.0)
    exchange = Exchange(step_id="one", request=request, answer=Answer(response), redactor=Redactor())
    assert exchange.line("visitor") == f"visitor: POST https://s.example/api{asked} -> 200"
