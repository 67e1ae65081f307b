import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from probes import crawl
from probes.canonical import freeze
from probes.crawl import PROBE
from probes.errors import NotPermitted, TargetAway, Throttled
from probes.look import Seen
from probes.target import ShopHints
from tests.contracts.http_port import target_for
from tests.miniatures.bad_servers import always, answer, refusing, serving
from tests.probes.looking import looking

CODE = "91110108551385082Q"
LICENCE = f"<title>资质公示</title><h1>营业执照</h1><p>统一社会信用代码 {CODE},京ICP备12345678号</p>"
Answer = tuple[int, Mapping[str, str], str]


def page(body: str, *links: tuple[str, str], title: str = "Shop") -> str:
    shown = "".join(f"<a href='{url}'>{text}</a> " for url, text in links)
    return f"<title>{title}</title><body>{body} {shown}</body>"


@contextmanager
def site(pages: Mapping[str, str | Answer]) -> Iterator[tuple[str, list[str]]]:
    """Serve the pages by path; yield the base URL and the list of what was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            return

        def do_GET(self) -> None:
            asked.append(self.path)
            found = pages.get(self.path, pages.get(self.path.partition("?")[0], (404, {}, "<p>no</p>")))
            status, headers, body = (200, {}, found) if isinstance(found, str) else found
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def look(url: str, *, declared: str | None = None, hosts: tuple[str, ...] = ()) -> Seen:
    target = replace(target_for(url, hosts=hosts), shop=ShopHints(qualification_page=declared))
    seen = PROBE.look(looking(target, "home"))
    freeze(seen.data)
    return seen


def crawled(pages: Mapping[str, str | Answer], *, declared: str | None = None) -> dict[str, Any]:
    with site(pages) as (url, _):
        return dict(look(url, declared=declared).data)


def test_a_page_in_the_footer() -> None:
    with site({"/": page("home", ("/about", "关于"), ("/q", "资质公示")), "/q": LICENCE, "/about": page("us")}) as (
        url,
        asked,
    ):
        seen = look(url)
    data = seen.data
    assert asked == ["/", "/q", "/about"]
    assert (data["home_ok"], data["exhausted"], data["stopped"], data["declared"]) == (True, True, None, None)
    (best,) = data["candidates"]
    assert best["url"] == f"{url}/q"
    assert (best["depth"], best["via"], best["status"], best["title"]) == (1, "资质公示", 200, "资质公示")
    assert (best["named_by"], best["titled"]) == (["title", "heading", "link"], True)
    assert (best["credit_codes"], best["icp_numbers"]) == ([CODE], ["京ICP备12345678号"])
    assert best["licence_numbers"] == [CODE, "京ICP备12345678号"]
    (raw,) = seen.attachments
    assert CODE in raw.decode()
    assert data["pages"][1]["qualification_words"] == ["资质", "营业执照"]


def test_two_clicks_away() -> None:
    data = crawled(
        {
            "/": page("home", ("/about", "About")),
            "/about": page("us", ("/q", "Licences")),
            "/q": page("x", title="Licences"),
        }
    )
    assert [(each["depth"], each["via"]) for each in data["candidates"]] == [(2, "Licences")]


def test_three_clicks_are_too_many() -> None:
    pages = {f"/{n}": page("x", (f"/{n + 1}", "next")) for n in range(1, 5)}
    data = crawled({"/": page("home", ("/1", "first")), **pages, "/2": page("x", ("/q", "资质公示")), "/q": LICENCE})
    assert data["candidates"] == []
    assert [each["depth"] for each in data["pages"]] == [0, 1, 2]
    assert data["exhausted"]


def test_a_page_found_by_its_title_though_the_link_does_not_say_so() -> None:
    data = crawled({"/": page("home", ("/about", "关于我们")), "/about": LICENCE})
    assert data["candidates"][0]["named_by"] == ["title", "heading"]


def test_text_in_the_footer_alone_is_no_page_of_its_own() -> None:
    data = crawled({"/": page(f"资质 营业执照 {CODE}", ("/a", "goods")), "/a": page(f"tea 资质 {CODE}")})
    assert data["candidates"] == []
    assert data["pages"][0]["licence_numbers"] == [CODE]


def test_a_sites_own_name_does_not_make_every_page_a_candidate() -> None:
    named = {"title": "资质通商城"}
    data = crawled({"/": page("home", ("/a", "tea"), **named), "/a": page("tea", **named)})
    assert data["candidates"] == []


def test_pictures_are_told_as_such() -> None:
    body = "<img src=x alt='营业执照'>"
    data = crawled({"/": page("home", ("/p", "<img alt='证照'>")), "/p": page(body, title="证照")})
    (best,) = data["candidates"]
    assert (best["images"], best["licence_numbers"], best["via"]) == (["营业执照"], [], "证照")
    assert data["pages"][1]["via_image"]


def test_a_page_behind_a_login() -> None:
    data = crawled(
        {
            "/": page("home", ("/q", "资质公示")),
            "/q": (302, {"Location": "/login"}, ""),
            "/login": page("<form><input type=password name=p></form>", title="Log in"),
        }
    )
    (best,) = data["candidates"]
    assert best["url"].endswith("/login")
    assert best["asked_url"].endswith("/q")
    assert (best["named_by"], best["titled"], best["asks_password"]) == (["link"], False, True)


def test_an_empty_or_missing_page() -> None:
    data = crawled({"/": page("home", ("/q", "资质公示"), ("/r", "营业执照")), "/q": ""})
    assert {(each["status"], each["visible_length"]) for each in data["candidates"]} == {(200, 0), (404, 2)}


def test_the_best_candidate_stands_first() -> None:
    data = crawled({"/": page("home", ("/a", "Licences"), ("/b", "资质")), "/a": page("nothing here"), "/b": LICENCE})
    assert [each["via"] for each in data["candidates"]] == ["资质", "Licences"]


def test_hidden_links_are_not_clicked() -> None:
    with site({"/": "<title>t</title>home<div hidden><a href=/q>资质公示</a></div>", "/q": LICENCE}) as (url, asked):
        assert look(url).data["candidates"] == []
    assert asked == ["/"]


def test_foreign_hosts_actions_and_files_are_left_alone() -> None:
    with serving(always(answer())) as other:
        links = (
            (other.url, "资质公示"),
            ("/logout", "log out"),
            ("/basket/add/1/", "add"),
            ("/licence.pdf", "licence"),
            ("mailto:a@b.example", "mail"),
        )
        with site({"/": page("home", *links)}) as (url, asked):
            look(url)
        assert other.connections == 0
    assert asked == ["/"]


def test_a_redirect_off_the_site_is_an_error_of_that_page() -> None:
    data = crawled({"/": page("home", ("/x", "资质")), "/x": (302, {"Location": "https://elsewhere.example/"}, "")})
    assert data["pages"][1]["status"] is None
    assert "elsewhere.example" in data["pages"][1]["error"]
    loop = crawled({"/": page("home", ("/x", "资质")), "/x": (302, {"Location": "/x"}, "")})
    assert "redirects" in loop["pages"][1]["error"]
    broken = crawled({"/": page("home", ("/x", "资质")), "/x": (302, {"Location": "http://["}, "")})
    assert "no address" in broken["pages"][1]["error"]


def test_a_home_that_redirects_off_the_list_is_no_look() -> None:
    with site({"/": (302, {"Location": "https://elsewhere.example/"}, "")}) as (url, _), pytest.raises(NotPermitted):
        look(url)


def test_many_goods_are_sampled_and_the_crawl_still_ends() -> None:
    goods = tuple((f"/goods/item-{n}", f"item {n}") for n in range(300))
    with site({"/": page("home", *goods, ("/q", "资质公示")), "/q": LICENCE}) as (url, asked):
        data = look(url).data
    assert asked[1] == "/q"
    assert len(asked) < 10
    assert (data["exhausted"], data["links_alike"]) == (True, 297)


def test_views_of_one_list_are_one_page() -> None:
    links = tuple((f"/list?page={n}", str(n)) for n in range(20))
    with site({"/": page("home", *links), "/list": page("goods")}) as (url, asked):
        look(url)
    assert asked == ["/", "/list?page=0"]


def test_the_number_of_pages_is_bounded() -> None:
    links = tuple((f"/{chr(97 + n // 26)}{chr(97 + n % 26)}/page", "more") for n in range(100))
    data = crawled({"/": page("home", *links)})
    assert len(data["pages"]) == crawl.MOST_PAGES
    assert (data["stopped"], data["exhausted"], data["links_left"]) == ("pages", False, 101 - crawl.MOST_PAGES)
    assert data["matching_links_left"] == 0


@pytest.mark.parametrize(
    ("links", "reached", "depth", "status"), [((("/about/", "us"),), True, 1, 200), ((), False, None, 200)]
)
def test_the_declared_page_is_looked_for_by_clicks_all_the_same(
    links: tuple[tuple[str, str], ...], reached: bool, depth: int | None, status: int
) -> None:
    data = crawled({"/": page("home", *links), "/about/": LICENCE, "/about": LICENCE}, declared="/about")
    declared = data["declared"]
    assert (declared["reached_by_clicks"], declared["depth"], declared["status"]) == (reached, depth, status)
    assert len(data["candidates"]) == int(reached)


def test_a_declared_page_that_is_not_there() -> None:
    declared = crawled({"/": page("home")}, declared="/gone")["declared"]
    assert (declared["status"], declared["error"]) == (404, None)


def test_a_declared_page_on_an_unlisted_host() -> None:
    declared = crawled({"/": page("home")}, declared="https://elsewhere.example/q")["declared"]
    assert declared["status"] is None
    assert "elsewhere.example" in declared["error"]


@pytest.mark.parametrize("home", [(500, {}, "<p>broken</p>"), (200, {}, ""), (200, {"Content-Type": "image/png"}, "x")])
def test_a_home_page_that_is_none(home: Answer) -> None:
    data = crawled({"/": home})
    assert (data["home_ok"], data["home_status"]) == (False, home[0])


def test_a_home_that_is_away_is_no_look() -> None:
    with refusing() as port, pytest.raises(TargetAway):
        look(f"http://127.0.0.1:{port}")


def test_being_throttled_at_home_is_no_look() -> None:
    with site({"/": (429, {"Retry-After": "9999"}, "")}) as (url, _), pytest.raises(Throttled):
        look(url)


def test_being_throttled_later_stops_the_crawl() -> None:
    data = crawled({"/": page("home", ("/x", "x"), ("/y", "y")), "/x": (503, {"Retry-After": "9999"}, "")})
    assert (data["stopped"], data["exhausted"], len(data["pages"])) == ("throttled", False, 1)


def test_a_deadline_stops_the_crawl() -> None:
    with site({"/": page("home", ("/x", "x"))}) as (url, _):
        data = PROBE.look(looking(target_for(url), "home", seconds=crawl._RESERVE_S)).data
    assert data["stopped"] == "time"


def test_a_short_wait_is_waited_out() -> None:
    busy = iter([answer(b"", "Retry-After: 0", status="429 Too Many Requests"), answer(b"<p>home</p>")])

    def talk(connection: Any, _over: Any) -> None:
        while connection.recv(65536):
            connection.sendall(next(busy))

    with serving(talk) as server:
        assert look(server.url).data["home_ok"]


def test_gb18030_is_read() -> None:
    licence = answer(f"<meta charset=gb2312>{LICENCE}".encode("gb18030"))
    home = answer("<a href=/q>资质</a>".encode("gbk"), "Content-Type: text/html;charset=gbk")

    def talk(connection: Any, _over: Any) -> None:
        while request := connection.recv(65536):
            connection.sendall(licence if b"GET /q" in request else home)

    with serving(talk) as server:
        assert look(server.url).data["candidates"][0]["title"] == "资质公示"


def test_secrets_do_not_land_in_the_attachment() -> None:
    with site({"/": page("home", ("/q", "资质")), "/q": LICENCE + "<p>canary-secret</p>"}) as (url, _):
        given = looking(target_for(url), "home")
        given.redactor.add("canary-secret")
        (raw,) = PROBE.look(given).attachments
    assert "canary" not in raw.decode()
