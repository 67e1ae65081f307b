"""Shops that speak JSON, GraphQL, bearer tokens and mail; shops that throttle."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

import smtplib
from email.message import EmailMessage

import pytest

from probes.clock import Deadline, SystemClock
from probes.errors import NotSet, SettingsError, Throttled, TimedOut
from probes.shop.mailbox import Mailbox
from probes.shop.outcome import Broken, Denied, Done
from tests.probes.shop.server import Asked, Route, Said, data, page, serving
from tests.probes.shop.walking import HandClock, adapter_of, walker

JSON_SHOP = """
[session]
kind = "bearer"
bearer = {json = "$.token"}
csrf = {cookie = "xsrf", header = "X-XSRF"}
headers = {X-Channel = "web"}
[denial]
any = [{status = 401}, {json = "$.error"}]
[journeys.log_in]
inputs = ["username", "password"]
[[journeys.log_in.steps]]
stepId = "submit"
path = "/api/login"
json = {user = "{username}", pass = "{password}", remember = true}
successCriteria = [{status = 200, json = "$.token"}]
[journeys.add_to_cart]
inputs = ["ref", "quantity"]
[[journeys.add_to_cart.steps]]
stepId = "add"
method = "PUT"
path = "/api/cart"
json = {lines = [{sku = "{ref}", count = "{quantity}"}]}
successCriteria = [{json_equals = {path = "$.lines[0].count", value = "{quantity}"}}]
[journeys.read_cart]
[[journeys.read_cart.steps]]
stepId = "read"
path = "/api/cart"
outputs.total = {json = "$.total", as = "money", money = "minor"}
outputs.lines = {jsonrows = "$.lines[*]", columns = {name = {json = "$.name"}, quantity = {json = "$.count"}, key = {json = "$.sku", as = "text"}}}
"""


def cart(asked: Asked) -> Said:
    if asked.headers.get("authorization") != "Bearer t-0123456789":
        return data({"error": "who are you"}, status=401)
    if asked.method == "PUT":
        return data(asked.json)
    return data({"total": 1298, "lines": [{"name": "Tea", "count": 3, "sku": 7}]})


def json_login(asked: Asked) -> Said:
    if asked.json["pass"] != "right-word":
        return data({"error": "no"})
    return data({"token": "t-0123456789"}, ("Set-Cookie", "xsrf=x-99; Path=/"))


JSON_ROUTES: dict[str, Route] = {"POST /api/login": json_login, "GET /api/cart": cart, "PUT /api/cart": cart}


def test_json_with_a_bearer_token() -> None:
    with serving(JSON_ROUTES) as server, walker(server.url, adapter_of(JSON_SHOP)) as me:
        before = me.walk("read_cart")
        assert isinstance(me.walk("log_in", username="ann", password="right-word"), Done)
        assert server.last.json == {"user": "ann", "pass": "right-word", "remember": True}
        added = me.walk("add_to_cart", ref="7", quantity=3)
        sent = server.last
        read = me.walk("read_cart")
        assert me.redactor.text("t-0123456789") == "[redacted]"
    assert isinstance(before, Denied)
    assert isinstance(added, Done)
    assert sent.json == {"lines": [{"sku": "7", "count": 3}]}
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept"] == "application/json"
    assert (sent.headers["x-xsrf"], sent.headers["x-channel"]) == ("x-99", "web")
    assert isinstance(read, Done)
    assert read.outputs["total"]["amount"] == "12.98"
    assert dict(read.outputs["lines"][0]) == {"name": "Tea", "quantity": 3, "key": "7"}


def test_json_denies_under_200() -> None:
    with serving(JSON_ROUTES) as server, walker(server.url, adapter_of(JSON_SHOP)) as me:
        outcome = me.walk("log_in", username="ann", password="wrong-word")
    assert isinstance(outcome, Denied)


GRAPHQL = """
[session]
kind = "bearer"
bearer = {header = "vendure-auth-token"}
[denial]
any = [{json = "$.errors[0].extensions.code", status = 200}, {json_absent = "$.data.activeCustomer", status = 200}]
[journeys.read_profile]
[[journeys.read_profile.steps]]
stepId = "ask"
path = "/shop-api"
graphql = {query = "query($n: Int) { activeCustomer(n: $n) {id} }", variables = {n = 2}}
outputs.fields = {record = {first_name = {json = "$.data.activeCustomer.firstName"}}}
"""


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        ({"data": {"activeCustomer": {"firstName": "Ann"}}}, Done, ""),
        ({"errors": [{"extensions": {"code": "FORBIDDEN"}}], "data": None}, Denied, "step ask: denied by 200"),
        ({"data": {"activeCustomer": None}}, Denied, "step ask: denied by 200"),
        ({"data": None}, Denied, "step ask: denied by 200"),
    ],
)
def test_graphql_denies_under_200(answer: object, kind: type[Done | Denied], why: str) -> None:
    routes: dict[str, Route] = {"POST /shop-api": lambda _: data(answer, ("vendure-auth-token", "v-0123456789"))}
    with serving(routes) as server, walker(server.url, adapter_of(GRAPHQL)) as me:
        outcome = me.walk("read_profile")
        assert server.last.json == {"query": "query($n: Int) { activeCustomer(n: $n) {id} }", "variables": {"n": 2}}
        assert me.memory.token == "v-0123456789"
    assert isinstance(outcome, kind)
    assert getattr(outcome, "why", "") == why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (data({"errors": [{"message": "boom"}], "data": {"x": 1}}), "an answer without errors, got 200"),
        (data({"data": None}), "JSON with data that is not null, got 200"),
        (page("an html page"), "JSON with data that is not null, got 200"),
        (Said(body="[" * 100_000, kind="application/json"), "JSON with data that is not null, got 200"),
    ],
)
def test_graphql_without_criteria_wants_data_and_no_errors(answer: Said, why: str) -> None:
    journey = (
        '[journeys.home]\n[[journeys.home.steps]]\nstepId = "ask"\npath = "/"\ngraphql = {query = "{ me { id } }"}'
    )
    with serving({"POST /": lambda _: answer}) as server, walker(server.url, adapter_of(journey)) as me:
        outcome = me.walk("home")
    assert isinstance(outcome, Broken)
    assert outcome.why == f"step ask: expected {why}"


def test_a_token_stays_off_plain_http_and_other_places() -> None:
    from probes.shop.compose import redirected
    from probes.transports.port import Request

    headers = (
        ("Accept", "*/*"),
        ("Authorization", "Bearer t"),
        ("Content-Type", "text/plain"),
        ("Origin", "https://a"),
    )
    there = Request(method="POST", url="https://a/1", headers=headers, body=b"x")
    same = redirected(there, 307, "/2")
    other = redirected(there, 307, "https://b/2")
    plain = redirected(there, 308, "http://a/2")
    assert (same.method, same.body, same.headers) == ("POST", b"x", headers)
    assert (other.method, other.body) == ("POST", b"x")
    assert dict(other.headers) == {"Accept": "*/*", "Content-Type": "text/plain"}
    assert (plain.method, plain.body, dict(plain.headers)) == ("GET", None, {"Accept": "*/*"})


# ---- mail ----

MAILED = """
[journeys.register]
inputs = ["email", "password"]
[[journeys.register.steps]]
stepId = "submit"
path = "/register"
fields = {email = "{email}"}
outputs.code = {mailbox = "code is (\\\\w+)", to = "{email}", secret = true}
[[journeys.register.steps]]
stepId = "confirm"
path = "/confirm/{code}"
"""


def mail(port: int, to: str, text: str) -> None:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = to, "shop@example.com", "Willkommen"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message)


def test_a_mailed_token_is_waited_for() -> None:
    with Mailbox("127.0.0.1:0") as box:

        def register(asked: Asked) -> Said:
            mail(box.port, "other@example.com", "your code is nothing")
            mail(box.port, asked.form["email"], "你好, your code is abc123")
            return page("look into your mail")

        routes: dict[str, Route] = {"POST /register": register, "GET /confirm/abc123": lambda _: page("welcome")}
        with serving(routes) as server, walker(server.url, adapter_of(MAILED), mail=box) as me:
            outcome = me.walk("register", email="Ann@example.com", password="x-y-z-1234")
    assert isinstance(outcome, Done)
    assert outcome.outputs == {}
    assert outcome.exchanges[-1].url.endswith("/confirm/[redacted]")


def test_mail_that_does_not_come_is_told_at_the_deadline() -> None:
    with Mailbox("127.0.0.1:0") as box:
        deadline = Deadline.after(SystemClock(), 0.05)
        with pytest.raises(TimedOut, match=r"mail to ann@example\.com"):
            box.wait("code", to="ann@example.com", deadline=deadline)


def test_mail_in_strange_characters_is_read_as_far_as_it_goes() -> None:
    box = Mailbox("127.0.0.1:0")
    box.deliver(b"Subject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\ncode is 42", ["<A@Example.com>"])
    box.deliver(
        "Subject: y\r\nContent-Type: text/html; charset=gb18030\r\n\r\n<p>验证码 77".encode("gb18030"), ["b@c.d"]
    )
    deadline = Deadline.after(SystemClock(), 5)
    assert box.wait(r"code is (\d+)", to="a@example.com", deadline=deadline) == "42"
    assert box.wait(r"验证码 \d+", to="B@c.d", deadline=deadline) == "验证码 77"


@pytest.mark.parametrize("listen", ["here", ":25", "127.0.0.1:smtp", "127.0.0.1:99999"])
def test_a_mailbox_wants_an_address(listen: str) -> None:
    with pytest.raises(SettingsError, match="is no address; write it like"):
        Mailbox(listen)


def test_a_port_in_use_is_a_setting() -> None:
    with (
        Mailbox("127.0.0.1:0") as box,
        pytest.raises(NotSet, match="cannot listen on"),
        Mailbox(f"127.0.0.1:{box.port}"),
    ):
        pass


# ---- throttling ----

PAY = '[journeys.home]\n[[journeys.home.steps]]\nstepId = "go"\npath = "/"\nfields = {a = "1"}'


def refusing(times: int, status: int, *headers: tuple[str, str]) -> dict[str, Route]:
    left = [times]

    def answer(_: Asked) -> Said:
        left[0] -= 1
        return Said(status=status, headers=headers) if left[0] >= 0 else page("welcome")

    return {"POST /": answer}


DATES = (("Date", "Sat, 21 Nov 2026 08:00:00 GMT"), ("Retry-After", "Sat, 21 Nov 2026 08:00:07 GMT"))


@pytest.mark.parametrize(
    ("routes", "pauses"),
    [
        (refusing(2, 429, ("Retry-After", "3")), [3.0, 3.0]),
        (refusing(3, 429), [1.0, 2.0, 4.0]),
        (refusing(1, 503, ("Retry-After", "9")), [9.0]),
        (refusing(1, 429, ("Retry-After", "soon")), [1.0]),
        (refusing(5, 429, ("Retry-After", "0")), [0.05] * 5),
    ],
)
def test_throttling_is_waited_out(routes: dict[str, Route], pauses: list[float]) -> None:
    clock = HandClock()
    with serving(routes) as server, walker(server.url, adapter_of(PAY), clock=clock, pause=clock.pause) as me:
        outcome = me.walk("home", seconds=60)
        assert [asked.form for asked in server.asked] == [{"a": "1"}] * (len(pauses) + 1)
    assert isinstance(outcome, Done)
    assert clock.pauses == pauses
    assert len(outcome.exchanges) == len(pauses) + 1


@pytest.mark.parametrize(
    ("routes", "asked", "why"),
    [
        (refusing(99, 429, ("Retry-After", "2")), 6, "still throttled after 5 repeats"),
        (refusing(99, 429, ("Retry-After", "120")), 1, "the shop asks for 120 s more, 60 s are left"),
        (refusing(99, 429, ("Retry-After", "9" * 400)), 1, "the shop asks for inf s more, 60 s are left"),
        (refusing(99, 503, ("Retry-After", "Wed, 21 Nov 2096 23:00:00 GMT")), 1, "60 s are left"),
    ],
)
def test_throttling_past_the_deadline_is_no_verdict(routes: dict[str, Route], asked: int, why: str) -> None:
    clock = HandClock()
    with serving(routes) as server, walker(server.url, adapter_of(PAY), clock=clock, pause=clock.pause) as me:
        with pytest.raises(Throttled) as told:
            me.walk("home", seconds=60)
        assert len(server.asked) == asked
    assert why in told.value.detail
    assert told.value.detail.startswith(f"POST {server.url}/ -> ")


def test_503_without_retry_after_is_an_answer() -> None:
    with serving(refusing(1, 503)) as server, walker(server.url, adapter_of(PAY)) as me:
        outcome = me.walk("home")
    assert isinstance(outcome, Broken)


def test_a_date_counts_from_the_answers_own_clock() -> None:
    from probes.shop.throttle import pause_s
    from probes.transports.port import Response

    answer = Response(status=429, headers=DATES, body=b"", url="http://x/", elapsed_s=0.0)
    assert pause_s(answer, 0, HandClock().now()) == 7.0
