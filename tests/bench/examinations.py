"""Whole examinations: of the miniature shop, and of the demo shop where its extra is installed."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from conformance.demo import lifecycle
from conformance.replaying import open_replay
from probes.registry import PROBES
from reports.formats import report_html
from tests.bench.chain import Timed, largest_share, longest_chain
from tests.bench.children import ROOT, environment
from tests.bench.table import Row
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.server import Handler
from tests.miniatures.shop.web import Answer

ANSWER_S = 0.1
"""How long the miniature takes for an answer, as a good shop does; at once, as it can, nothing could be waited for."""

_PATIENCE_S = 900
_MB = 1_000_000
_EXAMINED = (0, 1, 2)


class _Unhurried(Handler):
    """Answers as slowly as a shop that has something to do; its lock is not held meanwhile."""

    def _send(self, answer: Answer, cookie: str, *, head: bool) -> None:
        time.sleep(ANSWER_S)
        super()._send(answer, cookie, head=head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one examination cost; ``elapsed_s`` by look."""

    whole_s: float
    cpu_s: float
    peak_bytes: int
    elapsed_s: Mapping[str, float]
    bundle: Path


def examine(target: Path, folder: Path) -> Measured:
    """Examine in a process of its own.

    Raises:
        RuntimeError: that examination did not come to its end.
    """
    out, result = folder / "out", folder / "result.json"
    child = subprocess.run(
        [sys.executable, "-m", "tests.bench.examined", str(target), str(out), str(result)],
        env=environment(folder),
        cwd=ROOT,
        check=False,
        timeout=_PATIENCE_S,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if child.returncode not in _EXAMINED:
        raise RuntimeError(f"the examination ended with {child.returncode}:\n{child.stdout.decode(errors='replace')}")
    found = json.loads(result.read_text(encoding="utf-8"))
    return Measured(
        whole_s=found["whole_s"],
        cpu_s=found["cpu_s"],
        peak_bytes=found["peak_bytes"],
        elapsed_s=found["elapsed_s"],
        bundle=out / "latest" / "bundle.zip",
    )


def rows_of(shop: str, measured: Measured) -> list[Row]:
    """Return what an examination is measured by."""
    looks = [
        Timed(
            name=name,
            elapsed_s=elapsed_s,
            after=PROBES[name.partition("/")[0]].after,
            exclusive=PROBES[name.partition("/")[0]].exclusive,
        )
        for name, elapsed_s in measured.elapsed_s.items()
    ]
    chain = longest_chain(looks)
    longest, share = largest_share(measured.elapsed_s)
    return [
        Row(
            what=f"examining {shop}, against its longest serial chain",
            value=measured.whole_s / chain.elapsed_s,
            unit="x",
            at_most=1.5,
            absolute=f"{measured.whole_s:.1f} s / {chain.elapsed_s:.1f} s, {_in_a_row(chain.names)}",
        ),
        Row(
            what=f"examining {shop}: the longest look of all together",
            value=100 * share,
            unit="%",
            at_most=30,
            absolute=f"{longest}, {measured.elapsed_s[longest]:.1f} s",
        ),
        Row(
            what=f"examining {shop}: peak memory without the shop",
            value=measured.peak_bytes / _MB,
            unit="MB",
            at_most=200,
            absolute=f"{measured.cpu_s:.1f} s of the processor",
        ),
    ]


def _in_a_row(names: tuple[str, ...]) -> str:
    return f"{len(names)} looks in a row from {names[0]} to {names[-1]}"


def miniature_rows(folder: Path) -> list[Row]:
    """Examine the miniature shop, which runs in this process, and render its report again."""
    with MiniatureShop() as shop:
        for door in (shop._plain, shop._tls):
            door.RequestHandlerClass = _Unhurried
        target = shop.target_toml(folder)
        examine(target, folder)  # compiles
        measured = examine(target, folder)
    return [*rows_of(f"the miniature shop ({1000 * ANSWER_S:.0f} ms an answer)", measured), _html_row(measured.bundle)]


def _html_row(bundle: Path) -> Row:
    dossier = open_replay(bundle).dossier
    took_s = []
    for _ in range(5):
        began_s = time.process_time()
        page = report_html.render(dossier)
        took_s.append(time.process_time() - began_s)
    findings = len(dossier.report.findings)
    return Row(
        what=f"report.html of {findings} findings, rendered",
        value=statistics.median(took_s),
        unit="s",
        absolute=f"{len(page) / _MB:.1f} MB; the first time, with its templates, {took_s[0]:.2f} s",
    )


def demo_rows(folder: Path) -> list[Row]:
    """Examine the demo shop, started in ``folder``; nothing where its extra is not installed."""
    if any(find_spec(name) is None for name in lifecycle.NEEDED):
        return []
    up = lifecycle.start(folder / "shop")
    try:
        measured = examine(up.folder.target, folder)
    finally:
        lifecycle.stop(folder / "shop")
    return rows_of("the demo shop (django-oscar)", measured)
