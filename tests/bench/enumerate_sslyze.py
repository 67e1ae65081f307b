"""``PYTHON enumerate_sslyze.py PORT``: the same by sslyze, run by a Python that has it; needs nothing else of ours."""

import time

_BEGAN_S = time.perf_counter()

import json  # noqa: E402 - what follows is what is measured
import sys  # noqa: E402
from typing import Any  # noqa: E402

import sslyze  # noqa: E402

_PROTOCOLS = {"ssl_2_0": "SSLv2", "ssl_3_0": "SSLv3", "tls_1_0": "TLSv1", "tls_1_1": "TLSv1.1", "tls_1_2": "TLSv1.2",
              "tls_1_3": "TLSv1.3"}  # fmt: skip


def main() -> None:
    """Enumerate the server at that port of 127.0.0.1."""
    imported_s = time.perf_counter()
    commands = {sslyze.ScanCommand(f"{name}_cipher_suites") for name in _PROTOCOLS}
    place = sslyze.ServerNetworkLocation(hostname="localhost", port=int(sys.argv[1]), ip_address="127.0.0.1")
    scanner = sslyze.Scanner()
    scanner.queue_scans([sslyze.ServerScanRequest(server_location=place, scan_commands=commands)])
    (result,) = scanner.get_results()
    done_s = time.perf_counter()
    suites: dict[str, list[str]] = {}
    for name, protocol in _PROTOCOLS.items():
        attempt: Any = getattr(result.scan_result, f"{name}_cipher_suites")
        if attempt.result is None:
            raise RuntimeError(f"sslyze could not look at {protocol}: {attempt.status}")
        if attempt.result.accepted_cipher_suites:
            suites[protocol] = sorted(each.cipher_suite.name for each in attempt.result.accepted_cipher_suites)
    told = {"import_s": imported_s - _BEGAN_S, "scan_s": done_s - imported_s, "suites": suites}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
