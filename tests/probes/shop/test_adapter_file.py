"""One bad adapter file, and its exact message, for each rule."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

from pathlib import Path

import pytest

from probes.errors import SettingsError
from probes.shop.adapter_file import built_in, load, parse
from probes.shop.journey import ABSENT, CssTake, JsonTake, RowsTake
from tests.probes.shop.walking import HEAD, adapter_of

STEP = '[journeys.home]\n[[journeys.home.steps]]\nstepId = "go"\npath = "/"\n'


def faults_of(text: str) -> list[str]:
    with pytest.raises(SettingsError) as told:
        parse(text, file="shop.toml")
    return [fault.removeprefix("shop.toml:").replace(": ", ":", 1) for fault in told.value.faults]


def in_step(line: str) -> list[str]:
    return faults_of(HEAD.lstrip() + STEP + line)


S = "[journeys.home] step go"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("pat = 1", f"10:{S}: unknown key pat; did you mean path?"),
        ("zzzz = 1", f"10:{S}: unknown key zzzz; known are denialCriteria, fields, follow, form, graphql, headers, json, method, optional, outputs, path, query, stepId, successCriteria, unless, when"),
        ("follow = 99", f"10:{S}: follow = 99 is out of bounds; take 0 to 20"),
        ("follow = true", f"10:{S}: follow must be a whole number, not True"),
        ('follow = "1"', f"10:{S}: follow must be a whole number, not '1'"),
        ('method = "FETCH"', f"10:{S}: method = 'FETCH' is unknown; take GET or POST or PUT or PATCH or DELETE or HEAD"),
        ('optional = "yes"', f"10:{S}: optional must be true or false, not 'yes'"),
        ("headers = {A = 1}", f"10:{S}: headers.A must be a text"),
        ('query = "a=b"', f"10:{S}: query must be a table, not 'a=b'"),
        ('when = "{term}"', f"7:{S}: {{term}} has no value here; it is neither an input nor an output of an earlier step"),
        ("fields = {a = '1'}\njson = {}", f"7:{S}: has more than one body (fields, json); keep one"),
        ('[[journeys.home.steps]]\nstepId = "b"\nform = "form"\njson = {}', "10:[journeys.home] step b: has more than one body (form, json); keep one"),
        ('form = "form"', f"10:{S}: form wants a page before it; add a GET step first"),
        ("graphql = {variables = {}}", f"10:{S} graphql: query is missing; add it"),
        ("successCriteria = [1]", f"10:{S}: successCriteria must be a list of tables, not of int"),
        ("successCriteria = {}", f"10:{S}: successCriteria must be a list of tables, not {{}}"),
        ("successCriteria = [{}]", f"10:{S} successCriteria[1]: says nothing; give one of status, redirect, url, css, css_absent, text, text_absent, json, json_absent, json_equals, header, empty"),
        ("successCriteria = [{txt = 'a'}]", f"10:{S} successCriteria[1]: unknown key txt; did you mean text?"),
        ("successCriteria = [{status = 99}]", f"10:{S} successCriteria[1]: status = 99 is not an HTTP status; take a number, or a list of numbers, 100 to 599"),
        ("successCriteria = [{status = []}]", f"10:{S} successCriteria[1]: status = [] is not an HTTP status; take a number, or a list of numbers, 100 to 599"),
        ("denialCriteria = [{redirect = '('}]", f"10:{S} denialCriteria[1]: redirect = '(' is not a regular expression: missing ), unterminated subpattern at position 0; mend it"),
        ("successCriteria = [{css = 'a['}]", f"10:{S} successCriteria[1]: css = 'a[' is not a CSS selector: Expected ident or '*', got <EOF at 2>; mend it"),
        ("successCriteria = [{json = '$['}]", f"10:{S} successCriteria[1]: json = '$[' is not a JSON path: unexpected end of query; mend it"),
        ("successCriteria = [{json_equals = {path = '$.a'}}]", f"10:{S} successCriteria[1] json_equals: json_equals wants path and value; add what is missing"),
        ("successCriteria = [{header = {pattern = 'a'}}]", f"10:{S} successCriteria[1] header: name is missing; add it"),
        ("outputs.a = {}", f"10:{S} output a: takes its value from none; give exactly one of css, rows, json, jsonrows, record, header, location, cookie, url, mailbox, fields"),
        ("outputs.a = {css = 'a', json = '$'}", f"10:{S} output a: takes its value from css, json; give exactly one of css, rows, json, jsonrows, record, header, location, cookie, url, mailbox, fields"),
        ("outputs.a = {css = 'a', as = 'price'}", f"10:{S} output a: as = 'price' is unknown; take text or money or int"),
        ("outputs.a = {location = 'a'}", f"10:{S} output a: location = 'a' has 0 groups; put one (...) around what is wanted"),
        ("outputs.a = {url = '(a)(b)'}", f"10:{S} output a: url = '(a)(b)' has 2 groups; put one (...) around what is wanted"),
        ("outputs.a = {mailbox = '(a)'}", f"10:{S} output a: to is missing; add it"),
        ("outputs.a = {rows = 'tr'}", f"10:{S} output a: columns is missing; say what is taken from each row"),
        ("outputs.a = {rows = 'tr', columns = {b = {cookie = 'c'}}}", f"10:{S} output a columns b: takes its value from cookie; give exactly one of css, rows, json, jsonrows, record"),
        ("outputs.a = {css = 'a', all = true, default = ''}", f"10:{S} output a: all = true finds none as an empty list; drop default"),
        ("outputs.a = {css = '.{b}'}", f"7:{S}: {{b}} has no value here; it is neither an input nor an output of an earlier step"),
        ("outputs.a = 'css'", f"10:{S} outputs: a must be a table, not 'css'"),
        ('[[journeys.home.steps]]\nstepId = "go"\npath = "/2"', f"10:{S}: stepId go stands twice; rename one"),
        ('[[journeys.home.steps]]\npath = "/2"', "10:[journeys.home] step 2: stepId is missing; add it"),
        ('[[journeys.home.steps]]\nstepId = "b"', "10:[journeys.home] step b: has neither path nor form; say where the request goes"),
    ],
)  # fmt: skip
def test_faults_of_a_step(line: str, fault: str) -> None:
    found = in_step(line)
    assert found == [fault]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a = ", [" is not TOML:Invalid value (at end of document)"]),
        (
            "",
            [
                "1:file: [adapter] is missing; add it with name, title_zh and title_en",
                "1:file: has no journeys; add at least [journeys.home]",
            ],
        ),
        (
            '[adapter]\nname = ""\ntitle_zh = 1\ntitle_en = "e"\ncurrency = "pounds"\nmoney = "cents"\nx = 1\n' + STEP,
            [
                "2:[adapter]: name is empty; fill it in",
                "3:[adapter]: title_zh must be a text, not 1",
                "5:[adapter]: currency = 'pounds' is no ISO 4217 code; write it like GBP",
                "6:[adapter]: money = 'cents' is unknown; take text or decimal or minor",
                "7:[adapter]: unknown key x; known are currency, money, name, title_en, title_zh",
            ],
        ),
        (HEAD.lstrip() + STEP + "[shop]\n", ["10:file: unknown key shop; known are adapter, as, denial, journeys, pages, roles, session, walk"]),
        (HEAD.lstrip() + STEP + '[session]\nkind = "bearer"', ['10:[session]: kind = "bearer" wants bearer = {header = ...} or {json = ...}; say where the token stands']),
        (HEAD.lstrip() + STEP + "[session]\nbearer = {}", ["11:[session] bearer: give header or json, one of them"]),
        (HEAD.lstrip() + STEP + "[session]\ncsrf = {header = 'X'}", ["11:[session] csrf: csrf header wants the cookie whose value it carries; add cookie"]),
        (HEAD.lstrip() + STEP + "[roles]\nadmin = true", ["11:[roles]: unknown key admin; known are buyer, operator, seller"]),
        (HEAD.lstrip() + STEP + "[pages]\nhome = '/'\nsensitive = ['login']", ["12:[pages]: sensitive names login, which is no page here; add it or drop it"]),
        (HEAD.lstrip() + STEP + "[pages]\nhome = ''\noperator = [1]", ["11:[pages]: home is empty; fill it in", "12:[pages]: operator must be a list of texts"]),
        (HEAD.lstrip() + STEP + "[denial]\nall = []", ["11:[denial]: unknown key all; known are any"]),
        (HEAD.lstrip() + STEP.replace("home", "hmoe"), ["6:[journeys.hmoe]: hmoe is no verb; did you mean home?"]),
        (HEAD.lstrip() + "[journeys.home]", ["6:[journeys.home]: has no steps; add [[journeys.home.steps]]"]),
        (HEAD.lstrip() + STEP + "outputs.n = {json = '$.n', minus = '{m}'}", ["7:[journeys.home] step go: {m} has no value here; it is neither an input nor an output of an earlier step", '10:[journeys.home] step go output n: minus wants as = "int", outside of rows; change one of them']),
        (HEAD.lstrip() + STEP + "[as.admin.home]\n", ["10:[as]: unknown key admin; known are buyer, operator, seller"]),
        (HEAD.lstrip() + STEP + "[as.operator.home]\n", ["10:[as.operator.home]: has no steps; add [[as.operator.home.steps]]"]),
        (HEAD.lstrip() + STEP + "[as.operator.hmoe]\nsteps = [{stepId = 'go', path = '/'}]", ["10:[as.operator.hmoe]: hmoe is no verb; did you mean home?"]),
        (HEAD.lstrip() + STEP.replace("[journeys.home]", "[journeys.home]\ninputs = ['term']"), ["7:[journeys.home]: input term is not given to home; it gets none"]),
        (HEAD.lstrip() + STEP.replace("home", "who_am_i"), ["6:[journeys.who_am_i]: output email is missing; who_am_i gives email, name", "6:[journeys.who_am_i]: output name is missing; who_am_i gives email, name"]),
        (HEAD.lstrip() + STEP.replace("home", "list_orders") + "outputs.orders = {rows = 'tr', columns = {total = {css = 'td'}}}", ["6:[journeys.list_orders]: output orders lacks the columns number; add them"]),
        (HEAD.lstrip() + STEP.replace("[journeys.home]", "[journeys.home]\ndenial = [{text = '{who}'}]"), ["7:[journeys.home]: denial: {who} has no value here; it is no input"]),
    ],
)  # fmt: skip
def test_faults_of_a_file(text: str, faults: list[str]) -> None:
    found = faults_of(text)
    assert found == faults


def test_all_faults_come_at_once_in_the_order_of_their_lines() -> None:
    text = HEAD.lstrip() + STEP + 'follow = -1\nsuccessCriteria = [{status = 1}]\n[session]\nkind = "jwt"\n'
    assert [fault.partition(":")[0] for fault in faults_of(text)] == ["10", "11", "13"]


def test_a_good_file_is_read_as_written() -> None:
    adapter = adapter_of(
        '[journeys.list_products]\ndenial = [{empty = true}]\n[[journeys.list_products.steps]]\nstepId = "go"\n'
        'path = "/"\noutputs.products = {rows = "li", columns = {name = {css = "b"}, url = {attr = "href"}, '
        'price = {css = "i", as = "money", money = "minor", default = ""}}}\noutputs.more = {json = "$.a", all = true}'
    )
    journey = adapter.journeys["list_products"]
    (step,) = journey.steps
    rows = step.outputs["products"].take
    assert isinstance(rows, RowsTake)
    assert rows.columns["name"].kind == "text"
    assert rows.columns["url"].take == CssTake(css=".", attr="href")
    assert (rows.columns["price"].kind, rows.columns["price"].money, rows.columns["price"].default) == (
        "money",
        "minor",
        "",
    )
    assert step.outputs["more"].take == JsonTake(path="$.a")
    assert step.outputs["more"].default is ABSENT
    assert journey.denial[0].empty is True
    assert adapter.roles == frozenset({"buyer"})


def test_every_built_in_adapter_is_good() -> None:
    assert built_in()
    for name in built_in():
        assert load(name, beside=Path()).name == name


def test_adapters_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        load("magento", beside=tmp_path)
    assert str(told.value).startswith("adapter 'magento' is unknown; built in are ")
    with pytest.raises(SettingsError) as told:
        load("mine.toml", beside=tmp_path)
    assert (
        str(told.value)
        == f"{tmp_path}/mine.toml: cannot read the adapter: No such file or directory; check [platform] adapter"
    )
    (tmp_path / "mine.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(SettingsError, match="is not UTF-8 at byte 8; save it as UTF-8"):
        load("mine.toml", beside=tmp_path)
    (tmp_path / "mine.toml").write_text(HEAD + STEP)
    assert load("mine.toml", beside=tmp_path).name == "tiny"
