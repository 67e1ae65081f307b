"""Runs `duheng serve` as its users do, and scrapes it as Prometheus does."""

import contextlib
import json
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.conformance.running import PATIENCE_S, start

Series = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass(slots=True)
class Served:
    """A running server: its process and address."""

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str, accept: str = "") -> tuple[int, str]:
        """Return status and body."""
        request = urllib.request.Request(self.url + path, headers={"Accept": accept} if accept else {})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def health(self) -> tuple[int, Any]:
        """Return status and value of /healthz."""
        status, body = self.get("/healthz")
        return status, json.loads(body)

    def series(self) -> Series:
        """Return every series of /metrics with its value."""
        status, body = self.get("/metrics")
        assert status == 200
        return parsed(body)

    def line(self) -> str:
        """Wait for the next line that the server writes to standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def end(self) -> int:
        """Send SIGTERM and return the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)


def parsed(body: str) -> Series:
    """Return every series of an exposition with its value; a series that stands twice is a fault."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for family in text_string_to_metric_families(body):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def value(series: Series, name: str, **labels: str) -> float | None:
    """Return the one series of a name that carries these labels; None where there is none."""
    matching = [
        each for (told, having), each in series.items() if told == name and labels.items() <= dict(having).items()
    ]
    assert len(matching) <= 1, (name, labels)
    return matching[0] if matching else None


def state(series: Series, name: str, **labels: str) -> str:
    """Return the one state that is 1; all others must be 0."""
    told = {
        dict(having)["state"]: each
        for (found, having), each in series.items()
        if found == name and labels.items() <= dict(having).items()
    }
    assert sorted(told.values()) == [0.0] * (len(told) - 1) + [1.0], told
    return next(name for name, each in told.items() if each == 1)


@contextlib.contextmanager
def serving(target: Path, *words: str) -> Iterator[Served]:
    """Serve a target on a free port until the end of the block."""
    process = start("serve", "--target", target, "--listen", "127.0.0.1:0", *words, folder=target.parent)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "http://" in said, process.communicate()[1]
        yield Served(process, said.split()[-1].removesuffix("/metrics"))
    finally:
        process.kill()
        process.communicate()
