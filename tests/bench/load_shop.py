"""The shop of the load bench: static pages by nginx, which is not what is measured, and the adapter that walks them."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.probes.tls.servers import free_port, running

TRIVIAL = "<html><title>Tea</title><body><h1>Tea</h1><p>Longjing</p></body></html>"
TOKEN = "tok3n-0123456789"

ADAPTER = """[adapter]
name = "bench"
title_zh = "基准"
title_en = "Bench"
currency = "CNY"
[journeys.log_out]
[[journeys.log_out.steps]]
stepId = "trivial"
path = "/trivial"
[journeys.home]
[[journeys.home.steps]]
stepId = "home"
path = "/"
successCriteria = [{status = 200, css = "#search"}]
[[journeys.home.steps]]
stepId = "goods"
path = "/goods/"
outputs.url = {css = "li.goods a.name", attr = "href"}
[[journeys.home.steps]]
stepId = "detail"
path = "{url}"
successCriteria = [{status = 200, css = "article.detail"}]
outputs.name = {css = "main h1", as = "text"}
outputs.price = {css = ".price", as = "money"}
[[journeys.home.steps]]
stepId = "add"
form = "form#add"
fields = {quantity = "1"}
successCriteria = [{status = 302, redirect = "/cart/$"}]
[[journeys.home.steps]]
stepId = "cart"
path = "/cart/"
successCriteria = [{status = 200, css = "table.cart", text = "{name}"}]
[[journeys.home.steps]]
stepId = "checkout"
path = "/checkout/"
successCriteria = [{status = 200, css = "form#checkout"}]
[journeys.list_products]
[[journeys.list_products.steps]]
stepId = "goods"
path = "/goods/"
outputs.products.rows = "li.goods"
[journeys.list_products.steps.outputs.products.columns]
name = {css = "a.name", as = "text"}
url = {css = "a.name", attr = "href"}
price = {css = ".price", as = "money"}
"""


def _page(body: str) -> str:
    return (
        '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>Tea</title>'
        '<link rel="stylesheet" href="/s.css"></head><body><header><nav>'
        '<a href="/">Home</a><a href="/goods/">Goods</a><a href="/cart/">Cart</a></nav>'
        '<form id="search" action="/search/"><input name="q"><button>Search</button></form></header>'
        f"<main>{body}</main><footer><p>Tea &amp; more</p></footer></body></html>"
    )


_ROWS = "".join(
    f'<li class="goods"><a class="name" href="/goods/{n}/">Longjing {n}</a><span class="price">¥{n}.80</span>'
    "<p>A tea of the spring, picked by hand before the rain.</p></li>"
    for n in range(1, 21)
)
_PAGES = {
    "home": _page("<h1>Welcome</h1><p>Tea.</p>"),
    "goods": _page(f"<ul>{_ROWS}</ul>"),
    "item": _page(
        '<article class="detail"><h1>Longjing 1</h1><span class="price">¥1.80</span><p>'
        + "A tea of the spring, picked by hand. " * 40
        + f'</p><form id="add" action="/cart/add/" method="post"><input type="hidden" name="csrf" value="{TOKEN}">'
        '<input name="quantity" value="1"><button>Add</button></form></article>'
    ),
    "cart": _page(
        '<table class="cart"><tr class="line"><td><a class="name" href="/goods/1/">Longjing 1</a></td>'
        '<td><input name="quantity" value="1"></td></tr></table><p id="total">¥1.80</p>'
    ),
    "checkout": _page(
        f'<form id="checkout" method="post" action="/checkout/"><input type="hidden" name="csrf" value="{TOKEN}">'
        '<input name="first_name"><input name="line1"><input name="city"></form>'
    ),
}


def nginx_there() -> str | None:
    """Return the path of nginx; None where it is not installed."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


@contextlib.contextmanager
def bench_shop(folder: Path) -> Iterator[str]:
    """Run the shop, with its adapter and a target file in ``folder``; yield its base URL."""
    folder.chmod(0o755)  # nginx may serve as somebody else
    pages = folder / "pages"
    pages.mkdir()
    for name, page in _PAGES.items():
        (pages / name).write_text(page, encoding="utf-8")
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_configuration(pages, port), encoding="utf-8")
    program = nginx_there()
    assert program is not None
    base_url = f"http://127.0.0.1:{port}"
    (folder / "bench.toml").write_text(ADAPTER, encoding="utf-8")
    (folder / "duheng.toml").write_text(
        f'[platform]\nid = "bench"\nname = "Bench"\nenvironment = "disposable"\nauthorised = true\n'
        f'base_url = "{base_url}"\nadapter = "bench.toml"\n',
        encoding="utf-8",
    )
    with running((program, "-p", str(folder), "-c", str(configuration), "-e", "error.log"), port):
        yield base_url


def _configuration(pages: Path, port: int) -> str:
    places = "".join(
        f"location {place} {{ {more} try_files /{page} =404; }}\n"
        for place, page, more in (
            ("= /", "home", 'add_header Set-Cookie "sessionid=abcdef0123456789; HttpOnly; Path=/";'),
            ("= /goods/", "goods", ""),
            (r"~ ^/goods/\d+/$", "item", ""),
            ("= /cart/", "cart", ""),
            ("= /checkout/", "checkout", ""),
        )
    )
    return (
        "daemon off; master_process off; pid nginx.pid; error_log error.log;\nevents { worker_connections 4096; }\n"
        "http { access_log off; keepalive_requests 100000000; client_body_temp_path body; proxy_temp_path proxy;\n"
        "fastcgi_temp_path fcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
        f'default_type "text/html; charset=utf-8"; root {pages};\nserver {{ listen 127.0.0.1:{port};\n{places}'
        f'location = /trivial {{ return 200 "{TRIVIAL}"; }}\nlocation = /cart/add/ {{ return 302 /cart/; }} }} }}\n'
    )
