"""One examination as ``duheng examine`` does it, in a process of its own that tells what it cost.

``python -m tests.bench.examined TARGET OUT RESULT`` writes JSON into the file RESULT.
"""

import time

_BEGAN_S = time.perf_counter()

import json  # noqa: E402 - the clock starts before anything else is loaded
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

_KB = 1024


class _Witness:
    """A pytest plugin that keeps the prepared examination."""

    def __init__(self) -> None:
        self.elapsed_s: dict[str, float] = {}

    def pytest_sessionfinish(self, session: Any) -> None:
        from conformance import plugin

        self.elapsed_s = dict(session.config.stash[plugin._SESSION].examination.elapsed_s)


def peak_bytes() -> int:
    """Return the most memory that this process ever held (resident)."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says may be the parent's, from before the exec
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * _KB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KB


def main(target: str, out: str, result: str) -> int:
    """Examine, write the result, and return the status of the examination."""
    import pytest

    import conformance

    witness = _Witness()
    suites = str(Path(conformance.__file__).parent)
    status = int(pytest.main([suites, f"--target={target}", f"--out={out}"], plugins=[witness]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    measured = {
        "status": status,
        "whole_s": time.perf_counter() - _BEGAN_S,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_bytes": peak_bytes(),
        "elapsed_s": witness.elapsed_s,
    }
    Path(result).write_text(json.dumps(measured), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
