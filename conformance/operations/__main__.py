"""``python -m conformance.operations FOLDER``: copies rules, alerts, dashboard and units there."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.exits import USAGE
from conformance.operations.files import contents, copy, program
from probes.errors import SettingsError


def main(argv: Sequence[str] | None = None) -> int:
    """Copy, print what was written, and return 0; 64 where it cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.operations",
        description="Copy the rules and alerts for Prometheus, the dashboard for Grafana and the units for systemd.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to; made where it is missing")
    folder: Path = parser.parse_args(argv).folder
    try:
        written = copy(contents(program()), folder)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
