"""A shop of one page, whose every trick is in that page, and a foreign server that counts who comes to it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from probes.target import Target
from probes.target_file import read_target

SECRET = "zarobinek.fetogalum@example.com"


class Site(ThreadingHTTPServer):
    """A server on a free port that answers from ``pages`` (or redirects, where the page is a URL) and counts."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.connections = 0
        self.asked: list[str] = []
        self.bodies: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[object, object]:  # type: ignore[override]
        self.connections += 1
        return super().get_request()

    def begin(self, pages: dict[str, str], other: "Site") -> None:
        """Take these pages, with the foreign server's origin and the secret put in; forget who came."""
        filled = {f"/{name}": text.replace("@OTHER@", other.origin) for name, text in pages.items()}
        self.pages = {path: text.replace("@MAIL@", SECRET) for path, text in filled.items()}
        for site in (self, other):
            site.connections, site.asked = 0, []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        page = self.server.pages.get(self.path, "")
        leads = page.startswith("http")
        body = b"" if leads else page.encode()
        self.send_response(302 if leads else 200)
        if leads:
            self.send_header("Location", page)
        kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - name of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextlib.contextmanager
def sites() -> Iterator[tuple[Site, Site]]:
    """Run the shop's own server and a foreign one on the same address, another port."""
    own, other = Site(), Site()
    threads = [threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}) for site in (own, other)]
    for thread in threads:
        thread.start()
    try:
        yield own, other
    finally:
        for site, thread in zip((own, other), threads, strict=True):
            site.shutdown()
            thread.join()
            site.server_close()


def target_of(folder: Path, own: Site, further: str = "") -> Target:
    """Return a target that lists the shop's own server alone."""
    path = folder / "duheng.toml"
    lines = ["[platform]", 'id = "x"', 'name = "X"', f"base_url = {json.dumps(own.origin)}", further]
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_target(path)
