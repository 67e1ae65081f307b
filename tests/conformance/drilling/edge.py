"""A real web server as an edge with an application behind it; it filters attacks, or lets some of them through."""

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.awaiting import until
from tests.profiles.drills.host import PATIENCE_S

FILTERS = (
    r'if ($args ~* "%27|%3C|%24%28|%3B|\.\.|%2F|%7B|%0d|javascript") { return 403; }',
    r'if ($request_uri ~* "\.git|\.env|\.bak|%2e%2e|\.\./") { return 403; }',
    r'if ($http_user_agent ~* "sqlmap|\(\)") { return 403; }',
    r"if ($http_x_duheng) { return 403; }",
    r'if ($http_cookie ~* "script") { return 403; }',
    r"if ($request_method = POST) { return 403; }",
)
"""What an edge refuses, by shape: together all of the attack set."""

_CONFIG = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log notice;
events {{ worker_connections 64; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen {address}:{port};
    access_log {folder}/edge.log combined;
    location = /login {{ return 401; }}
    location / {{ {filters} proxy_pass http://{address}:{behind}; }}
  }}
  map $args $logged {{ "~{logs}" 1; }}
  server {{
    listen {address}:{behind};
    access_log {folder}/app.log combined if=$logged;
    location / {{ return 200 "app"; }}
  }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One that runs: where it is reached, and where its logs are."""

    folder: Path
    address: str
    port: int

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{self.address}:{self.port}/"

    @property
    def place(self) -> str:
        """Its host and port, as [platform] hosts lists them."""
        return f"{self.address}:{self.port}"

    @property
    def log(self) -> Path:
        """Its own log."""
        return self.folder / "edge.log"

    @property
    def behind(self) -> Path:
        """The log of the application behind it."""
        return self.folder / "app.log"


@contextmanager
def edge(
    folder: Path,
    *,
    filters: Sequence[str] = FILTERS,
    address: str = "127.0.0.1",
    ports: tuple[int, int] = (0, 0),
    hand: Sequence[str] = (),
    logs: str = ".*",
) -> Iterator[Edge]:
    """Give an edge; ``hand`` starts programs on its host; the log behind it shows queries that match ``logs``."""
    port, behind = (each or _free() for each in ports)
    config = folder / "nginx.conf"
    config.write_text(
        _CONFIG.format(folder=folder, address=address, port=port, behind=behind, filters=" ".join(filters), logs=logs)
    )
    with subprocess.Popen([*hand, "nginx", "-c", config, "-e", folder / "start.log"]) as process:
        try:
            until(lambda: (folder / "nginx.pid").read_text().strip(), (folder / "start.log").read_text, alive=process)
            yield Edge(folder=folder, address=address, port=port)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _free() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
