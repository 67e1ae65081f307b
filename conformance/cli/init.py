"""``duheng init``: writes a target file to start from."""

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=Path("duheng.toml"),
        metavar="FILE",
        help="file to write (default: duheng.toml); one that is there is left alone",
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language of its comments (default: en)")


def run(arguments: argparse.Namespace) -> int:
    """Write the file and return 0.

    Raises:
        SettingsError: the file is there already, or cannot be written.
    """
    from conformance.target_template import template  # noqa: PLC0415 - `--help` stays quick
    from probes.errors import SettingsError  # noqa: PLC0415

    file: Path = arguments.file
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(template(arguments.lang))
    except FileExistsError as error:
        raise SettingsError(f"{file} is there already and was left alone; name another file") from error
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error.strerror}; name another file") from error
    print(
        f"{file} is written. Next: set base_url and adapter; say authorised = true where test orders are agreed;\n"
        f"then see what is missing: duheng doctor --target {file}"
    )
    return 0
