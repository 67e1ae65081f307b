"""The standing watch: checks a second on one processor, how punctual, at what cost beside blackbox-exporter."""

import contextlib
import http.client
import os
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench.children import child_result
from tests.bench.table import Row
from tests.miniatures.certificates import Authority
from tests.probes.tls.servers import Files, free_port, nginx, running

CHECKS = 240
GOAL, GOAL_MS = 200.0, 100.0
WATCHED_S = 17
BLACKBOX = "prometheus-blackbox-exporter"
BLACKBOX_CHECKS = 2_000
BLACKBOX_AT_ONCE = 4
_GROWTH_MB = 5.0
_MB = 1_000_000
_PAGE = "<html><title>Tea</title><body><h1>Tea</h1><ul>" + "<li>Longjing, 128.00</li>" * 200 + "</ul></body></html>"


def watch_rows(folder: Path) -> list[Row]:
    """Measure watch and blackbox-exporter on the same page of the same nginx; then a day on virtual time."""
    if not shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin"):
        sys.stderr.write("the watch: left out, since nginx is not installed\n")
        return []
    if (os.cpu_count() or 1) < 2:
        sys.stderr.write("the watch: left out, since there is one processor only\n")
        return []
    with _page_over_tls(folder) as port:
        watched = _watched(folder, port)
        beside_ms = _blackbox_ms(folder, port)
    return [*_rows(watched, beside_ms), _day_row(folder)]


@contextlib.contextmanager
def _page_over_tls(folder: Path) -> Iterator[int]:
    page = folder / "tea.html"
    page.write_text(_PAGE, encoding="utf-8")
    folder.chmod(0o755)  # nginx may serve as somebody else
    files = Files.of(Authority(folder).good("127.0.0.1"), folder)
    with _on({1}), nginx(files, folder, f"location = /tea {{ default_type text/html; alias {page}; }}") as port:
        yield port


@contextlib.contextmanager
def _on(processors: set[int]) -> Iterator[None]:
    """Let what is started here run on these processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _watched(folder: Path, port: int) -> dict[str, Any]:
    checks = "".join(
        f'[[checks]]\nname = "c{number}"\nurl = "/tea"\nshows = "Tea"\nevery_s = 1\n' for number in range(CHECKS)
    )
    anchor = next(folder.glob("*.pem")).name
    target = folder / "duheng.toml"
    target.write_text(
        '[platform]\nid = "bench"\nname = "Bench"\nenvironment = "disposable"\n'
        f'base_url = "https://127.0.0.1:{port}"\n[tls]\nca_file = "{anchor}"\n{checks}',
        encoding="utf-8",
    )
    found = child_result(folder, "tests.bench.watched", str(target), str(WATCHED_S))
    if found["good"] < found["checks"]:
        raise RuntimeError(f"{found['checks'] - found['good']} of {found['checks']} checks were not good")
    return found


def _blackbox_ms(folder: Path, port: int) -> float | None:
    """Return what blackbox-exporter takes of the processor for one check (ms); None where it is not installed."""
    program = shutil.which(BLACKBOX)
    if program is None:
        sys.stderr.write(f"the watch: not compared, since {BLACKBOX} is not installed\n")
        return None
    anchor = next(folder.glob("*.pem"))
    settings = folder / "blackbox.yml"
    settings.write_text(
        "modules:\n  page:\n    prober: http\n    timeout: 10s\n    http:\n      preferred_ip_protocol: ip4\n"
        f"      fail_if_body_not_matches_regexp: [Tea]\n      tls_config:\n        ca_file: {anchor}\n",
        encoding="utf-8",
    )
    own = free_port()
    words = (program, f"--config.file={settings}", f"--web.listen-address=127.0.0.1:{own}", "--log.level=error")
    with _on({0}):
        server = running(words, own)
        server.__enter__()
    try:
        pid = _listening(own, program)
        _ask(own, port, BLACKBOX_CHECKS // 10)
        before_s = _cpu_s(pid)
        _ask(own, port, BLACKBOX_CHECKS)
        return (_cpu_s(pid) - before_s) * 1000 / BLACKBOX_CHECKS
    finally:
        server.__exit__(None, None, None)


def _listening(port: int, program: str) -> int:
    """Return the process that was started for this port."""
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if status.read_bytes().startswith(program.encode()) and f":{port}\0".encode() in status.read_bytes():
                return int(status.parent.name)
    raise RuntimeError(f"{program} does not run")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ask(own: int, port: int, number: int) -> None:
    def some() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", own, timeout=30)
        for _ in range(number // BLACKBOX_AT_ONCE):
            connection.request("GET", f"/probe?module=page&target={quote(f'https://127.0.0.1:{port}/tea', safe='')}")
            if b"\nprobe_success 1\n" not in connection.getresponse().read():
                failed.append("a probe of blackbox-exporter found no page")
        connection.close()

    failed: list[str] = []
    threads = [threading.Thread(target=some) for _ in range(BLACKBOX_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(failed[0])


def _rows(watched: dict[str, Any], beside_ms: float | None) -> list[Row]:
    late_ms = watched["late_ms"]
    rate = watched["checks"] / watched["seconds"]
    busy = watched["cpu_s"] / watched["seconds"]
    each_ms = watched["cpu_s"] * 1000 / watched["checks"]
    rows = [
        Row(
            what="watch: page checks over fresh TLS connections, on one processor",
            value=rate,
            unit="/s",
            at_least=GOAL,
            absolute=f"{busy:.0%} of it busy, so up to {rate / busy:,.0f}/s; {watched['checks']:,} checks, TLS 1.3",
        ),
        Row(
            what="watch: how late a probe starts, 99th percentile, at that rate",
            value=late_ms[int(len(late_ms) * 0.99)],
            unit="ms",
            at_most=GOAL_MS,
            absolute=f"median {statistics.median(late_ms):.0f} ms, latest {late_ms[-1]:.0f} ms",
        ),
    ]
    if beside_ms is not None:
        told = f"{each_ms:.2f} ms / {beside_ms:.2f} ms of the processor a check, TLS, the same page"
        rows.append(Row(what=f"watch: a check, against {BLACKBOX}", value=each_ms / beside_ms, unit="x", absolute=told))
    return rows


def _day_row(folder: Path) -> Row:
    found = child_result(folder, "tests.bench.watched_day", str(folder))
    first, last = found["held"][0], found["held"][-1]
    return Row(
        what="watch: memory after 24 h of virtual time, above that after 1 h",
        value=(last - first) / _MB,
        unit="MB",
        at_most=_GROWTH_MB,
        absolute=f"{last / _MB:.1f} MB / {first / _MB:.1f} MB resident; {found['intervals']:,} intervals",
    )
