"""A real Prometheus, started on loopback for a test; and promtool."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

RULES = Path(__file__).parents[3] / "conformance/operations/prometheus"
PATIENCE_S = 120.0


def tool(name: str, package: str = "prometheus") -> str:
    """Return a tool's path; without it the test is skipped by name, and fails where CI=true."""
    found = shutil.which(name)
    if found is None:
        missing = f"{name} (Debian package {package}) is not installed: see tests/packages.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def promtool(*words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run promtool to its end."""
    return subprocess.run(
        [tool("promtool"), *map(str, words)],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE_S * 3,
    )


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running one."""

    url: str

    def asked(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of its HTTP API; None while it does not answer yet."""
        words = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{words}", timeout=PATIENCE_S) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.SERVICE_UNAVAILABLE:  # it listens before it is ready
                return None
            pytest.fail(f"{parameters}: {error.read().decode()}")
        except OSError:
            return None

    def found(self, query: str) -> list[Any]:
        """Return the series that a query yields now, without those that are no number."""
        data = self.asked("query", query=query)
        return [] if data is None else [each for each in data["result"] if each["value"][1] != "NaN"]


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _address(log: Iterable[str]) -> str:
    """Return where it listens, which it says in its log."""
    said: list[str] = []
    for line in log:
        said.append(line)
        if found := re.search(r'"Listening on" address=(\S+)', line):
            return found[1]
    pytest.fail("Prometheus did not start:\n" + "".join(said))


@contextlib.contextmanager
def scraping(place: str, folder: Path) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes ``host:port`` each second under the shipped rules, until the end of the block."""
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES / "*.yml")],
        "scrape_configs": [{"job_name": "duheng", "static_configs": [{"targets": [place]}]}],
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    words = [
        tool("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--web.listen-address=127.0.0.1:0",
    ]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            address = _address(process.stderr)
            # What it says further is taken off its hands, or it would wait for us one day.
            listener = threading.Thread(target=list, args=(process.stderr,))
            listener.start()
            yield Prometheus(f"http://{address}")
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)
        listener.join()
