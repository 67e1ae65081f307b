"""``duheng examine``: `pytest conformance/` with the same options."""

import argparse
import sys
from pathlib import Path

from conformance.exits import BUG, BUG_TOLD, USAGE, reader_left
from conformance.options import add_options

NAMES = ("target", "ledger", "out", "clauses", "standard", "replay", "accept_undetermined", "restored", "lang")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Exit: 0 all that counts conforms, is waived or not applicable; 1 something violates; 2 something could not be "
        "told; 64 wrong usage, a bad target file, or evidence that cannot be kept; 70 a bug of ours; 130 interrupted. "
        "Words after -- go to pytest."
    )
    add_options(parser.add_argument)
    parser.add_argument("words", nargs="*", metavar="-- PYTEST", help="further words for pytest, after --")


def words_for_pytest(arguments: argparse.Namespace) -> list[str]:
    """Return the command line of the examination, without `pytest` itself."""
    folder = Path(__file__).resolve().parents[1]
    given = {name: getattr(arguments, name) for name in NAMES}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value is not None]
    return [str(folder), f"--config-file={folder / 'pytest.ini'}", *options, *arguments.words]


def run(arguments: argparse.Namespace) -> int:
    """Examine, and return the exit status of the contract."""
    import pytest  # noqa: PLC0415 - `duheng examine --help` stays quick

    # Where our own code cannot be loaded, pytest would take it for wrong usage; here it is the bug that it is.
    import conformance.plugin  # noqa: F401, PLC0415

    status = int(pytest.main(words_for_pytest(arguments)))
    if reader_left():
        raise BrokenPipeError
    if status == pytest.ExitCode.INTERNAL_ERROR:  # before the plugin could say so itself
        print(BUG_TOLD, file=sys.stderr)
        return BUG
    return USAGE if status == pytest.ExitCode.USAGE_ERROR else status
