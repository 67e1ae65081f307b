"""A real browser around one page: serves it on 127.0.0.1 in a frame of a given width and runs a few lines in it."""

import contextlib
import html
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip

_DRIVER = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<iframe id="frame" src="/report.html{hash}" style="border:0;width:{width}px;height:900px">
</iframe>
<pre id="out"></pre>
<script>
const frame = document.getElementById("frame"), said = {{errors: [], refused: []}};
frame.onload = async () => {{
  const w = frame.contentWindow, d = frame.contentDocument;
  w.addEventListener("error", (event) => said.errors.push(String(event.message)));
  d.addEventListener("securitypolicyviolation", (event) => said.refused.push(event.blockedURI));
  const settled = () => new Promise((go) => setTimeout(go, 50));
  try {{ {steps} }} catch (error) {{ said.errors.push(String(error)); }}
  said.overflow = d.documentElement.scrollWidth - d.documentElement.clientWidth;
  document.getElementById("out").textContent = JSON.stringify(said);
}};
</script>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the steps put into ``said``, what the console printed, which paths and foreign URLs were asked for."""

    said: dict[str, Any]
    console: tuple[str, ...]
    paths: tuple[str, ...]
    foreign: tuple[str, ...]


def browser() -> str:
    """Return the browser's path; without one the test is skipped by name, and fails where CI=true."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    missing = f"no browser for the test of report.html: none of {', '.join(NAMES)} is installed"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def look(page: bytes, steps: str, scratch: Path, *, width: int = 1280, fragment: str = "") -> Seen:
    """Open the page in a frame of ``width`` CSS pixels, run ``steps`` (JavaScript: w, d, said, settled()), and tell."""
    program = browser()
    driver = _DRIVER.format(width=width, steps=steps, hash=html.escape(fragment)).encode()
    log = scratch / "net.json"
    with _serving({"/": driver, "/report.html": page}) as (port, asked):
        ran = subprocess.run(
            [
                program,
                *FLAGS,
                f"--user-data-dir={scratch / 'browser'}",
                f"--log-net-log={log}",
                f"--window-size={max(width, 500) + 40},1000",
                "--virtual-time-budget=20000",
                "--dump-dom",
                f"http://127.0.0.1:{port}/",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    (told,) = re.findall(r'<pre id="out">(.*?)</pre>', ran.stdout, re.DOTALL)
    return Seen(
        said=json.loads(html.unescape(told)),
        console=tuple(line for line in ran.stderr.splitlines() if "CONSOLE" in line),
        paths=tuple(asked),
        foreign=_foreign(log.read_text(encoding="utf-8")),
    )


def _foreign(log: str) -> tuple[str, ...]:
    urls = re.findall(r'"url":"(https?://[^"]*)"', log)
    own = [url for url in urls if url.startswith("http://127.0.0.1:")]
    assert own, "the browser's log of its requests cannot be read"
    return tuple(dict.fromkeys(url for url in urls if url not in own))


@contextlib.contextmanager
def _serving(pages: dict[str, bytes]) -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()
