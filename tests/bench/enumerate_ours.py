"""``python -m tests.bench.enumerate_ours PORT``: enumerates once, and prints seconds and suites as JSON."""

import time

_BEGAN_S = time.perf_counter()

import json  # noqa: E402 - what follows is what is measured
import sys  # noqa: E402

from probes.clock import Deadline, SystemClock  # noqa: E402
from probes.tls.asking import Door  # noqa: E402
from probes.tls.scan import scan  # noqa: E402
from probes.tls.suites import known  # noqa: E402
from probes.transports import dial  # noqa: E402


def main() -> None:
    """Enumerate the server at that port of 127.0.0.1."""
    imported_s = time.perf_counter()
    address = dial.literal("127.0.0.1", int(sys.argv[1]))
    found = scan(Door(host="localhost", address=address, deadline=Deadline.after(SystemClock(), 120))).found
    done_s = time.perf_counter()
    suites = {
        each.protocol.name: sorted(
            known()[each.protocol.family][code].name for one in each.chosen for code in one.codes
        )
        for each in found
        if each.chosen
    }
    told = {"import_s": imported_s - _BEGAN_S, "scan_s": done_s - imported_s, "suites": suites}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
