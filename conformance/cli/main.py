"""``duheng``: parses the verb, loads its module, returns its exit status."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import TracebackType

from conformance.cli.verbs import VERBS
from conformance.exits import BUG, BUG_TOLD, INTERRUPTED, USAGE


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        """Wrong usage exits 64, as the contract says."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _parser(verb: str | None) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="duheng",
        description="Duheng 度衡 examines a running e-commerce platform against SB/T 10469, clause by clause: "
        "conforms, violates, or could not be told, on evidence that a stranger can verify and judge again.",
        epilog="`duheng VERB --help` tells more. Exit status: see README.md.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=_Parser)
    for name, (module, help_text) in VERBS.items():
        below = verbs.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
        if name == verb:
            import_module(module).configure(below)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    verb = next((word for word in words if word in VERBS), None)
    arguments = _parser(verb).parse_args(words)
    if arguments.version:
        from conformance.examination import tool_name  # noqa: PLC0415 - --help stays quick

        print(tool_name())
        return 0
    if arguments.verb is None:
        _parser(None).print_help()
        return USAGE
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from probes.errors import DuhengError  # noqa: PLC0415 - --help stays quick

    try:
        status: int = import_module(VERBS[arguments.verb][0]).run(arguments)
        sys.stdout.flush()
    except DuhengError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away. That is no fault, and no success either: what was left unsaid may be a no.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return status


def _bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.__excepthook__(kind, error, trace)
    print(BUG_TOLD, file=sys.stderr)
    sys.stderr.flush()
    os._exit(BUG)


def entry() -> None:
    """Console script: an exception that nobody expected is a bug of ours, told with its traceback, exit 70."""
    sys.excepthook = _bug
    sys.exit(main())
