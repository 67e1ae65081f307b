"""``duheng init``: writes a target file to start from."""

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", nargs="?", type=Path, default=Path("duheng.toml"), help="file to write (default: duheng.toml)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file; one that is there is left alone."""
    from conformance.target_template import template  # noqa: PLC0415 - `--help` stays quick
    from probes.errors import SettingsError  # noqa: PLC0415

    try:
        with arguments.file.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError as error:
        raise SettingsError(f"{arguments.file} is there already and was left alone; name another file") from error
    except OSError as error:
        raise SettingsError(f"{arguments.file}: cannot be written: {error.strerror}") from error
    print(f"{arguments.file} written. Next: set base_url, then `duheng doctor --target {arguments.file}`.")
    return 0
