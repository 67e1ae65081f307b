"""Three watchers, a shop and a PostgreSQL ledger in network namespaces of their own; run inside the namespace ``core``.

``python -m tests.conformance.watch.lab PREFIX FOLDER`` acts the script and writes ``FOLDER/record.json``::

    {"verified": bool, "outage_ms": [from, to], "cut_ms": [from, to], "split_ms": [from, to], "away_ms": [from, to],
     "intervals": [interval, ...]}

The shop answers on one address, the canary and the ledger on another: a way that is cut cuts what it should.
"""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from probes.clock import SystemClock
from reports.ledger.location import open_ledger
from reports.ledger.standing_record import standing
from tests.conformance.running import command, environment
from tests.conformance.watch.said import Said
from tests.miniatures.postgres import PostgresServer

SHOP, AROUND = "10.177.0.1", "10.177.0.2"
VANTAGES = ("w1", "w2", "w3")
TARGET = """
[platform]
id = "lab"
name = "Lab"
base_url = "http://{shop}:8080"
environment = "staging"
[ledger]
url = "{ledger}"
[watch]
vantage = "{vantage}"
at_least = 2
canaries = ["{around}:9090"]
[[checks]]
name = "front"
every_s = 1
deadline_s = 2
"""


def now_ms() -> int:
    """Return the wall clock."""
    return time.time_ns() // 1_000_000


class Watcher(Said):
    """A `duheng watch` in a namespace of its own; ``until`` waits for what it says."""

    def __init__(self, namespace: str, folder: Path, password: str) -> None:
        process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *command("watch")],
            cwd=folder, env=environment({"PGPASSWORD": password}), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        super().__init__(process, forgets=True)


def _serve(folder: Path, host: str, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", host, "--directory", str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _in(namespace: str, *words: str) -> None:
    subprocess.run(["ip", "-n", namespace, *words], check=True)


def cut_off(prefix: str, watchers: dict[str, Watcher]) -> None:
    """Take w3 off the network for a while."""
    _in(f"{prefix}w3", "link", "set", "eth0", "down")
    watchers["w3"].until("front is unknown since")
    _in(f"{prefix}w3", "link", "set", "eth0", "up")
    watchers["w3"].until("front is up since")


def alone(prefix: str, watchers: dict[str, Watcher]) -> None:
    """Let w2 alone lose its way to the shop, and to nothing else."""
    _in(f"{prefix}w2", "route", "add", "blackhole", f"{SHOP}/32")
    watchers["w2"].until("front is down since")
    _in(f"{prefix}w2", "route", "del", "blackhole", f"{SHOP}/32")
    watchers["w2"].until("front is up since")


def power_cut(ledger: PostgresServer, watchers: dict[str, Watcher]) -> None:
    """Kill PostgreSQL, and start it again once somebody has missed it."""
    ledger.kill()
    watchers["w1"].until("the ledger")
    ledger.start()
    watchers["w1"].until("the ledger")


def act(prefix: str, folder: Path) -> None:
    """Act the script: one watcher cut off, the ledger killed, one watcher that alone sees nothing, a true outage."""
    page = folder / "page"
    page.mkdir()
    (page / "index.html").write_text("<title>Lab</title><h1>Tea and cups</h1><p>Everything for sale here.</p>")
    told: dict[str, list[int]] = {}

    @contextmanager
    def during(name: str) -> Iterator[None]:
        began = now_ms()
        yield
        told[name] = [began, now_ms()]

    with ExitStack() as stack:
        ledger = stack.enter_context(PostgresServer(host=AROUND))
        shop = _serve(page, SHOP, 8080)
        stack.callback(_end, shop)
        stack.callback(_end, _serve(page, AROUND, 9090))
        watchers = {name: _watcher(prefix, name, folder / name, ledger) for name in VANTAGES}
        for watcher in watchers.values():
            stack.callback(watcher.process.kill)
        _all("front is up since", watchers)
        with during("cut_ms"):
            cut_off(prefix, watchers)
        with during("away_ms"):
            power_cut(ledger, watchers)
        with during("split_ms"):
            alone(prefix, watchers)
        with during("outage_ms"):
            _end(shop)
            _all("front is down since", watchers)
            stack.callback(_end, _serve(page, SHOP, 8080))
            _all("front is up since", watchers)
        for watcher in watchers.values():
            assert watcher.stop(signal.SIGTERM) == 0, watcher.lines
        os.environ["PGPASSWORD"] = ledger.password
        with open_ledger(ledger.url("postgres"), base=folder, clock=SystemClock()) as store:
            verified, found = store.verify().ok, standing(store, "lab")
    record = {"verified": verified, "intervals": [dataclasses.asdict(each) for each in found.intervals]} | told
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")


def _watcher(prefix: str, name: str, folder: Path, ledger: PostgresServer) -> Watcher:
    folder.mkdir()
    text = TARGET.format(shop=SHOP, around=AROUND, ledger=ledger.url("postgres"), vantage=name)
    (folder / "duheng.toml").write_text(text, encoding="utf-8")
    return Watcher(f"{prefix}{name}", folder, ledger.password)


def _all(words: str, watchers: dict[str, Watcher]) -> None:
    for watcher in watchers.values():
        watcher.until(words)


if __name__ == "__main__":
    act(sys.argv[1], Path(sys.argv[2]))
