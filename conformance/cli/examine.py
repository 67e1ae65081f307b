"""``duheng examine``: `pytest conformance/` with the same options."""

import argparse
from pathlib import Path

from conformance.options import add_options

PYTEST_USAGE = 4
USAGE = 64


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Exit: 0 all that counts conforms, is waived or not applicable; 1 something violates; 2 something could not be "
        "told; 64 wrong usage or target file; 70 a bug of ours; 130 interrupted. Words after -- go to pytest."
    )
    add_options(parser.add_argument)
    parser.add_argument("words", nargs="*", metavar="-- PYTEST", help="further words for pytest, after --")


def words_for_pytest(arguments: argparse.Namespace) -> list[str]:
    """Return the command line of the examination, without `pytest` itself."""
    names = ("target", "ledger", "out", "clauses", "standard", "replay", "accept_undetermined", "lang")
    words = [str(Path(__file__).resolve().parents[1])]
    for name in names:
        value = getattr(arguments, name)
        if value:
            words.append(f"--{name.replace('_', '-')}={value}")
    return [*words, *arguments.words]


def run(arguments: argparse.Namespace) -> int:
    """Examine, and return the exit status of the contract."""
    import pytest  # noqa: PLC0415 - `duheng examine --help` stays quick

    status = int(pytest.main(words_for_pytest(arguments)))
    return USAGE if status == PYTEST_USAGE else status
