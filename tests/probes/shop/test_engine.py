"""Journeys on a tiny real server: forms, redirects, success, denial, evidence."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

from typing import Any

import pytest

from probes.errors import Garbage, LookFailed, NotPermitted, NotSet, TargetAway
from probes.shop.outcome import Broken, Denied, Done
from tests.probes.shop.server import Asked, Route, Said, page, serving, to
from tests.probes.shop.walking import HEAD, adapter_of, walker

LOGIN = """
[session]
csrf = {field = "token", cookie = "csrf"}
[denial]
any = [{status = [401, 403]}, {redirect = "/login"}]
[journeys.log_in]
inputs = ["username", "password"]
[[journeys.log_in.steps]]
stepId = "page"
path = "/login"
[[journeys.log_in.steps]]
stepId = "submit"
form = "form#login"
fields = {user = "{username}", pass = "{password}", go = "1"}
successCriteria = [{redirect = "^/orders/$"}]
denialCriteria = [{status = 200, text = "wrong  password"}]
"""
LOGIN_PAGE = """<form id=login method=post action=/login?next=1>
  <input type=hidden name=token value=T0K><input name=user value=preset><input type=password name=pass>
  <input type=checkbox name=stay value=yes checked><input type=checkbox name=spam value=yes>
  <select name=lang><option value=zh>中文<option value=en selected>English</select>
  <button name=go value=1>Go</button></form>"""


def login_server(answer: Route) -> dict[str, Route]:
    return {"GET /login": lambda _: page(LOGIN_PAGE, ("Set-Cookie", "csrf=T0K")), "POST /login": answer}


def test_a_form_goes_out_as_a_browser_would_send_it() -> None:
    with serving(login_server(lambda _: to("/orders/"))) as server, walker(server.url, adapter_of(LOGIN)) as me:
        outcome = me.walk("log_in", username="ann", password="s3cret-word")
        sent = server.last
    assert isinstance(outcome, Done)
    assert sent.pairs == [
        ("token", "T0K"), ("user", "ann"), ("pass", "s3cret-word"), ("stay", "yes"), ("lang", "en"), ("go", "1"),
    ]  # fmt: skip
    assert sent.query == (("next", "1"),)
    assert sent.headers["referer"] == f"{server.url}/login"
    assert sent.headers["origin"] == server.url
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert sent.cookie("csrf") == "T0K"
    assert [exchange.line("buyer_a") for exchange in outcome.exchanges] == [
        f"buyer_a: GET {server.url}/login -> 200",
        f"buyer_a: POST {server.url}/login?next=1 -> 302 /orders/",
    ]


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (page("Wrong password"), Broken, "step submit: expected a redirect to /orders/, got 200"),
        (page("a wrong\n password"), Denied, "step submit: denied by 200"),
        (page(LOGIN_PAGE), Broken, "step submit: expected a redirect to /orders/, got 200 with the form again"),
        (page("no", status=403), Denied, "step submit: denied by 403"),
        (to("/login"), Denied, "step submit: denied by 302 to /login"),
        (to("/elsewhere"), Broken, "step submit: expected a redirect to /orders/, got 302 to /elsewhere"),
        (page("", status=500), Broken, "step submit: expected a redirect to /orders/, got 500"),
        (Said(), Broken, "step submit: expected a redirect to /orders/, got 200 without a body"),
    ],
)
def test_success_and_denial_are_data(answer: Said, kind: type[Denied | Broken], why: str) -> None:
    with serving(login_server(lambda _: answer)) as server, walker(server.url, adapter_of(LOGIN)) as me:
        outcome = me.walk("log_in", username="ann", password="s3cret-word")
    assert isinstance(outcome, kind)
    assert (outcome.step_id, outcome.why) == ("submit", why)


def test_what_leads_off_the_list_is_told_as_a_missing_setting() -> None:
    answer = to("https://www.shop.example/orders/")
    with (
        serving(login_server(lambda _: answer)) as server,
        walker(server.url, adapter_of(LOGIN)) as me,
        pytest.raises(
            NotSet, match=r"leads to www\.shop\.example, which the target file does not list; .* \[platform\] hosts"
        ),
    ):
        me.walk("log_in", username="ann", password="s3cret-word")


def test_a_form_that_is_not_there() -> None:
    with serving({"GET /login": lambda _: page("closed today")}) as server, walker(server.url, adapter_of(LOGIN)) as me:
        outcome = me.walk("log_in", username="ann", password="s3cret-word")
    assert isinstance(outcome, Broken)
    assert outcome.why == "step submit: the page before (200) has no form 'form#login' to send"
    assert server.lines() == ["GET /login"]


def one(step: str, **more: str) -> Any:
    """Return an adapter whose ``home`` has one step."""
    head = HEAD + more.get("head", "")
    return adapter_of(f'[journeys.home]\n[[journeys.home.steps]]\nstepId = "go"\npath = "/"\n{step}', head)


@pytest.mark.parametrize(
    "ways",
    [
        {"GET /": "/a", "GET /a": "/"},
        {"GET /": "/"},
        {f"GET /{'x' * n}": f"/{'x' * (n + 1)}" for n in range(20)},
    ],
)
def test_a_circle_of_redirects_is_no_page_that_could_be_judged(ways: dict[str, str]) -> None:
    def leading_to(place: str) -> Route:
        return lambda _: to(place)

    routes = {path: leading_to(place) for path, place in ways.items()}
    with (
        serving(routes) as server,
        walker(server.url, one("")) as me,
        pytest.raises(Garbage, match="leads into a circle of redirects"),
    ):
        me.walk("home")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Said(), "expected a body, got 200 without a body"),
        (page("  "), "expected a page with visible text, got 200"),
        (page("<script>alert(1)</script>"), "expected a page with visible text, got 200"),
        (page("x", status=404), "expected a status 200 to 299, got 404"),
        (to("/x"), "expected a status 200 to 299, got 302 to /x"),
    ],
)
def test_nothing_is_green_without_evidence(answer: Said, why: str) -> None:
    with serving({"GET /": lambda _: answer}) as server, walker(server.url, one("")) as me:
        outcome = me.walk("home")
    assert isinstance(outcome, Broken)
    assert outcome.why == f"step go: {why}"


@pytest.mark.parametrize("body", ["fine", '{"a": 1}'])
def test_a_page_with_something_on_it_is_success(body: str) -> None:
    with serving({"GET /": lambda _: page(body)}) as server, walker(server.url, one("")) as me:
        assert isinstance(me.walk("home"), Done)


def test_redirects_are_followed_on_listed_hosts_as_far_as_allowed() -> None:
    routes: dict[str, Route] = {
        "GET /": lambda _: to("/1"),
        "GET /1": lambda _: to("2"),
        "GET /2": lambda _: page("end"),
    }
    with serving(routes) as server:
        with walker(server.url, one('follow = 2\nsuccessCriteria = [{url = "/2$", redirect = "^/1$"}]')) as me:
            outcome = me.walk("home")
        assert isinstance(outcome, Done)
        assert [exchange.status for exchange in outcome.exchanges] == [302, 302, 200]
        with walker(server.url, one("follow = 1")) as me:
            outcome = me.walk("home")
    assert isinstance(outcome, Broken)
    assert outcome.why == "step go: expected a status 200 to 299, got 302 to 2"


@pytest.mark.parametrize(
    ("location", "kind", "told"),
    [
        ("https://evil.example/x", NotSet, r"leads to evil\.example, which the target file does not list"),
        ("//evil.example/x", NotSet, r"leads to evil\.example, which the target file does not list"),
        ("http://[", Garbage, "leads to what is no address of a page"),
        ("http://h:x/", Garbage, "leads to what is no address of a page"),
        ("javascript:1", Garbage, "leads to what is no address of a page"),
    ],
)
def test_a_redirect_off_the_list_is_told_not_followed(location: str, kind: type[LookFailed], told: str) -> None:
    with serving({"GET /": lambda _: to(location)}) as server, walker(server.url, one("follow = 5")) as me:
        with pytest.raises(kind, match=told):
            me.walk("home")
        assert server.lines() == ["GET /"]


def test_a_post_becomes_a_get_but_not_at_307() -> None:
    routes: dict[str, Route] = {
        "POST /": lambda asked: to("/see", status=303 if asked.form["how"] == "303" else 307),
        "GET /see": lambda _: page("seen"),
        "POST /see": lambda asked: page(f"again {asked.form['how']}"),
    }
    journey = (
        '[journeys.search]\ninputs = ["term"]\n[[journeys.search.steps]]\nstepId = "go"\npath = "/"\nfollow = 1\n'
        'fields = {how = "{term}"}\noutputs.products = {css = "body"}'
    )
    with serving(routes) as server, walker(server.url, adapter_of(journey)) as me:
        seen = [outcome.outputs for term in ("303", "307") if isinstance(outcome := me.walk("search", term=term), Done)]
    assert [dict(outputs) for outputs in seen] == [{"products": "seen"}, {"products": "again 307"}]
    assert server.lines() == ["POST /", "GET /see", "POST /", "POST /see"]


STEPS = """
[journeys.check_out]
inputs = ["first_name", "last_name", "line1", "city", "postcode", "country", "phone"]
[[journeys.check_out.steps]]
stepId = "offer"
path = "/offer"
optional = true
successCriteria = [{css = "#offer"}]
outputs.offer = {css = "#offer", attr = "data-id"}
outputs.bonus = {css = "#bonus", default = "none"}
[[journeys.check_out.steps]]
stepId = "take"
when = "{offer}"
path = "/take/{offer}"
[[journeys.check_out.steps]]
stepId = "leave"
unless = "{offer}"
path = "/leave"
query = {bonus = "{bonus}", note = "{note}"}
[[journeys.check_out.steps]]
stepId = "sums"
path = "/sums"
outputs.goods_total = {css = ".goods", as = "money"}
outputs.delivery_fee = {css = ".fee", as = "money", default = ""}
outputs.grand_total = {css = ".all", as = "money"}
outputs.session_key = {css = ".key", secret = true}
"""
PERSON: dict[str, Any] = dict.fromkeys(
    ("first_name", "last_name", "line1", "city", "postcode", "country", "phone"), "x"
)
SUMS = "<i class=goods>£12.30</i> <i class=all>£ 1,012.30</i> <b class=key>k-12345678</b>"


@pytest.mark.parametrize(
    ("offer", "lines"),
    [
        (page("<p id=offer data-id='a/b'>o</p>"), ["GET /offer", "GET /take/a%2Fb", "GET /sums"]),
        (page("nothing today"), ["GET /offer", "GET /leave", "GET /sums"]),
        (page("no", status=403), ["GET /offer", "GET /leave", "GET /sums"]),
    ],
)
def test_optional_and_conditional_steps(offer: Said, lines: list[str]) -> None:
    routes: dict[str, Route] = {
        "GET /offer": lambda _: offer,
        "GET /take/a%2Fb": lambda _: page("taken"),
        "GET /leave": lambda _: page("left"),
        "GET /sums": lambda _: page(SUMS),
    }
    with serving(routes) as server, walker(server.url, adapter_of(STEPS)) as me:
        outcome = me.walk("check_out", **PERSON)
        assert server.lines() == lines
        leave = next((asked for asked in server.asked if asked.path == "/leave"), None)
        assert me.redactor.text("k-12345678") == "[redacted]"
    assert isinstance(outcome, Done)
    assert leave is None or leave.query == (("bonus", "none"),)
    assert outcome.outputs["goods_total"] == {"amount": "12.30", "currency": "GBP", "text": "£12.30"}
    assert outcome.outputs["grand_total"]["amount"] == "1012.30"
    assert outcome.outputs["delivery_fee"] == {"amount": None, "currency": None, "text": ""}
    assert "session_key" not in outcome.outputs


def test_an_output_that_is_not_there_breaks_the_step() -> None:
    with (
        serving({"GET /sums": lambda _: page("<i class=goods>1</i>")}) as server,
        walker(server.url, adapter_of(STEPS)) as me,
    ):
        outcome = me.walk("check_out", **PERSON)
    assert isinstance(outcome, Broken)
    assert (outcome.step_id, outcome.why) == ("leave", "step leave: expected a status 200 to 299, got 404")


def test_rows_tell_which_is_incomplete() -> None:
    step = 'outputs.products = {rows = "li", columns = {name = {css = "b"}, url = {css = "a", attr = "href"}, price = {css = "i", as = "money"}}}'
    adapter = adapter_of(
        f'[journeys.list_products]\n[[journeys.list_products.steps]]\nstepId = "go"\npath = "/shop/"\n{step}'
    )
    whole = "<li><b>Tea</b><a href=p/1>x</a><i>£1</i></li>"
    with serving({"GET /shop/": lambda _: page(whole)}) as server, walker(server.url, adapter) as me:
        outcome = me.walk("list_products")
    assert isinstance(outcome, Done)
    assert outcome.outputs["products"][0]["url"] == f"{server.url}/shop/p/1"
    with (
        serving({"GET /shop/": lambda _: page(whole + "<li><b>Pu'er</b><a>x</a></li>")}) as server,
        walker(server.url, adapter) as me,
    ):
        outcome = me.walk("list_products")
    assert isinstance(outcome, Broken)
    assert outcome.why == "step go: output products: expected an element 'a' (row 2, url), found none in 200"


def test_evidence_is_small_and_redacted() -> None:
    with (
        serving({"GET /": lambda _: page("body-canary", ("X-Secret", "header-canary"))}) as server,
        walker(server.url, one('query = {session_token = "query-canary-123"}')) as me,
    ):
        outcome = me.walk("home")
    (exchange,) = outcome.exchanges
    assert exchange.holds("body-canary")
    assert not exchange.holds("")
    assert "body-canary" in exchange.text
    told = f"{exchange!r} {exchange.evidence()} {outcome!r} {exchange.line('visitor')}"
    assert "canary" not in told
    assert exchange.evidence()["length"] == exchange.length == len(exchange.body)
    assert exchange.body_sha256.startswith("sha256:")


def test_a_shop_that_is_away_is_no_outcome() -> None:
    with serving({}) as server:
        url = server.url
    with walker(url, one("")) as me, pytest.raises(TargetAway):
        me.walk("home")


def test_an_unlisted_absolute_path_is_not_contacted() -> None:
    adapter = adapter_of('[journeys.home]\n[[journeys.home.steps]]\nstepId = "go"\npath = "https://evil.example/"')
    with serving({}) as server, walker(server.url, adapter) as me, pytest.raises(NotPermitted):
        me.walk("home")


def test_mail_without_a_mailbox_is_a_setting() -> None:
    adapter = one('outputs.code = {mailbox = "code (\\\\d+)", to = "a@example.com"}')
    needs_mailbox = pytest.raises(NotSet, match=r"\[mailbox\] listen")
    with serving({"GET /": lambda _: page("sent")}) as server, walker(server.url, adapter) as me, needs_mailbox:
        me.walk("home")


def test_a_missing_input_is_our_bug() -> None:
    with serving({}) as server, walker(server.url, adapter_of(LOGIN)) as me, pytest.raises(TypeError, match="password"):
        me.walk("log_in", username="ann")


def test_success_that_was_asserted_outranks_the_wider_denial() -> None:
    asserted = 'successCriteria = [{status = 403, text = "welcome"}]'
    denial = "[denial]\nany = [{status = 403}]\n"
    with serving({"GET /": lambda _: page("welcome", status=403)}) as server:
        with walker(server.url, one(asserted, head=denial)) as me:
            assert isinstance(me.walk("home"), Done)
        with walker(server.url, one("", head=denial)) as me:
            assert isinstance(me.walk("home"), Denied)
        with walker(server.url, one(asserted + '\ndenialCriteria = [{text = "welcome"}]', head=denial)) as me:
            assert isinstance(me.walk("home"), Denied)


def test_gb18030_forms_answer_in_their_own_characters() -> None:
    def shown(_: Asked) -> Said:
        body = "<meta charset=gb18030><form method=post action=/q><input name=q></form>".encode("gb18030")
        return Said(body=body, kind="text/html; charset=gb18030")

    journey = (
        '[journeys.search]\ninputs = ["term"]\n[[journeys.search.steps]]\nstepId = "page"\npath = "/"\n'
        'successCriteria = [{css = "form"}]\n[[journeys.search.steps]]\nstepId = "go"\nform = "form"\n'
        'fields = {q = "{term}"}\noutputs.products = {css = "body"}'
    )
    routes: dict[str, Route] = {"GET /": shown, "POST /q": lambda _: page("ok")}
    with serving(routes) as server, walker(server.url, adapter_of(journey)) as me:
        me.walk("search", term="茶")
        assert server.last.body == b"q=%B2%E8"
