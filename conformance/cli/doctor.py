"""``duheng doctor``: what is missing here, and which clauses stay undetermined because of it."""

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = "Exit: 0 nothing is missing, 2 something is, 64 for a bad target file."
    parser.add_argument("--target", type=Path, help="target file (default: duheng.toml where there is one)")


def run(arguments: argparse.Namespace) -> int:
    """Print machine, target and clauses."""
    from conformance import checkup  # noqa: PLC0415 - `--help` stays quick
    from conformance.catalogue.load import load_catalogue  # noqa: PLC0415
    from conformance.stricter import check_against  # noqa: PLC0415
    from probes.clock import SystemClock  # noqa: PLC0415
    from probes.target_file import DEFAULT_NAME, read_target  # noqa: PLC0415

    found = list(checkup.of_machine())
    path = arguments.target or (Path(DEFAULT_NAME) if Path(DEFAULT_NAME).exists() else None)
    catalogue = load_catalogue()
    if path is None:
        print(f"no target file: give --target FILE.toml, or write one with `duheng init` (looked for {DEFAULT_NAME})")
    else:
        target = read_target(path)
        check_against(target, catalogue)
        print(f"{path}: {target.platform.name}, {target.platform.base_url}, {target.platform.environment}")
        found += checkup.of_target(target, SystemClock().now())
    for finding in found:
        print(f"- {finding.what}\n    do: {finding.remedy}")
        if finding.checks:
            print(f"    undetermined until then: {', '.join(finding.checks)}")
    judged, total = checkup.not_built(catalogue)
    print(f"{judged} of {total} checks have a judge; the others are undetermined, cause not-built.")
    if not found:
        print("nothing is missing here.")
    return 2 if found else 0
