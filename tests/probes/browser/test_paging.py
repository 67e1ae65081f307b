"""The ``Http`` port over a real browser: forms are filled in as a person would, redirects are told hop by hop."""

from collections.abc import Iterator
from typing import Self
from urllib.parse import urlencode

import pytest

from probes.browser.paging import BrowserHttp
from probes.browser.watch import Watch
from probes.errors import NotSet
from probes.redaction import Redactor
from probes.shop.forms import URLENCODED
from probes.transports.port import Request, Response
from tests.probes.browser.staging import Stage, staged

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("paging")) as made:
        yield made


class Tab:
    """One tab on the shop's pages."""

    def __init__(self, stage: Stage, *, accept: str | None = None, **pages: str) -> None:
        stage.own.begin(pages, stage.other)
        self.stage = stage
        self.context = stage.browser.new_context()
        self.watch = Watch(self.context, stage.look.target)
        self.http = BrowserHttp(self.context, self.watch, Redactor(), accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.context.close()

    def get(self, path: str) -> Response:
        request = Request(method="GET", url=self.stage.own.origin + path)
        return self.http.send(request, deadline=self.stage.look.deadline)

    def post(self, path: str, kind: str = URLENCODED, **fields: str) -> Response:
        headers, body = (("Content-Type", kind),), urlencode(fields).encode()
        request = Request(method="POST", url=self.stage.own.origin + path, headers=headers, body=body)
        return self.http.send(request, deadline=self.stage.look.deadline)


FORM = """<form method="post" action="/take"><input name="mail"><input name="tick" type="checkbox" value="yes">
<select name="land"><option value="GB">GB<option value="CN">CN</select><textarea name="note"></textarea>
<input type="hidden" name="token" value="t1"><button name="go" value="1">Go</button></form>"""


def test_a_form_is_filled_in_and_its_scripts_run(stage: Stage) -> None:
    script = """<script>addEventListener("input", (event) => {
    if (event.target.name === "mail") document.cookie = "typed=" + event.target.value });
    document.forms[0].addEventListener("submit", () => { document.cookie = "sent=1" });</script>"""
    with Tab(stage, form=FORM + script, take="taken") as tab:
        assert tab.get("/form").status == 200
        answer = tab.post("/take", mail="a@example.com", tick="yes", land="CN", note="x", token="t1", go="1", more="2")
        assert (answer.status, answer.body) == (200, b"taken")
        assert (tab.http.cookie("typed"), tab.http.cookie("sent")) == ("a@example.com", "1")
        assert tab.stage.own.bodies[-1] == ("mail=a%40example.com&tick=yes&land=CN&note=x&token=t1&go=1&more=2")


def test_redirects_are_handed_over_hop_by_hop(stage: Stage) -> None:
    with Tab(stage, form=FORM, take=f"{stage.own.origin}/between", between=f"{stage.own.origin}/end", end="end") as tab:
        tab.get("/form")
        first = tab.post("/take", mail="a@example.com")
        assert (first.status, first.header("location")) == (302, f"{stage.own.origin}/between")
        assert [tab.get(path).status for path in ("/between", "/end")] == [302, 200]
        assert stage.own.asked.count("/end") == 1  # the browser had gone there already


def test_a_form_that_leads_nowhere_is_answered_by_the_page_as_it_stands(stage: Stage) -> None:
    script = """<script>document.forms[0].addEventListener("submit", (event) => {
    event.preventDefault(); document.body.append("thanks, " + event.target.elements.mail.value) });</script>"""
    with Tab(stage, form=FORM + script) as tab:
        tab.get("/form")
        answer = tab.post("/take", mail="a@example.com")
        assert b"thanks, a@example.com" in answer.body
        assert "/take" not in stage.own.asked


def test_a_consent_banner_is_accepted_where_it_shows(stage: Stage) -> None:
    banner = """<button id="yes" onclick="this.remove(); new Image().src = 'https://tracker.example/'">OK</button>"""
    with Tab(stage, accept="#yes", page=banner, plain="plain") as tab:
        tab.get("/plain")
        assert tab.watch.foreign == []
        tab.get("/page")
        assert [request.origin for request in tab.watch.foreign] == ["https://tracker.example"]


def test_what_is_no_form_is_not_sent(stage: Stage) -> None:
    with Tab(stage, form="no form here") as tab:
        tab.get("/form")
        with pytest.raises(NotSet, match="shows no form"):
            tab.post("/take", mail="a@example.com")
        with pytest.raises(NotSet, match="describe pages"):
            tab.post("/take", kind="application/json", mail="a@example.com")
        assert stage.own.asked == ["/form"]


def test_a_visitor_that_is_forgotten_has_no_cookies(stage: Stage) -> None:
    with Tab(stage, page='<script>document.cookie = "who=me"</script>') as tab:
        tab.get("/page")
        assert tab.http.cookie("who") == "me"
        tab.http.forget()
        assert tab.http.cookie("who") is None
