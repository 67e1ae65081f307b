"""A real Prometheus over samples that were put into its storage by promtool, on loopback."""

import contextlib
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.awaiting import until
from tests.conformance.operations.prometheus import PATIENCE_S, Prometheus, free_port, promtool, tool

ONE = '{instance="https://shop.example",job="blackbox"}'
METRIC = "probe_success"


def backfill(folder: Path, samples: Iterable[tuple[str, int, str]]) -> Path:
    """Write (labels, second, value) of ``probe_success`` into a storage and return its folder."""
    lines = [f"{METRIC}{labels} {value} {second}.000" for labels, second, value in samples]
    text = folder / "samples.txt"
    text.write_text("\n".join([f"# TYPE {METRIC} gauge", *lines, "# EOF", ""]), encoding="utf-8")
    done = promtool("tsdb", "create-blocks-from", "openmetrics", text, folder / "data")
    assert done.returncode == 0, done.stderr
    return folder / "data"


@contextlib.contextmanager
def prometheus(folder: Path, data: Path, *words: str) -> Iterator[Prometheus]:
    """Run a Prometheus over a storage until the end of the block; it scrapes nothing."""
    config = folder / "prometheus.yml"
    config.write_text("{}", encoding="utf-8")
    port = free_port()
    process = subprocess.Popen(
        [
            tool("prometheus"),
            f"--config.file={config}",
            f"--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
            *words,
        ]
    )
    try:
        found = Prometheus(f"http://127.0.0.1:{port}")
        until(lambda: found.asked("status/runtimeinfo"), "Prometheus answers", alive=process)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)
