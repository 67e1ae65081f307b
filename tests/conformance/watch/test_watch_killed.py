"""kill -9 at fifty moments of a watch: what was acknowledged stands in the ledger, nothing is up that nobody saw."""

import http.server
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reports.history import history
from reports.ledger.standing_record import standing
from reports.standing import Interval, from_bytes
from tests.conformance.running import environment, recorded

pytestmark = pytest.mark.integration

KILLS = 50
CHECKS = 5
PATTERN = "gggffgfgff"

# Python starts once; each run is a fork of that process, which watches until it is killed, and says on standard output
# what the ledger has acknowledged, as soon as it has. It commits far more often than it would, to be caught writing.
RUNS = """
import os
import sys
from pathlib import Path
from conformance.watch import keeper, watching
from conformance.watch.watcher import Watcher
from conformance.watch.watching import Task, watch
from probes.clock import SystemClock
from probes.target_file import read_target
from reports.ledger.location import open_ledger
from reports.standing import as_draft

real = keeper.Keeper.save
def save(self, batch, now_ms, *, last=False):
    saved = real(self, batch, now_ms, last=last)
    assert saved.whole
    for record in batch.records:
        print("sealed", as_draft(record).payload.decode(), flush=True)
    for interval in batch.opened.values():
        if interval is not None:
            print("open", as_draft(interval).payload.decode(), flush=True)
    print("kept", flush=True)
    return saved
keeper.Keeper.save = save
watching.Watcher = lambda **given: Watcher(**given, commit_ms=7)

target = read_target(Path("duheng.toml"))
for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        with open_ledger(target.ledger_url, base=Path.cwd()) as store:
            watch(Task(target=target, adapter=None, store=store, trails=Path("out"), tool="test", clock=SystemClock()))
        os._exit(0)
    print("child", pid, flush=True)
    print("over", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class _Flapping(http.server.BaseHTTPRequestHandler):
    """Answers well or badly by the second, and remembers when it did well."""

    good: list[tuple[str, float]]

    def do_GET(self) -> None:
        began = time.time()
        well = PATTERN[int(began) % len(PATTERN)] == "g"
        page = b"<h1>Tea</h1>" if well else b"<h1>503 Service Unavailable</h1>"
        if well:
            self.good.append((self.path, began))
        self.send_response(200 if well else 503)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: object) -> None:
        return


@contextmanager
def flapping() -> Iterator[tuple[int, list[tuple[str, float]]]]:
    good: list[tuple[str, float]] = []
    handler = type("Handler", (_Flapping,), {"good": good})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, good
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(slots=True, kw_only=True)
class Said:
    """What all runs said, and the spans (ms) in which none of them ran."""

    sealed: list[Interval] = field(default_factory=list)
    opened: dict[str, Interval] = field(default_factory=dict)
    away: list[tuple[float, float]] = field(default_factory=list)
    lives: int = 0


def one_life(runs: "subprocess.Popen[str]", chance: random.Random, said: Said) -> None:
    """Start one watcher, kill it at some moment after its first word, and take down what it said until then."""
    assert runs.stdin is not None
    assert runs.stdout is not None
    began_ms = time.time() * 1000
    if said.away:
        said.away[-1] = (said.away[-1][0], began_ms)
    runs.stdin.write("go\n")
    runs.stdin.flush()
    pid = int(_line(runs, "child").split()[1])
    timer = threading.Timer(chance.uniform(0.05, 2.5), os.kill, (pid, signal.SIGKILL))
    timer.start()
    batch: list[Interval] = []
    opened: dict[str, Interval] = {}
    for line in runs.stdout:
        word, _, rest = line.strip().partition(" ")
        if word == "over":
            assert rest == "-9"
            break
        if word in {"sealed", "open"} and '"check"' in rest and '"state"' in rest:
            interval = from_bytes(rest.encode())
            if word == "sealed":
                batch.append(interval)
            else:
                opened[interval.check] = interval
        elif word == "kept":
            said.sealed += batch
            said.opened |= opened
            said.lives += 1
            batch, opened = [], {}
    timer.join()
    said.away.append((time.time() * 1000, 0.0))


def _line(runs: "subprocess.Popen[str]", word: str) -> str:
    assert runs.stdout is not None
    line = runs.stdout.readline()
    assert line.startswith(word), line
    return line


def test_killed_at_fifty_moments(tmp_path: Path) -> None:
    chance, said = random.Random(20261122), Said()
    with flapping() as (port, good):
        checks = "".join(
            f'[[checks]]\nname = "c{number}"\nurl = "/{number}"\nevery_s = 1\n' for number in range(CHECKS)
        )
        (tmp_path / "duheng.toml").write_text(
            '[platform]\nid = "shop"\nname = "Shop"\nenvironment = "disposable"\n'
            f'base_url = "http://127.0.0.1:{port}"\n[watch]\nvantage = "here"\n{checks}',
            encoding="utf-8",
        )
        with subprocess.Popen(
            [sys.executable, "-c", RUNS],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as runs:
            for _ in range(KILLS):
                one_life(runs, chance, said)
            assert runs.stdin is not None
            runs.stdin.close()
    assert said.lives > KILLS, "most lives got to write something"

    with recorded(tmp_path / "duheng.db") as store:
        found = standing(store, "shop").intervals
        sealed = {json.dumps(entry.value(), sort_keys=True) for entry in store.entries(kind="interval")}
    for each in said.sealed:
        assert from_bytes_key(each) in sealed, "acknowledged and lost"
    for number in range(CHECKS):
        mine = [each for each in found if each.check == f"c{number}"]
        history(each.run for each in mine)  # refuses what overlaps
        last = said.opened.get(f"c{number}")
        assert last is None or any(
            each.state == last.state and each.starts_ms == last.starts_ms and each.ends_ms >= last.ends_ms
            for each in mine
        ), "the last open run that was acknowledged is there"
        seen = [at * 1000 for path, at in good if path == f"/{number}"]
        for each in (each for each in mine if each.state == "up"):
            assert any(each.starts_ms - 50 <= at < each.ends_ms + 1000 for at in seen), "up without a good probe"
            assert not any(each.starts_ms < back and dead + 1 < each.ends_ms for dead, back in said.away[:-1])
    assert {each.state for each in found} == {"up", "down", "unknown"}
    assert "watcher away" in {each.why for each in found}


def from_bytes_key(each: Interval) -> str:
    return json.dumps({name: getattr(each, name) for name in Interval.__slots__}, sort_keys=True)
